"""What a command asks of the system, and what it gets back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from actors.profiling.overrides import ReaderOverrides
from actors.teaching.orders import ModelOrders, ModelOrdersError, read_model_orders
from events.dataset import DatasetRefused
from events.question import SOURCES, Source
from events.wire import AnyRecorded
from store.home import Home

Phase = Literal["generate", "solve"]
WITHOUT_MODEL: tuple[Source, ...] = ("template", "procedural")
PROCESSES = 2
"""Processes for work in our own numeric code: the court and the oracle."""

_OF_A_MODEL = ("base_url", "model", "cap_run", "verbalise")
"""Options of the command line that are settings of a model."""


class NoModelError(ValueError):
    """Source `llm` was asked for, and no model is set."""


class NoTableError(ValueError):
    """Nothing that was named can serve as a table."""


UNFIT_JOB = (NoTableError, NoModelError, ModelOrdersError)
"""Nothing of what was asked can be done as it was asked."""


@dataclass(frozen=True)
class Job:
    """One command's scope; every field enters the end state or says how to get there."""

    command: str
    """The command's name."""
    phases: frozenset[Phase]
    """Whether questions are made, solved, or both."""
    home: Home
    """Where everything lies."""
    paths: tuple[Path, ...] = ()
    """Files and folders; none means the tables that the home knows."""
    sources: tuple[Source, ...] = WITHOUT_MODEL
    """Sources in scope."""
    seed: int = 0
    """Where all randomness derives from."""
    questions: int = 16
    """Accepted questions wanted of each stream."""
    workers: Literal["auto", "docker", "local"] = "auto"
    """What runs the code."""
    overrides: ReaderOverrides | None = None
    """What a person says about the files."""
    allow_process_level: bool = False
    """Whether a model's code may run without a wall, as a person said."""
    model: ModelOrders | None = None
    """The model that solves the questions, and proposes those of source `llm`; None leaves all to scripts."""


@dataclass(frozen=True)
class Done:
    """How a job ended."""

    workers: str
    """What ran the code, and why that."""
    left_out: tuple[DatasetRefused, ...] = ()
    """Files that cannot serve, and paths that lead to none."""
    bad_paths: tuple[DatasetRefused, ...] = ()
    """Those among them that the person named."""
    interrupted: bool = False
    """Whether it was asked to stop before it was done."""

    def to_dict(self) -> dict[str, Any]:
        """What a program is told of it beside where things stand, as plain JSON values."""
        left_out = [{"path": one.path, "reason": one.reason, "detail": one.detail} for one in self.left_out]
        return {"left_out": left_out, "workers": self.workers}


class Progress(Protocol):
    """Who is told how a job goes on."""

    def stage(self, told: str) -> None:
        """One line of progress."""
        ...

    def heard(self, recorded: AnyRecorded) -> None:
        """An event became durable."""
        ...


def model_of(given: Mapping[str, Any], home: Home, environment: Mapping[str, str]) -> ModelOrders | None:
    """The model that solves the questions; None where the script does.

    Args:
        given: the options of the command line.
        home: its file of settings holds where no other is named.
        environment: the variables of the environment.

    Raises:
        ModelOrdersError: what is said of it cannot be followed.
    """
    said = {name: given[name] for name in _OF_A_MODEL if given.get(name) is not None}
    if said.get("verbalise") and not set(given.get("sources") or WITHOUT_MODEL) & set(WITHOUT_MODEL):
        raise ModelOrdersError(
            "--verbalise is for questions of sources template and procedural: name one of them, or --all"
        )
    file = given.get("teacher_settings")
    if given.get("teacher") != "openai":
        if said or file:
            raise ModelOrdersError(
                "settings of a model are given, and the teacher is no model: add --teacher openai"
            )
        return None
    return read_model_orders(said, file or home.teacher, environment, required=file is not None)


def sources_of(named: Sequence[Source], *, with_model: bool = False) -> tuple[Source, ...]:
    """The sources in scope: those named, else every one; `llm` only where a model is set.

    Args:
        named: by a person.
        with_model: whether there is a model that can propose questions, and solve them.

    Raises:
        NoModelError: `llm` is named, and there is none.
    """
    if "llm" in named and not with_model:
        message = (
            "source llm needs a model, and none is set; run, generate and solve take one with"
            " --teacher openai, --base-url and --model; else use --source template or procedural"
        )
        raise NoModelError(message)
    return tuple(source for source in SOURCES if source in named) or (
        SOURCES if with_model else WITHOUT_MODEL
    )
