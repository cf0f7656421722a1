"""Who serves, who stands by, and who is told when nobody is left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
import anyio.lowlevel
import pytest

from actors.ports import InfrastructureError
from actors.workers import keeper, pulse
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from events.frames import Frame, RunCell
from events.worker import WorkerLost, WorkerStarted
from tests.workers.fakes import READER, Announced, FakeBackend, obedient

TABLE = b"a,b\n1,2\n"


@dataclass
class Clocked:
    """What a keeper asks of anyio, with another clock."""

    sleep: Callable[[float], Awaitable[None]]
    current_time: Callable[[], float]
    create_task_group = staticmethod(anyio.create_task_group)
    move_on_after = staticmethod(anyio.move_on_after)


async def until_started(announced: Announced, number: int) -> None:
    while sum(isinstance(event, WorkerStarted) for event in announced) < number:
        await anyio.lowlevel.checkpoint()
    for _ in range(50):
        await anyio.lowlevel.checkpoint()


async def until_lost(announced: Announced, number: int) -> None:
    while sum(isinstance(event, WorkerLost) for event in announced) < number:
        await anyio.lowlevel.checkpoint()


async def shown(pool: Pool, dataset: str = "d") -> str | None:
    async with pool.session(dataset) as session:
        return (await session.run("x")).display


def naming(backend: FakeBackend) -> FakeBackend:
    """One whose cells show which worker ran them."""
    backend.signs = True
    return backend


async def test_the_one_that_stands_by_has_no_session_until_the_other_is_lost() -> None:
    backend, announced = naming(FakeBackend()), Announced()
    async with running_pool(
        backend, announced, standby_after=0, restarts=lambda: Restarts(first=1000)
    ) as pool:
        await pool.offer("d", TABLE, READER)
        await until_started(announced, 2)
        async with pool.session("d"):
            assert await shown(pool) == "w1"
        backend.links["w1"].hang_up()
        await until_lost(announced, 1)
        assert await shown(pool) == "w2"


async def test_the_one_that_stands_by_holds_the_same_tables_before_anybody_asks_it() -> None:
    backend, announced = FakeBackend(), Announced()
    async with running_pool(backend, announced, standby_after=0) as pool:
        await pool.offer("early", TABLE, READER)
        await until_started(announced, 2)
        await pool.offer("late", TABLE, READER)
        await until_started(announced, 2)
        assert backend.links["w2"].tables == ["early", "late"]


async def test_short_work_has_nobody_that_stands_by() -> None:
    backend = FakeBackend()
    async with running_pool(backend, Announced(), standby_after=60) as pool:
        await pool.offer("d", TABLE, READER)
        await shown(pool)
    assert backend.started == 1


async def test_when_one_is_lost_too_often_the_rest_go_on() -> None:
    backend, announced = naming(FakeBackend()), Announced()
    async with running_pool(
        backend, announced, workers=2, restarts=lambda: Restarts(first=0.001, limit=0)
    ) as pool:
        await pool.offer("d", TABLE, READER)
        await until_started(announced, 2)
        backend.links["w1"].hang_up()
        await until_lost(announced, 1)
        assert [await shown(pool) for _ in range(5)] == ["w2"] * 5
    assert backend.started == 2


async def test_restarts_are_waited_for_longer_and_longer_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a clock of its own, which the waits alone move on."""
    now, waits = 1000.0, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        waits.append(seconds)
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr(keeper, "anyio", Clocked(sleep, lambda: now))
    backend, announced = FakeBackend(broken="no such image"), Announced()
    with pytest.raises(InfrastructureError, match=r"lost too often.*no such image"):
        async with running_pool(backend, announced):
            pass
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert backend.started == len(announced) == 6


async def test_when_none_is_left_all_who_wait_are_told_why() -> None:
    def mute(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        return [] if isinstance(frame, RunCell) else obedient(session, frame)

    backend, told = FakeBackend(mute), list[str]()

    async def ask() -> None:
        with pytest.raises(InfrastructureError) as caught:
            await shown(pool)
        told.append(str(caught.value))

    async with running_pool(
        backend, Announced(), sessions=2, restarts=lambda: Restarts(first=0.001, limit=0)
    ) as pool:
        await pool.offer("d", TABLE, READER)
        async with anyio.create_task_group() as tasks:
            for _ in range(6):
                tasks.start_soon(ask)
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            backend.end()
    assert len(told) == 6
    assert all("the fake ended" in one for one in told)
    assert sum("lost too often" in one for one in told) >= 4


async def test_a_worker_that_is_held_still_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PING_SECONDS", 0.002)

    def deaf_once(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        return [] if backend.started == 1 else obedient(session, frame)

    backend, announced = FakeBackend(deaf_once), Announced()
    async with running_pool(backend, announced):
        backend.links["w1"].holding = "its container is paused"
        await until_started(announced, 2)
    (lost,) = [event for event in announced if isinstance(event, WorkerLost)]
    assert lost.error.startswith("its container is paused")
