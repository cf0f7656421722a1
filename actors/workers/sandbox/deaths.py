"""Why a session ended that its supervisor did not end: by its status, its time, and what the kernel counted.

What its own code did is told as that. A session behind a wall cannot have itself killed: its filter refuses
every call by which it could, so that a kill which memory and time do not explain came from outside. So did
one for want of memory where it had less than it may: the sessions of a worker may have more than there is.
"""

import os
import signal
from typing import Literal

from actors.workers.sandbox.memorykills import MemoryKills, whole
from actors.workers.sandbox.session import OVERRUN
from events.frames import Limits

Reason = Literal[
    "closed", "wall_limit", "cpu_limit", "memory_limit", "output_limit", "disk_limit", "crashed", "lost"
]
Doom = tuple[Reason, str]
_MIB = 1024**2
TIMES_AGREE = 0.75
"""So much of its CPU time a session had that the kernel, which counts in ticks, ended: 0.88 was seen."""
MOST_OF_ALL = 0.75
"""Who has so much of all memory ran out of it by itself, where that is less than it may have."""


class Coroner:
    """Tells reasons.

    Args:
        walled: whether each session shuts itself in.
        kills: the kernel's count of kills for want of memory.
        memory: what there is for all together, in bytes.
    """

    def __init__(self, *, walled: bool, kills: MemoryKills | None = None, memory: int | None = None) -> None:
        self._walled = walled
        self.kills = kills or MemoryKills()
        self._memory = memory or whole()

    def verdict(self, status: int, cpu_seconds: float, memory: int, limits: Limits) -> Doom:
        """Why a process ended.

        Args:
            status: what the system said of its end.
            cpu_seconds: CPU time that it took.
            memory: the most that it had at a time, in bytes.
            limits: what it was held to.
        """
        if not os.WIFSIGNALED(status):
            return _exited(os.WEXITSTATUS(status))
        number = os.WTERMSIG(status)
        told = f"killed by signal {number} ({signal.strsignal(number)})"
        # Any session can send itself the signal of the limit.
        allowed = limits.cpu_seconds
        least = allowed * TIMES_AGREE if number == signal.SIGXCPU else allowed
        if number in (signal.SIGXCPU, signal.SIGKILL) and cpu_seconds >= least:
            return "cpu_limit", f"{told} after {cpu_seconds:.1f} s of CPU time"
        if number == signal.SIGKILL:
            return self._killed(told, memory, limits.memory_bytes)
        return "crashed", told

    def _killed(self, told: str, memory: int, allowed: int) -> Doom:
        """Of a kill that nobody in here sent and that time does not explain."""
        for_memory = self.kills.explain()
        if for_memory is None:
            return "memory_limit", f"{told}; whether memory ran out this system does not tell"
        if for_memory and self._walled and memory < min(allowed, MOST_OF_ALL * self._memory):
            had = f"{memory // _MIB} MiB of it, and may have {allowed // _MIB} MiB"
            return "lost", f"the session was {told}: the memory of all ran out; it had {had}"
        if for_memory:
            return "memory_limit", f"{told}: memory ran out"
        if self._walled:
            return "lost", f"the session was {told}, from outside: memory had not run out"
        return "crashed", f"{told}, by itself or from outside: without a wall nobody can tell"


def _exited(code: int) -> Doom:
    if code == OVERRUN:
        return "output_limit", "the cell printed more than it may"
    return "crashed", f"the process exited with {code}"
