"""The line to a model: a request becomes an answer, however often it is sent, and each time is paid.

ask ─▶ answered before? ─▶ breaker ─▶ limiter ─▶ purse (durable) ─▶ endpoint ─▶ purse (durable) ─▶ reply
         ▲                                                             │
         └────────────── wait: Retry-After, or twice as long ◀─ failed ┘
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Protocol

import msgspec
import structlog

from actors.ports import InfrastructureError, Postponed
from actors.runtime.settings import Timing
from actors.teaching.breaker import Breaker
from actors.teaching.limiter import Limiter
from actors.teaching.money import Prices, Tokens, believed, most_tokens
from actors.teaching.outcome import Answered, Failed
from actors.teaching.purse import Purse
from events.calls import CallReserved, CallSettled, Reply
from events.identity import canonical_json, identify
from events.question import Source

FIRST_WAIT = 0.5
"""Seconds before a request is sent again; twice as long each further time."""
LONGEST_WAIT = 30.0
_BYTES_A_TOKEN = 4

_log = structlog.get_logger()


class ServerFailed(InfrastructureError):
    """A request was not answered, however often it was sent; says nothing about who asked."""


class ContextFull(Exception):
    """The conversation is longer than the model can take."""


class Sender(Protocol):
    """What sends a request once."""

    async def send(self, body: Mapping[str, Any], /) -> Answered | Failed:
        """What came back."""
        ...


@dataclass(frozen=True)
class Asked:
    """A request, and who pays for it."""

    body: Mapping[str, Any]
    """The request as it is sent."""
    reply_tokens: int
    """Tokens that the answer may have."""
    trace: str
    """The trace that it is made for."""
    account: str
    """The episode whose cap it counts to."""
    source: Source
    """The question's source."""
    prompts: str
    """Digest of the prompt files."""

    @property
    def request(self) -> str:
        """What the answer is known by: the same words in another trace are another request."""
        return identify("request", self.trace, self.body)


@dataclass(frozen=True)
class Patience:
    """How long one request is tried."""

    tries: int
    """How often it is sent."""
    seconds: float
    """How long, waits and all; no wait is begun that would end later."""


class Line:
    """Asks a model.

    Args:
        sender: sends a request once.
        purse: sets money aside for it, and knows what was answered before.
        prices: what tokens cost.
        patience: how long a request is tried.
        attempts: calls under way at once, at most.
        timing: what passes and tells the time.
    """

    def __init__(  # noqa: PLR0913  made in one place, which names them
        self,
        *,
        sender: Sender,
        purse: Purse,
        prices: Prices,
        patience: Patience,
        attempts: int,
        timing: Timing | None = None,
        today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat(),
    ) -> None:
        self._sender = sender
        self._purse = purse
        self._prices = prices
        self._patience = patience
        self._timing = timing or Timing()
        self._today = today
        self._limiter = Limiter(attempts, self._timing.now)
        self._breaker = Breaker(self._timing.sleep, self._timing.now)

    async def ask(self, asked: Asked) -> Reply:
        """The answer to a request; one that was answered and recorded before is not asked again.

        Raises:
            ServerFailed: the server gave none within our patience.
            ContextFull: the request is longer than the model can take.
            Postponed: a cap is reached, or the server refuses whatever is sent.
        """
        known = self._purse.calls.replies.get(asked.trace, {}).get(asked.request)
        if known is not None:
            return known
        until = self._timing.now() + self._patience.seconds
        for tries in count(1):
            got = await self._sent(asked)
            if isinstance(got, Reply):
                return got
            _raise_hopeless(got)
            wait = self._wait(got, tries)
            if tries >= self._patience.tries or self._timing.now() + wait > until:
                message = f"the model's server gave no answer in {tries} tries; the last: {got.detail}"
                raise ServerFailed(message)
            await self._timing.sleep(wait)
        raise AssertionError("counting does not end")

    async def _sent(self, asked: Asked) -> Reply | Failed:
        """What one sending came to, paid for."""
        async with self._breaker.passage(), self._limiter.place():
            call = self._call(asked)
            await self._purse.reserve(call)
            try:
                began = self._timing.now()
                got = await self._sender.send(asked.body)
                seconds = self._timing.now() - began
                end = self._settlement(call, asked, got, seconds)
                await self._purse.settle(end)
            finally:
                self._purse.let_go(call.call)
            self._learn(got, seconds)
        return got if isinstance(got, Failed) else end.reply or got.reply

    def _call(self, asked: Asked) -> CallReserved:
        most = most_tokens(asked.body, asked.reply_tokens)
        request = asked.request
        before = self._purse.calls.sent.get(asked.trace, {}).get(request, 0)
        return CallReserved(
            call=identify("call", request, before + 1),
            request=request,
            trace=asked.trace,
            account=asked.account,
            source=asked.source,
            model=str(asked.body["model"]),
            prompts=asked.prompts,
            day=self._today(),
            prompt_tokens=most.prompt,
            completion_tokens=most.completion,
            reserved=self._prices.of_tokens(most),
        )

    def _settlement(
        self, call: CallReserved, asked: Asked, got: Answered | Failed, seconds: float
    ) -> CallSettled:
        """What a sending cost: nothing, what usage figures say that can be true, or the worst case."""
        most = Tokens(call.prompt_tokens, call.completion_tokens)
        free = isinstance(got, Failed) and got.free
        said = _said(got)
        figures = believed(got.usage, most, len(canonical_json(asked.body["messages"])), said)
        paid = Tokens(0, 0) if free else figures or most
        reply = None
        if isinstance(got, Answered):
            tokens = figures.completion if figures else -(-said // _BYTES_A_TOKEN)
            reply = msgspec.structs.replace(got.reply, tokens=tokens, seconds=seconds)
        return CallSettled(
            call=call.call,
            end="answered" if reply else "refused" if free else "failed",
            detail=got.detail if isinstance(got, Failed) else "",
            prompt_tokens=paid.prompt,
            completion_tokens=paid.completion,
            cost=self._prices.of_tokens(paid),
            certain=free or figures is not None,
            seconds=seconds,
            reply=reply,
        )

    def _learn(self, got: Answered | Failed, seconds: float) -> None:
        """What a sending tells about the server."""
        if isinstance(got, Answered):
            self._limiter.answered(seconds)
        elif got.fault == "crowded":
            self._limiter.refused()
        if isinstance(got, Failed):
            _log.info("call failed", fault=got.fault, detail=got.detail, limit=self._limiter.limit)
        if isinstance(got, Failed) and got.fault == "server":
            self._breaker.failed()
        else:
            self._breaker.answered()

    def _wait(self, failed: Failed, tries: int) -> float:
        """As long as the server asks for, and a random part of what is doubled each time beside."""
        own = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries - 1, 30))
        return (failed.retry_after or 0.0) + own * (0.5 + 0.5 * self._timing.draw())


def _said(got: Answered | Failed) -> int:
    """Bytes that were answered, reasoning too: it is paid for."""
    if isinstance(got, Failed):
        return 0
    words = (got.reply.text, got.reply.reasoning, *(call.arguments for call in got.reply.tool_calls))
    return sum(len(word.encode()) for word in words)


def _raise_hopeless(failed: Failed) -> None:
    if failed.fault == "context":
        raise ContextFull(failed.detail)
    if failed.fault == "request":
        message = f"the model's server refuses the request: {failed.detail}; mend key, model or settings"
        raise Postponed(message)
