"""What a column of text is: dates, an identifier, few levels, or words to read."""

import re
from collections.abc import Sequence

from actors.profiling.column import Column
from actors.profiling.names import CODE, IDENTIFIER
from actors.profiling.verdict import MOST_LEVELS, Verdict

_FORM = re.compile(r"\S{1,40}")
_DIGIT = re.compile("[0-9]")
_LONGEST_LEVEL = 80
_FEW = 10
_UNIQUE = 0.95


def judge(column: Column, *, spelled: bool) -> Verdict:
    """The verdict on at least two different texts; their dates are known already.

    Args:
        column: the column.
        spelled: whether they are numbers that were written for people.
    """
    levels = [str(value) for value in column.values]
    if column.distinct == 2:
        return Verdict("flag", "two levels")
    if spelled and column.distinct > _FEW:
        return Verdict("text", f"{column.distinct} different numbers that are held as text")
    if _is_identifier(column, levels):
        return Verdict("identifier", "codes without spaces, hardly any twice")
    if _is_prose(levels):
        return Verdict("text", "sentences")
    if column.distinct <= MOST_LEVELS and 2 * column.distinct <= column.known:
        return Verdict("category", f"{column.distinct} levels over {column.rows} rows")
    return Verdict("text", f"{column.distinct} different values over {column.rows} rows")


def _is_identifier(column: Column, levels: Sequence[str]) -> bool:
    """Codes: no spaces in them; unique with digits or all in capitals, or named as identifiers."""
    if not all(_FORM.fullmatch(level.strip()) for level in levels):
        return False
    if column.words & (IDENTIFIER | CODE) and 2 * len(levels) > column.known:
        return True
    coded = all(_DIGIT.search(level) for level in levels) or all(level.isupper() for level in levels)
    return coded and len(levels) >= _UNIQUE * column.known


def _is_prose(levels: Sequence[str]) -> bool:
    long = sum(1 for level in levels if len(level) > _LONGEST_LEVEL)
    ended = sum(1 for level in levels if level.rstrip().endswith((".", "!", "?")) and " " in level.strip())
    return 2 * long > len(levels) or 2 * ended > len(levels)
