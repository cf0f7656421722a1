"""The one writer of the log: many producers share one write and one sync."""

import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime

import anyio
import structlog
from anyio import CancelScope, CapacityLimiter, to_thread

from events.wire import AnyRecorded
from store.blobs import BlobWriter
from store.durable import Disk, is_full
from store.home import Home
from store.log.drafts import Draft, checked, home_opened, recorded_at
from store.log.entry import Entry, settle
from store.log.lines import Head, seal
from store.log.lock import HomeUnwritable, hold_lock
from store.log.recover import Recovered, recover
from store.log.segments import SEGMENT_BYTES, LogPoisoned, NoSpace, SegmentWriter, no_space
from store.named import named_blobs
from store.packs.collect import Collected

__all__ = ["Draft", "LogPoisoned", "LogWriter", "NoSpace", "Subscriber", "draw_id", "utc_now"]

Subscriber = Callable[[Sequence[AnyRecorded]], None]
Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The time that events are stamped with."""
    return datetime.now(UTC)


def draw_id() -> str:
    """A home's id: 32 hex digits, the one id that is drawn."""
    return secrets.token_hex(16)


class LogWriter:
    """Appends events durably and tells of them in order. Opened with `LogWriter.open`.

    A batch is written in a thread while the next one fills; at most one is on its way to the disk.
    """

    def __init__(  # noqa: PLR0913, PLR0917  made in one place, by `open`
        self,
        home: Home,
        home_id: str,
        found: Recovered,
        file: SegmentWriter,
        blobs: BlobWriter,
        clock: Clock,
    ) -> None:
        self.home = home
        self.home_id = home_id
        self._head = found.head
        self._sealed = found.sealed
        self._file = file
        self._clock = clock
        self._blobs = blobs
        self._waiting: list[Entry] = []
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
        draw: Callable[[], str] = draw_id,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
    ) -> AsyncIterator["LogWriter"]:
        """Hold the log for writing until the block ends; a clean end is sealed by an empty commit.

        A new log begins with `HomeOpened`; a torn tail is set aside and told by `TailCut`.

        Args:
            home: whose log; its folders are made when they are missing.
            clock: tells the time of events.
            draw: gives the id of a new home.
            segment_bytes: the size beyond which a new segment is begun.
            disk: what writes and syncs.

        Raises:
            HomeLocked: another process writes to this home.
            HomeUnwritable: the home cannot be made or written to.
            LogCorrupt: a batch is damaged; nothing was touched.
            OldBlobs: an earlier version wrote the blobs.
            NoSpace: the disk is full.
            LogPoisoned: the disk failed.
        """
        with hold_lock(home):
            found, file = await to_thread.run_sync(_begin, home, disk or Disk(), segment_bytes)
            with closing(file), closing(await to_thread.run_sync(_packs, home, disk)) as blobs:
                writer = cls(home, found.home or draw(), found, file, blobs, clock)
                try:
                    await writer._tell_opening(found)
                    yield writer
                finally:
                    await writer._close()

    @property
    def head(self) -> Head:
        """Where the durable log ends."""
        return self._head

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Be told of all events that become durable, in the order of the log, before their producers are.

        The call happens on the event loop between two batches: it must be quick and must not raise.
        Returns a function that ends it.
        """
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    async def append(
        self, drafts: Sequence[Draft], blobs: Mapping[str, bytes] | None = None
    ) -> tuple[AnyRecorded, ...]:
        """Record these events together or not at all; returns when they are durable, their bytes before them.

        One that is cancelled before its batch is on its way to the disk appends nothing.

        Args:
            drafts: at least one; they stand next to each other in the log.
            blobs: bytes that the events refer to, by digest.

        Raises:
            UnreadableEventError: an event could not be read back; nothing was appended.
            ValueError: no draft, or a digest that is not that of its bytes.
            NoSpace: the disk is full; nothing of it was appended, and a later append may succeed.
            LogPoisoned: the disk failed, now or earlier; nothing is written any more.
            HomeUnwritable: the blobs cannot be written.
        """
        entry = Entry(tuple(checked(draft) for draft in drafts))
        if not entry.drafts:
            message = "an append holds at least one event"
            raise ValueError(message)
        if blobs:
            await self.keep(blobs)
        self._waiting.append(entry)
        try:
            async with self._turn:
                if not entry.settled:
                    await self._flush()
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return entry.outcome()

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Make bytes durable without an event; those that are there and sound cost no write.

        Raises:
            ValueError: a digest is not that of its bytes.
            NoSpace, HomeUnwritable: the disk refused.
        """
        try:
            await to_thread.run_sync(self._blobs.put_all, blobs, limiter=self._thread)
        except OSError as error:
            raise _machine_failure(self.home, error) from error

    async def collect(self, known: Collection[str]) -> Collected | None:
        """Drop the blobs that no event names, where that is worth it; only before anybody appends.

        Args:
            known: digests that are known to be named: enough to tell whether it is worth reading the log.

        Raises:
            NoSpace, HomeUnwritable: the disk refused; nothing that an event names is lost.
        """
        try:
            return await to_thread.run_sync(_collect, self.home, self._blobs, known, limiter=self._thread)
        except OSError as error:
            raise _machine_failure(self.home, error) from error

    async def _flush(self) -> None:
        """Make durable whatever waits, as one batch; only for the holder of the turn."""
        if self._closed:
            message = "the log is closed: append inside the block of LogWriter.open"
            raise RuntimeError(message)
        entries = tuple(self._waiting)
        recorded, lines = self._numbered([draft for entry in entries for draft in entry.drafts])
        commit, head = seal(self._head, lines)
        self._waiting.clear()
        with CancelScope(shield=True):
            error = await self._write(b"".join((*lines, commit)))
        if error is not None:
            for entry in entries:
                entry.error = error
            return
        self._head, self._sealed = head, False
        settle(entries, recorded)
        for subscriber in tuple(self._subscribers):
            subscriber(recorded)

    def _numbered(self, drafts: Sequence[AnyRecorded]) -> tuple[tuple[AnyRecorded, ...], list[bytes]]:
        """The events with place, time and id after the head, and their lines."""
        time = self._clock().astimezone(UTC).isoformat(timespec="microseconds")
        first = self._head.seq + 1
        pairs = [recorded_at(draft, self.home_id, seq, time) for seq, draft in enumerate(drafts, start=first)]
        return tuple(recorded for recorded, _ in pairs), [line for _, line in pairs]

    async def _write(self, data: bytes) -> NoSpace | LogPoisoned | None:
        """Bring a batch to the disk; what failed, if so. A failed sync ends all writing."""
        if self._poison is not None:
            return self._poison
        try:
            await to_thread.run_sync(self._file.append, data, limiter=self._thread)
        except NoSpace as error:
            log.warning("append refused", home=self.home_id, seq=self._head.seq, error=str(error))
            return error
        except LogPoisoned as error:
            log.exception("log poisoned", home=self.home_id, seq=self._head.seq)
            self._poison = error
            return error
        return None

    async def _tell_opening(self, found: Recovered) -> None:
        drafts = [] if found.home else [Draft(home_opened(self.home_id))]
        if found.cut is not None:
            log.warning("torn tail cut", home=self.home_id, segment=found.cut.segment, size=found.cut.size)
            drafts.append(Draft(found.cut))
        if drafts:
            await self.append(drafts)

    async def _close(self) -> None:
        """Take no more, and seal: after an empty commit no damage to what counts can pass for a tear."""
        with CancelScope(shield=True):
            async with self._turn:
                self._closed = True
                if self._sealed or self._poison is not None:
                    return
                commit, head = seal(self._head, ())
                if await self._write(commit) is None:
                    self._head, self._sealed = head, True


def _begin(home: Home, disk: Disk, limit: int) -> tuple[Recovered, SegmentWriter]:
    try:
        found = recover(home)
        return found, SegmentWriter(home.log, found.place, disk, limit)
    except OSError as error:
        raise _machine_failure(home, error) from error


def _packs(home: Home, disk: Disk | None) -> BlobWriter:
    try:
        return BlobWriter(home, disk)
    except OSError as error:
        raise _machine_failure(home, error) from error


def _collect(home: Home, blobs: BlobWriter, known: Collection[str]) -> Collected | None:
    return blobs.collect(named_blobs(home)) if blobs.has_much_garbage(known) else None


def _machine_failure(home: Home, error: OSError) -> NoSpace | HomeUnwritable:
    return no_space(error) if is_full(error) else HomeUnwritable(home, error)
