"""How often the runtime tries, how long it waits, and what tells the time."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from actors.runtime.bus import KEEP, WINDOW


@dataclass(frozen=True)
class Settings:
    """The numbers of supervision. None of them enters an id or an outcome."""

    max_tries: int = 3
    """Failed tries of a key, infrastructure apart, after which it is put aside."""
    infrastructure_tries: int = 5
    """Tries of a key lost to infrastructure in one run, after which it waits for the next."""
    max_restarts: int = 5
    """Restarts of an actor within `restart_seconds` that are borne; one more ends the run."""
    restart_seconds: float = 60.0
    """The window in which restarts are counted."""
    first_delay: float = 0.1
    """Seconds before the second try or the first restart; doubled for each further one."""
    infrastructure_delay: float = 1.0
    """The same after a try that was lost to infrastructure, which takes longer to come back."""
    longest_delay: float = 10.0
    """Seconds beyond which no delay grows."""
    jitter: float = 0.5
    """The share of a delay that is random, so that what failed together does not return together."""
    concurrency: int = 4
    """Pieces of work that an actor has running at once, unless it is given its own limit."""
    drain_seconds: float = 10.0
    """How long running work may take to end once a drain is asked for."""
    window: int = WINDOW
    """Events that an actor takes from the log at once."""
    keep: int = KEEP
    """Recent events kept in memory for actors that lag; who lags further reads from the disk."""


@dataclass(frozen=True)
class Timing:
    """What passes and tells the time; tests hand in their own."""

    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    """Waits this many seconds."""
    now: Callable[[], float] = anyio.current_time
    """Seconds on a clock that only goes forward."""
    draw: Callable[[], float] = field(default_factory=lambda: random.Random().random)
    """A number in [0, 1) for jitter."""


@dataclass(frozen=True)
class Backoff:
    """Waits that double from failure to failure."""

    settings: Settings
    timing: Timing

    async def pause(self, times: int, *, infrastructure: bool = False) -> None:
        """Wait as is due after the `times`-th failure in a row, from 1."""
        await self.timing.sleep(self.seconds(times, infrastructure=infrastructure))

    def seconds(self, times: int, *, infrastructure: bool = False) -> float:
        """How long that is."""
        first = self.settings.infrastructure_delay if infrastructure else self.settings.first_delay
        whole = min(self.settings.longest_delay, first * 2.0 ** min(times - 1, 30))
        return whole * (1.0 - self.settings.jitter * self.timing.draw())
