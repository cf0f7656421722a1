"""The log as it stands on disk: batches that hold, and faults where they do not.

A tail is torn when a writer could have been interrupted there: whole event lines in sequence, then at most a
part of a line, then at most zeros. Everything else that lacks a right commit line is corruption.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import msgspec
import xxhash

from events.wire import decode
from store.log.compressed import SegmentDamaged, Table, read_blocks, read_table
from store.log.lines import (
    COMMIT_MARK,
    EVENT_MARK,
    START,
    UNREADABLE,
    Commit,
    Head,
    chain_of,
    parse_commit,
    seal,
)
from store.log.published import Published
from store.log.segments import Place, is_compressed, segment_name, segment_number, segments

CHUNK_BYTES = 1024**2
_SEQ_WITHIN = 32
_FIRST = COMMIT_MARK[:1]


@dataclass(frozen=True)
class Batch:
    """Events that were appended together and are whole."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte of its first line, in the segment as it is when not compressed."""
    end: int
    """Byte after its commit line."""
    before: Head
    """The log's head before it."""
    count: int
    """How many events it holds."""
    data: memoryview
    """Its event lines with their line ends."""
    head: Head
    """The log's head after it."""

    @property
    def first(self) -> int:
        """The place of its first event."""
        return self.before.seq + 1

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """Its event lines, each with its line end."""
        return tuple(bytes(self.data).splitlines(keepends=True))

    @property
    def place(self) -> Place:
        """Where the next batch begins."""
        return Place(int(self.segment[:8]), self.end)


@dataclass(frozen=True)
class Fault:
    """Bytes that are not a batch."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte at which it begins, in the file as it stands."""
    end: int
    """Byte after it."""
    seq: int
    """The place that its first event should have; 0 when a fault before it leaves that unknown."""
    what: str
    """What is wrong."""
    torn: bool = False
    """Whether it is the tail that an interrupted writer leaves."""


class LogCorrupt(Exception):
    """A batch of the log is not what was appended."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(
            f"the event log is damaged: {fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}"
            f" (from event {fault.seq or 'unknown'} on); nothing was changed: restore the file from a copy, or "
            "give up what is damaged with `tracegate log repair` (`tracegate log verify` names every fault)"
        )
        self.segment = fault.segment
        self.start = fault.start
        self.end = fault.end
        self.seq = fault.seq
        self.what = fault.what


@dataclass(frozen=True)
class Point:
    """A place between two batches, and the head there."""

    place: Place
    """The segment, and the byte in it."""
    head: Head
    """The last event before it, and the chain."""


BEGINNING = Point(Place(1, 0), START)


def scan(folder: Path, since: Point = BEGINNING, limit: Published | None = None) -> Iterator[Batch | Fault]:
    """Every batch of a log folder in order, and every fault between them; takes no lock.

    After a fault the next commit line is taken at its word about what came before, so that one damage is
    told once.

    Args:
        folder: the log folder.
        since: where to begin; what lies before is not looked at.
        limit: the durable end, when there is a writer; what lies behind is passed over.

    Raises:
        OSError: a segment cannot be read.
    """
    head: Head | None = since.head
    found = [path for path in segments(folder) if segment_number(path) >= since.place.number]
    last = limit.place if limit is not None else None
    # A segment may have been made and then not needed; the tail is where the last bytes are.
    newest = max((path for path in found if path.stat().st_size), default=None)
    for number, path in _numbered(found, since.place.number):
        if last is not None and number > last.number:
            break
        if path is None:
            yield Fault(segment_name(number), 0, 0, _due(head), "the segment is missing")
            head = None
            continue
        offset = since.place.offset if number == since.place.number else 0
        end = last.offset if last is not None and number == last.number else None
        for judged in scan_segment(path, offset, end, head, last=path == newest):
            head = judged.head if isinstance(judged, Batch) else None
            yield judged
    if limit is not None and head is not None and head.seq < limit.head.seq:
        yield lost(limit, head)


def lost(told: Published, head: Head) -> Fault:
    """The fault of a log that ends before what its writer said was durable."""
    what = f"events up to {told.head.seq} were durable and are gone: the end of the log was removed"
    at = told.place.offset
    return Fault(segment_name(told.place.number), at, at, head.seq + 1, what)


def _numbered(found: list[Path], first: int) -> Iterator[tuple[int, Path | None]]:
    """Every number up to the newest segment, with its file if it is there."""
    by_number = {segment_number(path): path for path in found}
    for number in range(first, max(by_number, default=first - 1) + 1):
        yield number, by_number.get(number)


def scan_segment(
    path: Path, offset: int = 0, end: int | None = None, head: Head | None = None, *, last: bool = False
) -> Iterator[Batch | Fault]:
    """Every batch of one segment, and every fault between them.

    Args:
        path: the segment.
        offset: the byte of a batch at which to begin, as it is when not compressed.
        end: the byte before which to stop; None means the segment's end.
        head: the log's head there; None means that the first commit line is taken at its word.
        last: whether it is the newest one, whose tail may be torn.

    Raises:
        OSError: the segment cannot be read.
    """
    if is_compressed(path):
        yield from _compressed_segment(path, offset, head)
        return
    with path.open("rb") as file:
        for raw in _split(_chunks(file, offset, end), offset):
            judged = _judge(path.name, raw, head, last=last)
            head = judged.head if isinstance(judged, Batch) else None
            yield judged


def _compressed_segment(path: Path, offset: int, head: Head | None) -> Iterator[Batch | Fault]:
    try:
        table = read_table(path)
    except SegmentDamaged as damage:
        yield Fault(path.name, damage.start, damage.end, _due(head), damage.what)
        return
    size = path.stat().st_size
    if offset == 0 and head is not None and table.before != head:
        yield Fault(path.name, 0, size, _due(head), "it does not follow on the segment before it")
        head = None
    for start, data in read_blocks(path, table, _block_at(table, offset)):
        if isinstance(data, SegmentDamaged):
            yield Fault(path.name, data.start, data.end, _due(head), data.what)
            head = None
            continue
        for raw in _split(iter([data[max(0, offset - start) :]]), max(start, offset)):
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


def _chunks(file: BinaryIO, offset: int, end: int | None) -> Iterator[bytes]:
    file.seek(offset)
    while data := file.read(CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - offset)):
        offset += len(data)
        yield data


@dataclass(frozen=True, slots=True)
class _Raw:
    """Lines up to and with a commit line, or what is left at a segment's end."""

    start: int
    end: int
    data: memoryview
    commit: bytes | None
    last: bytes = b""
    """How the last event line begins."""


