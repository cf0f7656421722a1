"""Single events, streams and types out of a long log, without reading what lies between."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import xxhash

from events.struct import Event
from events.wire import AnyRecorded
from store.home import Home
from store.log.compressed import SegmentDamaged
from store.log.lines import Head
from store.log.lookup import SegmentBytes, opened_segment
from store.log.published import published
from store.log.read import batches, decode_at, tags_of_others
from store.log.scan import BEGINNING, Batch, Fault, LogCorrupt, Point, newest_written, scan_segment
from store.log.segment_index import GrowingIndex, SegmentIndex, load_index, save_index
from store.log.segments import Place, find_segment, segment_name, segment_number, segments

Types = Collection[type[Event]]


@dataclass(frozen=True)
class _Indexed:
    """One segment and where its events stand."""

    path: Path
    index: SegmentIndex
    data: SegmentBytes


class LogIndex:
    """Looks up events of one home's log; takes no lock. `refresh` takes in what became durable since.

    Each event that it gives is, byte by byte, the one that stood in its batch when the batch was checked.
    """

    def __init__(self, home: Home) -> None:
        """Open the index; what is missing of it is built, and kept where the home can be written to.

        Raises:
            LogCorrupt: a batch is not what was appended.
            OSError: a segment cannot be read.
        """
        self._home = home
        self._closed: list[_Indexed] = []
        self._newest: _Indexed | None = None
        self._growing = GrowingIndex(BEGINNING.head)
        self._end = BEGINNING
        self.refresh()

    @property
    def seq(self) -> int:
        """The last place that is covered."""
        return self._end.head.seq

    @property
    def end(self) -> Point:
        """The end of what is covered, for whoever reads on from there."""
        return self._end

    def refresh(self) -> None:
        """Take in what became durable since it was last looked at.

        Raises:
            LogCorrupt: a batch is not what was appended.
            OSError: a segment cannot be read.
        """
        told, written = published(self._home), newest_written(segments(self._home.log))
        if told is not None:
            self._close_before(told.place.number)
        elif written is not None:
            self._close_before(segment_number(written))
        for found in batches(self._home, self._end):
            self._take(found)

    def close(self) -> None:
        """Let go of the files."""
        for one in self._segments():
            one.data.close()

    def at(self, place: int) -> AnyRecorded | None:
        """The event at this place in the log; None when the log does not reach so far.

        Raises:
            LogCorrupt: what stands there is not the event that was appended.
        """
        if not 0 < place <= self.seq:
            return None
        found = self._segments()
        firsts = [segment.index.first for segment in found]
        return _event(found[bisect_right(firsts, place) - 1], place)

    def stream(self, correlation: str, types: Types | None = None, after: int = 0) -> Iterator[AnyRecorded]:
        """The events that belong to this (a question, a stream, a dataset) after a place, in order.

        Args:
            correlation: what they belong to.
            types: event types wanted; None means all.
            after: the place after which to begin.

        Raises:
            LogCorrupt: an event is not the one that was appended.
        """
        return self._found(types, correlation, after)

    def of_types(self, types: Types | None, after: int = 0) -> Iterator[AnyRecorded]:
        """The events of these types after a place, in order; None means all.

        Raises:
            LogFromFuture: an event is of a type that only a newer version knows.
            LogCorrupt: an event is not the one that was appended.
        """
        return self._found(types, None, after)

    def last(
        self, count: int, types: Types | None = None, correlation: str | None = None
    ) -> list[AnyRecorded]:
        """The last so many events of these types that belong to this, in order; None means all.

        Raises:
            LogFromFuture, LogCorrupt: as `of_types`.
        """
        found: list[AnyRecorded] = []
        for segment in reversed(self._segments()):
            for place in reversed(_places(segment.index, types, correlation)):
                if len(found) == count:
                    return found[::-1]
                recorded = _event(segment, place)
                if _is_wanted(recorded, types, correlation):
                    found.append(recorded)
        return found[::-1]

    def _found(self, types: Types | None, correlation: str | None, after: int) -> Iterator[AnyRecorded]:
        for segment in self._segments():
            for place in _places(segment.index, types, correlation):
                if place > after:
                    recorded = _event(segment, place)
                    if _is_wanted(recorded, types, correlation):
                        yield recorded

    def _segments(self) -> list[_Indexed]:
        return self._closed + ([self._newest] if self._newest is not None else [])

    def _close_before(self, number: int) -> None:
        for before in range(self._end.place.number, number):
            self._close(before)

    def _close(self, number: int) -> None:
        """Take in the rest of a segment that is no longer written to."""
        path = find_segment(self._home.log, number)
        if path is None:
            what = "the segment is missing"
            raise LogCorrupt(Fault(segment_name(number), 0, 0, self.seq + 1, what))
        data = _opened(path)
        index, after = self._index_of(path, data.head_before(data.size))
        self._closed.append(_Indexed(path, index, data))
        if self._newest is not None:
            self._newest.data.close()
            self._newest = None
        self._end = Point(Place(number + 1, 0), after)
        self._growing = GrowingIndex(after)

    def _index_of(self, path: Path, after: Head | None) -> tuple[SegmentIndex, Head]:
        """The index of a closed segment, and the log's head behind it."""
        if after is not None and not len(self._growing):
            kept = load_index(path, self._end.head, after)
            if kept is not None:
                return kept, after
        end = self._end
        for found in scan_segment(path, end.place.offset, None, end.head):
            if isinstance(found, Fault):
                raise LogCorrupt(found)
            self._growing.add(found)
            end = Point(found.place, found.head)
        if not end.place.offset:
            what = "the segment holds no batch"
            raise LogCorrupt(Fault(path.name, 0, path.stat().st_size, self.seq + 1, what))
        head = end.head
        save_index(path, self._growing.to_bytes(head))
        return self._growing, head

    def _take(self, batch: Batch) -> None:
        self._close_before(batch.place.number)
        if self._newest is None:
            path = self._home.log / batch.segment
            self._newest = _Indexed(path, self._growing, _opened(path))
        self._growing.add(batch)
        self._end = Point(batch.place, batch.head)


