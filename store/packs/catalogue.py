"""Where every blob of a folder lies, as far as it is known, and how that is brought up to date."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from store.durable import open_file
from store.packs.files import pack_path, packs
from store.packs.record import Record, read_record
from store.packs.sidecar import Sidecar, Span, load_sidecar
from store.packs.walk import walk

T = TypeVar("T")


class Place(NamedTuple):
    """Where a record lies."""

    pack: Path
    """Its pack."""
    start: int
    """The byte of its header."""
    end: int
    """The byte after it."""


class Contents:
    """What is known of one pack: the records that its sidecar lists, and those that were walked over."""

    def __init__(self, path: Path) -> None:
        """Name the pack; nothing is known of it before `read`."""
        self.path = path
        self.size = 0
        """Its size when it was last read."""
        self.torn: int | None = None
        """The byte at which a torn tail begins, if there is one."""
        self.sidecar: Sidecar | None = None
        """What lists the records at the beginning, if something does."""
        self.whole = True
        """Whether every header was looked at, all at one time."""
        self._walked: dict[bytes, list[Span]] = {}
        self._reach = 0
        self._touched = (0, 0, 0)

    def __iter__(self) -> Iterator[Span]:
        yield from self.sidecar or ()
        for spans in self._walked.values():
            yield from spans

    def find(self, digest: bytes) -> list[Span]:
        """The records of a blob, in the order of the pack."""
        listed = self.sidecar.find(digest) if self.sidecar else []
        return listed + self._walked.get(digest, [])

    def add(self, record: Record) -> None:
        """Know of one more record, behind all others."""
        self._walked.setdefault(record.digest, []).append(Span(record.digest, record.start, record.end))
        self._reach = record.end

    def is_current(self, stat: os.stat_result) -> bool:
        """Whether nothing has touched the pack since it was read."""
        return _touched(stat) == self._touched

    def read(self, file: BinaryIO, *, trusting: bool) -> None:
        """Take in a pack.

        Args:
            file: the pack, open.
            trusting: whether the sidecar is believed; else every header is looked at.
        """
        if trusting:
            self.sidecar = load_sidecar(self.path, file, os.fstat(file.fileno()).st_size)
        self._reach = self.sidecar.size if self.sidecar else 0
        self._walk(file)
        self.whole = self.sidecar is None

    def grow(self, file: BinaryIO) -> bool:
        """Take in what was appended; False when this is another pack than before, or a shorter one."""
        stat = os.fstat(file.fileno())
        if stat.st_ino != self._touched[0] or stat.st_size < self._reach:
            return False
        self._walk(file)
        self.whole = False
        return True

    def _walk(self, file: BinaryIO) -> None:
        stat = os.fstat(file.fileno())
        self.size, self.torn, self._touched = stat.st_size, None, _touched(stat)
        for found in walk(file, self._reach, self.size):
            if isinstance(found, Record):
                self.add(found)
            elif found.torn:
                self.torn = found.start


class Catalogue:
    """The packs of a folder as they were when it was last looked at. Not for two threads at once."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read before the first `renew`."""
        self.folder = folder
        self.packs: dict[int, Contents] = {}
        """By number, oldest first."""

    def renew(self, *, trusting: bool = True) -> None:
        """Look at the folder again: what was appended, made and removed.

        Args:
            trusting: whether sidecars, and what was seen before in a pack that has grown, are believed.
                Whoever is about to say that a blob is not there asks for every header instead.

        Raises:
            OldBlobs: an earlier version wrote the folder.
            OSError: it cannot be read.
        """
        looked_at = {
            number: _looked_at(path, self.packs.get(number), trusting=trusting)
            for number, path in packs(self.folder).items()
        }
        self.packs = {number: contents for number, contents in looked_at.items() if contents is not None}

    def places(self, digest: bytes) -> list[Place]:
        """Where a blob lies as far as is known, the newest record first."""
        return [
            Place(contents.path, span.start, span.end)
            for contents in reversed(self.packs.values())
            for span in reversed(contents.find(digest))
        ]

    def search(self, digest: bytes) -> Iterator[Place]:
        """Where a blob may lie: as is known, then after a look at the folder, then at every header in it.

        Raises:
            OldBlobs: an earlier version wrote the folder.
            OSError: it cannot be read.
        """
        yield from self.places(digest)
        self.renew()
        yield from self.places(digest)
        self.renew(trusting=False)
        yield from self.places(digest)

    def begin(self, number: int) -> None:
        """Know of a pack that was just made."""
        self.packs[number] = Contents(pack_path(self.folder, number))

    def digests(self) -> set[bytes]:
        """Every digest under which there is a record."""
        return {span.digest for contents in self.packs.values() for span in contents}


def read_at(place: Place, digest: bytes, read: Callable[[BinaryIO, Record], T]) -> T | None:
    """What reading a record gives; None when it is not that blob's, or its pack is gone.

    Raises:
        OSError: the pack cannot be read.
    """
    try:
        with open_file(place.pack) as file:
            record = read_record(file, place.start)
            return read(file, record) if record is not None and record.digest == digest else None
    except FileNotFoundError:
        return None


def _looked_at(path: Path, known: Contents | None, *, trusting: bool) -> Contents | None:
    """A pack as it is now; None when it has been removed meanwhile."""
    if known is not None and not trusting and not known.whole:
        known = None
    try:
        if known is not None and known.is_current(path.stat()):
            return known
        with open_file(path) as file:
            if known is not None and trusting and known.grow(file):
                return known
            contents = Contents(path)
            contents.read(file, trusting=trusting)
            return contents
    except FileNotFoundError:
        return None


def _touched(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
