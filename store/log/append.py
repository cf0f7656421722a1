"""The one writer of the log: many producers share one write and one sync."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import anyio
import msgspec
import structlog
from anyio import CapacityLimiter, to_thread

from events.envelope import Recorded
from events.runtime import HomeOpened, WorkStamp
from events.struct import Event
from events.wire import AnyRecorded, decode, encode
from store.blobs import Blobs
from store.home import Home
from store.log.durable import is_full
from store.log.lines import Head, event_id, seal
from store.log.lock import HomeUnwritable, hold_lock
from store.log.recover import Recovered, recover
from store.log.segments import SEGMENT_BYTES, Disk, LogPoisoned, NoSpace, SegmentWriter

Subscriber = Callable[[Sequence[AnyRecorded]], None]
Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Draft:
    """An event to be recorded."""

    event: Event
    """What happened; its type must be in the closed union."""
    cause: str | None = None
    """Id of the event that led to it."""
    correlation: str | None = None
    """What it belongs to."""
    work: WorkStamp | None = None
    """The piece of work that yielded it."""


def utc_now() -> datetime:
    """The time that events are stamped with."""
    return datetime.now(UTC)


@dataclass(eq=False)
class _Entry:
    """One append on its way: what is to be written, then what became of it."""

    drafts: tuple[AnyRecorded, ...]
    recorded: tuple[AnyRecorded, ...] | None = None
    error: NoSpace | LogPoisoned | None = None

    @property
    def settled(self) -> bool:
        return self.recorded is not None or self.error is not None


class LogWriter:
    """Appends events durably and tells of them in order. Opened with `LogWriter.open`, one at a time.

    A batch is written in a thread while the next one fills, and at most one is on its way to the disk.
    """

    def __init__(self, home: Home, home_id: str, found: Recovered, file: SegmentWriter, clock: Clock) -> None:
        self.home = home
        """Whose log it is."""
        self.home_id = home_id
        """The id drawn when the home was made."""
        self._head = found.head
        self._sealed = found.sealed
        self._file = file
        self._clock = clock
        self._blobs = Blobs(home)
        self._waiting: list[_Entry] = []
        self._turn = anyio.Lock(fast_acquire=True)
        self._thread = CapacityLimiter(1)
        self._subscribers: list[Subscriber] = []
        self._poison: LogPoisoned | None = None
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        home: Home,
        *,
        clock: Clock = utc_now,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
        draw: Callable[[], str] = secrets.token_hex,
    ) -> AsyncIterator["LogWriter"]:
        """Take the lock, set a torn tail aside, and hold the log for writing until the block ends.

        A new log begins with `HomeOpened`; a tail that was cut is told by `TailCut`. A clean end is sealed.

        Args:
            home: made when it is missing.
            clock: tells the time of events.
            segment_bytes: size beyond which a new segment is begun.
            disk: what writes and syncs.
            draw: gives the home's id, the one id that is drawn.

        Raises:
            HomeLocked: another process writes to this home.
            HomeUnwritable: the home cannot be made or written to.
            LogCorrupt: a batch is damaged; nothing was touched.
            NoSpace: the disk is full.
            LogPoisoned: the disk failed.
        """
        with hold_lock(home), _told_as_machine_failure(home):
            found = await to_thread.run_sync(recover, home)
            file = SegmentWriter(home.log, found.place, disk or Disk(), segment_bytes)
        ...
