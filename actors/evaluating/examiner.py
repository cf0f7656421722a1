"""The examiner: owes each question of an evaluation one answer that is scored."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from actors.runtime.work import Work, Yield
from events.envelope import Recorded
from events.evaluation import AnswerScored
from events.question import Question
from events.struct import Event

Put = Callable[[Question], Awaitable[tuple[AnswerScored, Mapping[str, bytes]]]]
"""Puts a question to whoever is measured; gives what came of it, and long outputs by digest."""


@dataclass
class ExaminerState:
    """The traces of answers that are scored."""

    scored: set[str] = field(default_factory=set)


class Examiner:
    """Has each question of one evaluation answered once, whatever evaluation it was scored in before.

    Args:
        asked: the questions, by the trace that each is to yield.
        put: puts one.
    """

    name = "examiner"
    hears: frozenset[type[Event]] = frozenset({AnswerScored})

    def __init__(self, asked: Mapping[str, Question], put: Put) -> None:
        self.asked = asked
        self.put = put

    def initial(self) -> ExaminerState:
        """Nothing is scored."""
        return ExaminerState()

    def apply(self, state: ExaminerState, recorded: Recorded[Event]) -> None:
        """An answer that was scored is owed no more."""
        if isinstance(recorded.event, AnswerScored):
            state.scored.add(recorded.event.attempt.trace)

    def todo(self, state: ExaminerState) -> Mapping[str, Work]:
        """Every question without an answer, in the order in which they are asked."""
        left = (trace for trace in self.asked if trace not in state.scored)
        return {key_of(trace): self._work(trace, self.asked[trace]) for trace in left}

    def _work(self, trace: str, question: Question) -> Work:
        async def run() -> Yield:
            scored, outputs = await self.put(question)
            return Yield([scored], outputs)

        return Work(key=key_of(trace), run=run, correlation=question.id)


def key_of(trace: str) -> str:
    """The key under which an answer is owed."""
    return f"examine:{trace}"


def unanswered(asked: Sequence[str], answers: Sequence[AnswerScored]) -> tuple[str, ...]:
    """Traces that came to no answer, for reasons outside who was asked."""
    known = {one.attempt.trace for one in answers}
    return tuple(trace for trace in asked if trace not in known)
