"""Where a trace leaves others: their values aligned by kind and value, and followed back from the answer.

Two traces may compute the same in many ways, so that a value which one of them lacks says nothing by itself.
What counts is the way to the answer: going back from where they end, every value that the other lacks is
followed to those that it was made from, until values are reached that both have. The first value of that
stretch is where they part. Small whole numbers, flags and labels are often equal by chance: one of these is
the same value in both only where everything that it was made from is.
"""

from collections.abc import Mapping, Sequence, Set

from actors.tracing.likeness import is_like_any, left_out, likeness, words_of
from actors.tracing.trail import Sight, Trail
from events.answers import AnswerContract, matches
from events.episode import Departure, Place
from events.trace import AttemptEnded
from events.values import SHOWN_ITEMS, Value, close

SMALL = 1000
"""Whole numbers below it are equal by chance too often."""


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
    expected = counterpart(own, found, guide, aligned(guide, own, contract))
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


def aligned(trail: Trail, other: Trail, contract: AnswerContract) -> frozenset[int]:
    """The places of those values of a trail that the other one has too."""
    found: set[int] = set()
    for at, sight in enumerate(trail.sights):
        derived = sight.parents <= found
        if sight.value.kind == "object" or _begins(trail, at):
            same = derived  # what cannot be compared, or only begins a sum, is as what it was made from
        else:
            certain = derived or sight.submitted or not by_chance(sight.value)
            same = certain and any(_same(sight, one, contract) for one in other.sights)
        if same:
            found.add(at)
    return frozenset(found)


def parting(trail: Trail, shared: Set[int]) -> int | None:
    """The first value on the way to the answer, back to what is shared, that is not; None where all is."""
    apart = way(trail, shared)
    return min((at for at in apart if not trail.sights[at].parents & apart), default=None)


def way(trail: Trail, shared: Set[int]) -> set[int]:
    """The values on the way to the answer, back to what is shared, that are not."""
    apart: set[int] = set()
    waiting = [at for at in trail.ends if at not in shared]
    while waiting:
        at = waiting.pop()
        apart.add(at)
        waiting += [one for one in trail.sights[at].parents if one not in shared and one not in apart]
    return apart


def counterpart(own: Trail, found: int | None, guide: Trail, shared: Set[int]) -> int | None:
    """What another trace has in the place of the first value that a trace has alone.

    Of its values on the way to the answer that the trace lacks it is the one whose statement is most alike.
    Where that is made from others that the trace lacks, they are followed back to one that was left out.
    """
    lacking = way(guide, shared)
    if found is None or not lacking:
        return min(lacking, default=None)
    words = words_of(own.sights[found].place.statement)
    at = max(sorted(lacking), key=lambda one: likeness(words, words_of(guide.sights[one].place.statement)))
    said, others = _statements(guide), _statements(own)
    gone = left_out(said, others)
    while before := guide.sights[at].parents & lacking:
        at = max(before)
        if at in gone:
            break
    return _unlike_any(at, guide, gone & lacking, others) if at in gone else at


def _unlike_any(at: int, guide: Trail, gone: Set[int], others: Sequence[str]) -> int:
    """Of a stretch that was left out, the last statement that is like none of the trace; else where it ends.

    What is computed once of some records and once of all becomes one in a trace that takes them for the same.
    """
    stretch, waiting = set[int](), [at]
    while waiting:
        one = waiting.pop()
        stretch.add(one)
        waiting += (guide.sights[one].parents & gone) - stretch
    said = _statements(guide)
    return max((one for one in stretch if not is_like_any(said[one], others)), default=at)


def _statements(trail: Trail) -> list[str]:
    return [one.place.statement for one in trail.sights]


def by_chance(value: Value) -> bool:
    """Whether two of these are often equal though nothing else is."""
    if value.kind == "number":
        number = float(value.shown[1])
        return number.is_integer() and abs(number) < SMALL
    return value.kind in ("missing", "flag", "text") or value.size <= 1


def _begins(trail: Trail, at: int) -> bool:
    """Whether it is the nothing from which a loop or a list of its name goes on."""
    sight = trail.sights[at]
    if sight.parents or not by_chance(sight.value):
        return False
    return any(at in one.parents and one.place.name == sight.place.name for one in trail.sights)


def _same(left: Sight, right: Sight, contract: AnswerContract) -> bool:
    if left.submitted and right.submitted:
        return left.place.name == right.place.name and _same_field(left, right, contract)
    if left.submitted != right.submitted:
        return False
    return (
        close(left.value, right.value) or _holds(left.value, right.value) or _holds(right.value, left.value)
    )


def _holds(whole: Value, part: Value) -> bool:
    """Whether a mapping has all that another has, and more: what is made of the part is made of both."""
    if whole.kind != "mapping" or part.kind != "mapping" or whole.size > SHOWN_ITEMS:
        return False
    return 0 < part.size < whole.size and all(item in whole.shown for item in part.shown)


def _same_field(left: Sight, right: Sight, contract: AnswerContract) -> bool:
    """By the contract of the field alone; a field that it does not name by its value."""
    name = left.place.name
    field = next((one for one in contract.fields if one.name == name), None)
    if field is None or "number" not in (left.value.kind, right.value.kind):
        return close(left.value, right.value)
    alone = AnswerContract(fields=(field,))
    return matches(alone, {name: _number(left.value)}, {name: _number(right.value)})


def _number(value: Value) -> float | None:
    return float(value.shown[1]) if value.kind == "number" else None


def _places(guide: Trail, expected: int, guides: Sequence[Trail]) -> tuple[Place, ...]:
    """Where a value lies in the nearest trace, and in each other that has it."""
    value = guide.sights[expected].value
    others = [
        next((sight.place for sight in trail.sights if close(sight.value, value)), None)
        for trail in guides
        if trail is not guide
    ]
    return (guide.sights[expected].place, *(place for place in others if place is not None))
