"""What a command asks of the system, and what it gets back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from actors.profiling.overrides import ReaderOverrides
from events.dataset import DatasetRefused
from events.question import SOURCES, Source
from events.wire import AnyRecorded
from store.home import Home

Phase = Literal["generate", "solve"]
WITHOUT_MODEL: tuple[Source, ...] = ("template", "procedural")


class NoModelError(ValueError):
    """Source `llm` was asked for, and no model is set."""


class NoTableError(ValueError):
    """Nothing that was named can serve as a table."""


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


def sources_of(named: Sequence[Source]) -> tuple[Source, ...]:
    """The sources in scope: those named, else every one that needs no model.

    Raises:
        NoModelError: `llm` is named.
    """
    if "llm" in named:
        raise NoModelError("source llm needs a model, and none is set; use --source template or procedural")
    return tuple(source for source in SOURCES if source in named) or WITHOUT_MODEL
