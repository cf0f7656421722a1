"""Single events, streams and types out of a long log, without reading what lies between."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from events.struct import Event
from events.wire import AnyRecorded, decode
from store.home import Home
from store.log.compressed import SegmentDamaged
from store.log.lines import UNREADABLE, Head, event_id
from store.log.lookup import SegmentBytes, opened_segment
from store.log.published import durable_extent
from store.log.recover import home_id
from store.log.scan import Batch, Fault, LogCorrupt, Point, scan, scan_segment
from store.log.segment_index import GrowingIndex, SegmentIndex, load_index, save_index
from store.log.segments import Place, segment_number, segments


@dataclass(frozen=True)
class _Indexed:
    """One segment and where its events stand."""

    path: Path
    index: SegmentIndex
    data: SegmentBytes


class _Line(msgspec.Struct):
    event: msgspec.Raw


_RAW = msgspec.json.Decoder(_Line)


class LogIndex:
    """Looks up events of one home's log; takes no lock. `refresh` takes in what became durable since."""

    def __init__(self, home: Home) -> None:
        """Open the index; what is missing of it is built, and kept where the home can be written to.

        Raises:
            LogCorrupt: a batch is not what was appended.
            OSError: a segment cannot be read.
        """
        self._home = home
        self._id = home_id(home)
        self._closed: list[_Indexed] = []
        self._newest: _Indexed | None = None
        self._growing = GrowingIndex(1)
        self._end = Point(Place(1, 0), Head(0, "0" * 32))
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
        extent = durable_extent(self._home)
        for path in segments(self._home.log)[len(self._closed) : -1]:
            self._close(path)
        for found in scan(self._home.log, self._end, extent):
            if isinstance(found, Batch):
                self._take(found)
            elif not found.torn:
                raise LogCorrupt(found)

    def close(self) -> None:
        """Let go of the files."""
        for one in (*self._closed, *((self._newest,) if self._newest else ())):
            one.data.close()

    def at(self, place: int) -> AnyRecorded | None:
        """The event at this place in the log; None when the log does not reach so far.

        Raises:
            LogCorrupt: what stands there is not the event that was appended.
        """
        return next(self._events([place]), None) if 0 < place <= self.seq else None

    def stream(self, correlation: str, types: Collection[type[Event]] | None = None) -> Iterator[AnyRecorded]:
        """The events that belong to this (a question, a stream, a dataset), in order.

        Raises:
            LogCorrupt: an event is not the one that was appended.
        """
        key = msgspec.json.encode(correlation)[1:-1]
        for segment in self._segments():
            for recorded in self._read(segment, segment.index.stream(key)):
                if recorded.correlation == correlation and (types is None or type(recorded.event) in types):
                    yield recorded

    def of_types(self, types: Iterable[type[Event]], after: int = 0) -> Iterator[AnyRecorded]:
        """The events of these types after a place, in order.

        Raises:
            LogCorrupt: an event is not the one that was appended.
        """
        tags = frozenset(kind.__name__ for kind in types)
        for segment in self._segments():
            places = segment.index.of_types(tags)
            yield from self._read(segment, (place for place in places if place > after))

    def _segments(self) -> list[_Indexed]:
        return self._closed + ([self._newest] if self._newest is not None else [])

    def _events(self, places: Iterable[int]) -> Iterator[AnyRecorded]:
        found = self._segments()
        firsts = [segment.index.first for segment in found]
        for place in places:
            yield from self._read(found[bisect_right(firsts, place) - 1], [place])

    def _read(self, segment: _Indexed, places: Iterable[int]) -> Iterator[AnyRecorded]:
        for place in places:
            yield self._event(segment, place, *segment.index.at(place))

    def _event(self, segment: _Indexed, place: int, offset: int, length: int) -> AnyRecorded:
        """One event, held to its place and its id: nothing else around it was read."""
        what = "an event is not the one that was appended"
        try:
            line = segment.data.read(offset, length)
            recorded = decode(line)
            raw = bytes(_RAW.decode(line).event)
            if recorded.seq == place and recorded.id == event_id(self._id or "", place, raw):
                return recorded
        except SegmentDamaged as damage:
            what = damage.what
        except UNREADABLE as error:
            what = str(error)
        raise LogCorrupt(Fault(segment.path.name, offset, offset + length, place, what))

    def _close(self, path: Path) -> None:
        """Take in a segment that is no longer written to."""
        data = _opened(path)
        after = data.head_before(data.size)
        index: SegmentIndex | None = load_index(path, after) if after is not None else None
        if index is None:
            index, after = _build(path)
            save_index(path, index.to_bytes(after))
            index = load_index(path, after) or index
        assert after is not None
        self._closed.append(_Indexed(path, index, data))
        if self._newest is not None:
            self._newest.data.close()
            self._newest = None
        self._end = Point(Place(segment_number(path) + 1, 0), after)
        self._growing = GrowingIndex(after.seq + 1)

    def _take(self, batch: Batch) -> None:
        if self._newest is None:
            path = self._home.log / batch.segment
            self._newest = _Indexed(path, self._growing, _opened(path))
        self._growing.add(batch)
        self._end = Point(batch.place, batch.head)


def _opened(path: Path) -> SegmentBytes:
    try:
        return opened_segment(path)
    except SegmentDamaged as damage:
        raise LogCorrupt(Fault(path.name, damage.start, damage.end, 0, damage.what)) from damage


def _build(path: Path) -> tuple[GrowingIndex, Head]:
    index: GrowingIndex | None = None
    after = None
    for found in scan_segment(path):
        if isinstance(found, Fault):
            raise LogCorrupt(found)
        index = index or GrowingIndex(found.first)
        index.add(found)
        after = found.head
    if index is None or after is None:
        raise LogCorrupt(Fault(path.name, 0, path.stat().st_size, 0, "the segment holds no batch"))
    return index, after


def events_at(home: Home, places: Collection[int]) -> dict[int, str]:
    """The id of the event at each of these places, as far as the log reaches.

    Raises:
        LogCorrupt: what stands at one of them is not the event that was appended.
        OSError: a segment cannot be read.
    """
    if not places:
        return {}
    with closing(LogIndex(home)) as index:
        found = [index.at(place) for place in sorted(places)]
    return {recorded.seq: recorded.id for recorded in found if recorded is not None}
