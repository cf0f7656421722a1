"""Whether a log is what was appended: every batch, every line, every id, and no file that is not its own."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from os.path import lexists
from pathlib import Path
from typing import Any

from events.runtime import HomeOpened
from store.durable import UNFINISHED
from store.home import Home
from store.log import lock, published as told, room
from store.log.forms import are_same
from store.log.judged import Batch, Fault
from store.log.lines import START, Head, event_id, raw_event
from store.log.read import LogFromFuture, decode_line
from store.log.scan import LogCorrupt, scan
from store.log.segments import is_segment, segments, twice

_BESIDE = re.compile(r"[0-9]{8}\.jsonl\.[0-9]+\.torn(\.[0-9]+)?|damaged-[0-9]+")
_OURS = frozenset({lock.LOCK, told.NAME, room.NAME, "index"})


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

    Beside a writer it ends where the log is durable; what a dead one left behind that is looked at as well.

    Raises:
        OSError: a segment cannot be read.
    """
    end = told.last_word(home)
    report = _verified(home, end)
    if not report.ok and (end is None or not end.open) and (again := told.last_word(home)) != end:
        return _verified(home, again)  # a writer began meanwhile, and what it was about looked wrong
    return report


def stands_alone(home: Home) -> bool:
    """Whether a log is whole by itself, to the id of each event, whatever `log/head` tells of it.

    Raises:
        OSError: a segment cannot be read.
    """
    return all(one.torn or one.segment == told.NAME for one in _verified(home, None).problems)


def _verified(home: Home, end: told.Published | None) -> LogReport:
    events = held = 0
    head, problems = START, [*_strangers(home.log), *_twice(home.log), *_unreadable(home)]
    ids = _Ids(end.home or None if end is not None else None)
    for found in scan(home.log, told=end, beyond=end is not None and not end.alive):
        if isinstance(found, Fault):
            problems.append(found)
            continue
        events, held, head = events + found.count, held + 1, found.head
        problems.extend(ids.problems(found))
    if any(one.disputed for one in problems) and stands_alone(home):
        # Ids do not follow from the home that `log/head` names either: that is the same contradiction.
        problems = [one for one in problems if one.disputed or one.beside or one.torn] + [_disputed(home)]
    files = len(segments(home.log))
    return LogReport(not problems, events, held, files, head, tuple(problems))


def _strangers(folder: Path) -> Iterator[Fault]:
    """Files between the segments that nobody of ours put there."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name.removesuffix(UNFINISHED)
        ours = _is_ours(path) if is_segment(name) else name in _OURS or _BESIDE.fullmatch(name)
        if not ours:
            yield Fault(
                path.name, 0, 0, 0, "the file does not belong to the log: move it elsewhere", beside=True
            )


def _is_ours(path: Path) -> bool:
    """Whether a segment is a file; one that was compressed since the folder was listed was one."""
    return path.is_file() or not lexists(path)


def _twice(folder: Path) -> Iterator[Fault]:
    """Forms of segments that are not read, and not the same as those that are."""
    for path, other in twice(folder):
        plain, packed = sorted((path, other))
        try:
            same = are_same(plain, packed)
        except FileNotFoundError:  # it was compressed meanwhile
            continue
        if not same:
            what = f"it is not the same as {path.name}, which is read in its place: move it elsewhere"
            yield Fault(other.name, 0, 0, 0, what, beside=True)


def _disputed(home: Home) -> Fault:
    what = (
        "it is not what the log says, which is whole by itself: put back the log where that is another "
        "home's; where this file is, `tracegate log repair` sets it aside and gives up no event"
    )
    return Fault(told.NAME, 0, (home.log / told.NAME).stat().st_size, 0, what, disputed=True)


def _unreadable(home: Home) -> Iterator[Fault]:
    if told.is_unreadable(home):
        what = "what a writer told last cannot be read, so nobody knows whether the end of the log is there"
        yield Fault(told.NAME, 0, 0, 0, f"{what}; the next command that writes makes it anew", beside=True)


@dataclass
class _Ids:
    """Checks each event's id against the home that was written to last, else that which the log opens."""

    home: str | None

    def problems(self, batch: Batch) -> list[Fault]:
        """What is wrong with the lines of a batch whose bytes are those that were committed."""
        try:
            for index in range(batch.count):
                self._check(batch, index)
        except LogCorrupt as error:
            newer = isinstance(error, LogFromFuture)
            place = (error.segment, error.start, error.end, error.seq)
            return [Fault(*place, error.what, newer=newer, foreign=not newer)]
        return []

    def _check(self, batch: Batch, index: int) -> None:
        recorded = decode_line(batch, index)
        if self.home is None and isinstance(recorded.event, HomeOpened) and recorded.seq == 1:
            self.home = recorded.event.home
        raw = raw_event(batch.lines[index])
        if self.home is not None and recorded.id != event_id(self.home, recorded.seq, raw):
            what = (
                f"the id of event {recorded.seq} does not follow from home, place and event: "
                "it was written for another home, or not by tracegate"
            )
            raise LogCorrupt(Fault(batch.segment, batch.start, batch.end, recorded.seq, what))
