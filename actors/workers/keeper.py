"""Keeps one worker alive: started, watched, told of, and started again when it is lost."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import structlog

from actors.workers.link import Backend, Link, StopFailed, WorkerGone
from actors.workers.restarts import Restarts
from actors.workers.roster import Roster
from actors.workers.worker import OtherVersion, Worker
from events.struct import Event
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

Announce = Callable[[Event], Awaitable[None]]
Join = Callable[[Worker], Coroutine[Any, Any, None]]

ANNOUNCE_SECONDS = 5.0
"""So long a failed stop may take to be announced while everything is being cancelled."""

_log = structlog.get_logger()


class Loss(NamedTuple):
    """The end of a worker that had been started."""

    reason: str
    """Why it was lost."""
    is_final: bool = False
    """Whether another one would be lost as well."""


class Keeper:
    """Keeps one worker at a time.

    Args:
        backend: what starts it.
        roster: where it is entered while it is ready.
        announce: told of every start, loss and failed stop.
        table_bytes: memory for the tables of the worker.
        joined: called with each worker that is ready, beside its work.
    """

    def __init__(
        self, backend: Backend, roster: Roster, announce: Announce, table_bytes: int, joined: Join
    ) -> None:
        self._backend = backend
        self._roster = roster
        self._announce = announce
        self._table_bytes = table_bytes
        self._joined = joined

    async def keep(self, restarts: Restarts) -> None:
        """Keep a worker alive until cancelled, or until it was lost too often, or is of another version."""
        while True:
            delay = await self._one_life(restarts)
            if delay is None:
                break
            await anyio.sleep(delay)
        await self._roster.keeper_ends()

    async def _one_life(self, restarts: Restarts) -> float | None:
        """One worker from start to loss; how long to wait for the next, None for no next."""
        loss = None
        try:
            async with self._backend.start() as link:
                loss = await self._attend(link)
                # Stopping what is left of it may take long.
                await self._tell_lost(link.worker, loss.reason)
        except WorkerGone as gone:
            await self._tell_lost("(not started)", str(gone))
        except StopFailed as failed:
            with anyio.move_on_after(ANNOUNCE_SECONDS, shield=True):
                await tell_failed(failed, self._announce)
            # The failure took the place of a cancellation, if there was one; it is due here.
            await anyio.lowlevel.checkpoint()
            if loss is None:
                await self._tell_lost(failed.worker, str(failed))
        if loss is not None and loss.is_final:
            return None
        return restarts.delay(anyio.current_time())

    async def _tell_lost(self, worker: str, reason: str) -> None:
        self._roster.last_loss = reason
        _log.warning("worker lost", worker=worker, backend=self._backend.name, reason=reason)
        await self._announce(WorkerLost(worker=worker, backend=self._backend.name, error=reason))

    async def _attend(self, link: Link) -> Loss:
        """Have a worker ready for sessions until it is lost; how it was."""
        worker = Worker(link, self._table_bytes)
        loss = Loss("")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            try:
                await worker.ready()
                await self._announce(self._started(worker))
                tasks.start_soon(worker.watch)
                await self._roster.enlist(worker)
                tasks.start_soon(self._joined, worker)
                loss = Loss(await worker.lost())
            except WorkerGone as gone:
                loss = Loss(str(gone), is_final=isinstance(gone, OtherVersion))
            finally:
                self._roster.strike(worker)
                tasks.cancel_scope.cancel()
        return loss

    def _started(self, worker: Worker) -> WorkerStarted:
        """What is told of a worker that is ready.

        Raises:
            WorkerGone: its wall is another than that of the workers before it.
        """
        level = self._backend.level(walled=not worker.unwalled)
        known = self._roster.level
        if known is not None and level != known:
            why = f", because {worker.unwalled}" if worker.unwalled else ""
            message = f"its wall is of level {level} and that of the workers before was {known}{why}"
            raise WorkerGone(message)
        self._roster.level, self._roster.fingerprint = level, worker.fingerprint
        self._roster.unwalled = worker.unwalled
        return WorkerStarted(
            worker=worker.name,
            backend=self._backend.name,
            level=level,
            fingerprint=worker.fingerprint,
        )


async def tell_failed(failed: StopFailed, announce: Announce) -> None:
    """One log line and one event for a worker that could not be stopped."""
    _log.error("worker could not be stopped", worker=failed.worker, error=failed.error)
    await announce(WorkerStopFailed(worker=failed.worker, error=failed.error))
