"""How many proposals became verified episodes, for each dataset and source."""

from dataclasses import dataclass, field

from events.episode import EpisodeJudged, Verdict
from events.question import QuestionAccepted, QuestionRejected, Source, StreamRequested
from events.rewording import RewordingRefused
from events.struct import Fact
from events.wire import AnyRecorded
from store.projections.fold import BrokenHistoryError

HEARS: frozenset[type[Fact]] = frozenset(
    {StreamRequested, QuestionAccepted, QuestionRejected, RewordingRefused, EpisodeJudged}
)
"""The events that may change the state."""


@dataclass
class Row:
    """One dataset and source."""

    proposed: int = 0
    """Proposals judged by the court, and rewordings."""
    accepted: set[str] = field(default_factory=set)
    """Ids of the questions accepted; a second stream may accept a question again."""
    again: int = 0
    """Proposals that were accepted under an id that existed."""
    rejected: dict[str, int] = field(default_factory=dict)
    """Proposals rejected, by reason."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """The verdict on each episode."""

    @property
    def verified(self) -> int:
        """How many episodes are verified."""
        return sum(verdict == "verified" for verdict in self.verdicts.values())

    def refused(self) -> dict[str, int]:
        """How many episodes were refused, by category that occurs."""
        counts: dict[str, int] = {}
        for verdict in self.verdicts.values():
            if verdict != "verified":
                counts[verdict] = counts.get(verdict, 0) + 1
        return counts

    def reject(self, reason: str) -> None:
        """A proposal came to nothing."""
        self.proposed += 1
        self.rejected[reason] = self.rejected.get(reason, 0) + 1


@dataclass
class Funnel:
    """Rows by dataset, then source."""

    rows: dict[str, dict[Source, Row]] = field(default_factory=dict)
    """Only what was asked for has a row."""
    streams: dict[str, tuple[str, Source]] = field(default_factory=dict)
    """Dataset and source of each stream."""

    def row(self, dataset: str, source: Source) -> Row:
        """The row of a dataset and source, made when there is none."""
        rows = self.rows.setdefault(dataset, {})
        if source not in rows:
            rows[source] = Row()
        return rows[source]


def initial() -> Funnel:
    """No row."""
    return Funnel()


def apply(state: Funnel, recorded: AnyRecorded) -> None:
    """Take one event into the state.

    Raises:
        BrokenHistoryError: a proposal of a stream that was never requested.
    """
    event = recorded.event
    if isinstance(event, StreamRequested):
        state.streams[event.stream] = (event.dataset, event.source)
        state.row(event.dataset, event.source)
    elif isinstance(event, QuestionAccepted | QuestionRejected):
        _proposal(state, event, recorded)
    elif isinstance(event, RewordingRefused):
        state.row(event.dataset, event.source).reject(event.reason)
    elif isinstance(event, EpisodeJudged):
        state.row(event.dataset, event.source).verdicts[event.episode] = event.verdict


def _proposal(state: Funnel, event: QuestionAccepted | QuestionRejected, recorded: AnyRecorded) -> None:
    if event.stream not in state.streams:
        raise BrokenHistoryError(recorded, f"belongs to stream {event.stream}, which nobody requested")
    row = state.row(*state.streams[event.stream])
    if isinstance(event, QuestionRejected):
        row.reject(event.reason)
        return
    row.proposed += 1
    if event.question.id in row.accepted:
        row.again += 1
    else:
        row.accepted.add(event.question.id)
