"""Other ways to keep events, each written to serve it well: grouped where grouping helps, msgspec for all.

None of them checks an event before it is written or derives its id, as the log does.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

from anyio import to_thread
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore

from benchmarks.log_events import line_of
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.thread import DiskThread, Job

Append = Callable[[Draft], Awaitable[object]]
"""Returns when the event is durable."""
Write = Callable[[Sequence[tuple[int, bytes]]], None]
"""Makes lines durable, each with its place."""
SYNCHRONOUS_FULL = 2
ONE_LOG = "log"
"""All events stand under one originator: cheaper than many."""


class Grouped:
    """Appends that wait share one write in a thread while the next ones gather, as in our own writer."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._thread = DiskThread()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._under_way = False
        self._seq = 0

    async def append(self, draft: Draft) -> None:
        """Return when it is durable."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._waiting.append((line_of(draft), done))
        if not self._under_way:
            self._under_way = True
            self._loop.call_soon(self._launch)
        await done

    async def close(self) -> None:
        """End the thread."""
        await to_thread.run_sync(self._thread.close)

    def _launch(self) -> None:
        batch, self._waiting = self._waiting, []
        self._thread.start(partial(self._work, batch), partial(self._end, batch))

    def _work(self, batch: list[tuple[bytes, "asyncio.Future[None]"]]) -> Job:
        numbered = list(enumerate((line for line, _ in batch), start=self._seq + 1))
        self._seq += len(batch)
        self._write(numbered)
        return partial(self._end, batch, None)

    def _end(self, batch: list[tuple[bytes, "asyncio.Future[None]"]], error: Exception | None) -> None:
        for _, done in batch:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
        self._under_way = bool(self._waiting)
        if self._waiting:
            self._loop.call_soon(self._launch)


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Append]:
    """The event log."""
    async with LogWriter.open(Home(folder)) as writer:
        yield lambda draft: writer.append((draft,))


@asynccontextmanager
async def naive(folder: Path) -> AsyncIterator[Append]:
    """A file of JSON lines, written and synced for each event."""
    descriptor = os.open(folder / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    async def append(draft: Draft) -> None:
        os.write(descriptor, line_of(draft))
        os.fdatasync(descriptor)

    try:
        yield append
    finally:
        os.close(descriptor)


@asynccontextmanager
async def lines_grouped(folder: Path) -> AsyncIterator[Append]:
    """A file of JSON lines, written and synced for all who wait: what Python leaves of the disk."""
    descriptor = os.open(folder / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(lines: Sequence[tuple[int, bytes]]) -> None:
        os.write(descriptor, b"".join(line for _, line in lines))
        os.fdatasync(descriptor)

    try:
        async with _grouped(write) as append:
            yield append
    finally:
        os.close(descriptor)


@asynccontextmanager
async def sqlite_grouped(folder: Path) -> AsyncIterator[Append]:
    """SQLite, a transaction for all who wait."""
    with sqlite(folder / "events.db") as connection:
        async with _grouped(partial(insert, connection)) as append:
            yield append


@asynccontextmanager
async def sqlite_each(folder: Path) -> AsyncIterator[Append]:
    """SQLite, a transaction for each event."""
    seq = 0

    async def append(draft: Draft) -> None:
        nonlocal seq
        seq += 1
        insert(connection, [(seq, line_of(draft))])

    with sqlite(folder / "events.db") as connection:
        yield append


@asynccontextmanager
async def recorder_grouped(folder: Path) -> AsyncIterator[Append]:
    """The SQLite recorder of eventsourcing, a transaction for all who wait."""
    with recorder(folder / "events.db") as kept:
        async with _grouped(partial(record, kept)) as append:
            yield append


@asynccontextmanager
async def _grouped(write: Write) -> AsyncIterator[Append]:
    group = Grouped(write)
    try:
        yield group.append
    finally:
        await group.close()


@contextmanager
def sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that syncs at each commit, with one table of events."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, line BLOB)")
        yield connection
    finally:
        connection.close()


def insert(connection: sqlite3.Connection, lines: Sequence[tuple[int, bytes]]) -> None:
    """One transaction."""
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO events VALUES (?, ?)", lines)
    connection.execute("COMMIT")


@contextmanager
def recorder(path: Path) -> Iterator[SQLiteAggregateRecorder]:
    """A recorder with its tables made; it syncs at each commit too."""
    store = SQLiteDatastore(str(path), originator_id_type="text")
    try:
        made = SQLiteAggregateRecorder(store)
        made.create_table()
        with store.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA synchronous")
            assert cursor.fetchone()[0] == SYNCHRONOUS_FULL
        yield made
    finally:
        store.close()


def record(kept: SQLiteAggregateRecorder, lines: Sequence[tuple[int, bytes]]) -> None:
    """One transaction."""
    kept.insert_events([StoredEvent(ONE_LOG, seq, "event", line) for seq, line in lines])
