"""What is done to a log before it is written to: a torn tail is set aside, anything worse is refused."""

import os
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from events.runtime import HomeOpened, TailCut
from store.durable import Disk
from store.home import Home
from store.log.compressed import SegmentDamaged, read_table
from store.log.lines import START, Head
from store.log.published import published
from store.log.read import decode_line
from store.log.scan import Batch, Fault, LogCorrupt, Point, lost, scan, scan_segment
from store.log.segments import FIRST, Place, is_compressed, segment_number, segments


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
    cut: TailCut | None = None
    """The tail that was set aside, to be told in the log."""


def recover(home: Home, disk: Disk | None = None) -> Recovered:
    """Bring a log into a state that can be appended to; the caller holds the lock.

    Compressed segments are taken by the tables at their ends, which bind them into the chain: what this costs
    does not grow with the log. `log verify` reads every byte of them, and so does whoever reads their events.

    Raises:
        LogCorrupt: a batch is not what was appended; nothing was touched.
        OSError: a segment cannot be read, or the tail not be set aside.
    """
    state = _refuse_lost(home, _recovered(home, disk or Disk()))
    return replace(state, home=home_id(home))


def home_id(home: Home) -> str | None:
    """The id that the log's first event tells; None for a log without events.

    Raises:
        LogCorrupt: the log does not begin with `HomeOpened`.
        OSError: the segment cannot be read.
    """
    first = next(iter(segments(home.log)), None)
    found = next(scan_segment(first, last=True), None) if first is not None else None
    if not isinstance(found, Batch) or not found.count:
        return None
    event = decode_line(found, 0).event
    if isinstance(event, HomeOpened):
        return event.home
    what = "the log does not begin with HomeOpened"
    raise LogCorrupt(Fault(found.segment, found.start, found.end, found.first, what))


def _recovered(home: Home, disk: Disk) -> Recovered:
    state = _closed(home.log)
    for found in scan(home.log, Point(state.place, state.head)):
        if isinstance(found, Batch):
            state = replace(state, head=found.head, place=found.place, sealed=not found.count)
        elif found.torn:
            return _without_tail(home, state, found, disk)
        else:
            raise LogCorrupt(found)
    return state


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


def _refuse_lost(home: Home, state: Recovered) -> Recovered:
    """Events that a writer told readers of on this start of the system cannot be gone by a tear."""
    told = published(home)
    if told is not None and told.head.seq > state.head.seq:
        raise LogCorrupt(lost(told, state.head))
    return state


def _without_tail(home: Home, state: Recovered, tail: Fault, disk: Disk) -> Recovered:
    """Keep the tail's bytes beside the segment, durably, and only then cut it."""
    path = home.log / tail.segment
    with path.open("r+b") as file:
        file.seek(tail.start)
        data = file.read()
        kept = set_aside(path, tail.start, data, disk)
        disk.truncate(file.fileno(), tail.start)
        disk.sync_all(file.fileno())
    cut = TailCut(segment=tail.segment, offset=tail.start, size=len(data), kept=kept)
    return replace(state, place=Place(int(path.stem), tail.start), cut=cut)


def set_aside(segment: Path, offset: int, data: bytes, disk: Disk) -> str:
    """Keep bytes of a segment beside it; the name of the file. What an earlier tear left there stays.

    Raises:
        OSError: the disk refused.
    """
    for number in count(1):
        suffix = "" if number == 1 else f".{number}"
        path = segment.with_name(f"{segment.name}.{offset}.torn{suffix}")
        if not path.exists():
            break
    descriptor = disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        disk.write(descriptor, data)
        disk.sync_all(descriptor)
    finally:
        os.close(descriptor)
    disk.sync_folder(path.parent)
    return path.name
