"""Whether a session that meets its wall time had processors: one that waited for them has done nothing wrong.

The kernel tells how long a process waited for a processor, and how much of them its threads had together. Who
waited for most of the time, and not for threads of its own, was starved by others.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")


def threads_of(pid: int) -> int:
    """How many threads a process has now; 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        return int(told_of(Path(f"/proc/{pid}/stat"))[17])
    return 0


@dataclass(frozen=True)
class Share:
    """What a process had of the processors, since it began; all in seconds."""

    at: float
    """By the monotonic clock."""
    ran: float
    """How long its first thread had one."""
    waited: float
    """How long that thread could have run, and had none."""
    together: float
    """How much all its threads had."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """What a process had until now; None where the system does not tell."""
        folder = Path(f"/proc/{pid}")
        with suppress(OSError, ValueError):
            ran, waited, _ = (folder / "schedstat").read_text("ascii").split()
            told = told_of(folder / "stat")
            together = (int(told[11]) + int(told[12])) / _TICKS
            return cls(time.monotonic(), int(ran) / 1e9, int(waited) / 1e9, together)
        return None

    def starved_until(self, later: Self | None) -> float:
        """So long until then others had what it waited for; 0 where that is less than half, or not known."""
        if later is None:
            return 0.0
        own = (later.together - self.together) - (later.ran - self.ran)
        waited = (later.waited - self.waited) - max(own, 0.0)
        return waited if waited > (later.at - self.at) / 2 else 0.0


def told_of(stat: Path) -> list[str]:
    """What follows the name of a process, which can hold anything."""
    return stat.read_text("utf-8", "replace").rpartition(") ")[2].split()
