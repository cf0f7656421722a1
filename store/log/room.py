"""What a writer does that outlives a full disk: a reserve for telling of it, and waits for room."""

import os
from dataclasses import dataclass
from pathlib import Path

from store.durable import Disk, is_full

NAME = "ballast"


@dataclass(frozen=True)
class Patience:
    """How a writer waits for room instead of giving up."""

    ballast_bytes: int = 4 * 1024**2
    """Size of the file that is given up so that the pause itself can be recorded."""
    first_seconds: float = 0.5
    """How long it waits before it tries again; doubled each time."""
    longest_seconds: float = 15.0
    """Beyond this no wait grows."""

    def seconds(self, tries: int) -> float:
        """The wait after so many tries in vain, from 1."""
        return min(self.longest_seconds, self.first_seconds * 2.0 ** min(tries - 1, 30))


class Ballast:
    """A file of no use but its size."""

    def __init__(self, folder: Path, size: int, disk: Disk) -> None:
        self._path = folder / NAME
        self._size = size
        self._disk = disk

    def take_up(self) -> bool:
        """Lay the reserve by; False where there is no room for it.

        Raises:
            OSError: the file cannot be written for another reason.
        """
        if self._size == 0 or (self._path.exists() and self._path.stat().st_size >= self._size):
            return True
        try:
            self._fill()
        except OSError as error:
            self._disk.remove(self._path)
            if is_full(error):
                return False
            raise
        return True

    def give_up(self) -> None:
        """Free what it holds.

        Raises:
            OSError: the file cannot be removed.
        """
        self._disk.remove(self._path)

    def _fill(self) -> None:
        descriptor = self._disk.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            self._disk.allocate(descriptor, self._size)
        finally:
            os.close(descriptor)