def _split(chunks: Iterator[bytes], start: int) -> Iterator[_Raw]:
    """Cut bytes after each commit line; a commit line begins where a line begins."""
    buffer, at, searched = b"", 0, 0
    for chunk in chunks:
        buffer, at, searched = buffer[at:] + chunk, 0, searched - at
        while True:
            mark = _commit_mark(buffer, at, searched)
            after = buffer.find(b"\n", mark) + 1 if mark >= 0 else 0
            if not after:
                searched = mark if mark >= 0 else max(at, len(buffer) - len(COMMIT_MARK))
                break
            line = buffer.rfind(b"\n", at, mark - 1) + 1 or at
            last = buffer[line : min(line + _SEQ_WITHIN, mark)]
            yield _Raw(start, start + after - at, memoryview(buffer)[at:mark], buffer[mark:after], last)
            start, at, searched = start + after - at, after, after
    if at < len(buffer):
        yield _Raw(start, start + len(buffer) - at, memoryview(buffer)[at:], None)


def _commit_mark(buffer: bytes, at: int, searched: int) -> int:
    """Where the next commit line begins; -1 where there is none yet."""
    mark = buffer.find(_FIRST, searched)
    while mark >= 0 and not (
        buffer.startswith(COMMIT_MARK, mark) and (mark == at or buffer.startswith(b"\n", mark - 1))
    ):
        mark = buffer.find(_FIRST, mark + 1)
    return mark


def _judge(segment: str, raw: _Raw, head: Head | None, *, last: bool) -> Batch | Fault:
    if raw.commit is None:
        torn, what = _judge_tail(bytes(raw.data), head) if last else (False, "no commit line ends it")
        return Fault(segment, raw.start, raw.end, _due(head), what, torn)
    told = parse_commit(raw.commit)
    before = head
    if before is None:
        before = START if told is None else Head(told.first - 1, told.previous)
    if told is not None and _holds(raw, told, before):
        after = Head(before.seq + told.count, chain_of(raw.commit))
        return Batch(segment, raw.start, raw.end, before, told.count, raw.data, after)
    return Fault(segment, raw.start, raw.end, _due(head), _diagnose(raw, told, before))


def _holds(raw: _Raw, told: Commit, before: Head) -> bool:
    """Whether a commit line is, byte by byte, the one that its place and its events ask for."""
    due, _ = seal(before, told.count, raw.data)
    return due == raw.commit and _counts(raw, told, before)


def _counts(raw: _Raw, told: Commit, before: Head) -> bool:
    """Whether the last event line is the one that this count asks for; the writer leaves no gaps."""
    if not raw.last:
        return told.count == 0
    return raw.last.startswith(b'{"seq":%d,' % (before.seq + told.count))


def _diagnose(raw: _Raw, told: Commit | None, before: Head) -> str:
    """What distinguishes a commit line from the one that its place and its events ask for."""
    lines = bytes(raw.data).splitlines(keepends=True)
    if any(not line.startswith(EVENT_MARK) for line in lines):
        return "a line in it is neither an event nor a commit"
    if told is None:
        return "its commit line cannot be read"
    if told.first != before.seq + 1:
        return f"it begins with event {told.first} where {before.seq + 1} is due: something was removed or repeated"
    if told.count != len(lines):
        return f"{told.count} events were committed, and {len(lines)} lines stand there"
    if told.digest != xxhash.xxh3_128_hexdigest(raw.data):
        return "the bytes of its events are not those that were committed"
    if told.previous != before.chain:
        return "it does not follow on the batch before it: a batch is gone, or the segment is another home's"
    return "its commit line is not spelled as it was written"


def _judge_tail(data: bytes, head: Head | None) -> tuple[bool, str]:
    """Whether an interrupted writer can have left these bytes, and what they are."""
    *whole, rest = data.rstrip(b"\0").split(b"\n")
    for place, line in enumerate(whole, start=_due(head)):
        if not _is_event(line, place if head else None):
            return False, "a whole line in it is neither an event nor a commit"
    if rest and _is_object(rest[:-1]):
        return False, "a whole line in it has lost its end"
    return True, "torn tail: an append was interrupted before it was durable"


def _is_event(line: bytes, seq: int | None) -> bool:
    try:
        recorded = decode(line)
    except UNREADABLE:
        return False
    return seq is None or recorded.seq == seq


def _is_object(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return False
    return True


def _due(head: Head | None) -> int:
    return 0 if head is None else head.seq + 1
