"""What a call costs: its worst case from the request alone, and the truth as far as usage figures tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.identity import canonical_json

TRILLIONTHS = 10**12
"""The log's units of money in one of the currency."""
_MILLION = 10**6
_BESIDE = 1024
"""Tokens that a server's template may add to a request, at most."""
_LONGEST_TOKEN = 24
"""Bytes of text that a token has on average at most; figures that say more are not believed."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of a request and of its answer."""

    prompt: int
    completion: int


@dataclass(frozen=True)
class Prices:
    """What one token costs, in trillionths."""

    prompt: int
    completion: int

    @classmethod
    def of(cls, prompt: float, completion: float) -> "Prices":
        """Prices by what a million tokens cost."""
        return cls(*(round(price * TRILLIONTHS / _MILLION) for price in (prompt, completion)))

    @property
    def told(self) -> bool:
        """Whether anything costs anything."""
        return self.prompt > 0 or self.completion > 0

    def of_tokens(self, tokens: Tokens) -> int:
        """What so many tokens cost."""
        return tokens.prompt * self.prompt + tokens.completion * self.completion


def most_tokens(body: Mapping[str, Any], reply_tokens: int) -> Tokens:
    """The most tokens that a request and its answer can have: no token is shorter than a byte of the text."""
    return Tokens(len(canonical_json(body)) + _BESIDE, reply_tokens)


def believed(usage: Any, most: Tokens, prompt_bytes: int, reply_bytes: int) -> Tokens | None:
    """What a server's usage figures say; None where they are missing or cannot be true.

    Args:
        usage: the field `usage` of an answer, whatever it is.
        most: the worst case.
        prompt_bytes: length of the request's messages.
        reply_bytes: length of what was answered.
    """
    if not isinstance(usage, Mapping):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(prompt) is not int or type(completion) is not int:
        return None
    if not prompt_bytes <= prompt * _LONGEST_TOKEN or not reply_bytes <= completion * _LONGEST_TOKEN:
        return None
    if prompt > most.prompt or completion > most.completion or completion < 0:
        return None
    return Tokens(prompt, completion)
