"""What is done to a log before it is written to: a torn tail is set aside, anything worse is refused."""

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from events.runtime import HomeOpened, LogRepaired, TailCut
from store.durable import UNFINISHED, Disk, read_file, write_file
from store.home import Home
from store.log.compressed import SegmentDamaged, read_table
from store.log.contradiction import contradiction, disputed
from store.log.damaged import untold
from store.log.judged import Batch, Fault, Point
from store.log.lines import START, Head
from store.log.published import Published, last_word
from store.log.read import decode_line
from store.log.scan import LogCorrupt, scan, scan_segment
from store.log.segments import (
    FIRST,
    Place,
    is_compressed,
    newest_written,
    segment_name,
    segment_number,
    segments,
)


@dataclass(frozen=True)
class Recovered:
    """A log that can be appended to."""

    head: Head = START
    """Where it ends."""
    place: Place = FIRST
    """Where the next batch goes."""
    home: str | None = None
    """The id drawn for the home; None for a log without events."""
    sealed: bool = True
    """Whether the last batch is an empty one, so that no tear can be taken for damage to what counts."""
    cuts: tuple[TailCut, ...] = ()
    """The tails that were set aside at its end, to be told in the log."""
    repairs: tuple[LogRepaired, ...] = ()
    """What was given up behind its end, to be told in the log."""


def recover(home: Home, disk: Disk | None = None) -> Recovered:
    """Bring a log into a state that can be appended to; the caller holds the lock.

    Compressed segments are taken by the tables at their ends, which bind them into the chain: what this costs
    does not grow with the log. `log verify` reads every byte of them, and so does whoever reads their events.

    Raises:
        LogCorrupt: a batch is not what was appended; nothing was touched.
        OSError: a segment cannot be read, or the tail not be set aside.
    """
    disk, told = disk or Disk(), last_word(home)
    begins = _beginning(home)
    if isinstance(begins, Fault) and not begins.torn:
        raise LogCorrupt(begins)  # a log without a beginning would be begun anew
    identity = _opened_by(begins, told)
    state, tail = _whole(home, told)
    state = replace(state, home=identity)
    place = state.place if tail is None else _cut_off(home, tail, disk)
    if told is not None and told.open:
        _write_again(home.log, told.place, disk)
    cuts, repairs = _untold(home.log, {state.place, place}), untold(home.log, state.head)
    return replace(state, place=place, cuts=cuts, repairs=repairs)


def home_id(home: Home) -> str | None:
    """The id that the log's first event tells; None for a log without events, or whose beginning is damaged.

    Raises:
        LogCorrupt: the log does not begin with `HomeOpened`, or opens another home than was written to last.
        OSError: the segment cannot be read.
    """
    return _opened_by(_beginning(home), last_word(home))


def _opened_by(found: Batch | Fault | None, told: Published | None) -> str | None:
    """The id of the home that a log's beginning opens."""
    if not isinstance(found, Batch) or not found.count:
        return None
    event = decode_line(found, 0).event
    if not isinstance(event, HomeOpened):
        raise _refused(found, "the log does not begin with HomeOpened")
    if told is not None and (what := contradiction(found, told)):
        raise LogCorrupt(disputed(found, what))
    return event.home


def _beginning(home: Home) -> Batch | Fault | None:
    """What stands first in the log; nothing in one that was never written to."""
    listed = segments(home.log)
    first = next(iter(listed), None)
    if first is None:
        return None
    if segment_number(first) != 1:
        raise LogCorrupt(Fault(segment_name(1), 0, 0, 1, "the segment is missing"))
    return next(scan_segment(first, head=START, last=first == newest_written(listed)), None)


def _refused(batch: Batch, what: str) -> LogCorrupt:
    return LogCorrupt(Fault(batch.segment, batch.start, batch.end, batch.first, what))


def _whole(home: Home, told: Published | None) -> tuple[Recovered, Fault | None]:
    """The state after the last batch that holds, and the torn tail behind it."""
    state = _closed(home.log)
    for found in scan(home.log, Point(state.place, state.head), told, beyond=True):
        if isinstance(found, Batch):
            state = replace(state, head=found.head, place=found.place, sealed=not found.count)
        elif found.torn:
            return state, found
        else:
            raise LogCorrupt(found)
    return state, None


def _closed(folder: Path) -> Recovered:
    """The state after the compressed segments at the log's beginning."""
    state = Recovered()
    for number, path in enumerate(segments(folder), start=1):
        if not is_compressed(path) or segment_number(path) != number:
            break
        state = replace(state, head=_end_of(path, state.head), place=Place(number + 1, 0), sealed=False)
    return state


def _end_of(path: Path, head: Head) -> Head:
    try:
        table = read_table(path)
    except SegmentDamaged as damage:
        raise LogCorrupt(Fault(path.name, damage.start, damage.end, head.seq + 1, damage.what)) from damage
    if table.before != head:
        what = "it does not follow on the segment before it"
        raise LogCorrupt(Fault(path.name, 0, path.stat().st_size, head.seq + 1, what))
    return table.after


def _cut_off(home: Home, tail: Fault, disk: Disk) -> Place:
    """Keep the tail's bytes beside the segment, durably, and only then cut it; where the log ends then."""
    path = home.log / tail.segment
    with os.fdopen(disk.open(path, os.O_RDWR), "r+b") as file:
        file.seek(tail.start)
        set_aside(path, tail.start, file.read(), disk)
        disk.truncate(file.fileno(), tail.start)
        disk.sync_all(file.fileno())
    return Place(segment_number(path), tail.start)


def _write_again(folder: Path, durable: Place, disk: Disk) -> None:
    """Make durable what a writer left behind the durable end, which it may have tried in vain.

    After a sync that failed the system takes the bytes for written: no later sync would write them. They are
    still read, so they count, and events that follow on them must not be there without them.
    """
    for path in segments(folder):
        number = segment_number(path)
        if number >= durable.number and not is_compressed(path):
            with os.fdopen(disk.open(path, os.O_RDWR), "r+b") as file:
                offset = file.seek(durable.offset if number == durable.number else 0)
                if data := file.read():
                    disk.write_at(file.fileno(), data, offset)
                    disk.sync_all(file.fileno())


def set_aside(segment: Path, offset: int, data: bytes, disk: Disk) -> None:
    """Keep bytes of a segment beside it. What an earlier tear left there stays; the same is not kept twice.

    Raises:
        OSError: the disk refused; nothing half is left.
    """
    for number in count(1):
        suffix = "" if number == 1 else f".{number}"
        path = segment.with_name(f"{segment.name}.{offset}.torn{suffix}")
        if not path.exists() or read_file(path) == data:
            break
    beside = path.with_name(path.name + UNFINISHED)
    try:
        write_file(beside, iter([data]), disk)
        disk.replace(beside, path)
    finally:
        disk.remove(beside)
    disk.sync_folder(path.parent)


def _untold(folder: Path, places: Collection[Place]) -> tuple[TailCut, ...]:
    """What was set aside where the log ends: the batch that tells of it would stand there, so none did."""
    return tuple(
        TailCut(segment=segment_name(number), offset=offset, size=path.stat().st_size, kept=path.name)
        for number, offset in sorted(places)
        for path in sorted(folder.glob(f"{segment_name(number)}.{offset}.torn*"), key=_order)
        if not path.name.endswith(UNFINISHED)
    )


def _order(path: Path) -> tuple[int, str]:
    """The tenth after the ninth."""
    return len(path.name), path.name
