"""What the system tells of anybody's process by which it can be suspected of holding files that nobody sees.

Whoever holds a removed file has it open or mapped. What is open cannot be looked into, but is counted, and
what is mapped is measured; and whoever writes much spends time in the system.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from actors.workers.sandbox.confine import LINK, MAX_FILE_BYTES
from actors.workers.sandbox.room import Use
from actors.workers.sandbox.shares import told_of

OWN_FILES = LINK + 1
"""So many files each session has open that nobody has removed."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Evidence:
    """What is told of one process."""

    spent: int = 0
    """What its threads had of the processors, in ticks."""
    system: int = 0
    """What they had in calls of the system, in ticks."""
    most: Use | None = None
    """More than this it cannot hold, in files open or mapped; None where the system does not tell."""

    @classmethod
    def of(cls, pid: int) -> Self:
        """What is told now; nothing of one that is no more."""
        with suppress(OSError, ValueError):
            told = told_of(Path(f"/proc/{pid}/stat"))
            return cls(int(told[11]) + int(told[12]), int(told[12]), _most(pid))
        return cls()

    def explains(self, unseen: Use, allowed: Use, since: Use) -> bool:
        """Whether the half of what is more than is allowed might be its.

        Args:
            unseen: what somebody holds.
            allowed: what one may have.
            since: how much of it was not there yet when this one began.
        """
        most = since if self.most is None else self.most.least(since)
        in_bytes = unseen.bytes > allowed.bytes and 2 * most.bytes >= unseen.bytes
        return in_bytes or (unseen.files > allowed.files and 2 * most.files >= unseen.files)


def _most(pid: int) -> Use | None:
    is_open = Path(f"/proc/{pid}/fd").stat().st_size  # from Linux 6.2 on
    mapped = max(0, _mapped(pid) - _mapped(os.getpid()))  # whatever was before the fork is nobody's
    others = max(0, is_open - OWN_FILES)
    return Use(others * MAX_FILE_BYTES + mapped, others + mapped // _PAGE) if is_open else None


def _mapped(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[0]) * _PAGE
