"""The work that one actor has running: tries, their failures, and the wait before the next try."""

import math
from collections.abc import Callable

import anyio
import structlog
from anyio.abc import TaskGroup

from actors.runtime.faults import describe, is_infrastructure
from actors.runtime.journal import Journal
from actors.runtime.settings import Backoff
from actors.runtime.work import Work, Yield
from store.log.lock import HomeUnwritable
from store.log.scan import LogCorrupt
from store.log.segments import LogPoisoned, NoSpace

MACHINE_FAILURES = (NoSpace, LogPoisoned, LogCorrupt, HomeUnwritable)
"""What no try can mend: the run ends with it."""

log = structlog.get_logger(__name__)


class StrayCancellationError(Exception):
    """Something that the work waited for was cancelled, while the work itself was not."""


class Crew:
    """Runs at most `limit` pieces of work at once, as children of the supervisor's group."""

    def __init__(
        self,
        limit: int,
        journal: Journal,
        group: TaskGroup,
        changed: Callable[[], None],
        backoff: Backoff,
    ) -> None:
        """Begin with nothing running; `changed` is called whenever a slot or a key becomes free."""
        self.running: set[str] = set()
        """Keys whose work is under way."""
        self.cooling: set[str] = set()
        """Keys that failed and wait for their next try."""
        self._limit = limit
        self._journal = journal
        self._group = group
        self._changed = changed
        self._backoff = backoff

    @property
    def full(self) -> bool:
        """Whether no more may be started now."""
        return len(self.running) >= self._limit

    def start(self, work: Work) -> None:
        """Begin the try that is due."""
        self.running.add(work.key)
        self._group.start_soon(self._try, work, self._journal.ledger.attempt(work.key), name=work.key)

    async def _try(self, work: Work, attempt: int) -> None:
        try:
            error = await self._perform(work, attempt)
            again = error is not None and not self._journal.ledger.settled(work.key)
            if again:
                self.cooling.add(work.key)
        finally:
            self.running.discard(work.key)
            self._changed()
        if error is not None and again:
            await self._backoff.pause(attempt, infrastructure=is_infrastructure(error))
            self.cooling.discard(work.key)
            self._changed()

    async def _perform(self, work: Work, attempt: int) -> Exception | None:
        """Do the work and record its end; what failed, if so.

        Cancelled before its end is on its way to the disk it leaves no trace, and is found owed again. The
        end is not shielded: while the disk is full it may wait for long, and a stop must not.
        """
        try:
            produced = await _run(work)
            await self._journal.finish(work, attempt, produced)
        except MACHINE_FAILURES:
            raise
        except Exception as error:  # noqa: BLE001 - whatever work raises is recorded as its failure
            log.warning("work failed", key=work.key, attempt=attempt, error=describe(error))
            await self._journal.fail(work, attempt, error)
            return error
        return None


async def _run(work: Work) -> Yield:
    """The work's yield; a cancellation that nobody asked of us is a failure like any other."""
    try:
        return await work.run()
    except anyio.get_cancelled_exc_class() as error:
        if anyio.current_effective_deadline() == -math.inf:
            raise
        message = "something that it waited for was cancelled"
        raise StrayCancellationError(message) from error
