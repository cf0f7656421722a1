"""Who was measured on which questions, and how each answer was scored."""

from dataclasses import dataclass, field

from events.evaluation import AnswerScored, EvaluationStarted
from events.struct import Fact
from events.wire import AnyRecorded
from store.projections.rows import Rows

HEARS: frozenset[type[Fact]] = frozenset({EvaluationStarted, AnswerScored})
"""The events that may change the state."""


@dataclass
class Evaluations:
    """Evaluations by id, and answers by trace, which several evaluations may share."""

    started: dict[str, EvaluationStarted] = field(default_factory=dict)
    """Each evaluation once, in the order in which they were first begun."""
    scored: Rows[AnswerScored] = field(default_factory=lambda: Rows(AnswerScored))
    """What came of each question that was put to somebody."""

    def answers(self, evaluation: str) -> list[AnswerScored]:
        """The answers that an evaluation has so far, in the order in which its questions are asked."""
        items = self.started[evaluation].items
        return [self.scored[trace] for trace in items if trace in self.scored]


def initial() -> Evaluations:
    """Nobody was measured."""
    return Evaluations()


def apply(state: Evaluations, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    event = recorded.event
    if isinstance(event, EvaluationStarted):
        state.started.setdefault(event.evaluation, event)
    elif isinstance(event, AnswerScored):
        state.scored[event.attempt.trace] = event
