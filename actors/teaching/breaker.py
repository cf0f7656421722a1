"""Leaves a server in peace that fails again and again; then one call goes first, before the others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio

TRIPS = 6
"""Failures in a row after which no call is sent for a while."""
FIRST_PAUSE = 1.0
"""Seconds of the first such while; each that follows without an answer between is twice as long."""
LONGEST_PAUSE = 60.0


class Breaker:
    """A circuit breaker.

    Args:
        sleep: waits so many seconds.
        now: seconds on a clock that only goes forward.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]], now: Callable[[], float]) -> None:
        self._sleep = sleep
        self._now = now
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_until: float | None = None
        self._probing = False
        self._probed = anyio.Event()

    @property
    def open(self) -> bool:
        """Whether calls wait."""
        return self._closed_until is not None

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Wait until a call may be sent; whoever goes first after a pause goes alone."""
        probes = await self._wait()
        try:
            yield
        finally:
            if probes and self._probing:  # it ended without a word about the server
                self._end_probe()

    def answered(self) -> None:
        """The server gave an answer, be it that it has too much to do."""
        self._failures, self._pause, self._closed_until = 0, FIRST_PAUSE, None
        self._end_probe()

    def failed(self) -> None:
        """The server gave no answer, or none that can be used."""
        self._failures += 1
        if self._probing or (self._failures >= TRIPS and not self.open):
            self._closed_until = self._now() + self._pause
            self._pause = min(LONGEST_PAUSE, 2.0 * self._pause)
        self._end_probe()

    async def _wait(self) -> bool:
        """Whether the call that waited is the one that tries."""
        while self._closed_until is not None:
            if (left := self._closed_until - self._now()) > 0.0:
                await self._sleep(left)
            elif not self._probing:
                self._probing = True
                return True
            else:
                await self._probed.wait()
        return False

    def _end_probe(self) -> None:
        self._probing = False
        self._probed.set()
        self._probed = anyio.Event()
