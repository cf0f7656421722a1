"""Values that may mean 'no value': words such as `Unknown`, and numbers such as -999 far from all others."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from actors.profiling.column import Column
from actors.profiling.names import words
from actors.profiling.verdict import as_whole
from events.dataset import Doubtful

PLACEHOLDERS = words(
    "unknown none na nan null nil missing unspecified undetermined undefined unavailable blank"
    " unbekannt inconnu"
) | {"?", "-", "--", ".", "n/a", "n.a.", "no data", "not available", "not known",
     "not specified", "not applicable", "not reported", "not stated",
     "no answer", "no response", "don't know", "(blank)", "(missing)", "???", "??", "---"}  # fmt: skip
_BELOW = frozenset((-9, -99, -999, -9999, -99999, -999999, -88, -888, -8888, -77, -777))
_ABOVE = frozenset((99, 999, 9999, 99999, 999999, 9999999, 88, 888, 8888, 77, 777))
_FEWEST = 3


def doubtful_of(column: Column) -> tuple[Doubtful, ...]:
    """The values of a column that may mean that there is none."""
    if column.numeric:
        return tuple(
            Doubtful(str(as_whole(value)), column.counts[list(column.values).index(value)])
            for value in sentinels(column)
        )
    said = [str(value).strip() for value in column.values]
    values = _values_after_all(said)
    return tuple(
        Doubtful(str(value), count)
        for value, word, count in zip(column.values, said, column.counts, strict=True)
        if word.casefold() in PLACEHOLDERS and word not in values
    )


def _values_after_all(said: Sequence[str]) -> frozenset[str]:
    """`NA` among codes of two or three letters, and `None` among degrees, are values like the others."""
    others = [word for word in said if word.casefold() not in PLACEHOLDERS]
    coded = 5 * sum(1 for word in others if _CODE.fullmatch(word)) >= 4 * len(others) > 0
    graded = any(word.casefold() in _DEGREES for word in others)
    return frozenset(
        word for word in said if (coded and word == "NA") or (graded and word.casefold() == "none")
    )


_CODE = re.compile("[A-Z]{2,3}")
_DEGREES = words(
    "minor slight some mild minimal low light little few partial moderate major severe substantial"
)


def sentinels(column: Column) -> tuple[float, ...]:
    """Numbers of nines, eights or sevens that lie further from all others than those lie apart."""
    rest, found = column.numbers, []
    while len(rest) > _FEWEST:
        if float(rest[0]) in _BELOW and _is_far(rest[0], rest[1:]):
            found.append(float(rest[0]))
            rest = rest[1:]
        elif float(rest[-1]) in _ABOVE and _is_far(rest[-1], rest[:-1]):
            found.append(float(rest[-1]))
            rest = rest[:-1]
        else:
            break
    return tuple(sorted(found))


def _is_far(value: float, others: Any) -> bool:
    """Whether it lies beyond the others by more than their span, others that are sentinels too aside."""
    inner = np.array([one for one in others if one not in _BELOW | _ABOVE or one == 0])
    if len(inner) < _FEWEST - 1:
        return False
    gap = inner[0] - value if value < inner[0] else value - inner[-1]
    return bool(gap > inner[-1] - inner[0])
