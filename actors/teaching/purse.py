"""Sees that no cap is passed: the worst case of a call is set aside, on disk too, before it is sent."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import anyio

from actors.ports import Postponed
from actors.teaching.money import TRILLIONTHS
from events.calls import CallReserved, CallSettled
from events.struct import Event
from events.wire import AnyRecorded
from store.projections import calls as projection
from store.projections.calls import Calls, Tally

Announce = Callable[[Event], Awaitable[None]]
"""Makes an event durable; whoever follows the log has heard of it before this returns."""


class CapReached(Postponed):
    """A call could cost more than may still be spent."""


@dataclass(frozen=True)
class Caps:
    """What may be spent, in trillionths; None where that is not bounded."""

    run: int | None = None
    day: int | None = None
    episode: int | None = None


@dataclass(frozen=True)
class _Bound:
    name: str
    cap: int
    spent: int
    flying: int

    @property
    def told(self) -> str:
        cap, spent = (_amount(amount) for amount in (self.cap, self.spent - self.flying))
        return (
            f"the cap of {cap} on {self.name} leaves no room for another call, with {spent} spent; "
            f"raise it, or run the same command again when it counts anew"
        )


class Purse:
    """Caps over what the log says was spent.

    Args:
        calls: what was spent until now; kept up to date by `hear`.
        caps: what may be spent.
        announce: makes an event durable.
    """

    def __init__(self, calls: Calls, caps: Caps, announce: Announce) -> None:
        self.calls = calls
        self._caps = caps
        self._announce = announce
        self._before = calls.total.cost
        self._entering: dict[str, CallReserved] = {}
        self._flying: dict[str, CallReserved] = {}
        self._changed = anyio.Event()

    @property
    def spent(self) -> int:
        """What this run came to at most, what is under way with its worst case."""
        return self.calls.total.cost - self._before

    def hear(self, batch: Sequence[AnyRecorded]) -> None:
        """Events became durable."""
        for recorded in batch:
            event = recorded.event
            if type(event) in projection.HEARS:
                projection.apply(self.calls, recorded)
            if isinstance(event, CallReserved) and self._entering.pop(event.call, None) is not None:
                self._flying[event.call] = event

    async def reserve(self, call: CallReserved) -> None:
        """Set aside the worst case of a call; waits while only what is under way leaves no room for it.

        Raises:
            CapReached: there would be none even if what is under way cost nothing.
        """
        while any(bound.spent + call.reserved > bound.cap for bound in self._bounds(call)):
            for bound in self._bounds(call):
                if bound.spent - bound.flying + call.reserved > bound.cap:
                    raise CapReached(bound.told)
            await self._changed.wait()
        self._entering[call.call] = call
        try:
            await self._announce(call)
        finally:
            self._entering.pop(call.call, None)

    async def settle(self, end: CallSettled) -> None:
        """Put what is known in the place of the worst case."""
        await self._announce(end)
        self.let_go(end.call)

    def let_go(self, call: str) -> None:
        """Nothing more will be known of a call: its worst case stays."""
        self._flying.pop(call, None)
        self._changed.set()
        self._changed = anyio.Event()

    def _bounds(self, call: CallReserved) -> Iterator[_Bound]:
        calls, empty = self.calls, Tally()
        scopes = (
            ("a run", self._caps.run, self.spent, lambda _: True),
            ("a day", self._caps.day, calls.days.get(call.day, empty).cost, lambda one: one.day == call.day),
            (
                "an episode",
                self._caps.episode,
                calls.accounts.get(call.account, empty).cost,
                lambda one: one.account == call.account,
            ),
        )
        for name, cap, spent, counts in scopes:
            if cap is not None:
                entering = sum(one.reserved for one in self._entering.values() if counts(one))
                flying = sum(one.reserved for one in self._flying.values() if counts(one))
                yield _Bound(name, cap, spent + entering, flying + entering)


def _amount(trillionths: int) -> str:
    return f"{trillionths / TRILLIONTHS:.6f}".rstrip("0").rstrip(".")
