"""Whether a log is what was appended: every batch, every line, every id."""

from dataclasses import asdict, dataclass
from typing import Any

from events.runtime import HomeOpened
from store.home import Home
from store.log.lines import START, Head, event_id, raw_event
from store.log.read import LogFromFuture, decode_line
from store.log.scan import Batch, Fault, LogCorrupt, scan
from store.log.segments import segments


@dataclass(frozen=True)
class LogReport:
    """What was found in a log; one without events has no problems and `events` 0."""

    ok: bool
    """Whether nothing is wrong."""
    events: int
    """Events in batches that hold."""
    batches: int
    """Batches that hold, empty ones included."""
    segments: int
    """Files."""
    head: Head
    """Where the last batch that holds ends."""
    problems: tuple[Fault, ...]
    """Everything that is wrong, in the order of the log."""

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self) | {"head": self.head._asdict()}


def verify_log(home: Home) -> LogReport:
    """Check the whole log; takes no lock and changes nothing. Every flipped bit is a problem.

    Raises:
        OSError: a segment cannot be read.
    """
    events = held = 0
    head, problems = START, []
    ids = _Ids()
    for found in scan(home.log):
        if isinstance(found, Fault):
            problems.append(found)
            continue
        events, held, head = events + len(found.lines), held + 1, found.head
        problems.extend(ids.problems(found))
    files = len(segments(home.log))
    return LogReport(not problems, events, held, files, head, tuple(problems))


@dataclass
class _Ids:
    """Checks each event's id against the home that the first event opened."""

    home: str | None = None

    def problems(self, batch: Batch) -> list[Fault]:
        """What is wrong with the lines of a batch whose bytes are those that were committed."""
        try:
            for index in range(len(batch.lines)):
                self._check(batch, index)
        except LogCorrupt as error:
            newer = isinstance(error, LogFromFuture)
            return [Fault(error.segment, error.start, error.end, error.seq, error.what, newer=newer)]
        return []

    def _check(self, batch: Batch, index: int) -> None:
        recorded = decode_line(batch, index)
        if isinstance(recorded.event, HomeOpened) and recorded.seq == 1:
            self.home = recorded.event.home
        raw = raw_event(batch.lines[index])
        if self.home is not None and recorded.id != event_id(self.home, recorded.seq, raw):
            what = f"the id of event {recorded.seq} does not follow from home, place and event"
            raise LogCorrupt(Fault(batch.segment, batch.start, batch.end, recorded.seq, what))
