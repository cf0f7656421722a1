"""Where each event of one segment stands: by place, by type, and by what it belongs to.

Built by looking at the lines without decoding them. That of a closed segment is kept in `log/index/`: a
cache, bound to both ends of the segment in the chain, believed when its digest holds, built anew otherwise.

    header, a JSON line | offsets u32 | lengths u32 | types u8, padded to 8 | digests u64
    | streams u64, sorted | their events u32
"""

import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import structlog
import xxhash

from events.struct import Fact
from store.durable import Disk, put_whole, read_file
from store.log.judged import Batch
from store.log.lines import Head, correlation_of, event_tag

FOLDER = "index"
_ENDING = ".idx"

log = structlog.get_logger(__name__)


class IndexHeader(Fact, frozen=True):
    """What an index is of."""

    before: Head
    """The log's head before what is indexed."""
    after: Head
    """The log's head at its end."""
    count: int
    """How many events it covers."""
    tags: tuple[str, ...]
    """The types that occur, by number."""
    digest: str = ""
    """xxh3-128 of the header without it, and of everything after the header's line."""


class Spot(NamedTuple):
    """Where the line of an event stands, and what it is."""

    offset: int
    """Its first byte, in the segment as it is when not compressed."""
    length: int
    """Its bytes, line end included."""
    digest: int
    """xxh3-64 of them: only a digest of the line itself guards all that stands beside the event."""


class SegmentIndex(Protocol):
    """Where the events of one segment stand."""

    first: int
    """The place of its first event."""

    def __len__(self) -> int:
        """How many events it covers."""
        ...

    def at(self, place: int) -> Spot:
        """The line of the event at this place in the log."""
        ...

    def stream(self, correlation: bytes) -> list[int]:
        """Places of the events that may belong to this, in order; a few others may be among them."""
        ...

    def besides(self, tags: frozenset[bytes]) -> Iterator[int]:
        """Places of the events of all types but these, in order."""
        ...


class GrowingIndex:
    """The index of a segment that is read batch by batch."""

    def __init__(self, before: Head) -> None:
        """Begin with a segment.

        Args:
            before: the log's head before it.
        """
        self.first = before.seq + 1
        self.before = before
        self._tags: dict[bytes, int] = {}
        self._offsets = array("I")
        self._lengths = array("I")
        self._kinds = bytearray()
        self._digests = array("Q")
        self._streams: dict[int, list[int]] = {}

    def __len__(self) -> int:
        """How many events it covers."""
        return len(self._offsets)

    def add(self, batch: Batch) -> None:
        """Take in the next batch."""
        offset = batch.start
        for line in batch.lines:
            if (correlation := correlation_of(line)) is not None:
                key = xxhash.xxh3_64_intdigest(correlation)
                self._streams.setdefault(key, []).append(len(self._offsets))
            self._offsets.append(offset)
            self._lengths.append(len(line))
            self._kinds.append(self._tags.setdefault(event_tag(line), len(self._tags)))
            self._digests.append(xxhash.xxh3_64_intdigest(line))
            offset += len(line)

    def at(self, place: int) -> Spot:
        """The line of the event at this place in the log."""
        number = place - self.first
        return Spot(self._offsets[number], self._lengths[number], self._digests[number])

    def stream(self, correlation: bytes) -> list[int]:
        """Places of the events that may belong to this, in order; a few others may be among them."""
        key = xxhash.xxh3_64_intdigest(correlation)
        return [self.first + number for number in self._streams.get(key, ())]

    def besides(self, tags: frozenset[bytes]) -> Iterator[int]:
        """Places of the events of all types but these, in order."""
        wanted = {number for tag, number in self._tags.items() if tag not in tags}
        return _places(self._kinds, wanted, self.first)

    def to_bytes(self, after: Head) -> bytes:
        """The index as it is kept, once the segment is closed with this head."""
        pairs = sorted((key, number) for key, numbers in self._streams.items() for number in numbers)
        kinds = bytes(self._kinds)
        body = b"".join(
            (
                self._offsets.tobytes(),
                self._lengths.tobytes(),
                kinds + bytes(-len(kinds) % 8),
                self._digests.tobytes(),
                array("Q", [key for key, _ in pairs]).tobytes(),
                array("I", [number for _, number in pairs]).tobytes(),
            )
        )
        tags = tuple(tag.decode() for tag in self._tags)
        header = IndexHeader(self.before, after, len(kinds), tags)
        line = msgspec.json.encode(msgspec.structs.replace(header, digest=_digest(header, body)))
        return line + b" " * (-(len(line) + 1) % 8) + b"\n" + body


