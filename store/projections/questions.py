"""Streams of proposals, the questions accepted and the proposals rejected."""

from dataclasses import dataclass, field

from events.question import (
    SOURCES,
    Question,
    QuestionAccepted,
    QuestionRejected,
    Source,
    StreamExhausted,
    StreamRequested,
)
from events.rewording import RewordingRefused
from events.struct import Fact
from events.wire import AnyRecorded
from store.projections.fold import BrokenHistoryError

HEARS: frozenset[type[Fact]] = frozenset(
    {StreamRequested, StreamExhausted, QuestionAccepted, QuestionRejected, RewordingRefused}
)
"""The events that may change the state."""


@dataclass
class Questions:
    """Questions by id, streams by id, rejections by source and reason."""

    streams: dict[str, StreamRequested] = field(default_factory=dict)
    """The last request made of each stream."""
    targets: dict[str, int] = field(default_factory=dict)
    """How many accepted questions were last asked of each stream."""
    exhausted: dict[str, int] = field(default_factory=dict)
    """Streams without a proposal left, and how many proposals each held."""
    accepted: dict[str, Question] = field(default_factory=dict)
    """Each accepted question once, whatever number of streams proposed it."""
    rejected: dict[Source, dict[str, int]] = field(default_factory=dict)
    """How many proposals were rejected, and rewordings refused, by source and reason."""
    rejections: dict[str, list[QuestionRejected]] = field(default_factory=dict)
    """Each rejection in full, by stream, in the order told."""
    events: dict[str, str] = field(default_factory=dict)
    """Id of the event that accepted each question."""

    def target(self, stream: str) -> int:
        """How many questions a command last asked of a stream; 0 for one that none asked."""
        return self.targets.get(stream, 0)

    def counts(self) -> dict[Source, int]:
        """How many questions each source has; all three are named."""
        counts = dict.fromkeys(SOURCES, 0)
        for question in self.accepted.values():
            counts[question.source] += 1
        return counts

    def count_rejection(self, source: Source, reason: str) -> None:
        """One more proposal, or rewording, came to nothing."""
        reasons = self.rejected.setdefault(source, {})
        reasons[reason] = reasons.get(reason, 0) + 1


def initial() -> Questions:
    """No stream and no question."""
    return Questions()


def apply(state: Questions, recorded: AnyRecorded) -> None:
    """Take one event into the state.

    Raises:
        BrokenHistoryError: a rejection of a stream that was never requested.
    """
    event = recorded.event
    if isinstance(event, StreamRequested):
        state.streams[event.stream] = event
        if event.until == "questions":
            state.targets[event.stream] = event.target
    elif isinstance(event, StreamExhausted):
        state.exhausted[event.stream] = event.proposals
    elif isinstance(event, QuestionAccepted):
        state.accepted.setdefault(event.question.id, event.question)
        state.events.setdefault(event.question.id, recorded.id)
    elif isinstance(event, QuestionRejected):
        _reject(state, event, recorded)
    elif isinstance(event, RewordingRefused):
        state.count_rejection(event.source, event.reason)


def _reject(state: Questions, event: QuestionRejected, recorded: AnyRecorded) -> None:
    stream = state.streams.get(event.stream)
    if stream is None:
        raise BrokenHistoryError(
            recorded, f"rejects a proposal of stream {event.stream}, which nobody requested"
        )
    state.count_rejection(stream.source, event.reason)
    state.rejections.setdefault(event.stream, []).append(event)
