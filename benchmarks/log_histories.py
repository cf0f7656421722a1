"""One long history in every form that is compared: our segments, bare lines, other stores."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import anyio

from benchmarks.log_events import Prose, history
from benchmarks.log_peers import insert, record, recorder, sqlite
from store.durable import Disk
from store.home import Home
from store.log.append import LogWriter
from store.log.closing import compress_segment
from store.log.drafts import Draft
from store.log.judged import Point
from store.log.read import batches
from store.log.segments import segments
from store.replay import rebuild
from store.snapshots import keep_snapshot

BATCH = 256
"""Events that share a batch, as those of so many producers do."""
NEW = 1000
"""Events behind the snapshot."""
ALONE = 10
"""One in so many events is also kept in a history whose batches hold one event each."""
PAGE = 10_000
"""Lines that are given to another store at once."""

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Histories:
    """Where the forms lie."""

    events: int
    """How many events there are, the one that opens the home left out."""
    plain: Home
    """Segments that are not compressed, without a snapshot."""
    kept: Home
    """The same, with a snapshot before the last `NEW` events."""
    compressed: Home
    """All segments but the newest compressed."""
    alone: Home
    """The first of the events, each in a batch of its own."""
    lines: Path
    """The event lines alone."""
    database: Path
    """A table of SQLite."""
    recorded: Path
    """What eventsourcing's recorder keeps."""


def write_histories(folder: Path, events: int) -> Histories:
    """Write the history once as our log, and from there in every other form.

    Args:
        folder: an empty one; a million events take three gigabytes.
        events: how many, at least `NEW`.
    """
    plain, kept, compressed, alone = (
        Home(folder / name) for name in ("plain", "kept", "compressed", "alone")
    )
    lines, database, recorded = (folder / name for name in ("lines.jsonl", "sqlite.db", "recorder.db"))
    made = Histories(events, plain, kept, compressed, alone, lines, database, recorded)
    anyio.run(_append, made.plain, list(_sizes(events)), events)
    anyio.run(_append, made.alone, [1] * (events // ALONE), events)
    _compress(made)
    _keep(made)
    _copy_lines(made)
    return made


def _sizes(events: int) -> Iterator[int]:
    """How many events each batch holds; one ends where the snapshot is to be."""
    for rest in (events - NEW, NEW):
        yield from (min(BATCH, rest - start) for start in range(0, rest, BATCH))


class _Unsynced(Disk):
    """Syncs nothing: what is written here is not worth waiting for."""

    def sync(self, descriptor: int) -> None:
        """Nothing."""


async def _append(home: Home, sizes: Sequence[int], events: int) -> None:
    drafts: Iterator[Draft] = history(events, Prose())
    async with LogWriter.open(home, compress=False, disk=_Unsynced()) as writer:
        for size in sizes:
            await writer.append(tuple(islice(drafts, size)))


def _compress(made: Histories) -> None:
    shutil.copytree(made.plain.log, made.compressed.log)
    for path in segments(made.compressed.log)[:-1]:
        compress_segment(path, Disk())


def _keep(made: Histories) -> None:
    """The plain log seen from a home that has a snapshot."""
    made.kept.root.mkdir()
    made.kept.log.symlink_to(made.plain.log)
    upto = 1 + made.events - NEW
    end = next(batch for batch in batches(made.plain) if batch.head.seq == upto)
    keep_snapshot(made.kept, rebuild(made.plain, upto), Point(end.place, end.head))


def _copy_lines(made: Histories) -> None:
    with (
        made.lines.open("wb") as file,
        sqlite(made.database) as connection,
        recorder(made.recorded) as kept,
    ):
        for page in _pages(_lines(made.plain), PAGE):
            file.writelines(line for _, line in page)
            insert(connection, page)
            record(kept, page)


def _lines(home: Home) -> Iterator[tuple[int, bytes]]:
    for batch in batches(home):
        yield from enumerate(batch.lines, start=batch.first)


def _pages(items: Iterator[ItemT], size: int) -> Iterator[list[ItemT]]:
    while page := list(islice(items, size)):
        yield page
