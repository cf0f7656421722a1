"""Giving up what is damaged: the log is cut before the first damage, and everything cut is kept beside it.

Nothing here happens by itself: somebody has to ask for it, it is told in the log, and the gate stays closed
until that is acknowledged. Work whose events were cut off is owed again, and ids follow from inputs: so the
same command makes the same questions and episodes once more. Where the very first batch is damaged nothing is
whole before it: the log begins anew, and so does the home, under another id.

A log that is whole by itself and not what `log/head` tells gives up nothing: that file is kept aside instead.
"""

from collections.abc import Iterator
from contextlib import closing
from functools import reduce
from pathlib import Path

from anyio import to_thread

from events.runtime import LogRepaired
from store.durable import UNFINISHED, Disk, write_file
from store.home import Home
from store.log.append import LogWriter
from store.log.damaged import files_behind, keep, untold
from store.log.follow import NoLogError
from store.log.judged import BEGINNING, Batch, Fault, Point
from store.log.lock import hold_lock, machine_failure
from store.log.lookup import SegmentBytes, opened_segment
from store.log.published import NAME, last_word
from store.log.scan import LogCorrupt, scan
from store.log.segments import compressed, find_segment, is_log, segment_name, segment_number
from store.log.verify import stands_alone
from store.snapshot_files import forget_behind

_PIECE = 1024**2


class LogDisputed(LogCorrupt):
    """The log and `log/head` contradict each other, and the log is not whole by itself either."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        message = (
            f"{fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}; the log is not whole by "
            "itself either, so nobody knows which file is foreign, and nothing was given up: put back each "
            f"file that is another home's (`tracegate log verify` names every fault); where that is "
            f"log/{NAME}, move it elsewhere and ask again"
        )
        self.args = (message,)


async def repair(home: Home, disk: Disk | None = None) -> LogRepaired | None:
    """Cut the log before its first damage; None when there is none. A torn tail is none.

    The segments as they stood are kept in `log/damaged-N/`, durable before anything is cut. When it was
    interrupted it can be asked for again; what was cut and not told by then is told by whoever appends next.

    Raises:
        NoLogError: there is no log.
        LogDisputed: it cannot be told whether the log or `log/head` is another home's; nothing was touched.
        HomeLocked: another process writes to this home.
        HomeUnwritable, NoSpace, LogPoisoned: the disk refused; what was not cut yet is as it was.
    """
    if not is_log(home.log):
        raise NoLogError(f"there is no log in {home.root}: nothing can be damaged")
    disk = disk or Disk()
    with hold_lock(home, disk):
        try:
            told = await to_thread.run_sync(_repaired, home, disk)
        except OSError as error:
            raise machine_failure(home, error) from error
    if told is not None:
        async with LogWriter.open(home, disk=disk):
            pass  # it tells first of what is not told yet
    return told


def _repaired(home: Home, disk: Disk) -> LogRepaired | None:
    """Have the log end where it is whole; what is to be told of it."""
    if disputed := _first_dispute(home):
        return _without_head(home, disputed, disk)
    whole, told = _first_damage(home)
    if told is None:
        return next(reversed(untold(home.log, whole.head)), None)
    told = keep(home.log, whole, told, files_behind(home.log, whole), disk).told
    # Durably before the cut: a repair that was broken off behind it finds a whole log, and looks no further.
    forget_behind(home, whole.head.seq, disk)
    _cut(home, whole, disk)
    return told


def _first_dispute(home: Home) -> Fault | None:
    """The first batch that holds and is not what `log/head` tells."""
    told = last_word(home)
    if told is None:
        return None
    found = (one for one in scan(home.log, told=told, beyond=True) if isinstance(one, Fault))
    return next((one for one in found if one.disputed), None)


def _without_head(home: Home, disputed: Fault, disk: Disk) -> LogRepaired:
    """Have the log speak for itself: what told otherwise of it is kept aside, and no event is given up."""
    if not stands_alone(home):
        raise LogDisputed(disputed)
    batches = (one for one in scan(home.log, beyond=True) if isinstance(one, Batch))
    end = reduce(lambda _, batch: Point(batch.place, batch.head), batches, BEGINNING)
    head = home.log / NAME
    told = LogRepaired(
        segment=NAME,
        start=0,
        end=head.stat().st_size,
        seq=end.head.seq + 1,
        what=f"it told of another log than {disputed.segment}, and the log is whole by itself",
        batches=0,
        events=0,
        kept="",
    )
    told = keep(home.log, end, told, [head], disk).told
    disk.remove(head)
    disk.sync_folder(home.log)
    return told


def _first_damage(home: Home) -> tuple[Point, LogRepaired | None]:
    """The end of what is whole, and what is to be told of the first damage behind it."""
    fault: Fault | None = None
    whole, batches, events = BEGINNING, 0, 0
    for found in scan(home.log, told=last_word(home), beyond=True):
        if isinstance(found, Fault):
            fault = fault or (None if found.torn else found)
        elif fault is None:
            whole = Point(found.place, found.head)
        else:
            batches, events = batches + 1, events + found.count
    if fault is None:
        return whole, None
    told = LogRepaired(
        segment=fault.segment,
        start=fault.start,
        end=fault.end,
        seq=whole.head.seq + 1,
        what=fault.what,
        batches=batches,
        events=events,
        kept="",
    )
    return whole, told


def _cut(home: Home, whole: Point, disk: Disk) -> None:
    """Take away what is behind a point.

    In no order that counts, for a disk keeps none: whatever is left of it when this is broken off is damage
    still, or else what was kept is told by whoever writes next.
    """
    cut = files_behind(home.log, whole)
    for path in cut:
        if segment_number(path) > whole.place.number or not whole.place.offset:
            disk.remove(path)
    last = find_segment(home.log, whole.place.number)
    if last is not None and last in cut:
        _shorten(last, whole, disk)
    for path in cut:
        if path == compressed(path):
            disk.remove(path)
    disk.sync_folder(home.log)
    disk.remove(home.log / NAME)
    disk.sync_folder(home.log)


def _shorten(path: Path, whole: Point, disk: Disk) -> None:
    """Leave only what is whole of a segment, which is plain afterwards."""
    number, size = whole.place
    target = path.with_name(segment_name(number))
    beside = target.with_name(target.name + UNFINISHED)
    with closing(opened_segment(path)) as segment:
        write_file(beside, _beginning(segment, size), disk)
    disk.replace(beside, target)
    disk.sync_folder(target.parent)


def _beginning(segment: SegmentBytes, size: int) -> Iterator[bytes]:
    """So many bytes of a segment, piece by piece."""
    done = 0
    while done < size:
        data = segment.read(done, min(_PIECE, size - done))
        yield data
        done += len(data)
