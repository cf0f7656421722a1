"""Lines to a model for tests: over a purse that is kept in memory, at a pace that costs no time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from actors.runtime.settings import Timing
from actors.teaching.line import Asked, Line, Patience, Sender
from actors.teaching.money import Prices
from actors.teaching.outcome import Answered, Failed
from actors.teaching.purse import Caps, Purse
from events.calls import Reply
from events.envelope import Recorded
from events.struct import Event
from events.wire import AnyEvent
from store.projections.calls import Calls
from tests.teaching.servers import MODEL, PRICES

PRICE = Prices.of(PRICES["price_prompt"], PRICES["price_completion"])


@dataclass
class Clock:
    """Time that passes only while somebody waits."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds

    @property
    def timing(self) -> Timing:
        return Timing(self.sleep, lambda: self.seconds, lambda: 0.5)


@dataclass
class Plays:
    """Sends nothing; gives what it was told to give, and then answers."""

    given: list[Answered | Failed] = field(default_factory=list)
    sent: list[Mapping[str, Any]] = field(default_factory=list)

    async def send(self, body: Mapping[str, Any], /) -> Answered | Failed:
        self.sent.append(body)
        return self.given.pop(0) if self.given else answer()


class Kept:
    """A purse, and every event that it made durable."""

    def __init__(self, caps: Caps | None = None, calls: Calls | None = None) -> None:
        self.events: list[Event] = []
        self.purse = Purse(calls or Calls(), caps or Caps(), self.announce)

    async def announce(self, event: Event) -> None:
        self.events.append(event)
        self.purse.hear([Recorded(len(self.events), "", "", cast("AnyEvent", event))])

    def line(self, sender: Sender, clock: Clock | None = None, **given: Any) -> Line:
        patience = Patience(given.pop("tries", 8), given.pop("seconds", 600.0))
        timing = None if clock is None else clock.timing
        return Line(
            sender=sender,
            purse=self.purse,
            prices=PRICE,
            patience=patience,
            attempts=64,
            timing=timing,
            **given,
        )


def answer(text: str = "done", prompt: int = 100, completion: int = 10) -> Answered:
    return Answered(Reply(text), {"prompt_tokens": prompt, "completion_tokens": completion})


def asked(words: str = "hello", trace: str = "t", account: str = "e") -> Asked:
    messages = [{"role": "user", "content": words}]
    body = {"model": MODEL, "messages": messages, "max_tokens": 50}
    return Asked(body, 50, trace, account, "template", "p")
