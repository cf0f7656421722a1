"""Which values of two traces are the same, by kind and value.

Small whole numbers, flags and labels are often equal by chance: one of these is the same value in both only
where everything that it was made from is.
"""

from collections.abc import Iterable, Set

from actors.tracing.trail import Sight, Trail
from events.answers import AnswerContract, matches
from events.values import SHOWN_ITEMS, Value, close

SMALL = 1000
"""Whole numbers below it are equal by chance too often."""


def aligned(
    trail: Trail, other: Trail, contract: AnswerContract, among: Set[int] | None = None
) -> frozenset[int]:
    """The places of those values of a trail that the other one has too.

    Args:
        trail: Whose values are looked for.
        other: Where they are looked for.
        contract: When fields of two answers are the same.
        among: The only places of the other one that count, beside the fields of its answer; None for all.
    """
    found: set[int] = set()
    theirs = [one for at, one in enumerate(other.sights) if among is None or at in among or one.submitted]
    for at, sight in enumerate(trail.sights):
        derived = sight.parents <= found
        if sight.value.kind == "object" or _begins(trail, at):
            shared = derived  # what cannot be compared, or only begins a sum, is as what it was made from
        else:
            certain = derived or sight.submitted or not by_chance(sight.value)
            shared = certain and any(same(sight, one, contract) for one in theirs)
        if shared:
            found.add(at)
    return frozenset(found)


def way(trail: Trail, shared: Set[int]) -> set[int]:
    """The values on the way to the answer, back to what is shared, that are not."""
    apart: set[int] = set()
    waiting = [at for at in trail.ends if at not in shared]
    while waiting:
        at = waiting.pop()
        apart.add(at)
        waiting += [one for one in trail.sights[at].parents if one not in shared and one not in apart]
    return apart


def lineage(trail: Trail, ends: Iterable[int]) -> set[int]:
    """These values and all that they were made from."""
    found, waiting = set[int](), list(ends)
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += trail.sights[at].parents
    return found


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


def same(left: Sight, right: Sight, contract: AnswerContract) -> bool:
    """Whether two values are equal; fields of an answer by the contract."""
    if left.submitted and right.submitted:
        return left.place.name == right.place.name and _same_field(left, right, contract)
    if left.submitted != right.submitted:
        return False
    return (
        close(left.value, right.value) or _holds(left.value, right.value) or _holds(right.value, left.value)
    )


def _holds(whole: Value, part: Value) -> bool:
    """Whether a mapping of columns has all that another has, and more: each is taken out by its name.

    One of single values by group is taken as a whole: a further group is another value.
    """
    if whole.kind != "mapping" or part.kind != "mapping" or whole.size > SHOWN_ITEMS:
        return False
    columns = all(
        isinstance(held, list | tuple) and held[0] in ("digest", "sequence") for _, held in part.shown
    )
    return columns and 0 < part.size < whole.size and all(item in whole.shown for item in part.shown)


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
