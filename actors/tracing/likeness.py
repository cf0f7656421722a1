"""How alike the statements of two traces are, whatever their variables are called."""

import re
from collections.abc import Iterator, Set
from functools import lru_cache

_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*|'[^']*'")
_COUNTED = re.compile(r"_\d+$")
ALIKE = 0.6
"""Share of words in common from which one statement may stand in the place of another."""


def is_alike(left: str, right: str) -> bool:
    """Whether two statements have most words in common."""
    return likeness(words_of(left), words_of(right)) >= ALIKE


def likeness(left: Set[str], right: Set[str]) -> float:
    """The share of words that two statements have in common, between 0 and 1."""
    return len(left & right) / max(len(left | right), 1)


@lru_cache(maxsize=4096)
def words_of(statement: str) -> frozenset[str]:
    """Names, numbers and texts of a statement; `kept_2` is `kept`."""
    return frozenset(_words(statement))


def _words(statement: str) -> Iterator[str]:
    return (_COUNTED.sub("", word) for word in _WORD.findall(statement))
