"""How each actor stands can be asked at any time: what lags, is owed, runs, cools, and for how long."""

import anyio
import pytest

from actors.runtime.backlog import Backlog
from actors.runtime.bus import Bus
from actors.runtime.fold import Fold
from actors.runtime.settings import Timing
from actors.runtime.stats import ActorStats
from actors.runtime.supervisor import Supervisor
from actors.runtime.work import Work, WorkLedger, Yield
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.wire import AnyRecorded
from store.log.append import LogWriter
from tests.runtime.conftest import Relay, give, pipeline


class Watched:
    """A supervisor whose clock is moved by hand, and whose waits last until they are let go."""

    def __init__(self, writer: LogWriter, *relays: Relay, limits: dict[str, int] | None = None) -> None:
        self.time = 0.0
        self.waits = anyio.Event()
        """Set once somebody waits."""
        self.go_on = anyio.Event()
        timing = Timing(self._sleep, lambda: self.time, lambda: 0.0)
        self.supervisor = Supervisor(writer, relays, limits=limits, timing=timing)

    async def _sleep(self, _: float) -> None:
        self.waits.set()
        await self.go_on.wait()

    def stats(self) -> ActorStats:
        """How the first actor stands."""
        return self.supervisor.stats()[0]


async def test_nothing_is_told_while_nothing_is_run(writer: LogWriter) -> None:
    supervisor = Supervisor(writer, pipeline())
    assert supervisor.stats() == ()
    await supervisor.run_until_idle()
    assert supervisor.stats() == ()


async def test_what_is_owed_runs_and_cools_is_told_with_its_age(writer: LogWriter) -> None:
    held, begun = anyio.Event(), anyio.Event()

    async def fail_for_a_and_hold_the_rest(label: str) -> None:
        if label == "a" and relay.runs["a"] == 1:
            raise ValueError(label)
        if len(relay.runs) == 3:
            begun.set()
        await held.wait()

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=fail_for_a_and_hold_the_rest)
    watched = Watched(writer, relay, limits={"relay": 2})
    await give(writer, "abcde")
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(watched.supervisor.run, "idle")
            await watched.waits.wait()
            await begun.wait()
            watched.time = 7.0
            assert watched.stats() == ActorStats("relay", 0, 5, 2, 1, 7.0, 0)
            watched.go_on.set()
            held.set()


async def test_how_far_an_actor_lags_and_how_often_it_crashed_is_told(writer: LogWriter) -> None:
    crashes = iter([True])

    def crash_at_c(recorded: AnyRecorded) -> None:
        if recorded.seq == 5 and next(crashes, False):
            raise KeyError

    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=crash_at_c)
    watched = Watched(writer, relay)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(watched.supervisor.run, "drained")
            await give(writer, "abc")
            await watched.waits.wait()
            # A state in which a fold crashed is worth nothing: all is to be folded again.
            assert (watched.stats().behind, watched.stats().crashes) == (writer.head.seq, 1)
            watched.time = 60.0
            assert watched.stats().crashes == 1
            watched.time = 60.1
            assert watched.stats().crashes == 0
            watched.go_on.set()
            watched.supervisor.drain()


@pytest.mark.parametrize("lagging", [True, False])
async def test_an_actor_is_behind_until_it_has_folded_not_only_read(lagging: bool, writer: LogWriter) -> None:
    behind: list[bool] = []
    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=lambda _: behind.append(fold.behind > 0))
    bus = Bus(writer, keep=0 if lagging else 512)
    fold = Fold(relay, bus, window=64)
    fold.begin()
    await give(writer, range(100))
    assert await fold.catch_up()
    assert behind == [True] * 100
    assert fold.behind == 0


async def test_work_keeps_its_age_until_it_is_settled() -> None:
    async def never() -> Yield:
        raise AssertionError

    time, ledger = [0.0], WorkLedger()
    backlog = Backlog(ledger, lambda: time[0])
    assert backlog.oldest() is None
    a, b, c = (Work(key, never) for key in "abc")
    backlog.name({"b": b, "a": a})
    time[0] = 5.0
    backlog.name({"c": c, "a": a, "b": b})
    assert [work.key for work in backlog] == ["c", "a", "b"]
    time[0] = 6.0
    assert backlog.oldest() == 6.0
    backlog.settle("a")
    backlog.settle("b")
    backlog.settle("never named")
    assert (len(backlog), backlog.oldest()) == (1, 1.0)
    ledger.finished.add("c")
    backlog.name({"c": c})
    assert (len(backlog), backlog.oldest()) == (0, None)
