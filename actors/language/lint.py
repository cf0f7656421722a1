"""What is wrong with a text as English, whatever it means: words of a programmer, slips, length."""

import re
from collections.abc import Iterator
from itertools import pairwise

from actors.language.operator import grammar
from actors.language.pattern import tokens

MOST_WORDS = 60
"""A longer text is not read to its end."""
SHOP = frozenset(
    {"dataset", "dataframe", "column", "columns", "step", "steps", "compute", "filter", "groupby"}
)
"""Words of somebody who programs, not of somebody who asks."""
OF_QUALITY = frozenset({"column", "columns"})
"""Of these a question about the quality of a table cannot do without."""
_SILENT = ("hour", "honest", "heir")
_NO_VOWEL = ("one", "uni", "use", "usu", "eu", "ut")


def faults(text: str, *, is_of_quality: bool = False) -> list[str]:
    """Each fault in a few words; none where the text is in order.

    Args:
        text: a question; quoted names are taken as they are.
        is_of_quality: whether it asks about the columns themselves.
    """
    return [*_length(text), *_shop(text, is_of_quality), *_slips(text), *_beginnings(text)]


def is_long(text: str) -> bool:
    """Whether a text has more words than anybody reads."""
    return len(text.split()) > MOST_WORDS


def _length(text: str) -> Iterator[str]:
    if is_long(text):
        yield f"{len(text.split())} words"


def _shop(text: str, is_of_quality: bool) -> Iterator[str]:
    words = [token.lower() for token in tokens(text) if not token.startswith('"')]
    for word in words:
        if word in SHOP and not (is_of_quality and word in OF_QUALITY):
            yield f"says {word!r}"
        if "_" in word and word in grammar():
            yield f"names the operator {word!r}"
    if "group by" in " ".join(words):
        yield "says 'group by'"


def _slips(text: str) -> Iterator[str]:
    row = [token.lower() for token in tokens(text)]
    for one, other in pairwise(row):
        if one == other and re.fullmatch(r"[a-z]+", one):
            yield f"says {one!r} twice"
        if one in ("a", "an") and re.match("[a-z]", other) and (one == "an") != _sounds_as_vowel(other):
            yield f"says '{one} {other}'"


def _sounds_as_vowel(word: str) -> bool:
    if word.startswith(_SILENT):
        return True
    return word[0] in "aeiou" and not word.startswith(_NO_VOWEL)


def _beginnings(text: str) -> Iterator[str]:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    begun = [" ".join(sentence.split()[:2]) for sentence in re.split(r"(?<=[.?!])\s+", bare)]
    for one, other in pairwise(begun):
        if one == other:
            yield f"two sentences begin with {one!r}"
