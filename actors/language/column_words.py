"""Which columns the words of a text could mean."""

import re

from actors.language.operator import Columns
from actors.language.pattern import unquoted
from events.dataset import ColumnProfile

SHORTEST = 3
"""Letters that a shortened word keeps at least: temp for temperature."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def columns_meant(word: str, columns: Columns) -> tuple[str, ...]:
    """The columns that a word of a text could mean.

    A header exactly as it stands, in quotes or not, means its own column. Any other words mean every column
    of whose name they share most words, shortened or not.
    """
    plain = unquoted(word) if word.startswith('"') else word
    if any(column.name == plain for column in columns):
        return (str(plain),)
    shared = {column.name: _shared(word, column) for column in columns}
    most = max(shared.values(), default=(0, 0))
    return tuple(name for name, count in shared.items() if count == most > (0, 0))


def _shared(word: str, column: ColumnProfile) -> tuple[int, int]:
    """How many words of a column's name some words share, and how many of them in full."""
    own = [*_words(column.readable), *_words(column.name)]
    said = _words(word)
    alike = sum(any(_alike(one, other) for other in own) for one in said)
    return alike, sum(one in own for one in said)


def _words(text: str) -> list[str]:
    return [found.lower() for found in _WORD.findall(text)]


def _alike(one: str, other: str) -> bool:
    """Whether two words are one, or the one is the other cut short."""
    short, long = sorted((one, other), key=len)
    return long == short or (len(short) >= SHORTEST and long.startswith(short))
