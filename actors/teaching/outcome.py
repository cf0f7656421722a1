"""What became of one request that was sent: an answer, or what kind of failure."""

from dataclasses import dataclass
from typing import Any, Literal

from events.calls import Reply

Fault = Literal["crowded", "server", "context", "request"]
"""Too much to do; it failed; the conversation is too long; or nothing that a retry could mend."""


@dataclass(frozen=True)
class Answered:
    """The server answered."""

    reply: Reply
    """What it said, without its cost."""
    usage: Any
    """Its usage figures, whatever they are."""


@dataclass(frozen=True)
class Failed:
    """The server did not answer, or with nothing that can be used."""

    fault: Fault
    """What kind of failure it is."""
    detail: str
    """What was seen."""
    free: bool
    """Whether it surely cost nothing."""
    usage: Any = None
    """Usage figures, where some came with it."""
    retry_after: float | None = None
    """Seconds that the server asks to be left alone."""
