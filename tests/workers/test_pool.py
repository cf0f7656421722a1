import os
import signal

import anyio
import anyio.lowlevel
import pytest

from actors.ports import InfrastructureError
from actors.workers import pulse, roster
from actors.workers.channel import MOST_IN_VAIN
from actors.workers.local import LocalBackend
from actors.workers.pool import Pool, running_pool
from actors.workers.restarts import Restarts
from actors.workers.sandbox.allowance import longest
from actors.workers.session import SessionOver
from events.frames import Branch, Branched, Close, Exit, Frame, Limits, New, Ping, RunCell
from events.struct import Event
from events.trace import SessionEnd
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed
from tests.workers.fakes import READER, Announced, FakeBackend, obedient

AT_ONCE = 0.01 - longest(Limits().cell_seconds)
"""The margin with which a host waits for a cell no longer than a hundredth of a second."""


async def test_a_pool_that_can_start_no_worker_says_why_and_stops_trying() -> None:
    announced = Announced()
    backend = FakeBackend(broken="no such image")
    with pytest.raises(InfrastructureError, match="no such image"):
        async with running_pool(backend, announced, restarts=lambda: Restarts(first=0.001, limit=3)):
            pass
    assert backend.started == 4
    assert [type(event) for event in announced] == [WorkerLost] * 4


async def test_what_cannot_be_stopped_is_announced_with_its_id() -> None:
    announced = Announced()
    async with running_pool(FakeBackend(unstoppable="engine is gone"), announced):
        pass
    failed = [(e.worker, e.error) for e in announced if isinstance(e, WorkerStopFailed)]
    assert failed == [("orphan", "busy"), ("w1", "engine is gone")]
    assert not [event for event in announced if isinstance(event, WorkerLost)]


async def test_errors_of_the_user_leave_the_pool_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError):
        async with running_pool(FakeBackend(), Announced()):
            _ = 1 / 0


async def test_no_more_sessions_are_open_at_once_than_allowed() -> None:
    most = now = 0

    async def use() -> None:
        nonlocal most, now
        async with pool.session("d") as session:
            now += 1
            most = max(most, now)
            await session.run("1")
            await anyio.lowlevel.checkpoint()
            now -= 1

    async with running_pool(FakeBackend(), Announced(), sessions=3) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(use)
    assert most == 3


async def owed_in_vain(pool: Pool) -> str:
    """Run a cell that is never answered; what its host is told."""
    async with pool.session("d") as session:
        with pytest.raises(InfrastructureError, match="no answer") as told:
            await session.run("1")
        with pytest.raises(SessionOver):
            await session.run("2")
    return str(told.value)


async def test_a_session_that_owes_an_answer_for_too_long_ends_alone_where_its_worker_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mute_once(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, Close):
            closed.append(session)
        return [] if isinstance(frame, RunCell) and frame.code == "1" else obedient(session, frame)

    monkeypatch.setattr("actors.workers.listener.MARGIN_SECONDS", AT_ONCE)
    closed: list[int] = []
    announced = Announced()
    async with running_pool(FakeBackend(mute_once), announced) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        for _ in range(2 * MOST_IN_VAIN):  # others are answered in between
            async with pool.session("d") as sibling:
                assert "from a worker that answers" in await owed_in_vain(pool)
                assert (await sibling.run("2")).display == "2"
    assert [type(event) for event in announced] == [WorkerStarted]
    assert len(set(closed)) == 4 * MOST_IN_VAIN


async def test_a_branch_whose_caller_went_away_is_waited_for_before_the_next_cell() -> None:
    def slow(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, Branch):
            asked.append(session)
            scope.cancel()
        if isinstance(frame, Close) and asked:
            return [(asked.pop(), Branched())]
        return obedient(session, frame)

    asked: list[int] = []
    async with running_pool(FakeBackend(slow), Announced()) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        async with pool.session("d", branchable=True) as session:
            with anyio.CancelScope() as scope:
                async with session.branch():
                    pass
            assert scope.cancelled_caught
            assert (await session.run("2")).display == "2"


