"""One segment of a log and the index of its events, looked into only when something of it is asked for."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import xxhash

from events.wire import AnyRecorded
from store.durable import Disk
from store.log.compressed import SegmentDamaged
from store.log.judged import Batch, Fault, Point
from store.log.lines import Head
from store.log.lookup import SegmentBytes, opened_segment
from store.log.read import decode_at
from store.log.scan import LogCorrupt, scan_segment
from store.log.segment_index import GrowingIndex, SegmentIndex, load_index, save_index
from store.log.segments import Place, segment_number


class IndexedSegment:
    """A segment and where its events stand.

    Args:
        path: the segment.
        before: the log's head before it.
        after: that behind it; None while it grows.
        disk: what keeps its index.
        index: where its events stand, when that is known already.
    """

    def __init__(
        self, path: Path, before: Head, after: Head | None, disk: Disk, index: SegmentIndex | None = None
    ) -> None:
        self.path = path
        self._disk = disk
        self.before = before
        self.after = after
        self._index = index
        self._data: SegmentBytes | None = None

    @property
    def index(self) -> SegmentIndex:
        """Where its events stand; built, and kept from then on, where it is not kept.

        Raises:
            LogCorrupt: a batch is not what was appended.
        """
        if self._index is None:
            assert self.after is not None, "one that grows has its index from the beginning"
            self._index = load_index(self.path, self.before, self.after) or self._built(self.after)
        return self._index

    def event(self, place: int) -> AnyRecorded:
        """One event, held to the digest of its line: nothing else around it is read.

        Raises:
            LogFromFuture: it is of a type that only a newer version knows.
            LogCorrupt: it is not the one that was appended.
        """
        spot = self.index.at(place)
        end = spot.offset + spot.length
        fault = Fault(self.path.name, spot.offset, end, place, "an event is not the one that was appended")
        try:
            line = self._read(spot.offset, spot.length)
        except SegmentDamaged as damage:
            raise _corrupt(self.path, damage, place) from damage
        if xxhash.xxh3_64_intdigest(line) != spot.digest:
            raise LogCorrupt(fault)
        return decode_at(line, fault)

    def close(self) -> None:
        """Let go of the file."""
        if self._data is not None:
            self._data.close()

    def _read(self, offset: int, length: int) -> bytes:
        if self._data is None:
            self._data = opened_segment(self.path)
        return self._data.read(offset, length)

    def _built(self, after: Head) -> SegmentIndex:
        growing = GrowingIndex(self.before)
        for batch in whole_batches(self.path, beginning_of(self.path, self.before)):
            growing.add(batch)
        return keep_index(growing, self.path, after, self._disk)


def keep_index(index: GrowingIndex, path: Path, after: Head, disk: Disk) -> SegmentIndex:
    """The index of a segment as it is kept from now on; where it cannot be kept, as it is."""
    save_index(path, index.to_bytes(after), disk)
    return load_index(path, index.before, after) or index


def whole_batches(path: Path, since: Point) -> Iterator[Batch]:
    """The batches of a closed segment from a point on, each held to the chain.

    Raises:
        LogCorrupt: one is not what was appended.
    """
    for found in scan_segment(path, since.place.offset, None, since.head):
        if isinstance(found, Fault):
            raise LogCorrupt(found)
        yield found


def beginning_of(path: Path, before: Head) -> Point:
    """The point at which a segment begins."""
    return Point(Place(segment_number(path), 0), before)


def end_of(path: Path, before: Head) -> Head:
    """The log's head behind a closed segment, as its last line tells it.

    Raises:
        LogCorrupt: it tells nothing that can be read, or does not follow on what is before it.
    """
    try:
        with closing(opened_segment(path)) as data:
            found = data.head_before(data.size) if data.head_at_start() == before else None
    except SegmentDamaged as damage:
        raise _corrupt(path, damage, before.seq + 1) from damage
    if found is not None:
        return found
    for _ in whole_batches(path, beginning_of(path, before)):
        pass  # something is wrong, and reading it says what
    what = "the segment holds no batch"
    raise LogCorrupt(Fault(path.name, 0, path.stat().st_size, before.seq + 1, what))


def _corrupt(path: Path, damage: SegmentDamaged, place: int) -> LogCorrupt:
    return LogCorrupt(Fault(path.name, damage.start, damage.end, place, damage.what))
