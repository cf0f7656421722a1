"""Patterns of words with slots: one pattern both writes a phrase and reads it back.

A text is a row of tokens: words, numbers, punctuation, and quoted names spelled as JSON strings, so
that a header or level with quotes, line breaks or full stops in it stays one token.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\d{4}-\d\d-\d\d(?!\w)|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?%?'
    r"|\{(?:the )?\w+\}|[\w\'-]+|[^\s\w]"
)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
PLACES = ("", "first", "second", "third", "fourth", "fifth")
"""Places in an order, in words."""


@dataclass(frozen=True)
class Slot:
    """A place in a pattern that something else fills."""

    name: str
    has_article: bool = False
    """Whether what fills it has `the` before it, where it is no name."""


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text."""
    return tuple(_TOKEN.findall(text))


@lru_cache(maxsize=1024)
def items(pattern: str) -> tuple[str | Slot, ...]:
    """A pattern as words and slots."""
    return tuple(
        Slot(token[1:-1].removeprefix("the "), token.startswith("{the ")) if _is_slot(token) else token
        for token in tokens(pattern)
    )


def slots(pattern: str) -> tuple[Slot, ...]:
    """A pattern's slots, in order."""
    return tuple(item for item in items(pattern) if isinstance(item, Slot))


def _is_slot(token: str) -> bool:
    return token.startswith("{") and len(token) > 2


def fill(pattern: str, values: Mapping[str, str]) -> str:
    """The pattern with its slots filled, each by its name, or by `the` and its name where it stands so.

    An empty filling leaves no double space.
    """
    filled = re.sub(r"\{((?:the )?\w+)\}", lambda slot: values[slot.group(1)], pattern)
    return re.sub(r" {2,}", " ", filled).strip()


def same_word(token: str, word: str) -> bool:
    """Whether a token is that word, its first letter in either case; quoted names are never words."""
    return not token.startswith('"') and token[:1].lower() + token[1:] == word[:1].lower() + word[1:]


def on_one_line(name: str) -> str:
    """A name with all white space in it as single blanks, and none around it."""
    return " ".join(name.split())


LONGEST_QUOTED = 100
"""Characters of a name at most that a text quotes."""


def reads_plainly(name: object) -> bool:
    """Whether a reader sees in a text, between quotes, exactly the name or label that the file has."""
    if not isinstance(name, str):
        return True
    shown = name.isprintable() and not set(name) & set('"\\') and on_one_line(name) == name
    return shown and len(name) <= LONGEST_QUOTED and any(_TELLING.match(category(char)) for char in name)


_TELLING = re.compile("[LNS]")
"""Letters, digits and signs; what is punctuation alone is taken for a part of the sentence."""


def quoted(name: object) -> str:
    """A column or level as it stands in a text: names in quotes, numbers as they are."""
    return json.dumps(name, ensure_ascii=False)


def unquoted(token: str) -> object:
    """The inverse of `quoted`.

    Raises:
        ValueError: the token is neither a quoted name nor a number.
    """
    if token.startswith('"') or re.fullmatch(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", token):
        value: object = json.loads(token)
        return value
    msg = f"not a name or number: {token}"
    raise ValueError(msg)


def is_day(token: str) -> bool:
    """Whether a token is a day, as in 2024-02-29."""
    return bool(_DAY.fullmatch(token))


def listing(names: tuple[str, ...]) -> str:
    """Names as a person lists them: a, b and c."""
    words = [quoted(name) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
