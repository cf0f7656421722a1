"""Whether a solver saw a value: it stands in what was shown of some output, as printing would put it there.

A printed number has few of its digits: it stands for each value that rounds to it, where it has three digits
or more, or is the whole value. Tables, and collections of collections, are never taken for seen. All that
follows from it is an edge that a hook claims: no value is read out of what was printed.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from events.values import SHOWN_ITEMS, Value

TELLING = 3
"""Digits by which a rounded number is known again."""
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w|\.\d)")


def seen(value: Value, view: str) -> bool:
    """Whether all single values that it is made of stand in a view."""
    found = parts(value)
    return bool(found) and all(_stands(part, view) for part in found)


def parts(value: Value) -> Sequence[Any]:
    """The single values in their canonical form; none where they are not all known."""
    match value.kind:
        case "number" | "text" | "flag":
            return [value.shown]
        case "sequence" | "set" if value.size <= SHOWN_ITEMS:
            return list(value.shown)
        case "mapping" if value.size <= SHOWN_ITEMS:
            return [part for pair in value.shown for part in pair]
    return []


def _stands(part: Any, view: str) -> bool:
    match part:
        case ["number", str(text)]:
            with suppress(InvalidOperation):  # one too large to be spelled in digits
                return any(_rounds_to(Decimal(text), printed) for printed in _numbers(view))
        case bool() | str():
            return bool(part != "" and re.search(rf"(?<!\w){re.escape(str(part))}(?!\w)", view))
    return False


@lru_cache(maxsize=64)
def _numbers(view: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(found) for found in _NUMBER.findall(view))


def _rounds_to(number: Decimal, printed: Decimal) -> bool:
    if not number.is_finite() or number == printed:
        return number == printed
    _, digits, exponent = printed.as_tuple()
    step = Decimal((0, (1,), int(exponent)))
    return len(digits) >= TELLING and 2 * abs(number - printed) <= step
