"""Whole runs in a home of their own: as they are, and with their stages one by one."""

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import anyio
from anyio import to_process

from actors import system
from actors.job import PROCESSES, Job, Phase
from benchmarks.stages import Stages
from benchmarks.timed import timed_parts
from events.wire import AnyRecorded
from store.home import Home
from store.projections.state import State
from store.replay import rebuild


@dataclass(frozen=True)
class Whole:
    """What one run came to."""

    state: State
    """What its log gives."""
    wall: float
    """Seconds from start to end."""
    own: float
    """CPU-seconds of this process: the actors, the log, the artifacts."""
    children: float
    """CPU-seconds of every other: court and oracle, workers and their sessions, and the starts of all."""

    @property
    def cpu(self) -> float:
        """CPU-seconds in all."""
        return self.own + self.children


class Silence:
    """Progress that nobody wants to hear of."""

    def stage(self, told: str) -> None:
        """Nothing."""

    def heard(self, recorded: AnyRecorded) -> None:
        """Nothing."""


def whole(paths: tuple[Path, ...], wanted: int) -> Whole:
    """One run as `run --all --workers local` does it.

    Args:
        paths: files and folders.
        wanted: accepted questions wanted of each table and source.
    """
    with tempfile.TemporaryDirectory(prefix="tracegate-benchmark-") as folder:
        home = Home(Path(folder))
        before, began = _cpu(), time.perf_counter()
        anyio.run(system.perform, job(home, paths, wanted), Silence())
        wall, after = time.perf_counter() - began, _cpu()
        return Whole(rebuild(home), wall, after[0] - before[0], after[1] - before[1])


def one_by_one(paths: tuple[Path, ...], wanted: int) -> Stages:
    """The same with never two stages at once: how long each takes when it has the machine to itself.

    What runs side by side in `whole` waits here for its turn, so this takes longer; and no two appends
    share a sync, so theirs is the most that they can take.
    """
    stages = Stages("between the stages")
    with tempfile.TemporaryDirectory(prefix="tracegate-benchmark-") as folder:
        work = job(Home(Path(folder)), paths, wanted)
        with mock.patch.multiple(system, **timed_parts(stages)):
            anyio.run(_perform, work, stages)
    return stages


async def with_processes_ready() -> None:
    """Start the processes that a job will use, so that it does not pay for their start."""
    async with anyio.create_task_group() as tasks:
        for _ in range(PROCESSES):
            tasks.start_soon(to_process.run_sync, _imported)


async def _perform(work: Job, stages: Stages) -> None:
    with stages.stage("starting the processes of court and oracle"):
        await with_processes_ready()
    await system.perform(work, Silence())


def _imported() -> None:
    """To be told of this function is to import all that the court and the oracle need."""


def job(home: Home, paths: tuple[Path, ...], wanted: int) -> Job:
    """A run of both sources on local workers."""
    phases: frozenset[Phase] = frozenset({"generate", "solve"})
    return Job("run", phases, home, paths, questions=wanted, workers="local")


def _cpu() -> tuple[float, float]:
    """CPU-seconds of this process, and of the children that ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime
