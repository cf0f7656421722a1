"""A fold or a todo that raises is a crash of that actor alone, borne as often as is allowed."""

import pytest

from actors.runtime.host import TooManyRestarts
from actors.runtime.work import Work, Yield
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import ActorCrashed, ActorRestarted
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import LogWriter
from store.log.read import read_events
from tests.runtime.conftest import QuickTime, Relay, give, pipeline, run, told

LABELS = [str(number) for number in range(30)]


@pytest.mark.parametrize("where", ["apply", "todo"])
async def test_a_crashed_actor_is_folded_again_and_goes_on(
    where: str, home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    crashes = iter([True, True])

    def crash(*_: object) -> None:
        if next(crashes, False):
            raise KeyError(where)

    relay = Relay("relay", DatasetRefused, StreamExhausted)
    if where == "apply":
        relay.on_apply = crash
    else:
        relay.on_todo = crash
    await give(writer, LABELS)
    assert await run(writer, relay, quick=quick) == "idle"
    told_of = [one.event for one in read_events(home, types=(ActorCrashed, ActorRestarted))]
    assert sum(isinstance(event, ActorCrashed) for event in told_of) == 2
    assert isinstance(told_of[-1], ActorRestarted)
    assert told_of[-1].restarts == 2
    assert quick.waits == [0.1, 0.2]
    assert sorted(told(home, StreamExhausted)) == sorted(LABELS)
    assert set(relay.runs.values()) == {1}


async def test_a_crash_of_one_actor_leaves_the_other_alone(home: Home, writer: LogWriter) -> None:
    applied: list[int] = []
    crashes = iter([True])

    def crash(_: object) -> None:
        if next(crashes, False):
            raise KeyError

    first, second = pipeline()
    first.on_apply = crash
    second.on_apply = lambda recorded: applied.append(recorded.seq)
    await give(writer, LABELS)
    await run(writer, first, second)
    assert len(applied) == len(set(applied))
    assert sorted(told(home, WorkerStopFailed)) == sorted(LABELS)


async def test_an_actor_that_always_crashes_ends_the_run(home: Home, writer: LogWriter) -> None:
    def crash(_: object) -> None:
        raise KeyError

    relay = Relay("relay", DatasetRefused, StreamExhausted, on_apply=crash)
    await give(writer, ["a"])
    with pytest.raises(TooManyRestarts, match="the actor relay crashed again after 5 restarts"):
        await run(writer, relay)
    assert len(list(read_events(home, types=(ActorCrashed,)))) == 6


async def test_crashes_far_apart_are_borne(writer: LogWriter, quick: QuickTime) -> None:
    crashes = iter([True] * 20)

    def crash() -> None:
        quick.time += 20.0
        if next(crashes, False):
            raise KeyError

    relay = Relay("relay", DatasetRefused, StreamExhausted, on_todo=crash)
    await give(writer, ["a"])
    assert await run(writer, relay, quick=quick) == "idle"


async def test_work_under_a_foreign_key_is_a_crash(home: Home, writer: LogWriter) -> None:
    class Misnaming(Relay):
        """Names its work twice, differently."""

        def todo(self, _: dict[str, str], /) -> dict[str, Work]:
            """One piece of work under another key."""

            async def never() -> Yield:
                raise AssertionError

            return {"here": Work("there", never)}

    with pytest.raises(TooManyRestarts, match="todo names 'there' under the key 'here'"):
        await run(writer, Misnaming("misnaming", DatasetRefused, StreamExhausted))
