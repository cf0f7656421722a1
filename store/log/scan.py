"""The log as it stands on disk: batches that hold, and faults where they do not.

A tail is torn when a writer could have been interrupted there: whole event lines in sequence, then at most a
part of a line, then at most zeros. Everything else that lacks a right commit line is corruption.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from events.wire import decode
from store.log.lines import COMMIT_MARK, EVENT_MARK, START, UNREADABLE, Head, parse_commit, seal
from store.log.segments import segment_name, segments


@dataclass(frozen=True)
class Batch:
    """Events that were appended together and are whole."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte of its first line."""
    end: int
    """Byte after its commit line."""
    first: int
    """The place of its first event."""
    lines: tuple[bytes, ...]
    """Its event lines with their line ends."""
    head: Head
    """The log's head after it."""


@dataclass(frozen=True)
class Fault:
    """Bytes that are not a batch."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte at which the batch begins."""
    end: int
    """Byte after it."""
    seq: int
    """The place that its first event should have; 0 when a fault before it leaves that unknown."""
    what: str
    """What is wrong."""
    torn: bool = False
    """Whether it is the tail that an interrupted writer leaves."""
    newer: bool = False
    """Whether nothing is damaged: a newer version of tracegate wrote it."""


class LogCorrupt(Exception):
    """A batch of the log is not what was appended."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(
            f"the event log is damaged: {fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}; "
            "nothing was changed: restore the file from a copy (`tracegate log verify` names every fault)"
        )
        self.segment = fault.segment
        self.start = fault.start
        self.end = fault.end
        self.seq = fault.seq
        self.what = fault.what


@dataclass
class _Raw:
    """Lines up to and with a commit line, or what is left at a segment's end."""

    start: int
    end: int
    lines: list[bytes] = field(default_factory=list)
    commit: bytes | None = None


def scan(folder: Path) -> Iterator[Batch | Fault]:
    """Every batch of a log folder in order, and every fault between them; takes no lock.

    After a fault the next commit line is taken at its word about what came before, so that one damage is
    told once.

    Raises:
        OSError: a segment cannot be read.
    """
    head: Head | None = START
    found = segments(folder)
    # A segment may have been made and then not needed; the tail is where the last bytes are.
    newest = max((path for path in found if path.stat().st_size), default=None)
    for number, path in _numbered(found):
        if path is None:
            yield Fault(segment_name(number), 0, 0, _due(head), "the segment is missing")
            head = None
            continue
        with path.open("rb") as file:
            for raw in _split(file):
                judged = _judge(path.name, raw, head, last=path == newest)
                head = judged.head if isinstance(judged, Batch) else None
                yield judged


def _numbered(found: list[Path]) -> Iterator[tuple[int, Path | None]]:
    """Every number up to the newest segment, with its file if it is there."""
    by_number = {int(path.stem): path for path in found}
    for number in range(1, max(by_number, default=0) + 1):
        yield number, by_number.get(number)


def _split(file: BinaryIO) -> Iterator[_Raw]:
    raw = _Raw(0, 0)
    for line in file:
        raw.end += len(line)
        if line.startswith(COMMIT_MARK) and line.endswith(b"\n"):
            raw.commit = line
            yield raw
            raw = _Raw(raw.end, raw.end)
        else:
            raw.lines.append(line)
    if raw.lines:
        yield raw


def _judge(segment: str, raw: _Raw, head: Head | None, *, last: bool) -> Batch | Fault:
    if raw.commit is None:
        torn, what = _judge_tail(raw.lines, head) if last else (False, "no commit line ends it")
        return Fault(segment, raw.start, raw.end, _due(head), what, torn)
    before = _as_told(raw.commit) if head is None else head
    line, after = seal(before, raw.lines)
    if line == raw.commit:
        return Batch(segment, raw.start, raw.end, before.seq + 1, tuple(raw.lines), after)
    return Fault(segment, raw.start, raw.end, _due(head), _diagnose(raw, line))


def _as_told(line: bytes) -> Head:
    """The head that a commit line claims to stand after."""
    commit = parse_commit(line)
    return START if commit is None else Head(commit.first - 1, commit.previous)


def _diagnose(raw: _Raw, wanted: bytes) -> str:
    """What distinguishes a commit line from the one that its place and its events ask for."""
    told, due = parse_commit(raw.commit or b""), parse_commit(wanted)
    if any(not line.startswith(EVENT_MARK) for line in raw.lines):
        return "a line in it is neither an event nor a commit"
    if told is None or due is None:
        return "its commit line cannot be read"
    if told.first != due.first:
        return (
            f"it begins with event {told.first} where {due.first} is due: something was removed or repeated"
        )
    if told.count != due.count:
        return f"{told.count} events were committed, and {due.count} lines stand there"
    if told.digest != due.digest:
        return "the bytes of its events are not those that were committed"
    if told.previous != due.previous:
        return "it does not follow on the batch before it"
    return "its commit line is not spelled as it was written"


def _judge_tail(lines: list[bytes], head: Head | None) -> tuple[bool, str]:
    """Whether an interrupted writer can have left these lines, and what they are."""
    *whole, rest = b"".join(lines).rstrip(b"\0").split(b"\n")
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
