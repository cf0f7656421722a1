"""What a repair gives up: the segments as they stood, kept beside the log, with what is to be told of it.

    log/damaged-1/   repair.json  00000002.jsonl.zst  00000003.jsonl

A folder is there whole or not at all, and before anything is cut. What it says has been told in the log as
soon as the log goes on behind the cut: for whoever opens it next tells it first.
"""

from collections.abc import Iterator, Sequence
from filecmp import cmp
from itertools import count
from pathlib import Path

import msgspec
import structlog

from events.runtime import LogRepaired
from events.struct import Fact
from store.durable import UNFINISHED, Disk, make_folders, open_file, read_file, write_file
from store.log.compressed import SegmentDamaged, read_table
from store.log.judged import Point
from store.log.lines import Head
from store.log.segments import Place, is_compressed, is_segment, segment_number

NAME = "damaged"
_PLAN = "repair.json"
_PIECE = 1024**2

log = structlog.get_logger(__name__)


class GivenUp(Fact, frozen=True):
    """One repair: where the log was to be cut, and what is to be told of it."""

    place: Place
    """Where what is whole ends."""
    head: Head
    """The log's head there."""
    told: LogRepaired
    """The event."""

    @property
    def point(self) -> Point:
        """The end of what is whole."""
        return Point(self.place, self.head)


def files_behind(folder: Path, point: Point) -> list[Path]:
    """The files of a log that hold anything behind a point, or another form of what does."""
    found = (path for path in folder.iterdir() if is_segment(path.name) and path.is_file())
    return sorted(path for path in found if _reaches_beyond(path, point))


def _reaches_beyond(path: Path, point: Point) -> bool:
    if segment_number(path) != point.place.number:
        return segment_number(path) > point.place.number
    if not is_compressed(path):
        return path.stat().st_size != point.place.offset
    try:
        table = read_table(path)
    except SegmentDamaged:
        return True
    return (table.size, table.after) != (point.place.offset, point.head)


def keep(folder: Path, point: Point, told: LogRepaired, files: Sequence[Path], disk: Disk) -> GivenUp:
    """Keep files of a log, durably. What an earlier repair kept stays; the same is not kept twice.

    Args:
        folder: the log folder.
        point: where the log is to end.
        told: what is to be told, but for the name of what is kept.
        files: what is given up, or holds it.
        disk: what writes.

    Raises:
        OSError: the disk refused; nothing half is taken for whole.
    """
    for kept, earlier in _kept(folder):
        if earlier.point == point and all(_is_kept(path, kept) for path in files):
            return earlier
    target = next(path for number in count(1) if not (path := folder / f"{NAME}-{number}").exists())
    found = GivenUp(point.place, point.head, msgspec.structs.replace(told, kept=target.name))
    beside = target.with_name(target.name + UNFINISHED)
    make_folders(beside, disk)
    for path in list(beside.iterdir()):
        disk.remove(path)
    for path in files:
        write_file(beside / path.name, _pieces(path), disk)
    write_file(beside / _PLAN, iter([msgspec.json.encode(found)]), disk)
    disk.sync_folder(beside)
    disk.replace(beside, target)
    disk.sync_folder(folder)
    return found


def untold(folder: Path, head: Head) -> tuple[LogRepaired, ...]:
    """The repairs of which a log with this head does not tell yet: what tells of them would stand there."""
    return tuple(found.told for _, found in _kept(folder) if found.head == head)


def _kept(folder: Path) -> Iterator[tuple[Path, GivenUp]]:
    """What repairs kept, oldest first."""
    for number in count(1):
        path = folder / f"{NAME}-{number}"
        if not path.exists():
            return
        try:
            yield path, msgspec.json.decode(read_file(path / _PLAN), type=GivenUp)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("kept damage ignored", folder=path.name, error=str(error))


def _is_kept(path: Path, folder: Path) -> bool:
    copy = folder / path.name
    return copy.is_file() and cmp(path, copy, shallow=False)


def _pieces(path: Path) -> Iterator[bytes]:
    with open_file(path) as file:
        while data := file.read(_PIECE):
            yield data
