"""What a column of numbers is: a measure, unless name, form or spacing says otherwise."""

import re
from typing import Any

import numpy as np

from actors.profiling.column import Column
from actors.profiling.names import (
    AGE,
    CODE,
    IDENTIFIER,
    LEVEL,
    MONEY,
    counts_something,
    numbers_something,
)
from actors.profiling.verdict import MOST_LEVELS, Verdict

_LONGEST_SCALE = 10
_LONGEST_CODE = 31
_LONGEST_BALANCE = 4
_FEW = 5
_FLAGS = ((0, 1), (1, 2), (-1, 1))
_ENDS_AS_KEY = re.compile(r"[a-z]{3,}(id|key|code|nbr)$")


def judge(column: Column, given: Any, *, amount: bool) -> Verdict:
    """The verdict on at least two different whole numbers or numbers with decimals.

    Args:
        column: the column; its dates are known already.
        given: its different values, sorted, without those that may mean 'no value'.
        amount: whether its unit or its name says that it is an amount of something.
    """
    if not column.whole:
        decimals = bool((given != np.trunc(given)).any())
        return Verdict("measure", "numbers with decimals" if decimals else "numbers too large to be exact")
    low, high = int(given[0]), int(given[-1])
    return (
        _as_flag(given, low, high)
        or _as_identifier(column, given, low, high)
        or _as_code(column, given, low, high, amount=amount)
        or _as_amount(column, low)
    )


def _as_flag(given: Any, low: int, high: int) -> Verdict | None:
    if len(given) != 2 or (low, high) not in _FLAGS:
        return None
    return Verdict("flag", f"two whole numbers, {low} and {high}")


def _as_identifier(column: Column, given: Any, low: int, high: int) -> Verdict | None:
    gapless = len(given) == high - low + 1
    long = len(given) > _FEW
    if column.unique and gapless and long and low in (0, 1):
        return Verdict("identifier", f"numbers the rows from {low} on, each once")
    if column.unique and gapless and long:
        return Verdict("identifier", f"each whole number from {low} to {high} once")
    if numbers_something(column.name) and gapless and low in (0, 1) and len(given) > _LONGEST_CODE:
        return Verdict(
            "identifier", f"named as a number, and each whole number from {low} to {high} is there"
        )
    if column.words & (IDENTIFIER | CODE) and len(given) > MOST_LEVELS:
        return Verdict("identifier", "named as an identifier or code, with many values")
    if column.unique and any(map(_ENDS_AS_KEY.search, column.words)):
        return Verdict("identifier", "its name ends as that of a key, and no value stands twice")
    if column.unique and "unnamed" in column.words and (column.first or _even(given)):
        return Verdict("identifier", "has no name, and no value stands twice")
    return None


def _even(given: Any) -> bool:
    return bool(len(np.unique(np.diff(given))) == 1)


def _as_code(column: Column, given: Any, low: int, high: int, *, amount: bool) -> Verdict | None:
    """Few whole numbers, often repeated, name levels; in an unbroken row from 0 or 1 on they rank them."""
    distinct, span = len(given), f"each whole number from {low} to {high}"
    gapless = distinct == high - low + 1
    if column.words & (IDENTIFIER | CODE) and not column.words & LEVEL and distinct <= MOST_LEVELS:
        return Verdict("category", f"named as a code, with {distinct} whole numbers")
    if amount or counts_something(column.name) or column.known < 2 * distinct:
        return None
    if high > _LONGEST_SCALE and (column.words & AGE or (column.words & MONEY and not gapless)):
        return None
    if gapless and low in (0, 1) and distinct <= (_LONGEST_CODE if low == 1 else _LONGEST_SCALE):
        return Verdict("ordinal", f"{span}, like the levels of a scale")
    if gapless and low == -high and high <= _LONGEST_BALANCE:
        return Verdict("ordinal", f"{span}, like a scale around 0")
    if distinct <= _FEW and column.known >= 10 * distinct:
        return Verdict("ordinal", f"only {distinct} different whole numbers in {column.known} rows")
    return None


def _as_amount(column: Column, low: int) -> Verdict:
    if low >= 0 and counts_something(column.name):
        return Verdict("count", "named as a count, and whole")
    return Verdict("measure", "whole numbers of many sizes")
