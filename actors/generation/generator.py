"""The generator: owes each stream proposals until enough of them have become questions."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from actors.generation.proposing import Ruling, Stretch
from actors.language.court import Refusal
from actors.runtime.work import Work, Yield
from events.envelope import Recorded
from events.question import (
    Question,
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamRequested,
)
from events.struct import Event

STRETCH = 12
"""Proposals judged in one piece of work."""

Court = Callable[[StreamRequested, Stretch], Awaitable[tuple[list[Ruling], bool]]]
Trial = Callable[[Question], Awaitable[Refusal | None]]


@dataclass
class StreamState:
    """How far one stream has come."""

    request: StreamRequested
    next: int = 0
    accepted: int = 0
    exhausted: bool = False


@dataclass
class GeneratorState:
    """Every stream by id."""

    streams: dict[str, StreamState] = field(default_factory=dict)


def budget(target: int) -> int:
    """How many proposals a stream may spend to reach a target; poor tables must end too."""
    return 100 + 25 * target


class Generator:
    """Judges proposals, in the order of their streams, until each stream has what was asked for.

    Args:
        streams: ids of the streams in scope.
        court: rules on a stretch of a stream, in a process of its own.
        trial: runs an accepted question's code behind the wall.
    """

    name = "generator"
    hears: frozenset[type[Event]] = frozenset(
        {StreamRequested, QuestionAccepted, QuestionRejected, StreamExhausted}
    )

    def __init__(self, streams: Collection[str], court: Court, trial: Trial) -> None:
        self.scope = frozenset(streams)
        self.court = court
        self.trial = trial

    def initial(self) -> GeneratorState:
        """No stream is known."""
        return GeneratorState()

    def apply(self, state: GeneratorState, recorded: Recorded[Event]) -> None:
        """Count what became of each proposal."""
        event = recorded.event
        if isinstance(event, StreamRequested):
            known = state.streams.setdefault(event.stream, StreamState(event))
            if event.target > known.request.target:
                known.request = event
        elif isinstance(event, QuestionAccepted | QuestionRejected):
            stream = state.streams[event.stream]
            stream.next = event.index + 1
            stream.accepted += isinstance(event, QuestionAccepted)
        elif isinstance(event, StreamExhausted):
            state.streams[event.stream].exhausted = True

    def todo(self, state: GeneratorState) -> Mapping[str, Work]:
        """The next stretch of every stream that has too few questions and proposals left."""
        return {work.key: work for stream in state.streams.values() for work in self._owed(stream)}

    def _owed(self, stream: StreamState) -> Iterator[Work]:
        target, left = stream.request.target, budget(stream.request.target) - stream.next
        in_scope = stream.request.stream in self.scope
        if in_scope and stream.accepted < target and left > 0 and not stream.exhausted:
            request = stream.request
            need = target - stream.accepted
            stretch = Stretch(request.stream, request.source, stream.next, min(STRETCH, left), need)
            yield Work(
                key=f"propose:{request.stream}:{stream.next}",
                run=lambda: self._propose(request, stretch),
                correlation=request.stream,
            )

    async def _propose(self, request: StreamRequested, stretch: Stretch) -> Yield:
        rulings, ended = await self.court(request, stretch)
        events: list[Event] = [await self._try(request.stream, ruling) for ruling in rulings]
        if ended:
            events.append(StreamExhausted(request.stream, stretch.start + len(rulings)))
        return Yield(events)

    async def _try(self, stream: str, ruling: Ruling) -> Event:
        if ruling.question is None:
            return QuestionRejected(stream, ruling.index, ruling.reason, ruling.detail)
        refusal = await self.trial(ruling.question)
        if refusal is not None:
            return QuestionRejected(stream, ruling.index, refusal.reason, refusal.detail)
        return QuestionAccepted(stream, ruling.index, ruling.question)
