"""The grounder as an actor: every recorded trace in scope has its hooks graded."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from events.envelope import Recorded
from events.question import Question, QuestionAccepted
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded, TraceRecorded

Ground = Callable[[Question, AttemptEnded], Awaitable[HooksGraded]]


@dataclass
class GrounderState:
    """The scope, questions, and their attempts by trace until they are graded."""

    scope: Scope = field(default_factory=Scope)
    questions: dict[str, Question] = field(default_factory=dict)
    attempts: dict[str, AttemptEnded] = field(default_factory=dict)
    owed: dict[str, tuple[Question, Work]] = field(default_factory=dict)


class Grounder:
    """Has every hook checked against the statements that ran and against a re-run.

    Args:
        ground: grades the hooks of one attempt at a question.
    """

    name = "grounder"
    hears: frozenset[type[Event]] = HEARD | {QuestionAccepted, AttemptEnded, TraceRecorded, HooksGraded}

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def initial(self) -> GrounderState:
        """Nothing is owed."""
        return GrounderState()

    def apply(self, state: GrounderState, recorded: Recorded[Event]) -> None:
        """A recorded trace is owed grades; grades settle it."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, QuestionAccepted):
            state.questions[event.question.id] = event.question
        elif isinstance(event, AttemptEnded) and event.question in state.questions:
            state.attempts[event.trace] = event
        elif isinstance(event, TraceRecorded) and event.trace in state.attempts:
            question, attempt = state.questions[event.question], state.attempts[event.trace]
            state.owed[f"ground:{event.trace}"] = (question, self._work(question, attempt))
        elif isinstance(event, HooksGraded):
            state.attempts.pop(event.trace, None)
            state.owed.pop(f"ground:{event.trace}", None)

    def todo(self, state: GrounderState) -> Mapping[str, Work]:
        """Every recorded trace in scope without grades."""
        return {key: work for key, (asked, work) in state.owed.items() if state.scope.holds(asked)}

    def _work(self, question: Question, attempt: AttemptEnded) -> Work:
        async def run() -> Yield:
            return Yield([await self.ground(question, attempt)])

        return Work(key=f"ground:{attempt.trace}", run=run, correlation=attempt.question)
