"""Reading the log: no lock, every batch checked before its first event is handed out."""

from collections.abc import Container, Iterator

from events.wire import AnyRecorded, FutureEventError, decode
from store.home import Home
from store.log.lines import START, UNREADABLE, Head, event_type
from store.log.scan import Batch, Fault, LogCorrupt, scan


class LogFromFuture(LogCorrupt):
    """The log is whole, and holds what only a newer version of tracegate can read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.args = (f"the event log is newer than this tracegate: {fault.segment}, {fault.what}",)


def read_events(
    home: Home,
    after: int = 0,
    types: Container[type] | None = None,
    upto: int | None = None,
) -> Iterator[AnyRecorded]:
    """The durable events in the order of the log; a tail without its commit line is not durable yet.

    Args:
        home: whose log.
        after: the place after which to begin; what lies before is checked but not decoded.
        types: event types wanted; others are not decoded. None means all.
        upto: the last place wanted; None means the log's end.

    Raises:
        LogCorrupt: a batch is not what was appended; none of its events was handed out.
        OSError: a segment cannot be read.
    """
    for batch in batches(home):
        if batch.head.seq > after:
            yield from _decoded(batch, after, types, upto)
        if upto is not None and batch.head.seq >= upto:
            return


def log_head(home: Home) -> Head:
    """Where the log ends, every batch checked.

    Raises:
        LogCorrupt: a batch is not what was appended.
        OSError: a segment cannot be read.
    """
    head = START
    for batch in batches(home):
        head = batch.head
    return head


def batches(home: Home) -> Iterator[Batch]:
    """The batches that hold, up to the end or to a torn tail.

    Raises:
        LogCorrupt: a batch is not what was appended.
        OSError: a segment cannot be read.
    """
    for found in scan(home.log):
        if isinstance(found, Batch):
            yield found
        elif found.torn:
            return
        else:
            raise LogCorrupt(found)


def decode_line(batch: Batch, index: int) -> AnyRecorded:
    """One event of a batch.

    Raises:
        LogFromFuture: the line holds what only a newer version can know.
        LogCorrupt: the line is no event of any version, or not the one due there.
    """
    seq = batch.first + index
    try:
        recorded = decode(batch.lines[index])
    except FutureEventError as error:
        raise LogFromFuture(_fault(batch, seq, f"event {seq}: {error}")) from error
    except UNREADABLE as error:
        what = f"event {seq} cannot be read: {error}"
        raise LogCorrupt(_fault(batch, seq, what)) from error
    if recorded.seq != seq:
        raise LogCorrupt(_fault(batch, seq, f"event {recorded.seq} stands where {seq} is due"))
    return recorded


def _decoded(
    batch: Batch, after: int, types: Container[type] | None, upto: int | None
) -> Iterator[AnyRecorded]:
    begin = max(0, after + 1 - batch.first)
    end = len(batch.lines) if upto is None else min(len(batch.lines), upto + 1 - batch.first)
    for index in range(begin, end):
        if types is None or _may_be(batch.lines[index], types):
            yield decode_line(batch, index)


def _may_be(line: bytes, types: Container[type]) -> bool:
    kind = event_type(line)
    return kind is None or kind in types


def _fault(batch: Batch, seq: int, what: str) -> Fault:
    return Fault(batch.segment, batch.start, batch.end, seq, what)
