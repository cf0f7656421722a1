"""What operators demand of the values that they are given, checked alike for both implementations."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

Demand = Literal[
    "positive",
    "not_negative",
    "distinct",
    "lacking",
    "outlying",
    "inconsistent",
    "trimmed",
    "untied",
    "several",
    "few",
    "apart",
]
"""What is demanded.

positive, not_negative: all known numbers are · distinct: every record has a value, no two the same ·
lacking: some record has none · outlying: a value lies beyond Tukey's fences · inconsistent: two labels
differ in case or white space alone · trimmed: no text has white space around it · untied: no two groups have
the same number · several: more than three groups have one, no two the same · few: from three to six have, no
two the same · apart: none lies at their mean.
"""


def unmet(demands: Mapping[str, Demand], arguments: Mapping[str, Any]) -> str | None:
    """What is not as demanded, in words; None when all is.

    Args:
        demands: by the name of an argument.
        arguments: what an implementation is given, as either of the two is given it.
    """
    with np.errstate(all="ignore"):
        for name, demand in demands.items():
            if not _CHECKS[demand](arguments[name]):
                return f"{name} is not {demand}"
    return None


def _amounts(value: Any) -> Any:
    """The values of a column or of groups as one array."""
    return np.array(list(value.values())) if isinstance(value, dict) else np.asarray(value)


def _known(value: Any) -> Any:
    amounts = _amounts(value).astype(float)
    return amounts[~np.isnan(amounts)]


def _lacks(value: Any) -> bool:
    """Whether some record has no value: in codes, in a series, in what is known, or in numbers."""
    if isinstance(value, tuple):
        return bool((value[0] < 0).any())
    if hasattr(value, "isna"):
        return bool(value.isna().any())
    return bool((~value if value.dtype == bool else np.isnan(value)).any())


def _is_distinct(value: Any) -> bool:
    amounts = _amounts(value)
    # What has no value is unlike itself, a day as well as a number.
    return bool((amounts == amounts).all()) and np.unique(amounts).size == amounts.size  # noqa: PLR0124


def _is_outlying(value: Any) -> bool:
    known = _known(value)
    low, high = np.quantile(known, [0.25, 0.75]) if known.size else (0.0, 0.0)
    return bool((np.abs(known - (low + high) / 2) > 2 * (high - low)).any())


def _texts(value: Any) -> list[str]:
    """The different texts that some record has."""
    if isinstance(value, tuple):
        codes, levels = value
        there = [levels[code] for code in np.unique(codes[codes >= 0])]
    else:
        there = value.dropna().unique()
    return [text for text in there if isinstance(text, str)]


def _is_inconsistent(value: Any) -> bool:
    plain = Counter(level.strip().lower() for level in _texts(value))
    return any(times > 1 for times in plain.values())


def _untied(value: Any) -> int:
    """How many groups have a number; none where two have the same, but for rounding."""
    ranked = np.sort(_known(value))
    least = 1e-9 * np.abs(ranked).max(initial=0)
    return ranked.size if (np.diff(ranked) > least).all() else 0


def _is_apart(value: Any) -> bool:
    known = _known(value)
    if not known.size:
        return False
    return bool((np.abs(known - known.mean()) > 1e-9 * np.abs(known).max()).all())


_CHECKS: dict[Demand, Callable[[Any], bool]] = {
    "positive": lambda value: bool((_known(value) > 0).all()),
    "not_negative": lambda value: bool((_known(value) >= 0).all()),
    "distinct": _is_distinct,
    "lacking": _lacks,
    "outlying": _is_outlying,
    "inconsistent": _is_inconsistent,
    "trimmed": lambda value: all(text == text.strip() for text in _texts(value)),
    "untied": lambda value: _untied(value) > 0,
    "several": lambda value: _untied(value) > 3,
    "few": lambda value: 3 <= _untied(value) <= 6,
    "apart": _is_apart,
}
