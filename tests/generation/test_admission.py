"""Which proposals are started while a daemon keeps a target: the same whatever the timing and the deaths."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import anyio
import pytest
from hypothesis import given, settings, strategies as st

from actors.generation.stream import budget
from actors.runtime.work import Work
from events.question import (
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamFellShort,
    StreamRequested,
    Until,
)
from events.runtime import DeadLettered
from events.struct import Event
from tests.generation.desk import SCOPE, TABLE, Desk, became, judged, recorded, requested
from tests.history import question

REJECTED, REFUSED, VERIFIED = "rejected", "refused", "verified"
Fates = Sequence[str]
Step = Callable[[], Awaitable[None]]
FATES = st.lists(st.sampled_from([VERIFIED, VERIFIED, REFUSED, REJECTED]), max_size=50)


def shortest(fates: Fates, target: int) -> int:
    """The length of the shortest beginning that holds the target; of the whole stream when none does."""
    for length in range(len(fates) + 1):
        if list(fates[:length]).count(VERIFIED) == target:
            return length
    return len(fates)


def proposals(told: Sequence[Event]) -> list[int]:
    return [event.index for event in told if isinstance(event, QuestionAccepted | QuestionRejected)]


@dataclass
class World:
    """A daemon's generator among everything that happens at its own pace, and sometimes dies."""

    fates: Fates
    rng: Random
    requests: Sequence[StreamRequested]
    appends: list[Sequence[Event]] = field(default_factory=list)
    heard: int = 0
    running: dict[str, list[Event]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    unjudged: dict[str, QuestionAccepted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(lambda index: self.fates[index] != REJECTED, len(self.fates))
        self.begin()

    async def live(self) -> list[Event]:
        """Until nothing is left to happen; one in twenty happenings is a death."""
        while steps := [*self.hearing(), *self.starting(), *self.ending(), *self.judging()]:
            if self.rng.randrange(20) == 0:
                self.begin()
            else:
                await self.rng.choice(steps)()
        return [event for append in self.appends for event in append]

    def begin(self) -> None:
        """Start, for the first time or after a death: what was running is lost, nothing else."""
        self.running = {}
        self.tell([*SCOPE, *self.requests])
        self.heard = len(self.appends)
        self.state = self.desk.fold([event for append in self.appends for event in append], [])

    def tell(self, events: Sequence[Event]) -> None:
        self.appends.append(events)
        accepted = [event for event in events if isinstance(event, QuestionAccepted)]
        self.unjudged |= {event.question.id: event for event in accepted}

    def hearing(self) -> Iterator[Step]:
        async def hear() -> None:
            for event in self.appends[self.heard]:
                self.desk.generator.apply(self.state, recorded(0, event))
            self.heard += 1

        if self.heard < len(self.appends):
            yield hear

    def starting(self) -> Iterator[Step]:
        for key, work in self.desk.generator.todo(self.state).items():

            async def start(key: str = key, work: Work = work) -> None:
                self.running[key] = list((await work.run()).events)

            if key not in self.running and key not in self.finished:
                yield start

    def ending(self) -> Iterator[Step]:
        for key in self.running:

            async def end(key: str = key) -> None:
                self.tell(self.running.pop(key))
                self.finished.add(key)

            yield end

    def judging(self) -> Iterator[Step]:
        for key, event in self.unjudged.items():

            async def judge(key: str = key, event: QuestionAccepted = event) -> None:
                del self.unjudged[key]
                self.tell([judged(event.question, self.fates[event.index] == VERIFIED)])

            yield judge


@given(FATES, st.integers(1, 8), st.integers(0, 10**6))
@settings(deadline=None)
async def test_the_proposals_of_a_target_are_the_shortest_beginning_that_holds_it_whatever_the_timing(
    fates: list[str], target: int, seed: int
) -> None:
    world = World(fates, Random(seed), [requested("s", target, "verified")])
    told = await world.live()
    assert proposals(told) == list(range(shortest(fates, target)))
    fell_short = [event.why for event in told if isinstance(event, StreamFellShort)]
    assert fell_short == ([] if fates.count(VERIFIED) >= target else ["exhausted"])


@given(FATES, st.integers(0, 10**6))
@settings(deadline=None)
async def test_without_a_target_a_stream_goes_on_to_its_end(fates: list[str], seed: int) -> None:
    world = World(fates, Random(seed), [requested("s", 0, "exhausted")])
    told = await world.live()
    assert proposals(told) == list(range(len(fates)))
    assert told.count(StreamExhausted("s", len(fates))) == 1
    (told_short,) = [event for event in told if isinstance(event, StreamFellShort)]
    assert (told_short.why, told_short.verified) == ("exhausted", fates.count(VERIFIED))


def accepted(stream: str, *indices: int) -> list[QuestionAccepted]:
    return [QuestionAccepted(stream, index, question(TABLE, "template", index)) for index in indices]


def test_a_refused_episode_makes_room_for_one_proposal_and_a_verified_one_does_not() -> None:
    desk = Desk()
    asked = accepted("s", 0, 1)
    told = [requested("s", 2, "verified"), *asked]
    assert desk.owed(told) == []
    assert desk.owed([*told, judged(asked[0].question)]) == []
    assert desk.owed([*told, judged(asked[0].question, verified=False)]) == ["propose:s:2"]


def test_a_stretch_never_asks_for_more_questions_than_there_is_room_for() -> None:
    desk = Desk()
    asked = accepted("s", 0, 1)
    told = [requested("s", 4, "verified"), *asked, judged(asked[0].question, verified=False)]
    (work,) = desk.works(told).values()
    anyio.run(work.run)
    assert [(stretch.start, stretch.need) for stretch in desk.asked] == [(2, 3)]


async def test_what_was_put_aside_keeps_its_place() -> None:
    desk = Desk()
    state = desk.fold([requested("s", 4, "verified"), *accepted("s", 0, 1)])
    stuck = accepted("s", 0)[0].question.id
    desk.generator.apply(state, recorded(9, DeadLettered("solve:t", "it fails"), stuck))
    (work,) = desk.generator.todo(state).values()
    await work.run()
    assert desk.asked[-1].need == 2


def test_a_target_that_dead_letters_keep_from_being_reached_is_told_of_once() -> None:
    desk = Desk()
    asked = accepted("s", 0, 1)
    state = desk.fold([requested("s", 2, "verified"), *asked, judged(asked[0].question)])
    assert list(desk.generator.todo(state)) == []
    desk.generator.apply(state, recorded(9, DeadLettered("solve:t", "it fails"), asked[1].question.id))
    (work,) = desk.generator.todo(state).values()
    assert anyio.run(work.run).events == [StreamFellShort("s", 2, 1, 2, "put_aside")]
    assert work.key == "fall_short:s:verified:2"


def test_proposals_that_cannot_be_judged_end_a_stream_short() -> None:
    desk = Desk()
    state = desk.fold([requested("s", 2, "verified")])
    desk.generator.apply(state, recorded(9, DeadLettered("propose:s:0", "it fails"), "s"))
    works = desk.generator.todo(state)
    assert anyio.run(works["fall_short:s:verified:2"].run).events == [
        StreamFellShort("s", 2, 0, 0, "put_aside")
    ]


@pytest.mark.parametrize(("until", "target"), [("verified", 2), ("exhausted", 0)])
async def test_a_poor_stream_ends_short_with_its_budget(until: Until, target: int) -> None:
    told = await Desk(lambda _: False).until_idle([requested("s", target, until)])
    assert proposals(told) == list(range(budget(target)))
    assert told[-1] == StreamFellShort("s", target, 0, budget(target), "budget")


async def test_a_stream_without_end_may_spend_more_with_each_question_that_it_gives() -> None:
    told = await Desk(lambda index: index < 10).until_idle([requested("s", 0, "exhausted")])
    assert proposals(told) == list(range(budget(10)))


def test_streams_that_lag_come_first() -> None:
    desk = Desk()
    told: list[Event] = [requested(name, 0, "exhausted") for name in "abc"]
    told += [became("a", 0, False), became("a", 1, False), became("b", 0, False)]
    assert desk.owed(told) == ["propose:c:0", "propose:b:1", "propose:a:2"]


def test_a_question_that_another_stream_had_judged_counts_at_once() -> None:
    desk = Desk()
    asked = accepted("s", 0)
    told = [requested("s", 1, "verified"), requested("t", 1, "verified"), *asked, judged(asked[0].question)]
    assert desk.owed([*told, *accepted("t", 0)]) == []
    told[-1] = judged(asked[0].question, verified=False)
    assert desk.owed([*told, *accepted("t", 0)]) == ["propose:s:1", "propose:t:1"]


def test_a_verdict_counts_for_every_stream_that_waits_for_it() -> None:
    desk = Desk()
    told = [
        requested("s", 1, "verified"),
        requested("t", 1, "verified"),
        *accepted("s", 0),
        *accepted("t", 0),
    ]
    refused = judged(accepted("s", 0)[0].question, verified=False)
    assert desk.owed([*told, refused]) == ["propose:s:1", "propose:t:1"]


def test_what_a_daemon_asked_for_ends_with_it() -> None:
    desk = Desk()
    for standing in (requested("s", 5, "verified"), requested("s", 0, "exhausted")):
        assert desk.owed([standing]) == ["propose:s:0"]
        assert desk.owed([standing, *SCOPE]) == []
        assert desk.owed([standing, *SCOPE, requested("s", 3)]) == ["propose:s:0"]


def test_a_daemon_asks_for_what_it_wants_whatever_others_asked_before() -> None:
    desk = Desk()
    asked = accepted("s", 0)
    told = [requested("s", 16), *SCOPE, requested("s", 1, "verified"), *asked]
    assert desk.owed([*told, judged(asked[0].question)]) == []
    assert desk.owed([*told, judged(asked[0].question), *SCOPE]) == ["propose:s:1"]
