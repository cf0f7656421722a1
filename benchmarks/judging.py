"""What it costs to have questions solved and judged by a teacher that takes no time, and where that goes."""

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import anyio

from actors import system
from actors.teaching.dialogue import Task
from actors.teaching.scripted import ScriptedTeacher, Written
from actors.workers.opening import opened_workers
from benchmarks.processes import seconds_by_command
from benchmarks.wholes import Silence, job, with_processes_ready
from store.home import Home
from store.replay import rebuild

ACTORS = "this process: actors, log, views, artifacts"
ORACLE = "what traces must show, reckoned in processes"
SESSIONS = "the worker: forks, cells, and cells again"


@dataclass(frozen=True)
class Judged:
    """Episodes, and CPU-seconds from the moment that workers and processes are ready to the last verdict."""

    verified: int
    """How many were verified."""
    spent: dict[str, float]
    """CPU-seconds by where they went."""

    @property
    def orchestration(self) -> float:
        """The share of all but forks and cells."""
        return 1 - self.spent[SESSIONS] / self.cpu

    @property
    def cpu(self) -> float:
        """CPU-seconds in all."""
        return sum(self.spent.values())


def judged(paths: tuple[Path, ...], wanted: int) -> Judged:
    """Questions that were made before are solved and judged: once to write scripts, and once to measure.

    Args:
        paths: files and folders.
        wanted: accepted questions wanted of each table and source.
    """
    with tempfile.TemporaryDirectory(prefix="tracegate-benchmark-") as folder:
        first, second = Home(Path(folder) / "first"), Home(Path(folder) / "second")
        with mock.patch.object(ScriptedTeacher, "script", _remembered(ScriptedTeacher.script)):
            return anyio.run(_judged, first, second, paths, wanted)


async def _judged(first: Home, second: Home, paths: tuple[Path, ...], wanted: int) -> Judged:
    await with_processes_ready()
    generate = replace(job(first, paths, wanted), phases=frozenset({"generate"}))
    await system.perform(generate, Silence())
    shutil.copytree(first.root, second.root)
    spent: dict[str, float] = {}
    for home in (first, second):
        with mock.patch.object(system, "opened_workers", _measured(spent)):
            await system.perform(replace(generate, home=home, phases=frozenset({"solve"})), Silence())
    return Judged(len(rebuild(second).verified()), spent)


def _remembered(
    script: Callable[[ScriptedTeacher, Task], Awaitable[Written]],
) -> Callable[[ScriptedTeacher, Task], Awaitable[Written]]:
    """Scripts that are written once."""
    written: dict[tuple[str, str, int], Written] = {}

    async def remembered(teacher: ScriptedTeacher, task: Task) -> Written:
        key = (task.question.id, task.role, task.index)
        if key not in written:
            written[key] = await script(teacher, task)
        return written[key]

    return remembered


def _measured(spent: dict[str, float]) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """Opened workers; what is spent while they are open is noted."""

    @asynccontextmanager
    async def measured(*given: Any) -> AsyncIterator[Any]:
        async with opened_workers(*given) as opened:
            before = _so_far()
            yield opened
            spent.update({name: after - before[name] for name, after in _so_far().items()})

    return measured


def _so_far() -> dict[str, float]:
    sessions, processes = seconds_by_command(os.getpid(), "actors.workers.sandbox")
    return {ACTORS: time.process_time(), ORACLE: processes, SESSIONS: sessions}
