"""Giving up what is damaged: the log is cut before the first damage, and everything cut is kept beside it.

Nothing here happens by itself: somebody has to ask for it, it is told in the log, and the gate stays closed
until that is acknowledged. Work whose events were cut off is owed again, and ids follow from inputs: so the
same command makes the same questions and episodes once more.
"""

import os
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import copy2

from events.runtime import LogRepaired
from store.durable import Disk, make_folder, sync_folder
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.lock import hold_lock
from store.log.lookup import opened_segment
from store.log.published import NAME, Extent, published
from store.log.scan import BEGINNING, Fault, Point, scan
from store.log.segments import UNFINISHED, segment_name, segment_number, segments

KEPT = "damaged"
_PIECE = 1024**2


@dataclass(frozen=True)
class _Damage:
    """The first damage of a log, and what stands behind it."""

    fault: Fault
    """What is wrong."""
    whole: Point
    """The end of what is whole before it."""
    batches: int
    """Batches behind it that hold by themselves."""
    events: int
    """Their events."""


async def repair(home: Home, disk: Disk | None = None) -> LogRepaired | None:
    """Cut the log before its first damage; None when there is none. A torn tail is none.

    The segments as they stood are kept in `log/damaged-N/`, durable before anything is cut. When it was
    interrupted it can be asked for again.

    Raises:
        HomeLocked: another process writes to this home.
        HomeUnwritable: the home cannot be written to.
        OSError: the disk refused.
    """
    with hold_lock(home):
        damage = _first_damage(home)
        if damage is None:
            return None
        first = int(damage.fault.segment[:8])
        kept = _keep(home, first)
        _cut(home, damage.whole, first, disk or Disk())
    told = LogRepaired(
        segment=damage.fault.segment,
        start=damage.fault.start,
        end=damage.fault.end,
        seq=damage.whole.head.seq + 1,
        what=damage.fault.what,
        batches=damage.batches,
        events=damage.events,
        kept=kept.name,
    )
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(told)])
    return told


def _first_damage(home: Home) -> _Damage | None:
    fault: Fault | None = None
    whole, batches, events = BEGINNING, 0, 0
    for found in scan(home.log, extent=Extent(None, published(home))):
        if isinstance(found, Fault):
            fault = fault or (None if found.torn else found)
        elif fault is None:
            whole = Point(found.place, found.head)
        else:
            batches, events = batches + 1, events + found.count
    return None if fault is None else _Damage(fault, whole, batches, events)


def _keep(home: Home, first: int) -> Path:
    """Copies of all segments from this number on, durable; what an earlier repair kept stays."""
    folder = next(path for number in count(1) if not (path := home.log / f"{KEPT}-{number}").exists())
    make_folder(folder)
    for path in segments(home.log):
        if segment_number(path) >= first:
            copy2(path, folder)
            _sync(folder / path.name)
    sync_folder(folder)
    return folder


def _cut(home: Home, whole: Point, first: int, disk: Disk) -> None:
    """Take away what is not whole, the newest first: until the last step the damage is still found."""
    disk.remove(home.log / NAME)
    for path in reversed(segments(home.log)):
        if segment_number(path) > max(first, whole.place.number):
            disk.remove(path)
    for path in reversed(segments(home.log)):
        if segment_number(path) == whole.place.number and whole.place.offset:
            _shorten(path, whole.place.offset, disk)
        elif segment_number(path) >= first:
            disk.remove(path)
    disk.sync_folder(home.log)


def _shorten(path: Path, size: int, disk: Disk) -> None:
    """Leave only so many plain bytes of a segment, which is plain afterwards."""
    target = path.with_name(segment_name(segment_number(path)))
    beside = target.with_name(target.name + UNFINISHED)
    with closing(opened_segment(path)) as segment, beside.open("wb") as file:
        while file.tell() < size:
            file.write(segment.read(file.tell(), min(_PIECE, size - file.tell())))
        file.flush()
        disk.sync_all(file.fileno())
    disk.replace(beside, target)
    disk.sync_folder(target.parent)
    if path != target:
        disk.remove(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
