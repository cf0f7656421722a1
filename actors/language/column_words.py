"""Which columns the words of a text could mean."""

import re

from actors.language.operator import Columns
from actors.language.pattern import unquoted
from events.dataset import ColumnProfile

SHORTEST = 3
"""Letters that a shortened word keeps at least: temp for temperature."""
_SMALL = "a an and at by for from in no not of on or per than that the to which with"
SMALL = frozenset(_SMALL.split())
"""Words that name nothing."""
_WORD = re.compile(r"[^\W\d_]+|\d+")
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a word such as ShareWomen is two."""


def columns_meant(word: str, columns: Columns) -> tuple[str, ...]:
    """The columns that a word of a text could mean.

    A header exactly as it stands, in quotes or not, means its own column. Any other words mean every column
    of whose name they share most words, shortened or not.
    """
    plain = _plain(word)
    if any(column.name == plain for column in columns):
        return (str(plain),)
    shared = {column.name: _shared(word, column) for column in columns}
    most = max(shared.values(), default=(0, 0))
    return tuple(name for name, count in shared.items() if count == most > (0, 0))


def _plain(word: str) -> object:
    """A name without its quotes."""
    try:
        return unquoted(word) if word.startswith('"') else word
    except ValueError:
        return word


def _shared(word: str, column: ColumnProfile) -> tuple[int, int]:
    """How many words of a column's name some words share, and how many of them in full."""
    own = [*_words(column.readable), *_words(column.name)]
    said = _words(word)
    alike = sum(any(_alike(one, other) for other in own) for one in said)
    return alike, sum(one in own for one in said)


def _words(text: str) -> list[str]:
    return [word for found in _WORD.findall(_JOINT.sub(" ", text)) if (word := found.lower()) not in SMALL]


def _alike(one: str, other: str) -> bool:
    """Whether two words are one, or the one is the other cut short."""
    short, long = sorted((one, other), key=len)
    return long == short or (len(short) >= SHORTEST and long.startswith(short))
