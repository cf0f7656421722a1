"""What a kind of field is: how it is asked for, read, written, compared and rounded.

Reading gives the one form in which values are compared, or says that there is none; comparing sees read
values alone. So an answer of the wrong form and a wrong answer are two failures.
"""

import json
from abc import ABC, abstractmethod
from typing import Any

from events.answer_contract import AnswerField, Part
from events.struct import Fact

_APART = set(",;:[]{}\"'\\")
"""What sets the parts of a longer text apart."""


class Unreadable(Fact, frozen=True):
    """A value that is not of the form asked for."""

    why: str = ""
    """What is wrong, where more can be said than what was asked for."""


class Kind(ABC):
    """One kind of field. Values are plain JSON on the way in, and read values from then on."""

    @abstractmethod
    def told(self, field: AnswerField) -> str:
        """What the solver is asked for."""

    @abstractmethod
    def schema(self, field: AnswerField) -> dict[str, Any]:
        """The JSON schema of a value."""

    @abstractmethod
    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """The value in the form that is compared."""

    @abstractmethod
    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """The value that a text is, where all there is is text."""

    @abstractmethod
    def written(self, field: AnswerField, value: Any) -> str:
        """A text that `spelled` reads as the value, numbers with the decimals asked for."""

    @abstractmethod
    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """Whether it matches the gold (`half`), or two answers agree."""

    def rounded(self, field: AnswerField, value: Any) -> Any:  # noqa: ARG002  most kinds have no decimals
        """The value with the decimals asked for."""
        return value

    def canonical(self, field: AnswerField, value: Any) -> Any:  # noqa: ARG002  most are it as read
        """One JSON form for all that is the same but for tolerance."""
        return value


def quoted(label: Any) -> str:
    """A label as a part of a longer text: as it is, or as a JSON text where it could not be told apart."""
    text = label if isinstance(label, str) else repr(label)
    if text and text == text.strip() and text.isprintable() and not set(text) & _APART:
        return text
    return json.dumps(text, ensure_ascii=False).replace("[", "\\u005b").replace("]", "\\u005d")


def unquoted(text: str) -> str:
    """A text without the quotes around all of it."""
    bare = text.strip()
    if len(bare) == 1 or bare[:1] not in {'"', "'"} or bare[0] != bare[-1]:
        return bare
    try:
        return str(json.loads(bare)) if bare[0] == '"' else bare[1:-1]
    except json.JSONDecodeError:
        return bare[1:-1]
