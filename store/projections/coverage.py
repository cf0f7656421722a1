"""What became of the proposals that share something: an operator, a table, a number of steps.

A fold of the log like the read models, and none of them: what proposals share the grammar knows, which is no
business of the store. So whoever asks brings along what sorts them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import sqrt

from events.dataset import DatasetRegistered
from events.question import Question, QuestionAccepted, QuestionRejected, Source, StreamRequested
from events.struct import Fact
from events.wire import AnyRecorded
from store.projections.fold import BrokenHistoryError

SURE = 1.96
"""Standard errors to either side that hold a share with 95% confidence."""


@dataclass(frozen=True)
class Tried:
    """One proposal that was judged."""

    dataset: DatasetRegistered
    """The table that it was about."""
    source: Source
    """What proposed it."""
    operators: tuple[str, ...]
    """Its operators, each once; none where the log does not tell."""
    steps: int
    """How many steps it had; 0 where the log does not tell."""
    question: Question | None = None
    """What it became."""
    rejection: QuestionRejected | None = None
    """Or why it became none."""


Sorts = Callable[[Tried], Iterable[tuple[str, str]]]
"""The headings that a proposal is counted under, each with what it has there; a pair twice counts once."""


@dataclass
class Tally:
    """The proposals that share something."""

    tried: int = 0
    """How many were judged."""
    accepted: int = 0
    """How many became questions."""
    refused: dict[str, int] = field(default_factory=dict)
    """How many did not, by reason."""

    def count(self, one: Tried) -> None:
        """One more."""
        self.tried += 1
        self.accepted += one.question is not None
        if one.rejection is not None:
            self.refused[one.rejection.reason] = self.refused.get(one.rejection.reason, 0) + 1

    def interval(self) -> tuple[float, float]:
        """Between what the share of accepted ones lies, with 95% confidence.

        E. B. Wilson's interval, "Probable inference", JASA 22 (1927); it holds for few and for none, too.
        """
        if not self.tried:
            return 0.0, 1.0
        share, square = self.accepted / self.tried, SURE**2 / self.tried
        middle = share + square / 2
        half = SURE * sqrt(share * (1 - share) / self.tried + square / (4 * self.tried))
        low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
        return max(0.0, low), min(1.0, high)


@dataclass
class Coverage:
    """Every proposal that the log tells of, counted."""

    datasets: dict[str, DatasetRegistered] = field(default_factory=dict)
    """The tables by id."""
    streams: dict[str, tuple[str, Source]] = field(default_factory=dict)
    """Dataset and source of each stream."""
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    """By heading, then by what is had there."""
    accepted: dict[str, Question] = field(default_factory=dict)
    """Each question once, whatever number of streams proposed it."""
    examples: dict[str, QuestionRejected] = field(default_factory=dict)
    """The first rejection for each reason."""

    def count(self, one: Tried, sorts: Sorts) -> None:
        """Count a proposal; a question that was accepted before counts once."""
        if one.question is not None:
            if one.question.id in self.accepted:
                return
            self.accepted[one.question.id] = one.question
        elif one.rejection is not None:
            self.examples.setdefault(one.rejection.reason, one.rejection)
        for heading, key in dict.fromkeys(sorts(one)):
            self.tallies.setdefault(heading, {}).setdefault(key, Tally()).count(one)

    def tally(self, heading: str, key: str) -> Tally:
        """What became of those that have this; nothing where there are none."""
        return self.tallies.get(heading, {}).get(key, Tally())


class CoverageModel:
    """The fold.

    Args:
        sorts: what the proposals share.
    """

    HEARS: frozenset[type[Fact]] = frozenset(
        {DatasetRegistered, StreamRequested, QuestionAccepted, QuestionRejected}
    )
    """The events that may change the state."""

    def __init__(self, sorts: Sorts) -> None:
        self.sorts = sorts

    def initial(self) -> Coverage:
        """No proposal."""
        return Coverage()

    def apply(self, state: Coverage, recorded: AnyRecorded, /) -> None:
        """Take one event into the state.

        Raises:
            BrokenHistoryError: a proposal of a stream, or of a table, that the log never told of.
        """
        event = recorded.event
        if isinstance(event, DatasetRegistered):
            state.datasets.setdefault(event.dataset, event)
        elif isinstance(event, StreamRequested):
            state.streams[event.stream] = (event.dataset, event.source)
        elif isinstance(event, QuestionAccepted) and not event.question.recipe.own_words:
            return  # its program was counted with its origin
        elif isinstance(event, QuestionAccepted | QuestionRejected):
            state.count(_tried(state, event, recorded), self.sorts)


def _tried(state: Coverage, event: QuestionAccepted | QuestionRejected, recorded: AnyRecorded) -> Tried:
    dataset, source = state.streams.get(event.stream, ("", "template"))
    table = state.datasets.get(dataset)
    if table is None:
        raise BrokenHistoryError(recorded, f"is of stream {event.stream}, whose table nobody registered")
    if isinstance(event, QuestionRejected):
        return Tried(table, source, event.operators, event.steps, rejection=event)
    steps = event.question.recipe.program.steps
    operators = tuple(dict.fromkeys(step.operator for step in steps))
    return Tried(table, source, operators, len(steps), question=event.question)
