"""Owed work is done once, in order, within limits; a failure is that key's, a crash is that actor's."""

import os
from collections.abc import Sequence

import anyio
import pytest

from actors.ports import InfrastructureError
from actors.runtime.processes import Processes
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from actors.runtime.work import Work, Yield
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import DeadLettered, RunStarted, WorkParked
from events.wire import AnyRecorded
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from tests.runtime.conftest import QuickTime, Relay, failures, give, pipeline, run, told

LABELS = [str(number) for number in range(30)]


async def test_a_pipeline_passes_everything_on(home: Home, writer: LogWriter) -> None:
    await give(writer, LABELS)
    assert await run(writer, *pipeline()) == "idle"
    assert sorted(told(home, WorkerStopFailed)) == sorted(LABELS)


async def test_two_actors_in_a_cycle_do_not_deadlock(home: Home, writer: LogWriter) -> None:
    def next_up(label: str) -> str | None:
        return str(int(label) + 10) if int(label) < 600 else None

    ping = Relay("ping", DatasetRefused, StreamExhausted)
    pong = Relay("pong", StreamExhausted, DatasetRefused, onward=next_up)
    await give(writer, range(10))
    await run(writer, ping, pong)
    assert sorted(map(int, told(home, StreamExhausted))) == list(range(610))


async def test_nothing_is_owed_when_the_run_ends(home: Home, writer: LogWriter) -> None:
    first, second = pipeline()
    await give(writer, LABELS)
    await run(writer, first, second)
    end = writer.head.seq
    await run(writer, first, second)
    assert writer.head.seq == end
    assert set(second.runs.values()) == {1}


async def test_without_actors_or_work_the_run_is_over_at_once(writer: LogWriter) -> None:
    assert await run(writer) == "idle"
    assert await run(writer, *pipeline()) == "idle"


async def test_work_is_started_in_the_order_of_todo_and_within_its_limit(writer: LogWriter) -> None:
    relay = Relay("relay", DatasetRefused, StreamExhausted)
    await give(writer, LABELS)
    await Supervisor(writer, [relay], limits={"relay": 3}).run_until_idle()
    assert list(relay.runs) == LABELS
    assert relay.most_at_once == 3


async def test_events_of_work_carry_its_stamp_cause_and_correlation(home: Home, writer: LogWriter) -> None:
    class Once(Relay):
        """Yields two events at once."""

        def todo(self, state: dict[str, str], /) -> dict[str, Work]:
            """One piece of work."""

            async def yield_two() -> Yield:
                return Yield([DatasetRefused("b", "empty", ""), StreamExhausted("b", 1)])

            return {"once": Work("once", yield_two, correlation="question", cause="event")} if state else {}

    await give(writer, ["a"])
    await run(writer, Once("once", DatasetRefused, StreamExhausted))
    *_, middle, last = read_events(home)
    assert (middle.correlation, middle.cause) == ("question", "event")
    assert [(one.work.key, one.work.attempt, one.work.finishes) for one in (middle, last) if one.work] == [
        ("once", 1, False),
        ("once", 1, True),
    ]


async def test_a_failed_try_is_told_and_tried_again_after_growing_waits(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    async def fail_twice(label: str) -> None:
        if relay.runs[label] < 3:
            raise ValueError(label)

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=fail_twice)
    await give(writer, ["a"])
    await run(writer, relay, quick=quick)
    assert [(one.attempt, one.infrastructure) for one in failures(home)] == [(1, False), (2, False)]
    assert "ValueError: a" in failures(home)[0].error
    assert "in fail_twice" in failures(home)[0].error
    assert quick.waits == [0.1, 0.2]
    assert told(home, StreamExhausted) == ["a"]


async def test_work_that_fails_three_times_is_put_aside_and_holds_up_nobody(
    home: Home, writer: LogWriter
) -> None:
    async def fail_for_b(label: str) -> None:
        if label == "b":
            raise ValueError(label)

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=fail_for_b)
    await give(writer, "abc")
    assert await run(writer, relay) == "idle"
    assert await run(writer, relay) == "idle"
    assert relay.runs["b"] == 3
    dead = [one.event for one in read_events(home) if isinstance(one.event, DeadLettered)]
    assert [letter.key for letter in dead] == ["relay/b"]
    assert sorted(told(home, StreamExhausted)) == ["a", "c"]


async def test_infrastructure_parks_work_until_the_next_run_begins(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    async def lose(label: str) -> None:
        if broken:
            message = "the engine is gone"
            raise InfrastructureError(message)

    broken = True
    relay = Relay("relay", DatasetRefused, StreamExhausted, do=lose)
    await give(writer, ["a"])
    assert await run(writer, relay, quick=quick) == "idle"
    assert await run(writer, relay) == "idle"
    assert relay.runs["a"] == 5
    assert quick.waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert all(one.infrastructure for one in failures(home))
    assert [type(one.event) for one in read_events(home, types=(WorkParked, DeadLettered))] == [WorkParked]
    broken = False
    await writer.append([Draft(RunStarted(command="again", seed=0, sources=()))])
    await run(writer, relay)
    assert told(home, StreamExhausted) == ["a"]
    (finish,) = read_events(home, types=(StreamExhausted,))
    assert finish.work is not None
    assert finish.work.attempt == 6


async def test_work_whose_process_is_killed_each_time_is_parked_and_never_put_aside(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    processes = Processes(1)

    async def be_killed(label: str) -> None:
        await processes.run(os._exit, 9)

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=be_killed)
    await give(writer, ["a"])
    assert await run(writer, relay, quick=quick) == "idle"
    assert [one.infrastructure for one in failures(home)] == [True] * Settings().infrastructure_tries
    assert [type(one.event) for one in read_events(home, types=(WorkParked, DeadLettered))] == [WorkParked]


async def test_parked_work_is_owed_again_once_a_run_begins_while_the_supervisor_goes_on(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    parked, done = anyio.Event(), anyio.Event()

    async def lose_at_first(label: str) -> None:
        if not parked.is_set():
            message = "the engine is gone"
            raise InfrastructureError(message)

    def hear(batch: Sequence[AnyRecorded]) -> None:
        for recorded in batch:
            if isinstance(recorded.event, WorkParked):
                parked.set()
            if isinstance(recorded.event, StreamExhausted):
                done.set()

    writer.subscribe(hear)
    relay = Relay("relay", DatasetRefused, StreamExhausted, do=lose_at_first)
    supervisor = Supervisor(writer, [relay], timing=quick.timing())
    await give(writer, ["a"])
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(supervisor.run, "drained")
            await parked.wait()
            await writer.append([Draft(RunStarted(command="again", seed=0, sources=()))])
            await done.wait()
            supervisor.drain()
    assert relay.runs["a"] == 6


async def test_a_group_of_infrastructure_failures_is_one(home: Home, writer: LogWriter) -> None:
    async def lose(label: str) -> None:
        if relay.runs[label] == 1:
            message = "both"
            raise ExceptionGroup(message, [InfrastructureError("left"), InfrastructureError("right")])
        if relay.runs[label] == 2:
            message = "one"
            raise ExceptionGroup(message, [InfrastructureError("left"), KeyError("right")])

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=lose)
    await give(writer, ["a"])
    await run(writer, relay)
    assert [one.infrastructure for one in failures(home)] == [True, False]


async def test_work_that_yields_nothing_or_what_cannot_be_recorded_has_failed(
    home: Home, writer: LogWriter
) -> None:
    class Wrong(Relay):
        """Yields nothing at first, then a wrong type."""

        def todo(self, _: dict[str, str], /) -> dict[str, Work]:
            """One piece of work."""

            async def yield_wrong() -> Yield:
                self.runs["a"] += 1
                number: object = 1
                return Yield([] if self.runs["a"] == 1 else [StreamExhausted(number, 0)])  # type: ignore[arg-type]

            return {"wrong": Work("wrong", yield_wrong)}

    await run(writer, Wrong("wrong", DatasetRefused, StreamExhausted))
    first, second, _ = [one.error for one in failures(home)]
    assert "NothingYieldedError" in first
    assert "UnreadableEventError" in second


async def test_something_cancelled_that_work_waited_for_is_a_failure(home: Home, writer: LogWriter) -> None:
    async def wait_for_what_is_cancelled(label: str) -> None:
        if relay.runs[label] == 1:
            raise anyio.get_cancelled_exc_class()

    relay = Relay("relay", DatasetRefused, StreamExhausted, do=wait_for_what_is_cancelled)
    await give(writer, ["a"])
    await run(writer, relay)
    assert "StrayCancellationError" in failures(home)[0].error
    assert told(home, StreamExhausted) == ["a"]


@pytest.mark.parametrize("limits", [{"relay": 0}, {"other": 1}])
async def test_limits_that_make_no_sense_are_refused(limits: dict[str, int], writer: LogWriter) -> None:
    with pytest.raises(ValueError, match="limits must be"):
        Supervisor(writer, [Relay("relay", DatasetRefused, StreamExhausted)], limits=limits)


async def test_two_actors_of_one_name_are_refused(writer: LogWriter) -> None:
    twins: Sequence[Relay] = [Relay("twin", DatasetRefused, StreamExhausted) for _ in range(2)]
    with pytest.raises(ValueError, match="two actors have one name"):
        Supervisor(writer, twins)


async def test_todo_is_asked_far_less_often_than_events_arrive(writer: LogWriter) -> None:
    asked: list[int] = []
    relay = Relay("relay", DatasetRefused, StreamExhausted, on_todo=lambda: asked.append(1))
    await give(writer, range(400))
    await Supervisor(writer, [relay], limits={"relay": 50}).run_until_idle()
    assert len(asked) < 100
