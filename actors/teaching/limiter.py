"""How many calls are under way at once: more while the server keeps up, half when it says it does not."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

START = 8
"""Calls under way at the beginning."""
_WEIGHT = 0.125
"""How much one answer changes what is taken for the present latency."""
_SLOWER = 3.0
"""By how much the present latency must exceed the best, until the server counts as crowded."""
_DRIFT = 1.001
"""By how much the best latency is forgotten with each answer."""


class Limiter:
    """Additive increase, multiplicative decrease. Until the first sign of crowding it doubles each round.

    Args:
        most: calls under way that are never exceeded.
        now: seconds on a clock that only goes forward.
    """

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = float(most)
        self._now = now
        self._limit = min(float(START), self._most)
        self._places = anyio.CapacityLimiter(int(self._limit))
        self._doubling = True
        self._latency = 0.0
        self._best = 0.0
        self._cut_at = -float("inf")

    @property
    def limit(self) -> int:
        """Calls that may be under way now."""
        return int(self._limit)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Have a place for one call, in order of asking."""
        holder = object()
        await self._places.acquire_on_behalf_of(holder)
        try:
            yield
        finally:
            self._places.release_on_behalf_of(holder)

    def answered(self, seconds: float) -> None:
        """A call was answered after so long."""
        self._latency += (seconds - self._latency) * (_WEIGHT if self._latency else 1.0)
        self._best = min(self._best * _DRIFT, self._latency) if self._best else self._latency
        if self._latency > self._best * _SLOWER:
            self._cut(0.9)
        else:
            self._set(self._limit + (1.0 if self._doubling else 1.0 / self._limit))

    def refused(self) -> None:
        """The server said that it has too much to do."""
        self._cut(0.5)

    def _cut(self, factor: float) -> None:
        """Have fewer under way; what was sent before the last cut says nothing about the time since."""
        if self._now() - self._cut_at < self._latency:
            return
        self._doubling, self._cut_at = False, self._now()
        self._set(self._limit * factor)

    def _set(self, limit: float) -> None:
        self._limit = max(1.0, min(self._most, limit))
        self._places.total_tokens = int(self._limit)
