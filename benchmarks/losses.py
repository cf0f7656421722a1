"""`python -m benchmarks.losses`: how soon a lost worker is known, another serves, and eight have stopped."""

import argparse
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median

import aiodocker
import anyio

from actors.ports import InfrastructureError, Session
from actors.terminal.output import configure
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from benchmarks.executing import OWNER
from benchmarks.rounds import Spread
from benchmarks.table import machine, seconds, table
from events.dataset import ReaderSettings
from events.struct import Event
from events.worker import WorkerLost, WorkerStarted

CSV = b"a,b\n1,2\n3,4\n"
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
TABLE = "the table"
EIGHT = 8
WANTED = {"killed": 0.2, "stopped": 1.2, "paused": 1.2, "served": 0.3, "eight stopped": 1.0}
"""Seconds at most."""

Fault = Callable[[WorkerStarted], Awaitable[None]]


@dataclass
class Living:
    """The workers that live, in the order in which they became ready."""

    workers: dict[str, WorkerStarted] = field(default_factory=dict)
    changed: anyio.Condition = field(default_factory=anyio.Condition)

    async def __call__(self, event: Event) -> None:
        """Hear of a worker."""
        async with self.changed:
            if isinstance(event, WorkerStarted):
                self.workers[event.worker] = event
            elif isinstance(event, WorkerLost):
                self.workers.pop(event.worker, None)
            self.changed.notify_all()

    async def until(self, number: int) -> WorkerStarted:
        """Wait for so many; the one that serves."""
        async with self.changed:
            while len(self.workers) != number:
                await self.changed.wait()
        return next(iter(self.workers.values()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is done (5)")
    parser.add_argument(
        "--workers", choices=["auto", "local"], default="auto", help="local leaves Docker out"
    )
    given = parser.parse_args(arguments)
    configure()
    anyio.run(_report, max(1, given.rounds), given.workers)


async def _report(rounds: int, workers: str) -> None:
    told = machine()
    faults: dict[str, dict[str, Fault]] = {"local": {"killed": _killed, "stopped": _stopped}}
    backends: list[Backend] = [LocalBackend()]
    if workers == "auto" and await docker_available(worker_image()) is None:
        backends.append(DockerBackend(worker_image(), OWNER))
        faults["docker"] = {"killed": _killed, "stopped": _stopped, "paused": _paused}
    rows: list[tuple[str, ...]] = []
    for backend in backends:
        for name, fault in faults[backend.name].items():
            known, served = await _lost(backend, fault, rounds)
            rows.append(_row(f"{backend.name}: {name}, until it is known", known, WANTED[name]))
            rows.append(
                _row(f"{backend.name}: {name}, from then to a cell of another", served, WANTED["served"])
            )
        stopped = [await _eight_stopped(backend)]  # starting them takes far longer than all else here
        rows.append(_row(f"{backend.name}: a pool of {EIGHT} stopped", stopped, WANTED["eight stopped"]))
    print(f"{told}; {rounds} rounds")
    print(table(("", "median", "least", "most", "wanted at most", "here"), rows))


def _row(what: str, took: Sequence[float], wanted: float) -> tuple[str, ...]:
    spread = Spread(median(took), min(took), max(took))
    figures = (spread.median, spread.least, spread.most, wanted)
    return (what, *map(seconds, figures), "met" if spread.median <= wanted else "not met")


async def _lost(backend: Backend, fault: Fault, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from each fault until its session knows, and from then until another has run a cell."""
    known, served = list[float](), list[float]()
    async with _pool(backend, standby_after=0.0) as (pool, living):
        for _ in range(rounds):
            worker = await living.until(2)
            async with pool.session(TABLE) as session:
                began = time.perf_counter()
                await fault(worker)
                await _until_it_fails(session)
                known.append(time.perf_counter() - began)
            began = time.perf_counter()
            async with pool.session(TABLE) as session:
                await session.run("1 + 1")
                served.append(time.perf_counter() - began)
    return known, served


async def _eight_stopped(backend: Backend) -> float:
    async with _pool(backend, workers=EIGHT) as (_, living):
        await living.until(EIGHT)
        began = time.perf_counter()
    return time.perf_counter() - began


@asynccontextmanager
async def _pool(
    backend: Backend, workers: int = 1, standby_after: float | None = None
) -> AsyncIterator[tuple[Pool, Living]]:
    living = Living()
    async with running_pool(
        backend,
        living,
        workers=workers,
        standby_after=standby_after,
        restarts=lambda: Restarts(limit=1000, longest=0.2),
    ) as pool:
        await pool.offer(TABLE, CSV, READER)
        yield pool, living


async def _until_it_fails(session: Session) -> None:
    try:
        while True:
            await session.run("1 + 1")
    except InfrastructureError:
        return


async def _killed(worker: WorkerStarted) -> None:
    await _signalled(worker, signal.SIGKILL)


async def _stopped(worker: WorkerStarted) -> None:
    await _signalled(worker, signal.SIGSTOP)


async def _signalled(worker: WorkerStarted, number: signal.Signals) -> None:
    if worker.backend == "local":
        os.kill(int(worker.worker), number)
        return
    async with aiodocker.Docker() as docker:
        await docker.containers.container(worker.worker).kill(signal=number.name)


async def _paused(worker: WorkerStarted) -> None:
    async with aiodocker.Docker() as docker:
        await docker.containers.container(worker.worker).pause()


if __name__ == "__main__":
    main()
