"""The generator: owes each stream proposals until enough of them have become questions, or episodes."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from actors.generation.balance import Balance
from actors.generation.proposing import Ruling, Stretch
from actors.generation.stream import Shortfall, StreamState
from actors.language.soundness import Refusal
from actors.runtime.work import Work, Yield
from actors.scope import HEARD, Scope
from events.envelope import Recorded
from events.episode import EpisodeJudged
from events.question import (
    Question,
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamFellShort,
    StreamRequested,
)
from events.runtime import DeadLettered, RunStarted
from events.struct import Event

STRETCH = 12
"""Proposals judged in one piece of work."""

Court = Callable[[StreamRequested, Stretch], Awaitable[tuple[list[Ruling], bool]]]
Trial = Callable[[Question], Awaitable[Refusal | None]]
Invent = Callable[[StreamRequested, int, Sequence[Question], Sequence[str]], Awaitable[Ruling]]
"""Has a model propose once: stream, index, the questions that the stream has, and why others were refused."""


@dataclass
class GeneratorState:
    """The scope, every stream by id, and what is known of questions wherever they came from."""

    scope: Scope = field(default_factory=Scope)
    streams: dict[str, StreamState] = field(default_factory=dict)
    verdicts: dict[str, bool] = field(default_factory=dict)
    """Whether an episode is verified; two streams may share it."""
    dead: set[str] = field(default_factory=set)
    """Questions of which some work was put aside, and the keys of that work."""


class Generator:
    """Judges proposals, in the order of their streams, until each stream has what was asked for.

    Args:
        court: rules on a stretch of a stream, in a process of its own.
        trial: runs an accepted question's code behind the wall.
        episode: id of the episode that will hold the verdict on a question.
        invent: has a model propose, and the court hear it; None where no model is set.
    """

    name = "generator"
    hears: frozenset[type[Event]] = HEARD | {
        StreamRequested,
        QuestionAccepted,
        QuestionRejected,
        StreamExhausted,
        EpisodeJudged,
        DeadLettered,
    }

    def __init__(
        self,
        court: Court,
        trial: Trial,
        episode: Callable[[Question], str],
        invent: Invent | None = None,
    ) -> None:
        self.court = court
        self.trial = trial
        self.episode = episode
        self.invent = invent

    def initial(self) -> GeneratorState:
        """No stream is known."""
        return GeneratorState()

    def apply(self, state: GeneratorState, recorded: Recorded[Event]) -> None:
        """Count what became of each proposal."""
        event = recorded.event
        state.scope.apply(event)
        if isinstance(event, RunStarted):
            _begin_run(state)
        elif isinstance(event, StreamRequested):
            state.streams.setdefault(event.stream, StreamState(event)).hear_request(event)
        elif isinstance(event, QuestionAccepted) and not event.question.recipe.own_words:
            return  # it is no proposal of its stream
        elif isinstance(event, QuestionAccepted | QuestionRejected):
            self._hear_ruling(state, state.streams[event.stream], event)
        elif isinstance(event, StreamExhausted):
            state.streams[event.stream].exhausted = True
        elif isinstance(event, EpisodeJudged):
            _hear_verdict(state, event)
        elif isinstance(event, DeadLettered):
            state.dead |= {recorded.correlation or event.key, event.key}

    def _hear_ruling(
        self, state: GeneratorState, stream: StreamState, event: QuestionAccepted | QuestionRejected
    ) -> None:
        stream.next = event.index + 1
        if isinstance(event, QuestionRejected):
            if stream.origin.source == "llm":
                stream.refusals.append(f"{event.reason}: {event.detail}")
            return
        if stream.origin.source == "llm":
            stream.proposed.append(event.question)
        stream.accepted += 1
        stream.balance.hear(event.question)
        episode = self.episode(event.question)
        if episode in state.verdicts:  # another stream, or another run, had the same question
            stream.hear_verdict(event.question.id, state.verdicts[episode])
        else:
            stream.unjudged[event.question.id] = episode

    def todo(self, state: GeneratorState) -> Mapping[str, Work]:
        """The next stretch of every stream that may go on, those that lag first; and who fell short."""
        streams = [one for one in state.streams.values() if state.scope.holds_stream(one.origin)]
        streams.sort(key=lambda stream: stream.next)
        works = [work for stream in streams for work in self._owed(stream, state.dead)]
        return {work.key: work for work in works}

    def _owed(self, stream: StreamState, dead: Collection[str]) -> Iterator[Work]:
        if stream.need > 0 and stream.left > 0 and stream.origin.source == "llm":
            yield from self._commissioned(stream)
        elif stream.need > 0 and stream.left > 0:
            request, most = stream.origin, min(STRETCH, stream.left)
            stretch = Stretch(request.stream, request.source, stream.next, most, stream.need)
            yield Work(
                key=stream.propose,
                run=lambda: self._propose(request, stretch, stream.balance.copy()),
                correlation=request.stream,
            )
        if (why := stream.shortfall(dead)) is not None:
            yield _telling(stream, why)

    def _commissioned(self, stream: StreamState) -> Iterator[Work]:
        """One proposal at a time: it is paid for, and the next is told of it."""
        if (invent := self.invent) is None:
            return
        request, index, balance = stream.origin, stream.next, stream.balance.copy()
        known, refusals = tuple(stream.proposed), tuple(stream.refusals)

        async def run() -> Yield:
            ruling = await invent(request, index, known, refusals)
            refusal = balance.objection(ruling.question) if ruling.question else None
            if ruling.question is None or refusal is not None:
                why = refusal or Refusal(ruling.reason, ruling.detail)
                return Yield([_rejected(request.stream, ruling, why)])
            return Yield([QuestionAccepted(request.stream, index, ruling.question)])

        yield Work(key=stream.propose, run=run, correlation=request.stream)

    async def _propose(self, request: StreamRequested, stretch: Stretch, balance: Balance) -> Yield:
        rulings, ended = await self.court(request, stretch)
        events: list[Event] = [await self._try(request.stream, ruling, balance) for ruling in rulings]
        if ended:
            events.append(StreamExhausted(request.stream, stretch.start + len(rulings)))
        return Yield(events)

    async def _try(self, stream: str, ruling: Ruling, balance: Balance) -> Event:
        if ruling.question is None:
            return _rejected(stream, ruling, Refusal(ruling.reason, ruling.detail))
        refusal = balance.objection(ruling.question) or await self.trial(ruling.question)
        if refusal is not None:
            return _rejected(stream, ruling, refusal)
        balance.hear(ruling.question)
        return QuestionAccepted(stream, ruling.index, ruling.question)


def _rejected(stream: str, ruling: Ruling, why: Refusal) -> QuestionRejected:
    return QuestionRejected(stream, ruling.index, why.reason, why.detail, ruling.operators, ruling.steps)


def _begin_run(state: GeneratorState) -> None:
    """What a daemon asked for ends with it."""
    for stream in state.streams.values():
        stream.standing = None


def _hear_verdict(state: GeneratorState, event: EpisodeJudged) -> None:
    verified = event.verdict == "verified"
    state.verdicts[event.episode] = verified
    for stream in state.streams.values():
        if stream.unjudged.get(event.question) == event.episode:
            stream.hear_verdict(event.question, verified)


def _telling(stream: StreamState, why: Shortfall) -> Work:
    name, target = stream.origin.stream, stream.target
    told = StreamFellShort(name, target, stream.verified, stream.next, why)

    async def run() -> Yield:
        return Yield([told])

    return Work(key=f"fall_short:{name}:{stream.until}:{target}", run=run, correlation=name)
