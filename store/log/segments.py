"""The files of the log: numbered segments, and the one that is being written."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from store.durable import Disk, is_full, sync_folder

SEGMENT_BYTES = 64 * 1024**2
_NAME = re.compile(r"[0-9]{8}\.jsonl")


class NoSpace(Exception):
    """The disk is full; what was being appended is cut off again and nothing that was durable is lost."""


class LogPoisoned(Exception):
    """A write or sync failed, so what is on disk is unknown until the log is opened again."""


class Place(NamedTuple):
    """Where the next batch goes."""

    number: int
    """The segment's number, from 1."""
    offset: int
    """The byte in it; everything before is durable."""


FIRST = Place(1, 0)
"""Where a log without a batch begins."""


def segment_name(number: int) -> str:
    """The file name of a segment."""
    return f"{number:08d}.jsonl"


def segments(folder: Path) -> list[Path]:
    """The segments in a log folder, oldest first; none when there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def no_space(error: OSError) -> NoSpace:
    """What to say when an OSError means that the disk is full."""
    return NoSpace(
        f"no space left for the event log ({error.strerror or error}); nothing is lost: "
        "free some and run the same command again"
    )


class SegmentWriter:
    """Appends batches to the newest segment; holds everything that is durable below `place`.

    Not for two threads at once.
    """

    def __init__(self, folder: Path, place: Place, disk: Disk, limit: int = SEGMENT_BYTES) -> None:
        """Open the segment at `place`; one that grows beyond `limit` bytes is followed by a new one.

        Raises:
            OSError: the segment cannot be opened or made.
        """
        self._folder = folder
        self._disk = disk
        self._limit = limit
        self.place = place
        self._descriptor = self._opened(place.number)

    def append(self, data: bytes) -> None:
        """Add a batch; returns when it is durable.

        Raises:
            NoSpace: the disk is full; the batch is cut off again.
            LogPoisoned: anything else failed; the segment must not be written to any more.
        """
        if self.place.offset and self.place.offset + len(data) > self._limit:
            self._rotate()
        try:
            self._disk.write(self._descriptor, data)
        except OSError as error:
            self._cut_back(error)
        try:
            self._disk.sync(self._descriptor)
        except OSError as error:
            raise _poisoned("syncing", error) from error
        self.place = Place(self.place.number, self.place.offset + len(data))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _opened(self, number: int) -> int:
        """The segment, made when it is missing; its name is durable before its first use."""
        path = self._folder / segment_name(number)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o644)
        try:
            # Also after a kill: what an earlier process wrote but never synced is accepted, so sync it now.
            os.fsync(descriptor)
            sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _rotate(self) -> None:
        number = self.place.number + 1
        try:
            descriptor = self._opened(number)
        except OSError as error:
            if is_full(error):
                raise no_space(error) from error
            raise _poisoned(f"making {segment_name(number)}", error) from error
        os.close(self._descriptor)
        self._descriptor = descriptor
        self.place = Place(number, 0)

    def _cut_back(self, error: OSError) -> None:
        """Take the half-written batch off again, and say why it could not be written."""
        try:
            os.ftruncate(self._descriptor, self.place.offset)
        except OSError as worse:
            raise _poisoned("cutting back", worse) from worse
        if is_full(error):
            raise no_space(error) from error
        raise _poisoned("writing", error) from error


def _poisoned(doing: str, error: OSError) -> LogPoisoned:
    return LogPoisoned(
        f"{doing} the event log failed ({error.strerror or error}); nothing more is written: "
        "check the disk, then run the same command again"
    )
