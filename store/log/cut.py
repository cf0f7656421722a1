"""Bytes of a segment, cut after each commit line; and what is wrong where one does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import msgspec
import xxhash

from events.wire import FutureEventError, decode
from store.log.lines import COMMIT_MARK, EVENT_MARK, UNREADABLE, Commit, Head, seal

CHUNK_BYTES = 1024**2
_SEQ_WITHIN = 32
_FIRST = COMMIT_MARK[:1]
_END = b""


@dataclass(frozen=True, slots=True)
class Raw:
    """Lines up to and with a commit line, or what is left at a segment's end."""

    start: int
    end: int
    data: memoryview
    commit: bytes | None
    last: bytes = b""
    """How the last event line begins."""


def split(chunks: Iterator[bytes], start: int) -> Iterator[Raw]:
    """Cut bytes after each commit line; a commit line begins where a line begins.

    Chunks gather until they are as much as what no commit line ended yet: however long that grows, each byte
    of it is moved a few times only.
    """
    buffer, at, searched = b"", 0, 0
    gathered, size = list[bytes](), 0
    for chunk in chain(chunks, (_END,)):
        gathered.append(chunk)
        size += len(chunk)
        if size < len(buffer) - at and chunk is not _END:
            continue
        buffer, at, searched = buffer[at:] + b"".join(gathered), 0, searched - at
        gathered, size = [], 0
        while True:
            mark = _commit_mark(buffer, at, searched)
            after = buffer.find(b"\n", mark) + 1 if mark >= 0 else 0
            if not after:
                searched = mark if mark >= 0 else max(at, len(buffer) - len(COMMIT_MARK))
                break
            line = buffer.rfind(b"\n", at, mark - 1) + 1 or at
            last = buffer[line : min(line + _SEQ_WITHIN, mark)]
            yield Raw(start, start + after - at, memoryview(buffer)[at:mark], buffer[mark:after], last)
            start, at, searched = start + after - at, after, after
    if at < len(buffer):
        yield Raw(start, start + len(buffer) - at, memoryview(buffer)[at:], None)


def _commit_mark(buffer: bytes, at: int, searched: int) -> int:
    """Where the next commit line begins; -1 where there is none yet."""
    mark = buffer.find(_FIRST, searched)  # one byte is found sooner than several, and is no part of an event
    while mark >= 0 and not (
        buffer.startswith(COMMIT_MARK, mark) and (mark == at or buffer.startswith(b"\n", mark - 1))
    ):
        mark = buffer.find(COMMIT_MARK, mark + 1)
    return mark


def chunks(file: BinaryIO, offset: int, end: int | None) -> Iterator[bytes]:
    """The bytes of a file from one byte up to another, or to its end, piece by piece."""
    file.seek(offset)
    while data := file.read(CHUNK_BYTES if end is None else min(CHUNK_BYTES, max(0, end - offset))):
        offset += len(data)
        yield data


def holds(raw: Raw, told: Commit, before: Head) -> bool:
    """Whether a commit line is, byte by byte, the one that its place and its events ask for."""
    wanted, _ = seal(before, told.count, raw.data)
    return wanted == raw.commit and _counts(raw, told, before)


def _counts(raw: Raw, told: Commit, before: Head) -> bool:
    """Whether the last event line is the one that this count asks for; the writer leaves no gaps."""
    if not raw.last:
        return told.count == 0
    return raw.last.startswith(b'{"seq":%d,' % (before.seq + told.count))


def diagnose(raw: Raw, told: Commit | None, before: Head) -> str:
    """What distinguishes a commit line from the one that its place and its events ask for."""
    lines = bytes(raw.data).splitlines(keepends=True)
    if any(not line.startswith(EVENT_MARK) for line in lines):
        return "a line in it is neither an event nor a commit"
    if told is None:
        return "its commit line cannot be read"
    if told.first != before.seq + 1:
        wanted = before.seq + 1
        return f"it begins with event {told.first} where {wanted} is due: something was removed or repeated"
    if told.count != len(lines):
        return f"{told.count} events were committed, and {len(lines)} lines stand there"
    if told.digest != xxhash.xxh3_128_hexdigest(raw.data):
        return "the bytes of its events are not those that were committed"
    if told.previous != before.chain:
        return "it does not follow on the batch before it: a batch is gone, or the segment is another home's"
    return "its commit line is not spelled as it was written"


def judge_tail(data: bytes, head: Head | None) -> tuple[bool, str]:
    """Whether an interrupted writer can have left these bytes, and what they are."""
    *whole, rest = data.rstrip(b"\0").split(b"\n")
    for place, line in enumerate(whole, start=due(head)):
        if not _is_event(line, place if head else None):
            return False, "a whole line in it is neither an event nor a commit"
    if rest and _is_object(rest[:-1]):
        return False, "a whole line in it has lost its end"
    return True, "torn tail: an append was interrupted before it was durable"


def _is_event(line: bytes, seq: int | None) -> bool:
    try:
        recorded = decode(line)
    except FutureEventError:
        return True  # the writer that was interrupted is a newer one
    except UNREADABLE:
        return False
    return seq is None or recorded.seq == seq


def _is_object(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except UNREADABLE:
        return False
    return True


def due(head: Head | None) -> int:
    """The place that the next event has; 0 where that is not known."""
    return 0 if head is None else head.seq + 1
