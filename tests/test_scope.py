"""Which questions are whose work follows from the log alone, whenever their table came into scope."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from actors.runtime.actor import Actor
from actors.teaching.dialogue import SolveSettings, Task
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounding import Grounder
from actors.verifying.verifier import Verifier
from events.dataset import DatasetTaken
from events.episode import EpisodeJudged, episode_id
from events.question import Question
from events.runtime import RunStarted
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded, TraceRecorded, trace_id
from events.wire import AnyRecorded
from tests.history import History, dataset_registered, told
from tests.verifying.unasked import unasked, unexplained

TABLE = dataset_registered().dataset
OTHER = dataset_registered("others").dataset
SETTINGS = SolveSettings()


async def _attempt(_: Task) -> Any:
    raise NotImplementedError


async def _ground(_: Question, attempt: AttemptEnded) -> HooksGraded:
    return HooksGraded(attempt.trace, attempt.question, (), (), True)


def _traces(asked: Question) -> list[str]:
    return [trace_of(task, "scripted", SETTINGS) for task in tasks(asked, SETTINGS)]


ENDS: dict[str, type[Event]] = {
    "solver": AttemptEnded,
    "grounder": HooksGraded,
    "verifier": EpisodeJudged,
}
"""The event that settles what each of them owes."""
ACTORS: list[Actor[Any]] = [
    Solver("scripted", SETTINGS, _attempt),
    Grounder(_ground),
    Verifier("scripted", SETTINGS, _traces, unasked, unexplained),
]


def owed(actor: Actor[Any], events: Sequence[AnyRecorded]) -> list[str]:
    state = actor.initial()
    for recorded in events:
        if type(recorded.event) in actor.hears:
            actor.apply(state, recorded)
    return list(actor.todo(state))


def entering(*events: Event) -> list[AnyRecorded]:
    history = History()
    for event in events:
        history.tell(event)  # type: ignore[arg-type]
    return history.events


RUN = entering(RunStarted("run", 0, ("template",)), DatasetTaken(TABLE))


def history() -> list[AnyRecorded]:
    """Two questions of each source, with traces and episodes as our settings name them."""
    return [_by_our_settings(one) for one in told(2).events]


def _by_our_settings(recorded: AnyRecorded) -> AnyRecorded:
    event = recorded.event
    if isinstance(event, AttemptEnded | TraceRecorded | HooksGraded):
        role, index = NUMBERS[event.trace]
        trace = trace_id(event.question, role, index, "scripted", SETTINGS)
        return replace(recorded, event=replace(event, trace=trace))
    if isinstance(event, EpisodeJudged):
        episode = episode_id(event.question, "scripted", SETTINGS, SETTINGS.traces)
        return replace(recorded, event=replace(event, episode=episode))
    return recorded


NUMBERS = {
    one.event.trace: (one.event.role, one.event.index)
    for one in told(2).events
    if isinstance(one.event, AttemptEnded)
}


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
@given(st.data())
def test_what_is_owed_does_not_depend_on_when_a_table_came_into_scope(
    actor: Actor[Any], data: st.DataObject
) -> None:
    whole = history()
    heard = whole[: data.draw(st.integers(0, len(whole)))]
    place = data.draw(st.integers(0, len(heard)))
    assert owed(actor, [*heard[:place], *RUN, *heard[place:]]) == owed(actor, [*RUN, *heard])


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_some_work_is_owed_in_scope_and_none_for_another_table_or_source(actor: Actor[Any]) -> None:
    heard = [one for one in history() if not isinstance(one.event, ENDS[actor.name])]
    assert len(owed(actor, [*heard, *RUN])) in (2, 10)
    elsewhere: list[list[Event]] = [
        [],
        [RunStarted("run", 0, ("template",))],
        [RunStarted("run", 0, ("template",)), DatasetTaken(OTHER)],
        [RunStarted("run", 0, ("llm",)), DatasetTaken(TABLE)],
        [RunStarted("run", 0, ("template",)), DatasetTaken(TABLE), RunStarted("run", 0, ("template",))],
    ]
    for scope in elsewhere:
        assert owed(actor, [*heard, *entering(*scope)]) == []


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_nothing_is_owed_when_all_is_done(actor: Actor[Any]) -> None:
    assert owed(actor, [*RUN, *history()]) == []
