"""The smoke suite: a small table is asked about, solved, judged, exported, replayed, run again, measured.

    smoked() -> SmokePass(outputs={"questions": {"rows": 8, "sources": 2, …}, "export sft": {…}, …})

Every output is counted and held to its shape. What does not hold ends the suite in words.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from actors.apart import run_with_processes
from actors.evaluating.selection import chosen
from actors.exporting.harbor.tasks import harbor
from actors.exporting.harvesting import harvest_of, splits_of
from actors.job import WITHOUT_MODEL, Job
from actors.measuring import Exam, measure
from actors.papers import OwnPaper
from actors.ports import Workers
from actors.replaying import Replayed, run_on
from actors.runtime.failures import first_of
from actors.smoke.outputs import (
    Counts,
    NotAsItShould,
    again,
    episodes,
    evaluation,
    files,
    folders,
    grader,
    questions,
    rows,
)
from actors.system import perform
from events.question import SOURCES
from events.wire import AnyRecorded
from store.blobs import Blobs
from store.export.harvest import Harvest
from store.export.writing import FOLDERS, make
from store.home import Home
from store.passes import SmokePass, passed_now
from store.replay import check, rebuild

TABLE = Path(__file__).with_name("stations.csv")
QUESTIONS = 4
"""Of each source."""
SAMPLE = 2
"""Episodes that are run again, and questions that the script is measured on."""
PARQUET = ("hub", "verl")
"""Folders that need the extra `export`: they are made where that is installed."""

_log = structlog.get_logger()


class SmokeFailed(Exception):
    """The program does not do what it should; the message says which part, and how it showed."""


def smoked() -> SmokePass:
    """Run the whole suite in a home of its own, which is removed again.

    Raises:
        SmokeFailed: something is not as it should be.
    """
    began = time.monotonic()
    with TemporaryDirectory(prefix="tracegate-smoke-") as folder, _told_as_failure():
        outputs = _outputs(Home(Path(folder, "home")))
    return passed_now(outputs, time.monotonic() - began)


def _outputs(home: Home) -> Mapping[str, Counts]:
    """What each part gave, by its name, counted."""
    found: list[Replayed] = []

    async def run_again(workers: Workers, told: str) -> None:
        state = rebuild(home)
        found.append(await run_on(workers, told, home, state, sorted(state.verified())[:SAMPLE]))

    job = Job("run", frozenset({"generate", "solve"}), home, (TABLE,), questions=QUESTIONS, workers="local")
    done = run_with_processes(partial(perform, afterwards=run_again), job, _Silent())
    if done.interrupted:  # nothing failed; whoever asked for it is told so
        raise KeyboardInterrupt
    state = rebuild(home)
    harvest = harvest_of(home, state)
    paper = OwnPaper(chosen(state, splits_of(home, state).of, "all", SOURCES, SAMPLE), state.datasets.by_id)
    asked = Exam(home, "scripted", paper, workers="local")
    measured = run_with_processes(measure, asked, _Silent())
    if measured.interrupted:
        raise KeyboardInterrupt
    state = rebuild(home)
    return {
        "questions": questions(state, QUESTIONS * len(WITHOUT_MODEL)),
        "episodes": episodes(state),
        "grader": grader(state),
        "artifacts": files(home, check(home)),
        **exported(harvest, Blobs(home).get),
        "execution": again(found, SAMPLE),
        "evaluation": evaluation(state, measured.evaluation, SAMPLE),
    }


def exported(harvest: Harvest, blob: Callable[[str], bytes]) -> Mapping[str, Counts]:
    """What every export gave, by its name, counted.

    Args:
        harvest: what is exported.
        blob: the bytes of a table, by their digest.

    Raises:
        NotAsItShould: one is not of its shape.
    """
    made = {name: make(harvest, name) for name in FOLDERS if name not in PARQUET or find_spec("pyarrow")}
    made["harbor"] = harbor(harvest, blob)
    return {**rows(harvest), **folders(made)}


@contextmanager
def _told_as_failure() -> Iterator[None]:
    """Whatever goes wrong in here is what the suite looks for."""
    try:
        yield
    except NotAsItShould as problem:
        raise SmokeFailed(str(problem)) from problem
    except Exception as problem:  # whatever breaks in it, the suite has not passed
        first = first_of(problem) if isinstance(problem, ExceptionGroup) else problem
        _log.error("smoke suite broke", error=repr(first), exc_info=True)
        raise SmokeFailed(f"it broke: {type(first).__name__}: {first}") from problem


class _Silent:
    """Nobody is told how the job goes on."""

    def stage(self, told: str) -> None:
        """Say nothing."""

    def heard(self, recorded: AnyRecorded) -> None:
        """Say nothing."""