def _places(index: SegmentIndex, types: Types | None, correlation: str | None) -> Sequence[int]:
    """The places in a segment that are to be looked at."""
    if correlation is not None:
        return index.stream(msgspec.json.encode(correlation)[1:-1])
    if types is not None:
        return list(index.besides(tags_of_others(frozenset(types))))
    return range(index.first, index.first + len(index))


def _is_wanted(recorded: AnyRecorded, types: Types | None, correlation: str | None) -> bool:
    """Whether an event that was found is one: an index may give a few others."""
    of_type = types is None or type(recorded.event) in types
    return of_type and (correlation is None or recorded.correlation == correlation)


def _event(segment: _Indexed, place: int) -> AnyRecorded:
    """One event, held to the digest of its line: nothing else around it was read."""
    spot = segment.index.at(place)
    fault = Fault(
        segment.path.name,
        spot.offset,
        spot.offset + spot.length,
        place,
        "an event is not the one that was appended",
    )
    try:
        line = segment.data.read(spot.offset, spot.length)
    except SegmentDamaged as damage:
        raise LogCorrupt(Fault(segment.path.name, damage.start, damage.end, place, damage.what)) from damage
    if xxhash.xxh3_64_intdigest(line) != spot.digest:
        raise LogCorrupt(fault)
    return decode_at(line, fault)


def _opened(path: Path) -> SegmentBytes:
    try:
        return opened_segment(path)
    except SegmentDamaged as damage:
        raise LogCorrupt(Fault(path.name, damage.start, damage.end, 0, damage.what)) from damage


def events_at(home: Home, places: Iterable[int]) -> dict[int, str]:
    """The id of the event at each of these places, as far as the log reaches.

    Raises:
        LogCorrupt: what stands at one of them is not the event that was appended.
        OSError: a segment cannot be read.
    """
    wanted = sorted(places)
    if not wanted:
        return {}
    with closing(LogIndex(home)) as index:
        found = [index.at(place) for place in wanted]
    return {recorded.seq: recorded.id for recorded in found if recorded is not None}
