"""When a file that somebody may still be writing has come to rest: it stayed as it is for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from actors.profiling.discover import settings_beside


class Stamp(NamedTuple):
    """What changes about a file when it is written to, or replaced."""

    size: int
    """In bytes."""
    modified: int
    """When it was last written to, in nanoseconds."""
    inode: int
    """Which file it is."""
    mode: int
    """What it is, and who may read it."""
    said: int = 0
    """When the settings beside it were last written to, in nanoseconds; 0 when there are none."""


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of what a path leads to; None when it leads nowhere."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino, found.st_mode, _said(path))


def _said(path: Path) -> int:
    try:
        return settings_beside(path).stat().st_mtime_ns
    except OSError:
        return 0


@dataclass(frozen=True)
class Look:
    """What one look at all files came to."""

    settled: tuple[Path, ...]
    """Files that are new or changed, and at rest, in the order in which they were seen."""
    gone: tuple[Path, ...]
    """Files that were there and are not."""
    wait: float | None
    """Seconds until the next of those that are not at rest may be; None when all are."""


class Settling:
    """Remembers each file as it was last seen, and as it was last read.

    Args:
        seconds: how long a file must not change.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._read: dict[Path, Stamp] = {}
        self._restless: dict[Path, tuple[Stamp, float]] = {}

    @property
    def known(self) -> int:
        """How many files were read as they are, or as they were before they changed."""
        return len(self._read)

    @property
    def restless(self) -> int:
        """How many files are waited for."""
        return len(self._restless)

    def look(self, seen: Mapping[Path, Stamp], now: float, wall: float | None = None) -> Look:
        """Compare what is there now with what was there before.

        Args:
            seen: every file with its stamp.
            now: seconds on a clock that only goes forward.
            wall: seconds since the epoch, for a first look: a file that was last written to long before
                is at rest already.
        """
        gone = tuple(path for path in self._read if path not in seen)
        for path in (*gone, *[path for path in self._restless if path not in seen]):
            self.forget(path)
        for path, stamp in seen.items():
            self._see(path, stamp, now if wall is None else now - _age(stamp, wall))
        settled = tuple(path for path in seen if self._due(path, now) == 0)
        waits = [due for path in seen if (due := self._due(path, now))]
        return Look(settled, gone, min(waits, default=None))

    def read(self, path: Path, before: Stamp | None, after: Stamp | None) -> bool:
        """Whether a file was read whole: it is what it was before. Else it is waited for again."""
        if before is None or before != after:
            return False
        self._restless.pop(path, None)
        self._read[path] = before
        return True

    def forget(self, path: Path) -> None:
        """Take a file, whenever it is there, for one that was never seen."""
        self._read.pop(path, None)
        self._restless.pop(path, None)

    def _see(self, path: Path, stamp: Stamp, now: float) -> None:
        if self._read.get(path) == stamp:
            self._restless.pop(path, None)
        elif path not in self._restless or self._restless[path][0] != stamp:
            self._restless[path] = (stamp, now)

    def _due(self, path: Path, now: float) -> float | None:
        """Seconds until a file may be read, 0 for now; None when there is nothing new about it."""
        if path not in self._restless:
            return None
        return max(0.0, self._restless[path][1] + self.seconds - now)


def _age(stamp: Stamp, wall: float) -> float:
    """Seconds since a file was last written to; 0 when that lies in the future."""
    return max(0.0, wall - stamp.modified / 1e9)
