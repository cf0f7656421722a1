"""Restarts wait for exactly as long as is due, are counted in a window that slides, and escalate by one event."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from threading import Event

import anyio
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from actors.runtime import host
from actors.runtime.host import TooManyRestarts
from actors.runtime.settings import Backoff, Settings, Timing
from actors.runtime.supervisor import Supervisor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import ActorCrashed, ActorEscalated, ActorRestarted, RunStarted
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from tests.runtime.conftest import QuickTime, Relay, give, run, told
from tests.store.log.disks import QuickDisk

SETTINGS = Settings(max_restarts=2, restart_seconds=60.0, first_delay=1.0, longest_delay=4.0)
TOLD = (ActorCrashed, ActorRestarted, ActorEscalated)


@dataclass
class Model:
    """What is to happen when an actor crashes at these distances: by the rule, without the runtime."""

    gaps: list[int]

    def told(self) -> Iterator[ActorRestarted | ActorEscalated]:
        """The events, crashes left out."""
        now, crashes = 0.0, list[float]()
        for gap in self.gaps:
            now += gap
            crashes.append(now)
            recent = sum(crash >= now - SETTINGS.restart_seconds for crash in crashes)
            if recent > SETTINGS.max_restarts:
                yield ActorEscalated("relay", recent - 1, SETTINGS.restart_seconds)
                return
            now += min(4.0, 2.0 ** (recent - 1))
            yield ActorRestarted("relay", recent)


def crashing(gaps: list[int], quick: QuickTime) -> Relay:
    """An actor that crashes these numbers of seconds after it was started or restarted."""
    left = iter(gaps)

    def crash() -> None:
        gap = next(left, None)
        if gap is not None:
            quick.time += gap
            raise KeyError(gap)

    return Relay("relay", DatasetRefused, StreamExhausted, on_todo=crash)


@hypothesis_settings(max_examples=40, deadline=None)
@given(gaps=st.lists(st.integers(0, 70), max_size=8))
async def test_the_window_of_restarts_slides(
    gaps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, quick = Home(tmp_path_factory.mktemp("restarts")), QuickTime()
    expected = list(Model(gaps).told())
    async with LogWriter.open(home) as writer:
        await give(writer, ["a"])
        try:
            await run(writer, crashing(gaps, quick), quick=quick, settings=SETTINGS)
            escalated = False
        except TooManyRestarts:
            escalated = True
    found = [one.event for one in read_events(home, types=TOLD)]
    assert found[1::2] == expected
    assert [type(event) for event in found[::2]] == [ActorCrashed] * len(expected)
    assert escalated == any(isinstance(event, ActorEscalated) for event in expected)
    assert told(home, StreamExhausted) == ([] if escalated else ["a"])


@pytest.mark.parametrize(("apart", "borne"), [(30, False), (31, True)])
async def test_a_crash_counts_until_the_window_has_passed_and_not_longer(
    apart: int, borne: bool, writer: LogWriter, quick: QuickTime
) -> None:
    # Waits of one and two seconds: at 30 the third crash comes 60 s after the first, at 31 later.
    gaps = [0, apart - 1, apart - 2]
    relay = crashing(gaps, quick)
    await give(writer, ["a"])
    if borne:
        await run(writer, relay, quick=quick, settings=SETTINGS)
    else:
        with pytest.raises(TooManyRestarts):
            await run(writer, relay, quick=quick, settings=SETTINGS)


@pytest.mark.parametrize("most", range(4))
async def test_an_escalation_is_recorded_with_the_crash_before_it_ends_the_run(
    most: int, home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    await give(writer, ["a"])
    relay = crashing([0] * 9, quick)
    with pytest.raises(TooManyRestarts, match=f"the actor relay crashed again after {most} restarts in a"):
        await run(writer, relay, quick=quick, settings=Settings(max_restarts=most))
    *_, crashed, escalated = read_events(home)
    assert isinstance(crashed.event, ActorCrashed)
    assert escalated.event == ActorEscalated("relay", most, 60.0)
    assert crashed.time == escalated.time
    assert len(list(read_events(home, types=(ActorCrashed,)))) == most + 1
    assert relay.runs == {}


async def test_waits_between_restarts_double_up_to_a_bound_less_their_jitter(
    writer: LogWriter, quick: QuickTime
) -> None:
    settings = Settings(max_restarts=9, restart_seconds=1e6, first_delay=0.5, longest_delay=20.0, jitter=0.4)
    timing = Timing(quick.sleep, lambda: quick.time, Random(7).random)
    await give(writer, ["a"])
    await Supervisor(writer, [crashing([0] * 8, quick)], settings=settings, timing=timing).run_until_idle()
    drawn = Random(7)
    assert quick.waits == [
        whole * (1 - 0.4 * drawn.random()) for whole in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0)
    ]


async def test_waits_between_tries_double_up_to_a_bound_less_their_jitter(
    writer: LogWriter, quick: QuickTime
) -> None:
    async def fail(label: str) -> None:
        if relay.runs[label] < 6:
            raise ValueError(label)

    settings = Settings(max_tries=9, first_delay=0.5, longest_delay=6.0, jitter=1.0)
    timing = Timing(quick.sleep, lambda: quick.time, Random(8).random)
    relay = Relay("relay", DatasetRefused, StreamExhausted, do=fail)
    await give(writer, ["a"])
    await Supervisor(writer, [relay], settings=settings, timing=timing).run_until_idle()
    drawn = Random(8)
    assert quick.waits == [whole * (1 - drawn.random()) for whole in (0.5, 1.0, 2.0, 4.0, 6.0)]


@given(
    times=st.integers(1, 10_000),
    infrastructure=st.booleans(),
    draw=st.floats(0, 1, exclude_max=True),
    jitter=st.floats(0, 1),
)
def test_no_wait_is_negative_or_longer_than_the_longest(
    times: int, infrastructure: bool, draw: float, jitter: float
) -> None:
    backoff = Backoff(Settings(jitter=jitter), Timing(draw=lambda: draw))
    assert 0 <= backoff.seconds(times, infrastructure=infrastructure) <= backoff.settings.longest_delay


async def test_no_wait_follows_the_failure_that_put_work_aside(writer: LogWriter, quick: QuickTime) -> None:
    async def fail(label: str) -> None:
        raise ValueError(label)

    await give(writer, ["a"])
    await run(writer, Relay("relay", DatasetRefused, StreamExhausted, do=fail), quick=quick)
    assert quick.waits == [0.1, 0.2]


class Held(QuickDisk):
    """A disk that takes as long as the test wants, as a full one does."""

    def __init__(self) -> None:
        self.free = Event()
        self.free.set()

    def sync(self, descriptor: int) -> None:
        self.free.wait(20)
        super().sync(descriptor)


def crashing_once() -> Relay:
    left = iter([KeyError("once")])

    def crash() -> None:
        for error in left:
            raise error

    return Relay("relay", DatasetRefused, StreamExhausted, on_todo=crash)


async def test_the_news_of_a_crash_waits_for_room_as_long_as_there_is_none(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "NEWS_SECONDS", 0.0)
    disk = Held()
    async with LogWriter.open(home, disk=disk) as writer, anyio.create_task_group() as tasks:
        await give(writer, ["a"])
        disk.free.clear()
        tasks.start_soon(writer.append, [Draft(RunStarted("run", 0, ("template",)))])
        tasks.start_soon(partial(run, writer, crashing_once(), quick=QuickTime()))
        await anyio.wait_all_tasks_blocked()
        disk.free.set()
    assert [type(one.event) for one in read_events(home, types=TOLD)] == [ActorCrashed, ActorRestarted]


async def test_whoever_is_stopped_waits_for_that_news_only_so_long(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "NEWS_SECONDS", 0.0)
    disk = Held()
    async with LogWriter.open(home, disk=disk) as writer:
        await give(writer, ["a"])
        disk.free.clear()
        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(partial(run, writer, crashing_once(), quick=QuickTime()))
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
        assert not disk.free.is_set()
        disk.free.set()
