"""The log as it stands on disk: batches that hold, and faults where they do not.

A tail is torn when a writer could have been interrupted there: whole event lines in sequence, then at most a
part of a line, then at most zeros. Everything else that lacks a right commit line is corruption.
"""

from collections.abc import Iterator
from dataclasses import replace
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from store.durable import open_file
from store.log.compressed import SegmentDamaged, Table, read_blocks, read_table
from store.log.contradiction import contradiction, disputed
from store.log.cut import Raw, chunks, diagnose, due, holds, judge_tail, split
from store.log.judged import BEGINNING, Batch, Fault, Point
from store.log.lines import START, Head, chain_of, parse_commit
from store.log.published import NAME, Published
from store.log.segments import (
    Place,
    compressed,
    find_segment,
    is_compressed,
    newest_written,
    segment_name,
    segment_number,
    segments,
)

_RESTORED = "restore the file from a copy, or give up what is lost with `tracegate log repair`"
SETTLED = (
    f"put back the files of the log where they are another home's; where log/{NAME} is, "
    "`tracegate log repair` sets it aside and gives up no event"
)
"""What settles a contradiction between the log and `log/head`."""


class LogCorrupt(Exception):
    """A batch of the log is not what was appended."""

    def __init__(self, fault: Fault) -> None:
        remedy = SETTLED if fault.disputed else _RESTORED
        super().__init__(
            f"the event log is damaged: {fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}"
            f" (from event {fault.seq or 'unknown'} on); nothing was changed: {remedy} "
            "(`tracegate log verify` names every fault)"
        )
        self.segment = fault.segment
        self.start = fault.start
        self.end = fault.end
        self.seq = fault.seq
        self.what = fault.what


def scan(
    folder: Path, since: Point = BEGINNING, told: Published | None = None, *, beyond: bool = False
) -> Iterator[Batch | Fault]:
    """Every batch of a log folder in order, and every fault between them; takes no lock.

    After a fault the next commit line is taken at its word about what came before, so that one damage is
    told once.

    Args:
        folder: the log folder.
        since: where to begin; what lies before is not looked at.
        told: the durable end, where a writer told it: nothing before it can be torn, or gone.
        beyond: whether to look at what lies behind the durable end too.

    Raises:
        OSError: a segment cannot be read.
    """
    head: Head | None = since.head
    last = told.place if told is not None and told.open and not beyond else None
    listed = segments(folder)
    newest = newest_written(listed)
    for number, path in _numbered(folder, listed, since.place):
        if last is not None and number > last.number:
            break
        offset = since.place.offset if number == since.place.number else 0
        if not isinstance(path, Path):
            what = _gone(since.head) if offset else path
            yield Fault(segment_name(number), offset, offset, due(head), what)
            head = None
            continue
        end = last.offset if last is not None and number == last.number else None
        for judged in scan_segment(path, offset, end, head, last=path == newest):
            head = judged.head if isinstance(judged, Batch) else None
            yield _as_told(judged, number, told)
    if told is not None and head is not None and head.seq < told.head.seq:
        at = told.place.offset
        yield Fault(segment_name(told.place.number), at, at, head.seq + 1, _gone(told.head))


def _as_told(judged: Batch | Fault, number: int, told: Published | None) -> Batch | Fault:
    """What was judged, held to what a writer told.

    A batch that holds may be another log's. A tear in what was told to be durable is none, unless all that is
    lost is the seal of a clean end.
    """
    if told is not None and isinstance(judged, Batch):
        what = contradiction(judged, told)
        return judged if what is None else disputed(judged, what)
    if isinstance(judged, Batch) or told is None or not judged.torn:
        return judged
    if Place(number, judged.start) >= told.place or (not told.open and judged.seq > told.head.seq):
        return judged
    end = max(judged.end, told.place.offset) if number == told.place.number else judged.end
    return replace(judged, end=end, torn=False, what=_gone(told.head))


def _gone(head: Head) -> str:
    return f"events up to {head.seq} were durable and are gone: the end of the log was removed"


