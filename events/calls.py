"""What calls of a model cost: the worst case before each, what it came to after, and what came back.

Money is counted in whole trillionths of the currency in which prices were given, so that sums are exact.
"""

from typing import Literal

from events.question import Source
from events.struct import Event, Fact

CallEnd = Literal["answered", "refused", "failed"]


class ToolCall(Fact, frozen=True):
    """A native tool call as the model wrote it."""

    id: str
    """What the server called it."""
    name: str
    """The tool that was asked for."""
    arguments: str
    """Its arguments, which should be JSON."""


class Reply(Fact, frozen=True):
    """What a model said in one answer."""

    text: str
    """Its words, without its reasoning."""
    reasoning: str = ""
    """What it thought aloud, kept apart; nothing is ever parsed out of it."""
    tool_calls: tuple[ToolCall, ...] = ()
    """Native tool calls."""
    finish: str = ""
    """Why the server stopped: stop, length, tool_calls, …"""
    tokens: int = 0
    """Tokens that it took, as the server says, or as its length tells where that cannot be true."""
    seconds: float = 0.0
    """How long the server took for it."""


class CallReserved(Event, frozen=True):
    """A request is about to be sent to a model's server; until its end is known its worst case counts."""

    call: str
    """Id of this sending: the request, and how often it was sent before."""
    request: str
    """Digest of the whole request and of the trace that makes it."""
    trace: str
    """Id of the trace that it is made for."""
    account: str
    """Id of the episode whose cap it counts to."""
    source: Source
    """The question's source."""
    model: str
    """The model that is asked."""
    prompts: str
    """Digest of the prompt files that the request was made from."""
    day: str
    """The day in UTC whose cap it counts to."""
    prompt_tokens: int
    """Tokens that the request can have at most."""
    completion_tokens: int
    """Tokens that the answer may have at most."""
    reserved: int
    """What that would cost."""


class CallSettled(Event, frozen=True):
    """A sending came to its end, and what it cost is known as well as it ever will be."""

    call: str
    """Id of the sending."""
    end: CallEnd
    """With an answer; refused, which costs nothing; or failed, which may have cost all of it."""
    detail: str
    """What the server said, or what went wrong; empty for an answer."""
    prompt_tokens: int
    """Tokens of the request that are paid for."""
    completion_tokens: int
    """Tokens of the answer that are paid for."""
    cost: int
    """What it cost; where that cannot be known the worst case stays."""
    certain: bool
    """Whether that is what the server's usage figures say, rather than the worst case."""
    seconds: float
    """How long it took."""
    reply: Reply | None = None
    """What was answered; it is never asked again for this trace."""
