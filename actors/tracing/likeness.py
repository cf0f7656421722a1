"""How alike the statements of two traces are, whatever their variables are called."""

import ast
import re
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher
from functools import lru_cache

_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*|'[^']*'")
_COUNTED = re.compile(r"_\d+$")
ALIKE = 0.6
"""Share of words in common from which a statement in a changed stretch of code is one of the other side's."""


def left_out(statements: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    """The places of those statements that have no counterpart among the others, in order."""
    found: set[int] = set()
    shapes, other_shapes = [list(map(shape, side)) for side in (statements, others)]
    for what, start, end, other_start, other_end in SequenceMatcher(
        None, shapes, other_shapes, autojunk=False
    ).get_opcodes():
        if what in ("delete", "replace"):
            found |= {
                at
                for at in range(start, end)
                if not is_like_any(statements[at], others[other_start:other_end])
            }
    return frozenset(found)


@lru_cache(maxsize=4096)
def shape(statement: str) -> str:
    """The statement without the names of variables."""
    tree = ast.parse(statement)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = "_"
    return ast.unparse(tree)


def is_like_any(statement: str, others: Sequence[str]) -> bool:
    """Whether one of the others has most words in common with it."""
    words = words_of(statement)
    return any(likeness(words, words_of(one)) >= ALIKE for one in others)


def likeness(left: Set[str], right: Set[str]) -> float:
    """The share of words that two statements have in common, between 0 and 1."""
    return len(left & right) / max(len(left | right), 1)


@lru_cache(maxsize=4096)
def words_of(statement: str) -> frozenset[str]:
    """Names, numbers and texts of a statement; `kept_2` is `kept`."""
    return frozenset(_words(statement))


def _words(statement: str) -> Iterator[str]:
    return (_COUNTED.sub("", word) for word in _WORD.findall(statement))