def _numbered(folder: Path, listed: list[Path], since: Place) -> Iterator[tuple[int, Path | str]]:
    """Every segment from a place on with its number; for each gap its first number, and what to say of it."""
    by_number = {segment_number(path): path for path in listed}
    number, last = since.number, max((*by_number, since.number if since.offset else 0))
    while number <= last:
        path = by_number.get(number) or find_segment(folder, number)
        after = number + 1
        if path is None:
            after = min((other for other in by_number if other > number), default=last + 1)
        yield number, path or _missing(after - 1 - number, after - 1)
        number = after


def _missing(others: int, last: int) -> str:
    return "the segment is missing" + (f", and those after it up to {segment_name(last)}" if others else "")


def scan_segment(
    path: Path, offset: int = 0, end: int | None = None, head: Head | None = None, *, last: bool = False
) -> Iterator[Batch | Fault]:
    """Every batch of one segment, and every fault between them.

    Args:
        path: the segment; it may have been compressed since it was listed.
        offset: the byte of a batch at which to begin, as it is when not compressed.
        end: the byte before which to stop; None means the segment's end.
        head: the log's head there; None means that the first commit line is taken at its word.
        last: whether it is the newest one, whose tail may be torn.

    Raises:
        OSError: the segment cannot be read.
    """
    file = None if is_compressed(path) else _opened(path)
    if file is None:
        yield from _compressed_segment(compressed(path), offset, head)
        return
    with file:
        if (size := file.seek(0, SEEK_END)) < offset and head is not None:
            yield Fault(path.name, size, offset, due(head), _gone(head))
            return
        for raw in split(chunks(file, offset, end), offset):
            judged = _judge(path.name, raw, head, last=last)
            head = judged.head if isinstance(judged, Batch) else None
            yield judged


def _opened(path: Path) -> BinaryIO | None:
    try:
        return open_file(path)
    except FileNotFoundError:
        return None


def _compressed_segment(path: Path, offset: int, head: Head | None) -> Iterator[Batch | Fault]:
    try:
        table = read_table(path)
    except SegmentDamaged as damage:
        yield Fault(path.name, damage.start, damage.end, due(head), damage.what)
        return
    size = path.stat().st_size
    if offset == 0 and head is not None and table.before != head:
        yield Fault(path.name, 0, size, due(head), "it does not follow on the segment before it")
        head = None
    if table.size < offset and head is not None:
        yield Fault(path.name, 0, size, due(head), _gone(head))
        return
    for start, data in read_blocks(path, table, _block_at(table, offset)):
        if isinstance(data, SegmentDamaged):
            yield Fault(path.name, data.start, data.end, due(head), data.what)
            head = None
            continue
        for raw in split(iter([data[max(0, offset - start) :]]), max(start, offset)):
            judged = _judge(path.name, raw, head, last=False)
            head = judged.head if isinstance(judged, Batch) else None
            yield judged
    if head is not None and head != table.after:
        yield Fault(path.name, 0, size, table.before.seq + 1, "its table of blocks tells of another end")


def _block_at(table: Table, offset: int) -> int:
    """The block that holds a plain byte."""
    end = 0
    for number, block in enumerate(table.blocks):
        end += block.size
        if offset < end:
            return number
    return len(table.blocks)


def _judge(segment: str, raw: Raw, head: Head | None, *, last: bool) -> Batch | Fault:
    if raw.commit is None:
        torn, what = judge_tail(bytes(raw.data), head) if last else (False, "no commit line ends it")
        return Fault(segment, raw.start, raw.end, due(head), what, torn)
    told = parse_commit(raw.commit)
    before = head
    if before is None:
        before = START if told is None else Head(told.first - 1, told.previous)
    if told is not None and holds(raw, told, before):
        after = Head(before.seq + told.count, chain_of(raw.commit))
        return Batch(segment, raw.start, raw.end, before, told.count, raw.data, after)
    return Fault(segment, raw.start, raw.end, due(head), diagnose(raw, told, before))
