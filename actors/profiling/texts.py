"""What a column of text is: dates, an identifier, few levels, or words to read."""

import re
from collections.abc import Sequence

import pandas as pd

from actors.profiling.names import CODE, IDENTIFIER, words
from actors.profiling.verdict import MOST_LEVELS, Verdict

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[.]?"
_CLOCK = r"([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AP]M)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_DATES = (
    ("yyyy-mm-dd", re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}" + _CLOCK, re.IGNORECASE)),
    ("yyyy-mm", re.compile(r"[0-9]{4}[-/][0-9]{1,2}")),
    (
        "days, months and years",
        re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1([0-9]{4}|[0-9]{2})" + _CLOCK, re.IGNORECASE),
    ),
    ("month and year", re.compile(rf"{_MONTH}[ -]([0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE)),
    (
        "days, months in words and years",
        re.compile(rf"([0-9]{{1,2}}[ -]{_MONTH}|{_MONTH} [0-9]{{1,2}}),?[ -][0-9]{{2,4}}", re.IGNORECASE),
    ),
    ("year and quarter", re.compile(r"[0-9]{4}[- ]?Q[1-4]|Q[1-4][- ]?[0-9]{4}", re.IGNORECASE)),
)
_FORM = re.compile(r"\S{1,40}")
_DIGIT = re.compile("[0-9]")
_LONGEST_LEVEL = 80


def judge(name: str, values: pd.Series, distinct: int, rows: int) -> Verdict:
    """The verdict on at least two different texts out of so many rows, missing ones aside."""
    levels, named = values.unique().tolist(), words(name)
    if form := _date_form(levels):
        return Verdict("date", f"nearly all values are dates as {form}")
    if distinct == 2:
        return Verdict("flag", "two levels")
    if _is_identifier(named, levels, len(values)):
        return Verdict("identifier", "codes without spaces, hardly any twice")
    if _is_prose(levels):
        return Verdict("text", "sentences")
    if distinct <= MOST_LEVELS and 2 * distinct <= len(values):
        return Verdict("category", f"{distinct} levels over {rows} rows")
    return Verdict("text", f"{distinct} different values over {rows} rows")


def _date_form(levels: Sequence[str]) -> str:
    for form, pattern in _DATES:
        if sum(1 for level in levels if pattern.fullmatch(level.strip())) * 10 >= 9 * len(levels):
            return form
    return ""


def _is_identifier(named: frozenset[str], levels: Sequence[str], count: int) -> bool:
    """Codes: no spaces in them; unique with digits or all in capitals, or named as identifiers."""
    if not all(_FORM.fullmatch(level.strip()) for level in levels):
        return False
    if named & (IDENTIFIER | CODE) and 2 * len(levels) > count:
        return True
    coded = all(_DIGIT.search(level) for level in levels) or all(level.isupper() for level in levels)
    return coded and len(levels) * 20 >= 19 * count


def _is_prose(levels: Sequence[str]) -> bool:
    long = sum(1 for level in levels if len(level) > _LONGEST_LEVEL)
    ended = sum(1 for level in levels if level.rstrip().endswith((".", "!", "?")) and " " in level.strip())
    return 2 * long > len(levels) or 2 * ended > len(levels)
