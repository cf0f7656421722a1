"""Snapshots as files: what each is of, where it lies, and which of them go again.

snapshots/NAME/000000050000.snapshot: a JSON line that says so, then the packed model
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import xxhash

from events.struct import Fact
from store.durable import UNFINISHED, Disk, make_folders, put_whole
from store.home import Home
from store.log.judged import Point
from store.log.lines import Head
from store.log.segments import Place
from store.projections.code import PENDING
from store.projections.state import MODELS
from store.thinning import redundant

EVERY = 50_000
"""Events between two snapshots."""
ENDING = ".snapshot"
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class SnapshotHeader(Fact, frozen=True):
    """What a snapshot is of."""

    home: str
    """The home's id."""
    seq: _Count
    """The position."""
    event: str
    """Id of the event there."""
    segment: _Count
    """Number of the segment in which the batch of that event ends."""
    offset: _Count
    """The byte after that batch."""
    chain: str
    """The chain there."""
    fold: str
    """Digest of the code that folded."""
    digest: str = ""
    """xxh3-128 of the header without it, and of the packed model."""

    @property
    def point(self) -> Point:
        """The place in the log where what is new begins."""
        return Point(Place(self.segment, self.offset), Head(self.seq, self.chain))


def header_digest(header: SnapshotHeader, body: bytes) -> str:
    """The digest that a header of these fields has before this packed model."""
    return xxhash.xxh3_128_hexdigest(msgspec.json.encode(msgspec.structs.replace(header, digest="")) + body)


def folder_of(home: Home, name: str) -> Path:
    """Where the snapshots of a model lie."""
    return home.snapshots / name


def file_name(seq: int) -> str:
    """The name of the snapshot of a position."""
    return f"{seq:012d}{ENDING}"


def positions_in(folder: Path) -> Iterator[int]:
    """Positions of the snapshots in a folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.endswith(ENDING) and path.name.removesuffix(ENDING).isdecimal():
            yield int(path.name.removesuffix(ENDING))


def put_snapshot(folder: Path, seq: int, data: bytes, disk: Disk) -> None:
    """Make a snapshot durable; none is ever half there.

    Raises:
        OSError: the disk refused.
    """
    if not folder.is_dir():
        make_folders(folder, disk)
    put_whole(folder / file_name(seq), data, disk, durable=True)


def thin_out(home: Home, every: int = EVERY, disk: Disk | None = None) -> None:
    """Remove snapshots that are no longer worth their room, and what somebody left who was killed over one.

    Args:
        home: where they are kept; only the holder of its lock removes any.
        every: events between two snapshots.
        disk: what removes.

    Raises:
        OSError: one cannot be removed.
    """
    disk = disk or Disk()
    for name in (PENDING, *MODELS):
        folder = folder_of(home, name)
        for position in redundant(list(positions_in(folder)), every):
            disk.remove(folder / file_name(position))
        for path in folder.glob(f".*{UNFINISHED}"):
            disk.remove(path)


def forget_behind(home: Home, seq: int, disk: Disk) -> None:
    """Remove, durably, the snapshots of positions that the log is to have no longer.

    Raises:
        OSError: one cannot be removed.
    """
    for name in (PENDING, *MODELS):
        folder = folder_of(home, name)
        behind = [position for position in positions_in(folder) if position > seq]
        for position in behind:
            disk.remove(folder / file_name(position))
        if behind:
            disk.sync_folder(folder)
