"""What the generator owes each stream, whatever became of its proposals and in whatever order it hears."""

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, strategies as st

from actors.generation.generator import STRETCH, Generator, GeneratorState, budget
from actors.generation.proposing import Ruling, Stretch
from actors.language.court import Refusal
from events.envelope import Recorded
from events.question import (
    Question,
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamRequested,
)
from events.struct import Event
from events.wire import AnyEvent
from tests.history import question

TABLE = "d" * 32
Outcome = Callable[[int], bool]


def requested(stream: str, target: int = 3) -> StreamRequested:
    return StreamRequested(stream, TABLE, "template", 0, target)


def became(stream: str, index: int, accepted: bool) -> AnyEvent:
    if accepted:
        return QuestionAccepted(stream, index, question(TABLE, "template", index))
    return QuestionRejected(stream, index, "dead_step", "it changes nothing")


class Desk:
    """A generator, its court and its trial, all of whom do as they are told."""

    def __init__(self, accepts: Outcome = lambda _: True, holds: int = 10**6, *streams: str) -> None:
        self.accepts = accepts
        self.holds = holds
        self.refused: set[str] = set()
        self.asked: list[Stretch] = []
        self.generator = Generator(streams or ("s",), self.court, self.trial)

    async def court(self, _: StreamRequested, stretch: Stretch) -> tuple[list[Ruling], bool]:
        self.asked.append(stretch)
        rulings: list[Ruling] = []
        for index in range(stretch.start, stretch.start + stretch.most):
            if index >= self.holds:
                return rulings, True
            asked = question(TABLE, "template", index) if self.accepts(index) else None
            rulings.append(Ruling(index, asked, "" if asked else "dead_step", "" if asked else "idle"))
            if sum(one.question is not None for one in rulings) == stretch.need:
                break
        return rulings, False

    async def trial(self, asked: Question) -> Refusal | None:
        return Refusal("sandbox_differs", "another answer") if asked.id in self.refused else None

    def fold(self, events: Sequence[Event]) -> GeneratorState:
        state = self.generator.initial()
        for seq, event in enumerate(events, start=1):
            self.generator.apply(state, Recorded(seq, "", str(seq), event))
        return state

    def owed(self, events: Sequence[Event]) -> list[str]:
        return list(self.generator.todo(self.fold(events)))

    async def until_idle(self, events: Sequence[Event]) -> list[Event]:
        """Everything that happens until nothing is owed."""
        told = list(events)
        while works := self.generator.todo(self.fold(told)):
            for work in works.values():
                done = await work.run()
                assert done.events
                told += done.events
        return told


def questions(events: Sequence[Event]) -> list[int]:
    return [event.index for event in events if isinstance(event, QuestionAccepted)]


def test_nothing_is_owed_before_questions_are_asked_for() -> None:
    assert Desk().owed([]) == []


def test_a_stream_outside_the_scope_is_owed_nothing() -> None:
    assert Desk().owed([requested("other")]) == []


async def test_a_stream_goes_on_until_it_has_what_was_asked_for_and_no_further() -> None:
    desk = Desk(lambda index: index % 3 == 0)
    told = await desk.until_idle([requested("s", 10)])
    assert questions(told) == [3 * number for number in range(10)]
    assert sum(isinstance(event, QuestionAccepted | QuestionRejected) for event in told) == 28


async def test_a_higher_target_continues_the_sequence() -> None:
    desk = Desk(lambda index: index % 2 == 0)
    told = await desk.until_idle([requested("s", 4)])
    more = await desk.until_idle([*told, requested("s", 9)])
    assert more[: len(told)] == told
    assert questions(more) == questions(await desk.until_idle([requested("s", 9)]))
    places = [event.index for event in more if isinstance(event, QuestionAccepted | QuestionRejected)]
    assert places == list(range(len(places)))


async def test_a_lower_target_asks_for_nothing_and_forgets_nothing() -> None:
    desk = Desk()
    told = await desk.until_idle([requested("s", 9)])
    assert desk.owed([*told, requested("s", 4)]) == []
    assert desk.owed([requested("s", 9), requested("s", 4)]) == ["propose:s:0"]


async def test_a_poor_stream_ends_with_its_budget() -> None:
    desk = Desk(lambda _: False)
    told = await desk.until_idle([requested("s", 2)])
    assert len(told) - 1 == budget(2)
    assert sum(stretch.most for stretch in desk.asked) == budget(2)
    assert desk.owed([*told, requested("s", 3)]) == [f"propose:s:{budget(2)}"]


@pytest.mark.parametrize("holds", [0, 1, STRETCH - 1, STRETCH, STRETCH + 1])
async def test_an_exhausted_stream_is_told_once_with_its_length(holds: int) -> None:
    told = await Desk(lambda _: False, holds).until_idle([requested("s")])
    assert told[-1] == StreamExhausted("s", holds)
    assert sum(isinstance(event, StreamExhausted) for event in told) == 1


async def test_a_question_whose_code_fails_behind_the_wall_is_counted_and_made_up_for() -> None:
    desk = Desk()
    desk.refused = {question(TABLE, "template", index).id for index in (0, 2)}
    told = await desk.until_idle([requested("s", 3)])
    assert questions(told) == [1, 3, 4]
    refused = [event for event in told if isinstance(event, QuestionRejected)]
    assert [(event.index, event.reason) for event in refused] == [
        (0, "sandbox_differs"),
        (2, "sandbox_differs"),
    ]


@given(st.lists(st.booleans(), max_size=40), st.lists(st.booleans(), max_size=40), st.randoms())
def test_what_is_owed_does_not_depend_on_how_streams_are_interleaved(
    one: list[bool], other: list[bool], rng: Random
) -> None:
    desk = Desk(lambda _: True, 10**6, "s", "t")
    queues = [
        [requested(name, 30), *(became(name, index, accepted) for index, accepted in enumerate(outcomes))]
        for name, outcomes in (("s", one), ("t", other))
    ]
    mixed: list[Event] = []
    waiting = [list(queue) for queue in queues]
    while any(waiting):
        mixed.append(rng.choice([queue for queue in waiting if queue]).pop(0))
    assert set(desk.owed(mixed)) == set(desk.owed([*queues[0], *queues[1]]))


def test_the_same_work_has_the_same_key_and_the_next_work_another() -> None:
    desk = Desk()
    assert desk.owed([requested("s")]) == desk.owed([requested("s")]) == ["propose:s:0"]
    assert desk.owed([requested("s"), became("s", 0, True)]) == ["propose:s:1"]
