"""What the generator owes each stream, whatever became of its proposals and in whatever order it hears."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, strategies as st

from actors.generation.generator import STRETCH
from actors.generation.stream import budget
from events.dataset import DatasetTaken
from events.question import QuestionAccepted, QuestionRejected, StreamExhausted
from events.runtime import RunStarted
from events.struct import Event
from tests.generation.desk import SCOPE, TABLE, Desk, became, requested
from tests.history import question


def questions(events: Sequence[Event]) -> list[int]:
    return [event.index for event in events if isinstance(event, QuestionAccepted)]


def test_nothing_is_owed_before_questions_are_asked_for() -> None:
    assert Desk().owed([]) == []


@pytest.mark.parametrize(
    "scope",
    [
        [],
        [RunStarted("run", 0, ("template",))],
        [RunStarted("run", 0, ("procedural",)), DatasetTaken(TABLE)],
        [RunStarted("run", 1, ("template",)), DatasetTaken(TABLE)],
        [*SCOPE, RunStarted("run", 0, ("template",)), DatasetTaken("e" * 32)],
    ],
)
def test_a_stream_outside_the_scope_is_owed_nothing(scope: list[Event]) -> None:
    desk = Desk()
    assert desk.generator.todo(desk.fold([requested("s")], scope)) == {}


def test_what_was_known_of_a_table_before_it_came_into_scope_is_not_forgotten() -> None:
    desk = Desk()
    known = [requested("s", 3), became("s", 0, True), became("s", 1, False)]
    assert list(desk.generator.todo(desk.fold([*known, *SCOPE], []))) == ["propose:s:2"]


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
    assert {(event.operators, event.steps) for event in refused} == {(("mean",), 1)}


@given(st.lists(st.booleans(), max_size=40), st.lists(st.booleans(), max_size=40), st.randoms())
def test_what_is_owed_does_not_depend_on_how_streams_are_interleaved(
    one: list[bool], other: list[bool], rng: Random
) -> None:
    desk = Desk()
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
