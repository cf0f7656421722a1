"""Room that is held for one small file, so that it can be told anew on a disk that others keep full.

Two files of a fixed size keep their names and so their bytes on the disk. What is to be told is written over
the one that nobody looks at, and that one then gets the file's name too. A file system that never writes over
what stands (btrfs, zfs) may refuse even that.
"""

import os
from contextlib import suppress
from pathlib import Path

from store.durable import Disk

SIZE = 16 * 1024
"""Bytes of each of the two; a beacon has some three thousand."""


class Spare:
    """Holds the room, and uses it.

    Args:
        path: the file that can be told anew.
        disk: what writes.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._held = tuple(path.with_name(f".{path.name}.spare{number}") for number in (1, 2))

    def lay_by(self) -> None:
        """Hold the room, if it can be had."""
        for held in self._held:
            if not _is_whole(held):
                self._fill(held)

    def put(self, data: bytes) -> None:
        """Put the file in place at once, with blanks after its bytes, on the room that is held.

        Raises:
            OSError: the disk refused, or no room for so much is held; the file stands as it was.
        """
        held = next((one for one in self._held if _is_whole(one) and not self._is_seen(one)), None)
        if held is None or len(data) > SIZE:
            raise OSError(f"no room is held for {len(data)} bytes of {self._path}")
        descriptor = self._disk.open(held, os.O_WRONLY)
        try:
            self._disk.write_at(descriptor, data.ljust(SIZE), 0)
        finally:
            os.close(descriptor)
        beside = self._path.with_name(f".{self._path.name}.seen")
        self._disk.remove(beside)
        self._disk.link(held, beside)
        self._disk.replace(beside, self._path)

    def _is_seen(self, held: Path) -> bool:
        return self._path.exists() and self._path.samefile(held)

    def _fill(self, held: Path) -> None:
        try:
            descriptor = self._disk.open(held, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            try:
                self._disk.allocate(descriptor, SIZE)
            finally:
                os.close(descriptor)
        except OSError:
            with suppress(OSError):  # a part of it is not whole, and so of no use
                self._disk.remove(held)


def _is_whole(held: Path) -> bool:
    return held.is_file() and held.stat().st_size == SIZE
