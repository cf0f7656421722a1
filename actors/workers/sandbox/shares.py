"""How long a session waited for processors that others had, as the kernel tells it.

The kernel counts that for the first thread of a process, and what all its threads had together: what the
others of them had, the first one waited for by its own doing.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CLOCK = 2
"""Which of a process's clocks counts what all its threads had, to the nanosecond (`CPUCLOCK_SCHED`)."""


def threads_of(pid: int) -> int:
    """How many threads a process has now; 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        return int(told_of(Path(f"/proc/{pid}/stat"))[17])
    return 0


def is_waiting(pid: int) -> bool:
    """Whether a process could run at this moment and no thread of it does."""
    with suppress(OSError, ValueError):
        before = _had(pid)
        return told_of(Path(f"/proc/{pid}/stat"))[0] == "R" and _had(pid) == before
    return False


@dataclass(frozen=True)
class Share:
    """What a process had of the processors, since it began; all in seconds."""

    at: float
    """By the monotonic clock."""
    ran: float
    """How long its first thread had one."""
    waited: float
    """How long that thread could have run, and had none, until it last had one."""
    together: float
    """How much all its threads had."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """What a process had until now; None where the system does not tell."""
        with suppress(OSError, ValueError):
            ran, waited, _ = Path(f"/proc/{pid}/schedstat").read_bytes().split()
            return cls(time.monotonic(), int(ran) / 1e9, int(waited) / 1e9, _had(pid) / 1e9)
        return None

    def waited_until(self, later: Self | None) -> float:
        """So long until then others had what it waited for; 0 where that is not known."""
        if later is None:
            return 0.0
        own = (later.together - self.together) - (later.ran - self.ran)
        return max(0.0, later.waited - self.waited - max(own, 0.0))


def cpu_seconds_of(pid: int) -> float:
    """How much all threads of a process had; 0 where the system does not tell."""
    with suppress(OSError):
        return _had(pid) / 1e9
    return 0.0


def _had(pid: int) -> int:
    """So many nanoseconds of processors all threads of a process had."""
    return time.clock_gettime_ns(~pid << 3 | _CLOCK)


def told_of(stat: Path) -> list[str]:
    """What follows the name of a process, which can hold anything."""
    return stat.read_text("utf-8", "replace").rpartition(") ")[2].split()
