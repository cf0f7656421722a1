"""What a column of numbers is: a measure, unless name, form or spacing says otherwise."""

from typing import Any

import numpy as np
import pandas as pd

from actors.profiling.names import CODE, COUNT, DATE_PART, IDENTIFIER, INSTANT, NUMBERING, YEAR, words
from actors.profiling.verdict import MOST_LEVELS, Verdict

_LONGEST_SCALE = 10
_LONGEST_CODE = 31
_FEW = 5
_EXACT = 2**53


def judge(name: str, values: pd.Series, distinct: int) -> Verdict:
    """The verdict on at least two different numbers without missing ones, in file order."""
    given, named = values.to_numpy(), words(name)
    if (given != np.trunc(given)).any():
        return Verdict("measure", "numbers with decimals")
    if (np.abs(given) > _EXACT).any():
        return Verdict("measure", "numbers too large to count anything")
    low, high = int(given.min()), int(given.max())
    return (
        _as_date(named, given, low, high)
        or _as_flag(distinct, low, high)
        or _as_identifier(named, given, distinct)
        or _as_code(named, len(given), distinct, low, high)
        or _as_amount(named, low)
    )


def _as_date(named: frozenset[str], given: Any, low: int, high: int) -> Verdict | None:
    if named & YEAR and low >= 1000 and high <= 2200:
        return Verdict("date", "named as a year, with values of four digits")
    if low >= 10_000_101 and high <= 99_991_231 and _are_days(given.astype(np.int64)):
        return Verdict("date", "whole numbers that are all dates as yyyymmdd")
    if named & INSTANT and low >= 10**8:
        return Verdict("date", "named as a time, with values like seconds since 1970")
    return None


def _are_days(given: Any) -> bool:
    month, day = given // 100 % 100, given % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all())


def _as_flag(distinct: int, low: int, high: int) -> Verdict | None:
    return Verdict("flag", f"two whole numbers, {low} and {high}") if distinct == 2 else None


def _as_identifier(named: frozenset[str], given: Any, distinct: int) -> Verdict | None:
    steps = np.diff(given)
    if named & DATE_PART:
        return None
    if len(steps) > _FEW and (steps == 1).all() and given[0] in (0, 1):
        return Verdict("identifier", "counts the rows")
    if len(steps) > _FEW and (steps == 1).mean() > 0.9 and (named & NUMBERING or (steps == 1).all()):
        return Verdict("identifier", "goes up by one from row to row")
    if named & (IDENTIFIER | CODE) and distinct > MOST_LEVELS:
        return Verdict("identifier", "named as an identifier or code, with many values")
    if "unnamed" in named and (steps > 0).all():
        return Verdict("identifier", "has no name and only goes up")
    return None


def _as_code(named: frozenset[str], count: int, distinct: int, low: int, high: int) -> Verdict | None:
    """Small whole numbers without gaps from 0 or 1 on number the levels of a scale."""
    if named & (IDENTIFIER | CODE) and distinct <= MOST_LEVELS:
        return Verdict("category", "named as a code, with few whole numbers")
    complete = distinct == high - low + 1
    longest = _LONGEST_CODE if low == 1 else _LONGEST_SCALE
    if named & COUNT or count < 2 * distinct:
        return None
    if complete and low in (0, 1) and distinct <= longest:
        return Verdict("ordinal", f"each whole number from {low} to {high}, like the levels of a scale")
    if distinct <= _FEW and count >= 10 * distinct:
        return Verdict("ordinal", f"only {distinct} different whole numbers")
    return None


def _as_amount(named: frozenset[str], low: int) -> Verdict:
    if low >= 0 and named & COUNT:
        return Verdict("count", "named as a count, and whole")
    return Verdict("measure", "whole numbers with gaps, of many sizes")
