"""The one door from work to the log: stamps what work yields, refuses what comes too late."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from actors.ports import Postponed
from actors.runtime.bus import Bus, Cursor
from actors.runtime.faults import describe, is_infrastructure
from actors.runtime.settings import Settings
from actors.runtime.work import Work, WorkLedger, Yield
from events.runtime import DeadLettered, WorkFailed, WorkParked, WorkStamp
from events.struct import Event
from events.wire import AnyRecorded
from store.log.append import Draft, LogWriter

READ_AT_ONCE = 512
"""Events held in memory while the log is read at the start."""

log = structlog.get_logger(__name__)


class NothingYieldedError(ValueError):
    """Work ended without an event, so nothing could ever say that it is finished."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the work {key} yielded no event; yield at least one, the last finishes it")


class Journal:
    """Appends for work and for the runtime, and keeps the ledger in step with what is durable."""

    def __init__(self, writer: LogWriter, settings: Settings) -> None:
        self.ledger = WorkLedger()
        """What became of every key; complete after `catch_up`."""
        self._writer = writer
        self._settings = settings
        self._ending: set[str] = set()

    async def catch_up(self, bus: Bus, *others: Callable[[Sequence[AnyRecorded]], Awaitable[None]]) -> None:
        """Fold the ledger from the log's start, then hear of each batch as it becomes durable.

        The ledger needs the stamp of every event, so everything is read and decoded here; this is done once.

        Args:
            bus: the log.
            others: who else wants all of it, in order, up to what is durable when this returns.

        Raises:
            LogCorrupt: a batch of the log is damaged.
            OSError: a segment cannot be read.
        """
        cursor = Cursor(bus, window=READ_AT_ONCE)
        while cursor.behind:
            window = await cursor.next()
            self._hear(window)
            for hear in others:
                await hear(window)
        bus.listen(self._hear)

    async def finish(self, work: Work, attempt: int, produced: Yield) -> bool:
        """Record what this try yielded, all or nothing; False when it was refused and dropped.

        Raises:
            NothingYieldedError: there is no event.
            UnreadableEventError: an event could not be read back.
            NoSpace, LogPoisoned, HomeUnwritable: the disk refused.
        """
        if not produced.events:
            raise NothingYieldedError(work.key)
        if not self._begin(work.key, attempt):
            return False
        last = len(produced.events) - 1
        drafts = [
            Draft(event, work.cause, work.correlation, WorkStamp(work.key, attempt, place == last))
            for place, event in enumerate(produced.events)
        ]
        try:
            await self._writer.append(drafts, produced.blobs)
        finally:
            self._ending.discard(work.key)
        return True

    async def fail(self, work: Work, attempt: int, error: BaseException) -> bool:
        """Record that this try failed, and in the same breath what follows; False when it was refused.

        Raises:
            NoSpace, LogPoisoned: the disk refused.
        """
        if not self._begin(work.key, attempt):
            return False
        parked: list[Event] = [WorkParked(work.key, str(error))]
        events = parked if isinstance(error, Postponed) else self._told(work, attempt, error)
        try:
            await self._writer.append([Draft(event, work.cause, work.correlation) for event in events])
        finally:
            self._ending.discard(work.key)
        return True

    async def note(self, *events: Event) -> None:
        """Record what the runtime itself has to tell.

        Raises:
            NoSpace, LogPoisoned: the disk refused.
        """
        await self._writer.append([Draft(event) for event in events])

    def _begin(self, key: str, attempt: int) -> bool:
        """Whether this try may speak for its key; while its events are on their way no other may."""
        refusal = self.ledger.refuses(key, attempt)
        if refusal is None and key in self._ending:
            refusal = "another end of the work is being recorded"
        if refusal is not None:
            log.warning("events of work refused", key=key, attempt=attempt, why=refusal)
            return False
        self._ending.add(key)
        return True

    def _told(self, work: Work, attempt: int, error: BaseException) -> list[Event]:
        """The failure, and what follows from it."""
        failed = WorkFailed(work.key, attempt, describe(error), is_infrastructure(error))
        return [failed, *self._verdict(failed)]

    def _verdict(self, failed: WorkFailed) -> list[Event]:
        """Whether this failure was the last that is borne."""
        before = self.ledger.lost_in_run if failed.infrastructure else self.ledger.failures
        tries = before.get(failed.key, 0) + 1
        if failed.infrastructure and tries >= self._settings.infrastructure_tries:
            return [WorkParked(failed.key, failed.error)]
        if not failed.infrastructure and tries >= self._settings.max_tries:
            return [DeadLettered(failed.key, failed.error)]
        return []

    def _hear(self, recorded: Sequence[AnyRecorded]) -> None:
        for one in recorded:
            self.ledger.apply(one)
