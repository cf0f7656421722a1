"""The kernel's count of processes that it killed for want of memory, which death was one, and what there is.

It counts a kill before the process ends, so whoever buries that one finds it counted.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

FRESH_SECONDS = 10.0
"""So long after such a kill its process may take to end; one that explains nothing by then was another's."""
_MOST = 64
_WORD = "oom_kill"

Count = Callable[[], int | None]


class MemoryKills:
    """Kills that were counted and explain no death yet.

    Args:
        count: gives how many there were in all; None where the system does not tell.
        now: gives the time, by a clock that never goes back.
    """

    def __init__(self, count: Count | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._count = count or partial(counted, counters())
        self._now = now
        self._seen = self._count()
        self._fresh: list[float] = []

    def look(self) -> None:
        """Count anew; to be done now and then, lest an old kill of another explain a death of ours."""
        count, now = self._count(), self._now()
        new = 0 if count is None or self._seen is None else max(0, count - self._seen)
        self._seen = count
        self._fresh = [at for at in self._fresh if now - at < FRESH_SECONDS] + [now] * min(new, _MOST)

    def explain(self) -> bool | None:
        """Whether a death is one of them; each explains one. None where nobody can tell."""
        self.look()
        if self._seen is None:
            return None
        if self._fresh:
            self._fresh.pop(0)
            return True
        return False


def counters(root: Path = Path("/")) -> tuple[Path, ...]:
    """The files that may tell, the best first: of the control group of this process, then of the machine.

    In a container the group can be named as its host sees it, while its files lie where the tree begins.
    """
    return (*_files(root, old="memory.oom_control", new="memory.events"), root / "proc/vmstat")


def whole(root: Path = Path("/")) -> int:
    """The memory that there is for the control group of this process, or else for the machine, in bytes."""
    least = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for place in _files(root, old="memory.limit_in_bytes", new="memory.max"):
        with suppress(OSError, ValueError):  # where there is no limit no number is told
            return min(least, int(place.read_text("ascii")))
    return least


def _files(root: Path, old: str, new: str) -> tuple[Path, ...]:
    """Where a file of the control group of this process may lie, which has one name in each kind of tree."""
    tree = root / "sys/fs/cgroup"
    files = {"memory": (tree / "memory", old), "": (tree, new)}
    own = [(*files[kind], path.lstrip("/")) for kind, path in _groups(root) if kind in files]
    return (*(top / path / name for top, name, path in own), *(top / name for top, name, _ in own))


def _groups(root: Path) -> Iterator[tuple[str, str]]:
    """This process's control groups: what each controls, nothing where all are one tree, and its path."""
    with suppress(OSError, UnicodeDecodeError):
        for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
            _, kind, path = line.split(":", 2)
            yield kind, path


def counted(places: Sequence[Path]) -> int | None:
    """What the first that can be read says; None where none can."""
    for place in places:
        with suppress(OSError, ValueError):
            lines = dict(line.split() for line in place.read_text("ascii").splitlines())
            if _WORD in lines:
                return int(lines[_WORD])
    return None
