"""Whose turn it is to have a session: in order of asking, the urgent first, and nobody waits for ever."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

ELDEST_EVERY = 4
"""Each so-manieth turn goes to whoever has waited longest, however urgent others are."""


@dataclass(eq=False)
class _Waiter:
    priority: int
    called: anyio.Event = field(default_factory=anyio.Event)


class Turns:
    """Places, each of which is had by one at a time.

    A free place goes to the waiter of the highest priority, and among those to the one that asked first; but
    each fourth goes to whoever asked first of all. So whoever has n waiters before it when it asks is called
    after at most 4 (n + 1) others, and three quarters of all places go by priority whoever waits.

    Args:
        places: how many can be had at once.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: list[_Waiter] = []
        self._calls = 0

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self._free

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, priority: int = 0) -> AsyncIterator[None]:
        """Have a place; it is given back at the end, or when whoever waits for it is cancelled.

        Args:
            priority: a higher one goes first.
        """
        await self._called(priority)
        try:
            yield
        finally:
            self._give_back()

    async def _called(self, priority: int) -> None:
        waiter = _Waiter(priority)
        self._waiting.append(waiter)
        self._call()
        if waiter.called.is_set():
            return
        try:
            await waiter.called.wait()
        except BaseException:  # a cancellation, which may come just after the call
            if waiter.called.is_set():
                self._give_back()
            else:
                self._waiting.remove(waiter)
            raise

    def _give_back(self) -> None:
        self._free += 1
        self._call()

    def _call(self) -> None:
        while self._free and self._waiting:
            waiter = self._next()
            self._waiting.remove(waiter)
            self._free -= 1
            self._calls += 1
            waiter.called.set()

    def _next(self) -> _Waiter:
        """The waiters stand in the order in which they asked, so the first of those that are equal wins."""
        if self._calls % ELDEST_EVERY == ELDEST_EVERY - 1:
            return self._waiting[0]
        return max(self._waiting, key=lambda waiter: waiter.priority)
