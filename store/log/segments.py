"""The files of the log: numbered segments, and the one that is being written."""

import errno
import os
import re
from collections.abc import Iterator
from os.path import lexists
from pathlib import Path
from typing import NamedTuple

from store.durable import Disk, is_full
from store.log.forms import begin_of, end_of, form_to_read
from store.log.lines import START
from store.log.opened import InTheWay, NotAsRead, open_segment, refuse_taken

SEGMENT_BYTES = 64 * 1024**2
COMPRESSED = ".jsonl.zst"
PLAIN = ".jsonl"
_NAME = re.compile(r"(?!0{8})[0-9]{8}\.jsonl(\.zst)?")
"""Numbers begin at 1: what is called 0 is no segment."""


class NoSpace(Exception):
    """The disk is full; what was being appended is cut off again and nothing that was durable is lost."""


class LogPoisoned(Exception):
    """A write or sync failed, so what is on disk is unknown until the log is opened again."""


class Place(NamedTuple):
    """Where the next batch goes."""

    number: int
    """The segment's number, from 1."""
    offset: int
    """The byte in it, as it is when not compressed; everything before is durable."""


FIRST = Place(1, 0)
"""Where a log without a batch begins."""


def segment_name(number: int) -> str:
    """The file name of a segment that is not compressed."""
    return f"{number:08d}{PLAIN}"


def segment_number(path: Path) -> int:
    """The number of a segment, compressed or not."""
    return int(path.name[:8])


def is_segment(name: str) -> bool:
    """Whether a file of the log folder is a segment."""
    return _NAME.fullmatch(name) is not None


def is_compressed(path: Path) -> bool:
    """Whether a segment is compressed."""
    return path.name.endswith(COMPRESSED)


def compressed(path: Path) -> Path:
    """The path that a segment has once it is compressed."""
    return path if is_compressed(path) else path.with_name(path.name.removesuffix(PLAIN) + COMPRESSED)


def find_segment(folder: Path, number: int) -> Path | None:
    """The segment of a number, which a listing may miss while it is compressed: both names are asked for.

    Raises:
        OSError: it stands in two forms, and one of them cannot be read.
    """
    forms = _forms(folder, number)
    if len(forms) > 1:
        before = find_segment(folder, number - 1) if number > 1 else None
        return _read_one(folder, number, before)
    return next(iter(forms), None)


def twice(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each segment that stands in two forms: the one that is read, and the other.

    Raises:
        OSError: one of them cannot be read.
    """
    for path in segments(folder):
        plain = folder / segment_name(segment_number(path))
        other = compressed(plain) if path == plain else plain
        if other.is_file() and path.is_file():  # one that was compressed since it was listed has one form
            yield path, other


def is_log(folder: Path) -> bool:
    """Whether a log folder is there.

    Raises:
        NotADirectoryError: something else stands in its place.
    """
    if not folder.is_dir() and lexists(folder):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return folder.is_dir()


def segments(folder: Path) -> list[Path]:
    """The segments in a log folder, oldest first; none when there is no folder.

    One that stands both plain and compressed, because compressing it was interrupted, is named once.

    Raises:
        NotADirectoryError: what stands there is no folder.
        OSError: one stands in two forms, and one of them cannot be read.
    """
    if not is_log(folder):
        return []
    found: dict[int, Path] = {}
    for path in sorted(path for path in folder.iterdir() if is_segment(path.name)):
        if path.is_file():
            number = segment_number(path)
            found[number] = path if number not in found else _read_one(folder, number, found.get(number - 1))
    return [found[number] for number in sorted(found)]


def _forms(folder: Path, number: int) -> list[Path]:
    plain = folder / segment_name(number)
    return [path for path in (plain, compressed(plain)) if path.is_file()]


def _read_one(folder: Path, number: int, before: Path | None) -> Path:
    """The form that is read of a segment that stands in two; `before` is the segment before it."""
    head = START if number == 1 else None
    if before is not None:
        head = end_of(before, packed=is_compressed(before))
    behind = _forms(folder, number + 1)
    begins = {begin_of(path, packed=is_compressed(path)) for path in behind}
    plain = folder / segment_name(number)
    return form_to_read(
        plain, compressed(plain), head, {one for one in begins if one is not None}, newest=not behind
    )


def newest_written(listed: list[Path]) -> Path | None:
    """Where the last bytes are, whose tail may be torn: a segment may have been made and then not needed."""
    for path in reversed(listed):
        try:
            if path.stat().st_size:
                return path
        except FileNotFoundError:  # compressed since it was listed: so it was not the newest any more
            return None
    return None


def no_space(error: OSError) -> NoSpace:
    """What to say when an OSError means that the disk is full."""
    return NoSpace(
        f"no space left for the event log ({error.strerror or error}); nothing is lost: "
        "free some and run the same command again"
    )


def poisoned(doing: str, error: OSError) -> LogPoisoned:
    """What to say when an OSError leaves unknown what is on the disk."""
    return LogPoisoned(
        f"{doing} the event log failed ({error.strerror or error}); nothing more is written: "
        "check the disk, then run the same command again"
    )


class SegmentWriter:
    """Appends batches to the newest segment; everything below `place` is durable.

    Not for two threads at once.
    """

    def __init__(self, folder: Path, place: Place, disk: Disk, limit: int = SEGMENT_BYTES) -> None:
        """Open the segment at `place`; one that grows beyond `limit` bytes is followed by a new one.

        Raises:
            LogPoisoned: the segment is not as it was read.
            OSError: it cannot be opened or made.
        """
        self._folder = folder
        self._disk = disk
        self._limit = limit
        self.place = place
        self._descriptor = self._opened(place)

    def append(self, data: bytes) -> None:
        """Add a batch; returns when it is durable.

        Raises:
            NoSpace: the disk is full; the batch is cut off again.
            LogPoisoned: anything else failed, or something stands where the log goes on.
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
            raise poisoned("syncing", error) from error
        self.place = Place(self.place.number, self.place.offset + len(data))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _opened(self, place: Place) -> int:
        path = self._folder / segment_name(place.number)
        try:
            if place.offset == 0:
                refuse_taken(compressed(path))
            return open_segment(path, place.offset, self._disk)
        except (InTheWay, NotAsRead) as error:
            raise LogPoisoned(str(error)) from error

    def _rotate(self) -> None:
        number = self.place.number + 1
        try:
            descriptor = self._opened(Place(number, 0))
        except OSError as error:
            if is_full(error):
                raise no_space(error) from error
            raise poisoned(f"making {segment_name(number)}", error) from error
        os.close(self._descriptor)
        self._descriptor = descriptor
        self.place = Place(number, 0)

    def _cut_back(self, error: OSError) -> None:
        """Take the half-written batch off again, and say why it could not be written."""
        try:
            self._disk.truncate(self._descriptor, self.place.offset)
        except OSError as worse:
            raise poisoned("cutting back", worse) from worse
        if is_full(error):
            raise no_space(error) from error
        raise poisoned("writing", error) from error
