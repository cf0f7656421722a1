"""Levels in words that have an order of their own: sizes, degrees of agreement, ranges of numbers."""

import re
from collections.abc import Sequence
from itertools import pairwise

_WRITTEN = """
extra small, very small, xs, small, s, medium, m, large, l, very large, extra large, xl, xxl;
very low, low, medium low, moderate, medium, average, normal, medium high, high, very high, extreme;
never, almost never, rarely, seldom, occasionally, sometimes, often, usually, frequently, very often,
always;
none, minor, slight, mild, minimal, moderate, substantial, serious, major, severe, critical;
strongly disagree, disagree, somewhat disagree, slightly disagree, neither agree nor disagree, neutral,
slightly agree, somewhat agree, agree, strongly agree;
very dissatisfied, dissatisfied, somewhat dissatisfied, neutral, somewhat satisfied, satisfied,
very satisfied;
very unfavorably, somewhat unfavorably, neither favorably nor unfavorably (neutral), somewhat favorably,
very favorably;
very bad, bad, very poor, poor, fair, average, ok, good, very good, excellent, outstanding;
not at all, slightly, a little, somewhat, moderately, quite, very, extremely;
bronze, silver, gold, platinum;
beginner, elementary, intermediate, advanced, expert;
less than high school degree, high school degree, some college or associate degree, bachelor degree,
graduate degree;
first, second, third, fourth, fifth, sixth, seventh, eighth;
primary, secondary, tertiary;
infant, child, teenager, young adult, adult, middle aged, senior, elderly;
daily, weekly, monthly, quarterly, yearly
"""
_SCALES = tuple(re.split(r",\s+", scale.strip()) for scale in _WRITTEN.split(";"))
"""Each from least to most; the words of a column come from one of them."""
_FEWEST = 3
_AMOUNT = r"[$€£]? ?[0-9][0-9,.]*[kKmM%]?"
_RANGE = re.compile(
    rf"(?P<below><=?|under|below|up to|less than)? ?(?P<low>{_AMOUNT})"
    rf"(?: ?(?:-|–|to) ?(?P<high>{_AMOUNT})| ?(?P<above>\+|and over|and older|and above|or more|years?\+))?"  # noqa: RUF001  a dash
    r"(?: ?(?:years?|yrs?|days?|months?))?",
    re.IGNORECASE,
)
_ABOVE = re.compile(rf"(?:>=?|over|above|more than|at least) ?(?P<low>{_AMOUNT}).*", re.IGNORECASE)


def order_of(levels: Sequence[str]) -> tuple[str, ...] | None:
    """The levels in the order that their words give them; None when they give none."""
    if len(levels) < _FEWEST:
        return None
    return _in_words(levels) or _in_ranges(levels)


def _in_words(levels: Sequence[str]) -> tuple[str, ...] | None:
    said = {level: " ".join(level.lower().split()) for level in levels}
    for scale in _SCALES:
        if len(set(said.values())) == len(levels) and set(said.values()) <= set(scale):
            return tuple(sorted(levels, key=lambda level: scale.index(said[level])))
    return None


def _in_ranges(levels: Sequence[str]) -> tuple[str, ...] | None:
    """Ranges such as 18-29, 30-44 and > 60, by where they begin."""
    places = {level: place for level in levels if (place := _place(level.strip())) is not None}
    ranged = sum(1 for low, high in places.values() if high != low)
    if len(places) < len(levels) or 2 * ranged < len(levels) or len(set(places.values())) < len(levels):
        return None
    ordered = sorted(levels, key=lambda level: places[level])
    ends = [places[level] for level in ordered]
    apart = all(low >= before for (_, before), (low, _) in pairwise(ends))
    return tuple(ordered) if apart else None


def _place(level: str) -> tuple[float, float] | None:
    """Where a range begins and ends."""
    if (found := _ABOVE.fullmatch(level)) is not None:
        return _amount(found["low"]), float("inf")
    if (found := _RANGE.fullmatch(level)) is None:
        return None
    low = _amount(found["low"])
    if found["below"]:
        return float("-inf"), low
    if found["above"]:
        return low, float("inf")
    high = low if found["high"] is None else _amount(found["high"])
    return (low, high) if high >= low else None


def _amount(written: str) -> float:
    digits = re.sub(r"[^0-9.]", "", written.replace(",", "")).rstrip(".")
    large = {"k": 1e3, "m": 1e6}.get(written[-1].lower(), 1.0)
    return float(digits) * large if digits.count(".") <= 1 and digits else 0.0
