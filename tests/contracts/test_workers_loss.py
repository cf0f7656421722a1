"""What a pool does when it loses workers, on every backend."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import aiodocker
import anyio
import pytest

from actors.ports import InfrastructureError, Session
from actors.workers.offered import TableUnreadable
from actors.workers.pool import Pool, TableNotOffered
from events.dataset import ReaderSettings
from events.struct import Event
from events.worker import WorkerLost, WorkerStarted

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]


class Announced(list[Event]):
    async def __call__(self, event: Event) -> None:
        self.append(event)


OwnPool = Callable[[Announced], AbstractAsyncContextManager[Pool]]


@pytest.fixture
def announced() -> Announced:
    return Announced()


async def kill(worker: WorkerStarted) -> None:
    """End a worker as a machine's trouble would."""
    if worker.backend == "local":
        await anyio.run_process(["kill", "-KILL", worker.worker])
        return
    async with aiodocker.Docker() as docker:
        await docker.containers.container(worker.worker).kill()


async def _run_until_it_fails(session: Session) -> None:
    while True:
        await session.run("x")


async def test_a_lost_worker_is_told_and_its_replacement_serves(
    own_pool: OwnPool, announced: Announced, table: str
) -> None:
    async with own_pool(announced) as pool:
        (first,) = announced
        assert isinstance(first, WorkerStarted)
        assert (first.level, first.fingerprint) == (pool.level, pool.fingerprint)
        async with pool.session(table) as session, anyio.create_task_group() as tasks:
            await session.run("x = 1")
            tasks.start_soon(kill, first)
            with pytest.raises(InfrastructureError):
                await _run_until_it_fails(session)
        async with pool.session(table) as session:
            assert (await session.run("len(df)")).display == "30"
    assert [type(event) for event in announced] == [WorkerStarted, WorkerLost, WorkerStarted]
    lost = announced[1]
    assert isinstance(lost, WorkerLost)
    assert lost.worker == first.worker


async def test_a_table_that_cannot_be_read_is_refused_and_harms_nobody(pool: Pool, table: str) -> None:
    reader = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
    with pytest.raises(TableUnreadable):
        await pool.offer("broken", b"\xff\xfe\x00" * 10, reader)
    with pytest.raises(TableNotOffered):
        async with pool.session("broken"):
            pass
    async with pool.session(table) as session:
        assert (await session.run("len(df)")).display == "30"


async def test_a_table_longer_than_a_frame_arrives_whole(pool: Pool) -> None:
    reader = ReaderSettings(encoding="utf-8", delimiter=";", header=0, missing=())
    rows = 60_000
    text = "n;text\n" + "".join(f"{row};{'t' * 90}\n" for row in range(rows))
    await pool.offer("long", text.encode(), reader)
    await pool.offer("long", text.encode(), reader)
    async with pool.session("long") as session:
        assert (await session.run("len(df), int(df['n'].sum())")).display == f"({rows}, {sum(range(rows))})"