class KeptIndex:
    """The index of a closed segment, as it lies in its file: some 30 bytes an event.

    It is read and not mapped: a mapped file that somebody cuts short ends the process.
    """

    def __init__(self, header: IndexHeader, body: memoryview) -> None:
        count, padded = header.count, header.count + -header.count % 8
        keyed = (len(body) - 16 * count - padded) // 12
        ends = list(accumulate((4 * count, 4 * count, padded, 8 * count, 8 * keyed, 4 * keyed)))
        self.first = header.before.seq + 1
        self._count = count
        self._tags = tuple(tag.encode() for tag in header.tags)
        self._offsets = body[: ends[0]].cast("I")
        self._lengths = body[ends[0] : ends[1]].cast("I")
        self._kinds = body[ends[1] : ends[1] + count]
        self._digests = body[ends[2] : ends[3]].cast("Q")
        self._keys = body[ends[3] : ends[4]].cast("Q")
        self._numbers = body[ends[4] : ends[5]].cast("I")

    def __len__(self) -> int:
        """How many events it covers."""
        return self._count

    def at(self, place: int) -> Spot:
        """The line of the event at this place in the log."""
        number = place - self.first
        return Spot(self._offsets[number], self._lengths[number], self._digests[number])

    def stream(self, correlation: bytes) -> list[int]:
        """Places of the events that may belong to this, in order; a few others may be among them."""
        key = xxhash.xxh3_64_intdigest(correlation)
        begin, end = bisect_left(self._keys, key), bisect_right(self._keys, key)
        return [self.first + number for number in self._numbers[begin:end]]

    def besides(self, tags: frozenset[bytes]) -> Iterator[int]:
        """Places of the events of all types but these, in order."""
        wanted = {number for number, tag in enumerate(self._tags) if tag not in tags}
        return _places(self._kinds, wanted, self.first)


def _places(kinds: Iterable[int], wanted: Container[int], first: int) -> Iterator[int]:
    return (place for place, kind in enumerate(kinds, start=first) if kind in wanted)


def load_index(segment: Path, before: Head, after: Head) -> KeptIndex | None:
    """The kept index of a segment between these heads; None when there is none, or it is of another."""
    try:
        data = read_file(index_path(segment))
        begin = data.find(b"\n") + 1
        header = msgspec.json.decode(data[:begin], type=IndexHeader)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("index ignored", segment=segment.name, error=str(error))
        return None
    body = memoryview(data)[begin:]
    if (header.before, header.after) != (before, after) or _digest(header, body) != header.digest:
        log.warning("index ignored: it is not of this segment", segment=segment.name)
        return None
    return KeptIndex(header, body)


def _digest(header: IndexHeader, body: bytes | memoryview) -> str:
    found = xxhash.xxh3_128(msgspec.json.encode(msgspec.structs.replace(header, digest="")))
    found.update(body)
    return found.hexdigest()


def save_index(segment: Path, data: bytes, disk: Disk) -> None:
    """Keep an index; where the home cannot be written to it is built again next time."""
    path = index_path(segment)
    try:
        disk.make_folder(path.parent)
        put_whole(path, data, disk, durable=False, mark=f".{os.getpid()}")
    except OSError as error:
        log.info("index not kept", segment=segment.name, error=str(error))


def index_path(segment: Path) -> Path:
    """Where a segment's index is kept, whether the segment is compressed or not."""
    return segment.parent / FOLDER / f"{segment.name[:8]}{_ENDING}"
