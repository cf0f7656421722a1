"""The grounder as an actor: what it owes follows from the events that it heard itself, and from nothing else."""

from actors.tracing.grounding import Grounder
from events.dataset import DatasetTaken
from events.question import Question, QuestionAccepted
from events.runtime import RunStarted
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.wire import AnyRecorded
from tests.history import History, dataset_registered, told


async def _ground(_: Question, attempt: AttemptEnded) -> HooksGraded:
    return HooksGraded(attempt.trace, attempt.question, (), (), True)


def in_scope() -> list[AnyRecorded]:
    later = History()
    later.tell(RunStarted("run", 0, ("template", "procedural")))
    later.tell(DatasetTaken(dataset_registered().dataset))
    return later.events


def test_every_recorded_trace_of_a_question_in_scope_is_owed_until_it_is_graded() -> None:
    history = told(2)
    grounder = Grounder(_ground)
    state = grounder.initial()
    for recorded in [*history.events, *in_scope()]:
        if isinstance(
            recorded.event, RunStarted | DatasetTaken | QuestionAccepted | AttemptEnded | TraceRecorded
        ):
            grounder.apply(state, recorded)
    attempts = [one.event.trace for one in history.events if isinstance(one.event, AttemptEnded)]
    assert list(grounder.todo(state)) == [f"ground:{trace}" for trace in attempts]
    for recorded in history.events:
        if isinstance(recorded.event, HooksGraded):
            grounder.apply(state, recorded)
    assert grounder.todo(state) == {}


def test_traces_of_questions_out_of_scope_are_nobodys_work() -> None:
    grounder = Grounder(_ground)
    state = grounder.initial()
    for recorded in told(2).events:
        if type(recorded.event) in grounder.hears:
            grounder.apply(state, recorded)
    assert grounder.todo(state) == {}