async def test_a_worker_that_answers_pings_and_no_session_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mute_once(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, New) and backend.started == 1:
            return []
        return obedient(session, frame)

    monkeypatch.setattr("actors.workers.session.OPEN_SECONDS", 0.01)
    backend, announced = FakeBackend(mute_once), Announced()
    async with running_pool(backend, announced) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        for _ in range(MOST_IN_VAIN):
            with pytest.raises(InfrastructureError, match="no answer"):
                async with pool.session("d"):
                    pass
        async with pool.session("d") as session:
            assert (await session.run("2")).display == "2"
    assert [type(event) for event in announced] == [WorkerStarted, WorkerLost, WorkerStarted]


async def test_a_worker_that_owes_an_answer_for_too_long_and_answers_no_ping_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mute_once(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, RunCell | Ping) and backend.started == 1:
            return []
        return obedient(session, frame)

    monkeypatch.setattr("actors.workers.listener.MARGIN_SECONDS", AT_ONCE)
    monkeypatch.setattr("actors.workers.channel.ANSWER_SECONDS", 0.01)
    backend, announced = FakeBackend(mute_once), Announced()
    async with running_pool(backend, announced) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        async with pool.session("d") as session:
            with pytest.raises(InfrastructureError, match=r"no answer.*aargh"):
                await session.run("1")
        async with pool.session("d") as session:
            assert (await session.run("2")).display == "2"
    assert [type(event) for event in announced] == [WorkerStarted, WorkerLost, WorkerStarted]


async def test_a_worker_whose_wall_is_weaker_than_those_before_is_not_taken() -> None:
    backend, announced = FakeBackend(), Announced()
    backend.unwalled[2] = "the kernel forgot how"
    async with running_pool(backend, announced, restarts=lambda: Restarts(first=0.001)) as pool:
        assert pool.level == "sandbox"
        await pool.offer("d", b"a,b\n1,2\n", READER)
        backend.end()
        while backend.started < 3:
            await anyio.lowlevel.checkpoint()
        async with pool.session("d") as session:
            assert (await session.run("2")).display == "2"
        assert pool.level == "sandbox"
    lost = [event.error for event in announced if isinstance(event, WorkerLost)]
    assert lost[1].startswith("its wall is of level process and that of the workers before was sandbox")
    assert lost[1].endswith("because the kernel forgot how")
    assert {event.level for event in announced if isinstance(event, WorkerStarted)} == {"sandbox"}


async def test_a_session_that_is_lost_inside_is_infrastructure_not_an_answer() -> None:
    def losing(session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, New):
            return [(session, Exit(end=SessionEnd(reason="lost", detail="no process for it")))]
        return obedient(session, frame)

    async with running_pool(FakeBackend(losing), Announced()) as pool:
        await pool.offer("d", b"a,b\n1,2\n", READER)
        with pytest.raises(InfrastructureError, match="no process for it"):
            async with pool.session("d"):
                pass


async def test_a_frozen_worker_is_found_by_its_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PING_SECONDS", 0.05)
    monkeypatch.setattr("actors.workers.local.STOP_SECONDS", 0.2)
    lost = anyio.Event()

    async def announce(event: Event) -> None:
        if isinstance(event, WorkerStarted):
            os.kill(int(event.worker), signal.SIGSTOP)
        if isinstance(event, WorkerLost):
            assert "stopped" in event.error
            lost.set()

    with anyio.fail_after(30):
        async with running_pool(LocalBackend(), announce):
            await lost.wait()


async def test_waiting_for_a_worker_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "WAIT_SECONDS", 0.01)
    slow = FakeBackend(broken="engine is down")
    with pytest.raises(InfrastructureError, match="no worker within"):
        async with running_pool(slow, Announced(), restarts=lambda: Restarts(first=60)):
            pass
