"""A model's server that takes its time: attempts in flight, and how late the event loop is meanwhile."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.request import urlopen

import anyio
import uvloop

from actors import cast, system
from actors.job import Job
from actors.ports import Session, Workers
from actors.teaching.dialogue import Solving, Task, Teacher, attempt
from actors.teaching.orders import ModelOrders
from benchmarks.slow_server import MODEL
from benchmarks.wholes import Silence, job
from events.trace import AttemptEnded
from store.home import Home
from store.replay import rebuild

ATTEMPTS = 64
SECONDS = 2.0
_LOOK_EVERY = 0.01
_TURNS = 3


@dataclass(frozen=True)
class Slow:
    """What a run against such a server was like."""

    attempts: int
    """Attempts that ended."""
    open: int
    """Attempts with a session that were under way at once, at most."""
    in_flight: int
    """Calls that the server had at once, at most."""
    late: tuple[float, ...]
    """By how many seconds the event loop was late each time it was looked at, sorted."""
    wall: float
    """Seconds that it took."""

    def lag(self, share: float) -> float:
        """By how much it was late at most in this share of the looks."""
        return self.late[min(len(self.late) - 1, int(share * len(self.late)))]


def slow(paths: tuple[Path, ...], wanted: int) -> Slow:
    """Questions that were made before are solved by a model that never finds an answer.

    Args:
        paths: files and folders.
        wanted: accepted questions wanted of each table and source.
    """
    with tempfile.TemporaryDirectory(prefix="tracegate-benchmark-") as folder:
        made = replace(job(Home(Path(folder)), paths, wanted), phases=frozenset({"generate"}))
        uvloop.run(system.perform(made, Silence()))
        with _server() as base_url:
            count = _Count()
            with mock.patch.object(cast, "attempt", count.attempt):
                late, wall = uvloop.run(_solved(made, base_url))
            with urlopen(f"{base_url}/models") as told:
                in_flight = json.load(told)["most_in_flight"]
        attempts = len(rebuild(made.home).traces.attempts)
        return Slow(attempts, count.most, in_flight, tuple(sorted(late)), wall)


class _Count:
    """How many attempts have a session at once."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._workers: Workers | None = None

    async def attempt(
        self, task: Task, teacher: Teacher, workers: Workers, settings: Solving
    ) -> tuple[AttemptEnded, Mapping[str, bytes]]:
        """An attempt, counted while it has its session."""
        self._workers = workers
        return await attempt(task, teacher, self, settings)

    def __getattr__(self, name: str) -> Any:
        """All else is as the workers have it."""
        return getattr(self._workers, name)

    @asynccontextmanager
    async def session(self, *given: Any, **named: Any) -> AsyncIterator[Session]:
        """A session, counted while it is open."""
        assert self._workers is not None
        async with self._workers.session(*given, **named) as session:
            self._now += 1
            self.most = max(self.most, self._now)
            try:
                yield session
            finally:
                self._now -= 1


async def _solved(made: Job, base_url: str) -> tuple[list[float], float]:
    """How late the event loop was at each look, and the seconds that it took."""
    model = ModelOrders(base_url=base_url, model=MODEL, max_turns=_TURNS, attempts=ATTEMPTS)
    solving = replace(made, phases=frozenset({"solve"}), model=model, allow_process_level=True)
    began, late = time.perf_counter(), list[float]()
    async with _looked_at(late):
        await system.perform(solving, Silence())
    return late, time.perf_counter() - began


@asynccontextmanager
async def _looked_at(late: list[float]) -> AsyncIterator[None]:
    """How late the event loop is, every hundredth of a second."""

    async def look() -> None:
        while True:
            due = time.perf_counter() + _LOOK_EVERY
            await anyio.sleep(_LOOK_EVERY)
            late.append(max(0.0, time.perf_counter() - due))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look)
        yield
        tasks.cancel_scope.cancel()


@contextmanager
def _server() -> Iterator[str]:
    """The server, in a process of its own, so that its work is not taken for ours."""
    command = [sys.executable, "-m", "benchmarks.slow_server", str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
