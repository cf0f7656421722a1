"""Dropping the blobs that nothing names: what is named moves to a new pack, then the old packs go.

A pack is removed only when all that is named in it stands durably in a newer one. So a collection may be
killed anywhere, and an old pack come back when the power goes: a blob may then stand twice, which the next
collection mends, and never not at all.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from store.durable import Disk, open_file
from store.packs.files import packs
from store.packs.packfile import PackFile
from store.packs.record import Record, is_sound, read_record
from store.packs.walk import walk

LEAST_GARBAGE = 16 * 1024**2
"""Bytes of garbage that are not worth a collection."""
LEAST_SHARE = 0.25
"""Share of all bytes that garbage must exceed to be worth one."""


class Collected(NamedTuple):
    """What a collection did."""

    blobs: int
    """Blobs that were dropped."""
    freed: int
    """Bytes by which the packs have become smaller."""


def is_worth_it(garbage: int, total: int) -> bool:
    """Whether so many bytes of garbage among so many in all are worth a collection."""
    return garbage > LEAST_GARBAGE and garbage > LEAST_SHARE * total


@dataclass
class _Old:
    """A pack as it stood before the collection."""

    path: Path
    size: int = 0
    records: list[Record] = field(default_factory=list)
    damaged: bool = False

    def living(self, kept: Collection[tuple[Path, int]]) -> list[Record]:
        """The records that are to be kept."""
        return [record for record in self.records if (self.path, record.start) in kept]


def collect(folder: Path, named: AbstractSet[bytes], disk: Disk, limit: int) -> Collected:
    """Drop every blob that is not named, and everything else in the packs that is no blob.

    A pack in which something named is damaged, or may be, stays as it is: its bytes are all there is.

    Args:
        folder: the packs; only the holder of the home's lock may call this.
        named: digests to be kept.
        disk: what writes, syncs and removes.
        limit: the size at which a new pack is followed by another.

    Raises:
        OSError: the disk refused; nothing that is named is lost.
    """
    found = {number: _surveyed(path) for number, path in packs(folder).items()}
    kept = _kept(found.values(), named)
    lost = named - {record.digest for one in found.values() for record in one.records}
    target = _Target(folder, max(found, default=0) + 1, disk, limit)
    gone: list[_Old] = []
    try:
        for one in found.values():
            living = one.living(kept)
            if sum(map(_size, living)) == one.size or (one.damaged and lost):
                continue
            if target.take(one.path, living):
                disk.remove(one.path)
                gone.append(one)
    finally:
        target.close()
    dropped = {record.digest for one in gone for record in one.records} - named
    return Collected(len(dropped), sum(one.size for one in gone) - target.written)


class _Target:
    """The new packs, made when they are needed."""

    def __init__(self, folder: Path, number: int, disk: Disk, limit: int) -> None:
        self.written = 0
        self._folder = folder
        self._number = number
        self._disk = disk
        self._limit = limit
        self._pack: PackFile | None = None

    def take(self, path: Path, living: Sequence[Record]) -> bool:
        """Take these records of a pack in, durably; False when one is damaged, and then none."""
        if not living:
            return True
        pack = self._with_room()
        before = pack.end
        try:
            with open_file(path) as file:
                for record in living:
                    if not is_sound(file, record):
                        pack.cut_back()
                        return False
                    pack.copy(file, record)
            pack.commit()
        except OSError:
            pack.cut_back()
            raise
        self.written += pack.end - before
        return True

    def close(self) -> None:
        """Let go of the newest."""
        if self._pack is not None:
            self._pack.close()
            self._pack = None

    def _with_room(self) -> PackFile:
        if self._pack is None or self._pack.end >= self._limit:
            self.close()
            self._pack = PackFile(self._folder, self._number, self._disk)
            self._number += 1
            self._pack.begin()
        return self._pack


def _surveyed(path: Path) -> _Old:
    old = _Old(path, path.stat().st_size)
    with open_file(path) as file:
        for found in walk(file, 0, old.size):
            if isinstance(found, Record):
                old.records.append(found)
            else:
                old.damaged = True
    return old


def _kept(old: Collection[_Old], named: AbstractSet[bytes]) -> set[tuple[Path, int]]:
    """What is kept of each named blob, by pack and first byte: its newest sound record, else all of them."""
    places: dict[bytes, list[tuple[Path, int]]] = defaultdict(list)
    for one in old:
        for record in one.records:
            if record.digest in named:
                places[record.digest].append((one.path, record.start))
    kept: set[tuple[Path, int]] = set()
    for found in places.values():
        sound = next(filter(_stands, reversed(found)), None) if found[1:] else found[0]
        kept.update(found if sound is None else [sound])
    return kept


def _stands(place: tuple[Path, int]) -> bool:
    path, start = place
    with open_file(path) as file:
        record = read_record(file, start)
        return record is not None and is_sound(file, record)


def _size(record: Record) -> int:
    return record.end - record.start
