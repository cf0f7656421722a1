"""What is told of a worker that is killed or held still, within what time, and that another serves at once.

The times that are asked for here are generous, for a loaded machine; `benchmarks/losses.py` measures them.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiodocker
import anyio
import pytest
import pytest_asyncio

from actors.ports import InfrastructureError, Session
from actors.workers.link import Backend
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from events.dataset import ReaderSettings
from events.struct import Event
from events.worker import WorkerLost, WorkerStarted
from tests.contracts.conftest import CSV, LIMITS, READER, in_a_task

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]

TOLD_WITHIN = 4.0
"""Silence alone takes five seconds to be believed."""
SERVED_WITHIN = 1.0
"""A worker that has to be started takes more."""
TABLE_BYTES = 6 * 1024**2


@dataclass
class Living:
    """The workers that were told to have started, less those that were lost."""

    workers: dict[str, WorkerStarted] = field(default_factory=dict)
    lost: list[WorkerLost] = field(default_factory=list)
    changed: anyio.Condition = field(default_factory=anyio.Condition)

    async def __call__(self, event: Event) -> None:
        async with self.changed:
            if isinstance(event, WorkerStarted):
                self.workers[event.worker] = event
            elif isinstance(event, WorkerLost):
                self.workers.pop(event.worker, None)
                self.lost.append(event)
            self.changed.notify_all()

    async def until_two(self) -> None:
        async with self.changed:
            while len(self.workers) != 2:
                await self.changed.wait()

    async def until_lost(self, worker: WorkerStarted) -> str:
        async with self.changed:
            while worker.worker in self.workers:
                await self.changed.wait()
        return self.lost[-1].error

    @property
    def serving(self) -> WorkerStarted:
        """The one that became ready first."""
        return next(iter(self.workers.values()))


@dataclass
class Doubled:
    """A pool with a worker that stands by."""

    pool: Pool
    living: Living


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doubled(backend: Backend, table: str) -> AsyncIterator[Doubled]:
    living = Living()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Doubled]:
        async with running_pool(
            backend,
            living,
            limits=LIMITS,
            table_bytes=TABLE_BYTES,
            standby_after=0.0,
            restarts=lambda: Restarts(limit=20),
        ) as pool:
            await pool.offer(table, CSV, READER)
            yield Doubled(pool, living)

    async with in_a_task(opened()) as started:
        yield started


async def docker_signal(worker: str, name: str) -> None:
    async with aiodocker.Docker() as docker:
        await docker.containers.container(worker).kill(signal=name)


async def signalled(worker: WorkerStarted, name: str) -> None:
    if worker.backend == "local":
        await anyio.run_process(["kill", f"-{name}", worker.worker])
    else:
        await docker_signal(worker.worker, name)


async def killed(worker: WorkerStarted) -> None:
    await signalled(worker, "KILL")


async def stopped(worker: WorkerStarted) -> None:
    await signalled(worker, "STOP")


async def paused(worker: WorkerStarted) -> None:
    async with aiodocker.Docker() as docker:
        await docker.containers.container(worker.worker).pause()


async def runs_until_it_fails(session: Session) -> None:
    while True:
        await session.run("1")


FAULTS = [
    (killed, "ended its output"),
    (stopped, "stopped, by a signal"),
]


@pytest.mark.parametrize(("fault", "told"), FAULTS, ids=["killed", "stopped"])
async def test_a_worker_that_is_gone_or_held_still_is_told_and_the_standby_serves(
    doubled: Doubled, table: str, fault: Callable[[WorkerStarted], Awaitable[None]], told: str
) -> None:
    await lost_and_served(doubled, table, fault, told)


@pytest.mark.parametrize("backend_name", [pytest.param("docker", marks=pytest.mark.docker)], scope="module")
async def test_so_is_a_container_that_is_paused(doubled: Doubled, table: str) -> None:
    await lost_and_served(doubled, table, paused, "its container is paused")


async def lost_and_served(
    doubled: Doubled, table: str, fault: Callable[[WorkerStarted], Awaitable[None]], told: str
) -> None:
    pool, living = doubled.pool, doubled.living
    await living.until_two()
    worker = living.serving
    async with pool.session(table) as session:
        await fault(worker)
        began = time.monotonic()
        with pytest.raises(InfrastructureError, match=told):
            await runs_until_it_fails(session)
        known = time.monotonic()
    async with pool.session(table) as session:
        assert (await session.run("len(df)")).display == "30"
    served = time.monotonic()
    assert told in await living.until_lost(worker)
    assert known - began < TOLD_WITHIN
    assert served - known < SERVED_WITHIN


async def test_tables_come_and_go_within_their_memory_and_each_session_has_its_own(doubled: Doubled) -> None:
    rows = 20_000
    reader = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
    for number in range(4):
        text = "n,m\n" + "".join(f"{row},{row % 97}\n" for row in range(rows + number))
        await doubled.pool.offer(f"t{number}", text.encode(), reader)
    for number in (0, 1, 2, 3, 0, 2):
        async with doubled.pool.session(f"t{number}") as session:
            assert (await session.run("len(df)")).display == str(rows + number)
