"""Reading the log: no lock, every batch checked before its first event is handed out."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from events.wire import AnyRecorded, FutureEventError, decode, decode_many
from store.home import Home
from store.log.judged import BEGINNING, Batch, Fault, Point
from store.log.lines import TYPES, UNREADABLE, Head
from store.log.published import Published, last_word
from store.log.scan import LogCorrupt, scan

_TAGGED = re.compile(rb'\{"seq":\d+,"time":"[^"]*","id":"[^"]*","event":\{"type":"([^"]*)".*\n')
"""An event line and its tag: what the writer puts before it holds no quote."""


class LogFromFuture(LogCorrupt):
    """The log is whole, and holds what only a newer version of tracegate can read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.args = (f"the event log is newer than this tracegate: {fault.segment}, {fault.what}",)


class LogForeign(LogCorrupt):
    """The batches of the log are whole, and a line in one is none that a version of tracegate wrote."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        told = f"{fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}"
        remedy = "`tracegate log repair` finds nothing to cut: restore the file from a copy"
        what = f"the event log holds what tracegate never wrote: {told}"
        self.args = (f"{what}; its digests hold, so no disk did that, and {remedy}",)


def read_events(
    home: Home,
    after: int = 0,
    types: Collection[type] | None = None,
    upto: int | None = None,
    since: Point = BEGINNING,
) -> Iterator[AnyRecorded]:
    """The durable events in the order of the log; a tail without its commit line is not durable yet.

    Args:
        home: whose log.
        after: the place after which to begin; what lies before is checked but not decoded.
        types: event types wanted; others are not decoded. None means all.
        upto: the last place wanted; None means the log's end.
        since: a place between two batches at or before `after`; what lies before it is not looked at.

    Raises:
        LogCorrupt: a batch is not what was appended; none of its events was handed out.
        OSError: a segment cannot be read.
    """
    for batch in batches(home, since):
        if batch.head.seq > after:
            yield from events_of(batch, after, types, upto)
        if upto is not None and batch.head.seq >= upto:
            return


def log_head(home: Home, since: Point = BEGINNING) -> Head:
    """Where the log ends, every batch checked.

    Raises:
        LogCorrupt: a batch is not what was appended.
        OSError: a segment cannot be read.
    """
    head = since.head
    for batch in batches(home, since):
        head = batch.head
    return head


def batches(home: Home, since: Point = BEGINNING) -> Iterator[Batch]:
    """The batches that hold, up to the durable end or to a torn tail.

    Raises:
        LogCorrupt: a batch is not what was appended.
        OSError: a segment cannot be read.
    """
    for found in _certain(home, since):
        if isinstance(found, Batch):
            yield found
        elif found.torn:
            return
        else:
            raise LogCorrupt(found)


def _certain(home: Home, since: Point) -> Iterator[Batch | Fault]:
    """What lies before the durable end of whoever writes; where nobody does, what was read before one began.

    A writer that begins may change the tail that is being read, and is not done with what it puts there. So
    it is asked whether there is one each time that bytes were read, and each fault is looked at twice.
    """
    told, asked, doubted = last_word(home), None, None
    while True:
        for found in scan(home.log, since, told):
            read = found.data.obj if isinstance(found, Batch) else None
            if not _is_open(told) and (read is None or read is not asked):
                told, asked = last_word(home), read
                if _is_open(told) or (read is None and found != doubted):
                    doubted = found
                    break
            if isinstance(found, Batch):
                since = Point(found.place, found.head)
            yield found
        else:
            return


def _is_open(told: Published | None) -> bool:
    return told is not None and told.open


def events_of(
    batch: Batch, after: int = 0, types: Collection[type] | None = None, upto: int | None = None
) -> list[AnyRecorded]:
    """The events of a batch, of these types and between these places.

    Raises:
        LogFromFuture: a line holds what only a newer version can know.
        LogCorrupt: a line is no event of any version, or not the one due there.
    """
    found = _all(batch) if types is None else _picked(batch, frozenset(types))
    if batch.first > after and (upto is None or batch.head.seq <= upto):
        return found
    return [one for one in found if one.seq > after and (upto is None or one.seq <= upto)]


def decode_line(batch: Batch, index: int) -> AnyRecorded:
    """One event of a batch.

    Raises:
        LogFromFuture: the line holds what only a newer version can know.
        LogForeign: the line is no event of any version, or not the one due there.
    """
    fault = Fault(batch.segment, batch.start, batch.end, batch.first + index, "")
    return decode_at(batch.lines[index], fault)


def decode_at(line: bytes, where: Fault) -> AnyRecorded:
    """The event of one line.

    Args:
        line: as it was appended.
        where: what to name when it cannot be read, and the event's place.

    Raises:
        LogFromFuture: the line holds what only a newer version can know.
        LogForeign: the line is no event of any version, or not the one due there.
    """
    seq = where.seq
    try:
        recorded = decode(line)
    except FutureEventError as error:
        raise LogFromFuture(replace(where, what=f"event {seq}: {error}")) from error
    except UNREADABLE as error:
        raise LogForeign(replace(where, what=f"event {seq} cannot be read: {error}")) from error
    if recorded.seq != seq:
        raise LogForeign(replace(where, what=f"event {recorded.seq} stands where {seq} is due"))
    return recorded


def _all(batch: Batch) -> list[AnyRecorded]:
    try:
        found = decode_many(batch.data)
    except UNREADABLE:
        found = []
    if len(found) == batch.count and (not found or found[0].seq == batch.first):
        return found
    # Something in it cannot be read: line by line, the one that is to blame can be named.
    return [decode_line(batch, index) for index in range(batch.count)]


def _picked(batch: Batch, types: frozenset[type]) -> list[AnyRecorded]:
    """The events of these types; a line of another type is not decoded, one of an unknown type is."""
    others = tags_of_others(types)
    lines = [match[0] for match in _TAGGED.finditer(batch.data) if match[1] not in others]
    try:
        found = decode_many(b"".join(lines))
    except UNREADABLE:
        found = _all(batch)
    return [one for one in found if type(one.event) in types]


@lru_cache(maxsize=256)
def tags_of_others(types: frozenset[type]) -> frozenset[bytes]:
    """The tags that need not be decoded when these types are wanted."""
    return frozenset(tag for tag, kind in TYPES.items() if kind not in types)
