"""Single events, streams and types out of a long log, without reading what lies between."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing

import msgspec

from events.struct import Event
from events.wire import AnyRecorded
from store.durable import Disk
from store.home import Home
from store.log.indexed import IndexedSegment, end_of, keep_index, whole_batches
from store.log.judged import BEGINNING, Batch, Fault, Point
from store.log.published import published
from store.log.read import batches, tags_of_others
from store.log.recover import home_id
from store.log.scan import LogCorrupt
from store.log.segment_index import GrowingIndex, SegmentIndex
from store.log.segments import Place, find_segment, newest_written, segment_name, segment_number, segments

Types = Collection[type[Event]]


class LogIndex:
    """Looks up events of one home's log; takes no lock. `refresh` takes in what became durable since.

    Each event that it gives is, byte by byte, the one that stood in its batch when the batch was checked.
    """

    def __init__(self, home: Home, disk: Disk | None = None) -> None:
        """Open the index; what is missing of it is built when it is asked for, and kept if the home allows.

        Args:
            home: whose log.
            disk: what keeps it; where that fails nothing else does.

        Raises:
            LogCorrupt: a segment is missing, another home's or does not follow on the one before, or a batch
                of the newest is not what was appended.
            OSError: a segment cannot be read.
        """
        self._home = home
        self._disk = disk or Disk()
        self._segments: list[IndexedSegment] = []
        self._growing: GrowingIndex | None = None
        self._end = BEGINNING
        home_id(home)  # a beginning that is another home's is refused before anything of it is given
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
        for segment in self._segments:
            segment.close()

    def at(self, place: int) -> AnyRecorded | None:
        """The event at this place in the log; None when the log does not reach so far.

        Raises:
            LogCorrupt: what stands there is not the event that was appended.
        """
        if not 0 < place <= self.seq:
            return None
        ends = [segment.before.seq for segment in self._segments]
        return self._segments[bisect_right(ends, place - 1) - 1].event(place)

    def stream(self, correlation: str, types: Types | None = None, after: int = 0) -> Iterator[AnyRecorded]:
        """The events that belong to this (a question, a stream, a dataset) after a place, in order.

        Args:
            correlation: what they belong to.
            types: event types wanted; None means all.
            after: the place after which to begin.

        Raises:
            LogFromFuture: an event is of a type that only a newer version knows.
            LogCorrupt: an event is not the one that was appended.
        """
        return self._found(types, correlation, after)

    def of_types(self, types: Types | None, after: int = 0) -> Iterator[AnyRecorded]:
        """The events of these types after a place, in order; None means all.

        Raises:
            LogFromFuture, LogCorrupt: as `stream`.
        """
        return self._found(types, None, after)

    def last(
        self, count: int, types: Types | None = None, correlation: str | None = None
    ) -> list[AnyRecorded]:
        """The last so many events of these types that belong to this, in order; None means all.

        Raises:
            LogFromFuture, LogCorrupt: as `stream`.
        """
        found: list[AnyRecorded] = []
        for segment in reversed(self._segments):
            if len(found) == count:
                break
            for place in reversed(_places(segment.index, types, correlation)):
                if len(found) == count:
                    break
                recorded = segment.event(place)
                if _is_wanted(recorded, types, correlation):
                    found.append(recorded)
        return found[::-1]

    def _found(self, types: Types | None, correlation: str | None, after: int) -> Iterator[AnyRecorded]:
        for segment in self._segments:
            if segment.after is not None and segment.after.seq <= after:
                continue
            for place in _places(segment.index, types, correlation):
                if place > after:
                    recorded = segment.event(place)
                    if _is_wanted(recorded, types, correlation):
                        yield recorded

    def _close_before(self, number: int) -> None:
        for before in range(self._end.place.number, number):
            self._close(before)

    def _close(self, number: int) -> None:
        """Have done with a segment that is no longer written to."""
        path = find_segment(self._home.log, number)
        if path is None:
            what = "the segment is missing"
            raise LogCorrupt(Fault(segment_name(number), 0, 0, self.seq + 1, what))
        before, index = self._end.head, None
        if self._growing is None:
            after = end_of(path, before)
        else:
            for batch in whole_batches(path, self._end):
                self._grow(self._growing, batch)
            before, after = self._growing.before, self._end.head
            index = keep_index(self._growing, path, after, self._disk)
            self._segments.pop().close()
            self._growing = None
        self._segments.append(IndexedSegment(path, before, after, self._disk, index))
        self._end = Point(Place(number + 1, 0), after)

    def _take(self, batch: Batch) -> None:
        self._close_before(batch.place.number)
        if self._growing is None:
            self._growing = GrowingIndex(batch.before)
            path = self._home.log / batch.segment
            self._segments.append(IndexedSegment(path, batch.before, None, self._disk, self._growing))
        self._grow(self._growing, batch)

    def _grow(self, index: GrowingIndex, batch: Batch) -> None:
        index.add(batch)
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
