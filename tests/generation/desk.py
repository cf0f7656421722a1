"""A generator, its court and its trial, all of whom do as they are told."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from actors.generation.generator import Generator, GeneratorState
from actors.generation.proposing import Ruling, Stretch
from actors.language.soundness import Refusal
from actors.runtime.work import Work
from events.dataset import DatasetTaken
from events.envelope import Recorded
from events.episode import EpisodeJudged
from events.question import Question, QuestionAccepted, QuestionRejected, StreamRequested, Until
from events.runtime import RunStarted
from events.struct import Event
from events.wire import AnyEvent
from tests.history import question

TABLE = "d" * 32
SCOPE: tuple[Event, ...] = (RunStarted("run", 0, ("template",)), DatasetTaken(TABLE))
Outcome = Callable[[int], bool]


def requested(
    stream: str, target: int = 3, until: Until = "questions", dataset: str = TABLE
) -> StreamRequested:
    return StreamRequested(stream, dataset, "template", 0, target, until)


def numbered(index: int) -> Question:
    """A question whose answer no other has."""
    return replace(question(TABLE, "template", index), answers=({"mean_mass": float(index)},))


def became(stream: str, index: int, accepted: bool) -> AnyEvent:
    if accepted:
        return QuestionAccepted(stream, index, numbered(index))
    return QuestionRejected(stream, index, "dead_step", "it changes nothing")


def episode(asked: Question) -> str:
    return f"episode of {asked.id}"


def judged(asked: Question, verified: bool = True) -> EpisodeJudged:
    return EpisodeJudged(
        episode=episode(asked),
        question=asked.id,
        dataset=asked.dataset,
        source=asked.source,
        evidence="scripted",
        level="process",
        verdict="verified" if verified else "ambiguous",
        why="",
        votes=(),
    )


class Desk:
    """What may be owed, and what becomes of it."""

    def __init__(self, accepts: Outcome = lambda _: True, holds: int = 10**6) -> None:
        self.accepts = accepts
        self.holds = holds
        self.refused: set[str] = set()
        self.asked: list[Stretch] = []
        self.generator = Generator(self.court, self.trial, episode)

    async def court(self, _: StreamRequested, stretch: Stretch) -> tuple[list[Ruling], bool]:
        self.asked.append(stretch)
        rulings: list[Ruling] = []
        for index in range(stretch.start, stretch.start + stretch.most):
            if index >= self.holds:
                return rulings, True
            asked = numbered(index) if self.accepts(index) else None
            why = ("", "") if asked else ("dead_step", "idle")
            rulings.append(Ruling(index, asked, *why, operators=("mean",), steps=1))
            if sum(one.question is not None for one in rulings) == stretch.need:
                break
        return rulings, False

    async def trial(self, asked: Question) -> Refusal | None:
        return Refusal("sandbox_differs", "another answer") if asked.id in self.refused else None

    def fold(self, events: Sequence[Event], scope: Sequence[Event] = SCOPE) -> GeneratorState:
        state = self.generator.initial()
        for seq, event in enumerate([*scope, *events], start=1):
            self.generator.apply(state, recorded(seq, event))
        return state

    def works(self, events: Sequence[Event]) -> Mapping[str, Work]:
        return self.generator.todo(self.fold(events))

    def owed(self, events: Sequence[Event]) -> list[str]:
        return list(self.works(events))

    async def until_idle(self, events: Sequence[Event]) -> list[Event]:
        """Everything that happens until nothing is owed."""
        told = list(events)
        done: set[str] = set()
        while works := [work for key, work in self.works(told).items() if key not in done]:
            for work in works:
                found = await work.run()
                assert found.events
                told += found.events
                done.add(work.key)
        return told


def recorded(seq: int, event: Event, correlation: str | None = None) -> Recorded[Event]:
    return Recorded(seq, "", str(seq), event, correlation=correlation)
