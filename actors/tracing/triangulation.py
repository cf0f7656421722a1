"""Where a trace leaves others: their values aligned, and both followed back from the answer.

Two traces may compute the same in many ways, so that a value which one of them lacks says nothing by itself.
What counts is the way to the answer: going back from where they end, every value that the other lacks is
followed to those that it was made from, until values are reached that both have. The first value of that
stretch is where they part.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from actors.tracing.alignment import aligned, by_chance, lineage, same, way
from actors.tracing.likeness import is_alike, likeness, words_of
from actors.tracing.trail import Sight, Trail
from events.answers import AnswerContract
from events.episode import Departure, Place
from events.trace import AttemptEnded
from events.values import close


def departure(
    attempt: AttemptEnded, trails: Mapping[str, Trail], others: Sequence[str], contract: AnswerContract
) -> Departure | None:
    """Where a trace leaves others; None where nothing of them can be followed.

    Args:
        attempt: The trace that departs.
        trails: What each trace held, by its id.
        others: The traces that it is held against.
        contract: When fields of two answers are the same.
    """
    own = trails[attempt.trace]
    guides = [trails[one] for one in others if trails[one].sights]
    if not guides:
        return None
    shared = [aligned(own, guide, contract) for guide in guides]
    nearest = max(range(len(guides)), key=lambda at: len(shared[at]))
    guide = guides[nearest]
    found = parting(own, shared[nearest])
    # What a trace has only beside the way to what is wrong in its answer, it did not make that from.
    wrong = [at for at in own.ends if at not in shared[nearest]]
    here = lineage(own, wrong) if wrong else None
    expected = Pairs(own, guide, contract).parting(aligned(guide, own, contract, here))
    value = None if expected is None else guide.sights[expected].value
    before = [at for at in shared[nearest] if found is None or at < found]
    return Departure(
        trace=attempt.trace,
        role=attempt.role,
        index=attempt.index,
        expected=() if expected is None else _places(guide, expected, guides),
        expected_value=value,
        found=None if found is None else own.sights[found].place,
        found_value=None if found is None else own.sights[found].value,
        shared=own.sights[max(before)].place if before else None,
    )


def parting(trail: Trail, shared: Set[int]) -> int | None:
    """The first value on the way to the answer, back to what is shared, that is not; None where all is."""
    apart = way(trail, shared)
    return min((at for at in apart if not trail.sights[at].parents & apart), default=None)


@dataclass(frozen=True)
class Pairs:
    """A trace and one that it does not agree with, followed back from their answers in pairs."""

    own: Trail
    """The one that departs."""
    guide: Trail
    """The other."""
    contract: AnswerContract
    """When fields of two answers are the same."""

    def parting(self, shared: Set[int]) -> int | None:
        """What the other has where the trace leaves it; None where the trace lacks nothing of it.

        A pair is a value that the trace lacks and what it has in its place. Such a way ends at a value that
        is made otherwise from what both have, or at one that was left out; the first of these is told. A
        trace without an answer lacks what the other did next.

        Args:
            shared: The places of what the trace has of the other.
        """
        lacking = way(self.guide, shared)
        given = {self.own.sights[at].place.name: at for at in self.own.ends if self.own.sights[at].submitted}
        ends = {at: given.get(self.guide.sights[at].place.name) for at in self.guide.ends if at in lacking}
        waiting = [(at, instead) for at, instead in ends.items() if instead is not None]
        if not waiting:
            return parting(self.guide, shared)
        seen, found = set(waiting), set[int]()
        while waiting:
            at, instead = waiting.pop()
            before = self.guide.sights[at].parents & lacking
            pairs = [(one, self._instead(at, instead, one)) for one in before]
            found |= {one for one, its in pairs if its is None} if before else {at}
            further = {(one, its) for one, its in pairs if its is not None} - seen
            seen |= further
            waiting += further
        return min(found)

    def _instead(self, at: int, instead: int, before: int) -> int | None:
        """What the trace has in the place of a value from which the other made the one of a pair.

        None where it left that out: it has nothing like it there, or the very thing that it is made from.
        """
        sight = self.guide.sights[before]
        given, known = self.own.sights[instead].parents, self.guide.sights[at].parents - {before}
        free = frozenset(one for one in given if not self._among(one, known)) or given
        if not free:
            return None
        nearest = _most_alike(sight, self.own, free)
        alike = is_alike(self.own.sights[nearest].place.statement, sight.place.statement)
        return nearest if alike and not self._among(nearest, sight.parents) else None

    def _among(self, at: int, places: Set[int]) -> bool:
        """Whether a value of the trace is surely one of these of the other."""
        sight = self.own.sights[at]
        return not by_chance(sight.value) and any(
            same(sight, self.guide.sights[one], self.contract) for one in places
        )


def _most_alike(sight: Sight, trail: Trail, places: Set[int]) -> int:
    """Of some places of a trail the one whose statement has most in common."""
    words = words_of(sight.place.statement)
    return max(sorted(places), key=lambda one: likeness(words, words_of(trail.sights[one].place.statement)))


def _places(guide: Trail, expected: int, guides: Sequence[Trail]) -> tuple[Place, ...]:
    """Where a value lies in the nearest trace, and in each other that has it."""
    value = guide.sights[expected].value
    others = [
        next((sight.place for sight in trail.sights if close(sight.value, value)), None)
        for trail in guides
        if trail is not guide
    ]
    return (guide.sights[expected].place, *(place for place in others if place is not None))
