"""A small log of everything that a log can hold, and what holds of every way to damage it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio

from events.dataset import DatasetRefused
from events.runtime import RunStarted, TailCut, WorkFailed, WorkStamp
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.read import read_events
from store.log.recover import recover
from store.log.scan import LogCorrupt
from store.log.segments import segments
from tests.store.log.conftest import clock, refused
from tests.store.log.disks import QuickDisk

Files = dict[str, bytes]

SEGMENT_BYTES = 4200
_COMMIT = b'\t{"commit":'
_SPOKEN = 'Größe 😀 \u2028 \x00 \\ " \t{"commit":{"count":1}}\n{"seq":1,"event":{"type":"TailCut"}}\r\x85\x7f'


@dataclass(frozen=True)
class Stretch:
    """A batch as its lines show it, found without the code under test."""

    segment: str
    start: int
    end: int
    first: int
    """The place of its first event, or of the next one when it holds none."""
    count: int


@dataclass(frozen=True)
class Sample:
    """A log, what was appended to it, and where."""

    files: Files
    """Its segments."""
    events: tuple[AnyRecorded, ...]
    """What the writer said was recorded, in order."""
    batches: tuple[Stretch, ...]

    @property
    def last(self) -> Stretch:
        """The last batch that holds events."""
        return [batch for batch in self.batches if batch.count][-1]

    def before(self, batch: Stretch) -> tuple[AnyRecorded, ...]:
        """Everything that was appended before this batch."""
        return self.events[: batch.first - 1]


def appends(word: str) -> Iterator[list[Draft]]:
    """One append after the other: single events, many, work stamps, every kind of character."""
    yield [Draft(refused(1))]
    yield [Draft(RunStarted(command=word, seed=1, sources=("template",)))]
    yield [Draft(refused(number), cause="c", correlation=f"{word}{number % 2}") for number in range(5)]
    for attempt in (1, 2):
        stamp = WorkStamp(key=word, attempt=attempt, finishes=attempt == 2)
        failed = WorkFailed(key=word, attempt=attempt, error=_SPOKEN * attempt, infrastructure=False)
        yield [Draft(failed, correlation=_SPOKEN, work=stamp), Draft(refused(attempt), work=stamp)]
    yield [Draft(DatasetRefused(path=_SPOKEN, reason="empty", detail="é" * 600))]
    yield [Draft(refused(number)) for number in range(3)]
    yield [Draft(refused(number), correlation=word) for number in range(6)]
    yield [
        Draft(DatasetRefused(path=f"{word}{number}", reason="empty", detail=_SPOKEN)) for number in range(7)
    ]


def sample(folder: Path, word: str = "one", *, sealed: bool = False, compressed: bool = False) -> Sample:
    """A log in several segments, closed once in its middle.

    Args:
        folder: an empty one to write it in.
        word: what makes this log another than the next.
        sealed: whether its end is sealed.
        compressed: whether all segments but the newest are compressed.
    """
    home, drafts = Home(folder), list(appends(word))
    begun, _ = anyio.run(_appended, home, drafts[:4])
    ended, unsealed = anyio.run(_appended, home, drafts[4:])
    if not sealed:
        for name, data in unsealed.items():
            (home.log / name).write_bytes(data)
    batches = tuple(batch for name, data in files_of(home).items() for batch in _batches(name, data))
    if compressed:
        for path in segments(home.log)[:-1]:
            compress_segment(path, QuickDisk())
    return Sample(files_of(home), (*begun, *ended), batches)


async def _appended(home: Home, appends: list[list[Draft]]) -> tuple[list[AnyRecorded], Files]:
    """What was recorded, and the segments before the end was sealed."""
    opening = LogWriter.open(
        home,
        clock=clock,
        draw=lambda: "ab" * 16,
        segment_bytes=SEGMENT_BYTES,
        compress=False,
        disk=QuickDisk(),
    )
    async with opening as writer:
        found = list(read_events(home)) if writer.head.seq == 1 else []
        for drafts in appends:
            found += await writer.append(drafts)
        return found, files_of(home)


def _batches(name: str, data: bytes) -> Iterator[Stretch]:
    start = end = count = 0
    for line in data.split(b"\n")[:-1]:
        end += len(line) + 1
        if not line.startswith(_COMMIT):
            count += 1
            continue
        first = int(line.partition(b'"first":')[2].partition(b",")[0])
        yield Stretch(name, start, end, first, count)
        start, count = end, 0


def files_of(home: Home) -> Files:
    """The segments of a home by name."""
    return {path.name: path.read_bytes() for path in segments(home.log)}


@dataclass(frozen=True)
class Reading:
    """What came of reading a log to its end."""

    events: tuple[AnyRecorded, ...]
    """What was handed out."""
    fault: LogCorrupt | None
    """What ended it early."""


def reading(home: Home) -> Reading:
    """Read it all, and keep what was handed out before a fault was met."""
    events: list[AnyRecorded] = []
    try:
        events.extend(read_events(home))
    except LogCorrupt as error:
        return Reading(tuple(events), error)
    return Reading(tuple(events), None)


def written_on(home: Home, *appends: list[Draft]) -> list[AnyRecorded]:
    """What was recorded by a writer that opened this log and appended these; its end is not sealed."""
    found, unsealed = anyio.run(_appended, home, list(appends))
    for name, data in unsealed.items():
        (home.log / name).write_bytes(data)
    return found


def refusal(home: Home) -> LogCorrupt | None:
    """What keeps a writer from opening this log; None when nothing does, and then its tail is cut if it is torn."""
    try:
        recover(home, QuickDisk())
    except LogCorrupt as error:
        return error
    return None


def cuts(home: Home) -> list[TailCut]:
    """The tears that the log tells of."""
    return [recorded.event for recorded in read_events(home) if isinstance(recorded.event, TailCut)]
