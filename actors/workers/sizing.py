"""How many sessions, how much memory for tables, and whether a worker stands by: from cores and memory."""

import os
from dataclasses import dataclass
from pathlib import Path

from actors.ports import Limits

GIB = 1024**3
WORKER_BYTES = GIB // 2
"""What a worker needs beside tables and sessions: the imports take 150 MB, reading a table the rest."""
SESSION_SHARE = 4
"""A session is reckoned with this part of its limit. Few come near it: most take some 10 MB."""
OURS = 3 / 4
"""The part of the machine's memory that workers may have."""
WAITING_BYTES = GIB // 16
"""What a session is reckoned with that waits: idle it holds 4 MB, and whatever its cells left."""
STANDBY_FROM = 8 * GIB
"""A machine with less memory keeps no worker that stands by."""
MOST_FOR_TABLES = 2 * GIB


@dataclass(frozen=True)
class Sizes:
    """What one pool may use."""

    sessions: int
    """Sessions open at once."""
    running: int
    """Those of them that may run a cell at the same time."""
    table_bytes: int
    """Memory for the tables of one worker."""
    worker_bytes: int
    """Memory of one worker with its tables and all sessions, where that can be bounded."""
    has_standby: bool
    """Whether a worker stands by for the others."""


def sizes(cores: int, memory: int, limits: Limits, wanted: int = 0) -> Sizes:
    """The sizes for a machine.

    Two sessions a core keep each busy while the host reads and writes; less where memory is short. More may
    be open where most of them wait for somebody else's answer.

    Args:
        cores: how many this program may use.
        memory: bytes that this program may use.
        limits: of one session.
        wanted: sessions to be open beside those that run, if there is memory for them while they wait.
    """
    tables = min(MOST_FOR_TABLES, memory // 8)
    has_standby = memory >= STANDBY_FROM
    usable = int(memory * OURS)
    left = usable - (1 + has_standby) * (WORKER_BYTES + tables)
    running = max(1, min(2 * cores, left * SESSION_SHARE // limits.memory_bytes))
    beside = max(0, left - running * limits.memory_bytes // SESSION_SHARE) // WAITING_BYTES
    most = WORKER_BYTES + tables + running * limits.memory_bytes
    worker = max(WORKER_BYTES + tables, min(most, usable))
    return Sizes(running + min(wanted, beside), running, tables, worker, has_standby)


def machine() -> tuple[int, int]:
    """The cores and the bytes of memory that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return cores, min([memory, *_group_limits()])


def _group_limits() -> list[int]:
    """What the control group of this process allows, where it is in one with a limit of its own."""
    found: list[int] = []
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            found.append(int((Path("/sys/fs/cgroup") / name).read_text("ascii")))
        except (OSError, ValueError):
            continue  # there is no such group, or its limit is `max`
    return found
