"""The one writer of the log: many producers share one write and one sync."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import anyio
import structlog
from anyio import CancelScope, to_thread

from events.wire import AnyRecorded
from store.blobs import check_digests
from store.durable import Disk
from store.home import Home
from store.log.batch import Batch, Entry, Failure
from store.log.drafts import Checked, Draft, checked
from store.log.judged import Point
from store.log.lines import Head
from store.log.lock import HomeUnwritable, hold_lock
from store.log.room import Patience
from store.log.scribe import Clock, Habits, Scribe, SealedBatch
from store.log.segments import SEGMENT_BYTES, LogPoisoned, NoSpace
from store.log.thread import DiskThread
from store.packs.collect import Collected

__all__ = ["Draft", "LogPoisoned", "LogWriter", "NoSpace", "Subscriber", "draw_id", "utc_now"]

Subscriber = Callable[[Sequence[AnyRecorded]], None]

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The time that events are stamped with."""
    return datetime.now(UTC)


def draw_id() -> str:
    """A home's id: 32 hex digits, the one id that is drawn."""
    return secrets.token_hex(16)


class LogWriter:
    """Appends events durably and tells of them in order. Opened with `LogWriter.open`, under asyncio.

    A batch is written in a thread while the next one fills; at most one is on its way to the disk. The event
    loop itself launches the next batch, after everybody has run whom the last one woke: so they share it.
    """

    def __init__(self, scribe: Scribe, home: Home) -> None:
        self.home = home
        self.home_id = scribe.home_id
        self._scribe = scribe
        self._thread = DiskThread()
        self._loop = asyncio.get_running_loop()
        self._filling: list[Entry] = []
        self._flying: Batch | None = None
        self._launching = False
        self._subscribers: list[Subscriber] = []
        self._poison: LogPoisoned | None = None
        self._closed = False
        self._idle = anyio.Event()

    @classmethod
    @asynccontextmanager
    async def open(  # noqa: PLR0913  all but the home have defaults
        cls,
        home: Home,
        *,
        clock: Clock = utc_now,
        draw: Callable[[], str] = draw_id,
        segment_bytes: int = SEGMENT_BYTES,
        compress: bool = True,
        disk: Disk | None = None,
        patience: Patience | None = None,
    ) -> AsyncIterator["LogWriter"]:
        """Hold the log for writing until the block ends; a clean end is sealed by an empty commit.

        A block that fails before it appended anything leaves the segments as they were: whoever cannot read a
        log, since a newer version wrote it, adds nothing to it.

        A new log begins with `HomeOpened`; a torn tail is set aside and told by `TailCut`.

        Args:
            home: whose log; its folders are made when they are missing.
            clock: tells the time of events.
            draw: gives the id of a new home.
            segment_bytes: the size beyond which a new segment is begun.
            compress: whether segments that are full are compressed.
            disk: what writes and syncs.
            patience: how to wait for room on a full disk; None means that appends raise `NoSpace`.

        Raises:
            HomeLocked: another process writes to this home.
            HomeUnwritable: the home cannot be made or written to.
            LogCorrupt: a batch is damaged; nothing was touched.
            NoSpace: the disk is full.
            LogPoisoned: the disk failed.
        """
        with hold_lock(home, disk) as hold:
            habits = Habits(clock, draw, segment_bytes, compress, patience)
            scribe = await to_thread.run_sync(Scribe, home, disk or Disk(), habits, hold)
            writer = cls(scribe, home)
            try:
                if scribe.opening:
                    await writer.append(scribe.opening)
                yield writer
            except BaseException:  # whatever ends the block, an interrupt included, is raised on
                scribe.leave_as_found()
                raise
            finally:
                await writer._close()

    @property
    def head(self) -> Head:
        """Where the durable log ends."""
        return self._scribe.head

    @property
    def end(self) -> Point:
        """The same, and where it is in the files: for whoever reads on from there."""
        return self._scribe.end

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
            EventTooLargeError: an event is too long; nothing was appended.
            ValueError: no draft, or a digest that is not that of its bytes.
            NoSpace: the disk is full; nothing of it was appended, and a later append may succeed.
            LogPoisoned: the disk failed, now or earlier; nothing is written any more.
            HomeUnwritable: the blobs cannot be written.
        """
        if not drafts:
            raise ValueError("an append holds at least one event")
        found = tuple(map(checked, drafts))
        if blobs:
            await to_thread.run_sync(check_digests, blobs)
        return await self._enter(found, blobs or {})

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Make bytes durable that no new event names, so that what was lost or damaged is whole again.

        Raises:
            ValueError: a digest is not that of its bytes.
            NoSpace, LogPoisoned, HomeUnwritable: as for an append.
        """
        await to_thread.run_sync(check_digests, blobs)
        await self._enter((), blobs)

    async def collect(self, known: Collection[str]) -> Collected | None:
        """Drop the blobs that no event names, where that is worth it; only before anybody appends.

        Args:
            known: digests that are known to be named: enough to tell whether it is worth reading the log.

        Raises:
            NoSpace, HomeUnwritable: the disk refused; nothing that an event names is lost.
        """
        return await to_thread.run_sync(self._scribe.collect, known)

    def _enter(
        self, drafts: tuple[Checked, ...], blobs: Mapping[str, bytes]
    ) -> "asyncio.Future[tuple[AnyRecorded, ...]]":
        """Share the next batch; comes to what was recorded.

        One that is cancelled before the batch is on its way is left out of it.
        """
        if self._closed:
            raise RuntimeError("the log is closed: append inside the block of LogWriter.open")
        done: asyncio.Future[tuple[AnyRecorded, ...]] = asyncio.Future(loop=self._loop)
        self._filling.append(Entry(drafts, blobs, done))
        if self._flying is None and not self._launching:
            self._launch_soon()
        return done

    def _launch_soon(self) -> None:
        """Have the filling batch launched once everybody has run who can run now."""
        self._launching = True
        self._loop.call_soon(self._launch)

    def _launch(self) -> None:
        """Send the filling batch on its way to the disk, if there is anything in it."""
        self._launching = False
        batch, self._filling = Batch(self._filling), []
        if self._poison is not None:
            self._failed(batch, self._poison)
        elif batch.entries:
            self._flying = batch
            self._send(batch)
        else:
            self._go_on()

    def _send(self, batch: Batch) -> None:
        """Have the thread make a batch durable."""
        drafts = batch.drafts()
        try:
            sealed = self._scribe.sealed_batch(drafts)
        except Exception as error:  # noqa: BLE001  whatever it is, the batch comes to an end
            self._broken(batch, error)
            return
        self._thread.start(partial(self._write, batch, drafts, sealed), partial(self._broken, batch))

    def _write(self, batch: Batch, drafts: list[Checked], sealed: SealedBatch) -> Callable[[], None]:
        """In the thread."""
        try:
            recorded = self._scribe.write(sealed, drafts, batch.blobs(), self._tell_soon)
        except (NoSpace, LogPoisoned, HomeUnwritable) as error:
            return partial(self._failed, batch, error)
        return partial(self._arrived, batch, recorded)

    def _broken(self, batch: Batch, error: Exception) -> None:
        """Whatever it is, the batch comes to an end."""
        try:
            log.error("log writer broken", home=self.home_id, exc_info=error)
        finally:
            self._failed(batch, LogPoisoned(f"the log's writer broke: {error!r}"))

    def _arrived(self, batch: Batch, recorded: tuple[AnyRecorded, ...]) -> None:
        """A batch is durable: tell of it, subscribers first."""
        try:
            if recorded:
                self._tell(recorded)
        finally:
            self._flying = None
            batch.wake(recorded)
            self._go_on()

    def _failed(self, batch: Batch, error: Failure) -> None:
        """A batch was not written: tell those who wait for it, and only then a person, who may not hear."""
        known = self._poison is not None
        if isinstance(error, LogPoisoned):
            self._poison = error
        self._flying = None
        batch.fail(error)
        self._go_on()
        if not isinstance(error, LogPoisoned):
            log.warning("append refused", home=self.home_id, seq=self.head.seq, error=str(error))
        elif not known:
            log.error("log poisoned", home=self.home_id, seq=self.head.seq, error=str(error))

    def _go_on(self) -> None:
        """See to the next batch."""
        if self._filling:
            self._launch_soon()
        else:
            self._idle.set()

    def _tell_soon(self, recorded: tuple[AnyRecorded, ...]) -> None:
        """From the thread: have subscribers told of what the scribe itself recorded."""
        self._loop.call_soon_threadsafe(self._tell, recorded)

    def _tell(self, recorded: tuple[AnyRecorded, ...]) -> None:
        """Tell subscribers; after one that raises nothing more is appended, for it missed what is durable."""
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(recorded)
            except Exception as error:  # whatever it is, the producers must be woken
                self._poison = LogPoisoned(
                    f"one who is told of events broke: {error!r}; the log itself is whole"
                )
                log.exception("subscriber broken", home=self.home_id, seq=recorded[-1].seq)

    async def finish(self) -> None:
        """Take no more, wait for room no more, and bring what was begun to its end: the head stays."""
        self._closed = True
        self._scribe.hurry()
        with CancelScope(shield=True):
            while self._flying is not None or self._filling:
                self._idle = anyio.Event()
                await self._idle.wait()

    async def _close(self) -> None:
        """Let go of the log, once all is at its end."""
        with CancelScope(shield=True):
            await self.finish()
            await to_thread.run_sync(self._thread.close)
            await to_thread.run_sync(partial(self._scribe.close, clean=self._poison is None))
