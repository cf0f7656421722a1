"""Start means ready: the log is read once for all, and nobody works before everybody knows what is durable."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

import anyio
import pytest
from anyio.abc import TaskStatus
from hypothesis import given, settings as hypothesis_settings, strategies as st

from actors.runtime import bus as bus_module
from actors.runtime.bus import Bus
from actors.runtime.host import TooManyRestarts
from actors.runtime.journal import READ_AT_ONCE, Journal
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import ActorCrashed, ActorRestarted
from events.wire import AnyRecorded
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.judged import Point
from store.log.read import read_events
from tests.runtime.conftest import KINDS, QuickTime, Relay, give, pipeline, run, told

LABELS = [str(number) for number in range(30)]


class Readings:
    """Counts how often the log is read from the disk."""

    def __init__(self) -> None:
        self.after: list[int] = []

    def read(
        self, home: Home, after: int, types: Collection[type] | None, upto: int | None, since: Point
    ) -> Iterator[AnyRecorded]:
        """Read as ever."""
        self.after.append(after)
        return read_events(home, after, types, upto, since)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """How often the log is read from now on."""
    counted = Readings()
    monkeypatch.setattr(bus_module, "read_events", counted.read)
    return counted


def noting(seen: list[int]) -> Callable[[AnyRecorded], None]:
    """Notes the place of what is applied."""
    return lambda recorded: seen.append(recorded.seq)


def owe_nothing(label: str) -> str | None:
    """Only listen."""
    return None


class Started(TaskStatus[None]):
    """Notes what had been run when all were ready."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.runs: list[Counter[str]] = []

    def started(self, value: None = None) -> None:  # noqa: ARG002  there is none
        """All are ready."""
        self.runs.append(Counter(self.relay.runs))


async def test_the_log_is_read_once_for_all_actors_and_the_ledger(
    writer: LogWriter, readings: Readings
) -> None:
    await give(writer, LABELS)
    await run(writer, *pipeline(), Relay("third", DatasetRefused, WorkerStopFailed))
    assert readings.after == [0]


@hypothesis_settings(max_examples=20, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(list(KINDS)), max_size=12),
    heard=st.lists(st.tuples(st.sampled_from(list(KINDS)), st.sampled_from(list(KINDS))), max_size=4),
)
async def test_each_actor_folds_what_it_hears_once_and_in_order(
    kinds: list[type], heard: list[tuple[type, type]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("starting"))
    applied: list[list[int]] = [[] for _ in heard]
    relays = [
        Relay(str(number), *pair, onward=owe_nothing, on_apply=noting(seen))
        for number, (pair, seen) in enumerate(zip(heard, applied, strict=True))
    ]
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(KINDS[kind]("label")) for kind in (DatasetRefused, *kinds)])
        await run(writer, *relays)
    for pair, seen in zip(heard, applied, strict=True):
        assert seen == [one.seq for one in read_events(home) if type(one.event) in pair]


async def test_no_more_than_a_window_of_the_log_is_held_at_once(writer: LogWriter) -> None:
    await give(writer, range(3 * READ_AT_ONCE))
    windows: list[list[int]] = []

    async def hear(window: Sequence[AnyRecorded]) -> None:
        windows.append([one.seq for one in window])

    await Journal(writer, Settings()).catch_up(Bus(writer), hear)
    assert max(map(len, windows)) <= READ_AT_ONCE
    assert [seq for window in windows for seq in window] == list(range(1, writer.head.seq + 1))


async def test_a_crash_in_the_common_reading_is_that_actors_alone(
    home: Home, writer: LogWriter, readings: Readings
) -> None:
    crashes = iter([True])
    applied: list[int] = []

    def crash(recorded: AnyRecorded) -> None:
        if recorded.seq > 10 and next(crashes, False):
            raise KeyError

    first, second = pipeline()
    first.on_apply = crash
    second.on_apply = lambda recorded: applied.append(recorded.seq)
    await give(writer, LABELS)
    assert await run(writer, first, second) == "idle"
    assert readings.after == [0, 0]
    assert applied == [one.seq for one in read_events(home, types=second.hears)]
    assert sorted(told(home, WorkerStopFailed)) == sorted(LABELS)
    (restarted,) = [one.event for one in read_events(home) if isinstance(one.event, ActorRestarted)]
    assert restarted == ActorRestarted("first", 1)


@pytest.mark.parametrize("crashing", [0, 1])
async def test_nothing_is_started_before_all_are_ready(
    crashing: int, home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    crashes = iter([True, True])

    def crash(_: AnyRecorded) -> None:
        if next(crashes, False):
            raise KeyError

    relays = pipeline()
    relays[crashing].on_apply = crash
    await give(writer, LABELS)
    await writer.append([Draft(KINDS[StreamExhausted]("more"))])
    await run(writer, *relays, quick=quick)
    kinds = [type(one.event) for one in read_events(home)]
    assert kinds.index(ActorRestarted) < min(
        kinds.index(WorkerStopFailed), kinds.index(StreamExhausted, kinds.index(StreamExhausted) + 1)
    )
    assert kinds.count(ActorCrashed) == 2


async def test_readiness_is_told_once_and_before_any_work_is_started(writer: LogWriter) -> None:
    relay = Relay("relay", DatasetRefused, StreamExhausted)
    started = Started(relay)
    await give(writer, LABELS)
    with anyio.fail_after(20):
        await Supervisor(writer, [relay]).run("idle", task_status=started)
    assert started.runs == [Counter()]
    assert len(relay.runs) == len(LABELS)


async def test_whoever_waits_for_the_start_finds_everything_durable_folded(writer: LogWriter) -> None:
    applied: list[int] = []
    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=lambda one: applied.append(one.seq))
    supervisor = Supervisor(writer, [relay])
    await give(writer, LABELS)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(supervisor.run, "drained")
            assert len(applied) == len(LABELS)
            supervisor.drain()


async def test_a_drain_before_all_are_ready_keeps_nobody_waiting_and_swallows_no_crash(
    home: Home, writer: LogWriter
) -> None:
    def drain(_: AnyRecorded) -> None:
        supervisor.drain()
        raise KeyError

    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=drain)
    supervisor = Supervisor(writer, [relay])
    await give(writer, LABELS)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(supervisor.run, "idle")
    assert relay.runs == {}
    assert [type(one.event) for one in read_events(home, types=(ActorCrashed,))] == [ActorCrashed]


async def test_an_actor_that_never_becomes_ready_fails_the_start_in_words(
    writer: LogWriter, quick: QuickTime
) -> None:
    def crash(_: AnyRecorded) -> None:
        raise KeyError

    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=crash)
    supervisor = Supervisor(writer, [relay], timing=quick.timing())
    await give(writer, ["a"])
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            with pytest.raises(TooManyRestarts, match="the actor relay crashed again after 5 restarts"):
                await tasks.start(supervisor.run, "drained")
