"""Workers kept alive: started, watched, replaced when lost, and handed out as sessions."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import structlog

from actors.ports import InfrastructureError, Limits, Watch
from actors.workers.link import Backend, Link, StopFailed, WorkerGone
from actors.workers.restarts import Restarts
from actors.workers.session import WorkerSession
from actors.workers.worker import Table, TableUnreadable, Worker
from events.dataset import ReaderSettings
from events.frames import New
from events.struct import Event
from events.trace import Level, Perturbation
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

Announce = Callable[[Event], Awaitable[None]]

WAIT_SECONDS = 90.0
"""So long a session waits for a worker while none is ready."""

ANNOUNCE_SECONDS = 5.0
"""So long a failed stop may take to be announced while everything is being cancelled."""

_log = structlog.get_logger()


class TableNotOffered(Exception):
    """A session was asked for with a table that nobody offered."""


class Pool:
    """The Workers port; made by `running_pool`.

    Args:
        backend: what starts workers.
        announce: told of every start, loss and failed stop.
        workers: how many will be kept, by a `keep` each.
        sessions: sessions open at once, over all workers; more wait for their turn.
        limits: what each session may use.
    """

    def __init__(
        self, backend: Backend, announce: Announce, workers: int, sessions: int, limits: Limits
    ) -> None:
        self._backend = backend
        self._announce = announce
        self._limits = limits
        self._places = anyio.Semaphore(sessions)
        self._tables: dict[str, Table] = {}
        self._ready: list[Worker] = []
        self._changed = anyio.Condition()
        self._keepers = workers
        self._last_loss = ""
        self._fingerprint = ""
        self._level: Level | None = None

    @property
    def level(self) -> Level:
        """How strong the wall is, as the first worker found it; no later one's is another.

        Raises:
            InfrastructureError: no worker was ready yet.
        """
        if self._level is None:
            message = "how strong the wall is only a worker can tell, and none was ready yet"
            raise InfrastructureError(message)
        return self._level

    @property
    def fingerprint(self) -> str:
        """Digest of the numeric environment inside the wall, as the newest worker told it."""
        return self._fingerprint

    async def offer(self, dataset: str, data: bytes, reader: ReaderSettings) -> None:
        """Make a table known, to this and every later worker; again is free.

        Raises:
            TableUnreadable: the bytes are not what the settings say; they are forgotten again.
        """
        if dataset in self._tables:
            return
        self._tables[dataset] = table = Table(data, reader)
        try:
            for worker in tuple(self._ready):
                await self._give(worker, dataset, table)
        except TableUnreadable:
            del self._tables[dataset]
            raise

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        *,
        branchable: bool = False,
    ) -> AsyncIterator[WorkerSession]:
        """A fresh session with the table as `df`; a branchable one is no spare, and costs a fork.

        Raises:
            TableNotOffered: the table is not known.
            InfrastructureError: no worker could be had.
        """
        table = self._tables.get(dataset)
        if table is None:
            message = f"table {dataset} must be offered before a session can have it"
            raise TableNotOffered(message)
        new = New(dataset, self._limits, perturbation, tuple(watches), branchable)
        async with self._places:
            worker = await self._least_busy()
            try:
                await worker.hold(dataset, table)
            except WorkerGone as gone:
                raise InfrastructureError(str(gone)) from gone
            async with worker.session(new) as session:
                yield session

    async def keep(self, restarts: Restarts) -> None:
        """Keep one worker alive until cancelled, or until it was lost too often."""
        while True:
            delay = await self._one_life(restarts)
            if delay is None:
                break
            await anyio.sleep(delay)
        async with self._changed:
            self._keepers -= 1
            self._changed.notify_all()

    async def until_ready(self) -> None:
        """Wait for the first worker.

        Raises:
            InfrastructureError: none could be started.
        """
        await self._least_busy()

    async def _one_life(self, restarts: Restarts) -> float | None:
        """One worker from start to loss; how long to wait for the next, None for no next."""
        name, reason = "(not started)", ""
        try:
            async with self._backend.start() as link:
                name = link.worker
                reason = await self._attend(link)
        except WorkerGone as gone:
            reason = str(gone)
        except StopFailed as failed:
            with anyio.move_on_after(ANNOUNCE_SECONDS, shield=True):
                await self._announce(WorkerStopFailed(worker=failed.worker, error=failed.error))
            # The failure took the place of a cancellation, if there was one; it is due here.
            await anyio.lowlevel.checkpoint()
        self._last_loss = reason
        _log.warning("worker lost", worker=name, backend=self._backend.name, reason=reason)
        await self._announce(WorkerLost(worker=name, backend=self._backend.name, error=reason))
        return restarts.delay(anyio.current_time())

    async def _attend(self, link: Link) -> str:
        """Have a worker ready for sessions until it is lost; why it was."""
        worker = Worker(link)
        reason = ""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            try:
                await worker.ready()
                await self._announce(self._started(worker))
                tasks.start_soon(worker.watch)
                await self._enlist(worker)
                reason = await worker.lost()
            except WorkerGone as gone:
                reason = str(gone)
            finally:
                if worker in self._ready:
                    self._ready.remove(worker)
                tasks.cancel_scope.cancel()
        return reason

    def _started(self, worker: Worker) -> WorkerStarted:
        """What is told of a worker that is ready.

        Raises:
            WorkerGone: its wall is another than that of the workers before it.
        """
        level = self._backend.level(walled=not worker.unwalled)
        if self._level is not None and level != self._level:
            why = f", because {worker.unwalled}" if worker.unwalled else ""
            message = f"its wall is of level {level} and that of the workers before was {self._level}{why}"
            raise WorkerGone(message)
        self._level, self._fingerprint = level, worker.fingerprint
        return WorkerStarted(
            worker=worker.name,
            backend=self._backend.name,
            level=level,
            fingerprint=worker.fingerprint,
        )

    async def _enlist(self, worker: Worker) -> None:
        async with self._changed:
            self._ready.append(worker)
            self._changed.notify_all()

    async def _give(self, worker: Worker, dataset: str, table: Table) -> None:
        try:
            await worker.hold(dataset, table)
        except WorkerGone:
            return  # its replacement gets the table with the first session that asks for it

    async def _least_busy(self) -> Worker:
        """The ready worker with the fewest sessions; waits while one is being started.

        Raises:
            InfrastructureError: there is none, or not in time.
        """
        try:
            with anyio.fail_after(WAIT_SECONDS):
                async with self._changed:
                    while not (living := [worker for worker in self._ready if not worker.is_lost]):
                        self._check_keepers()
                        await self._changed.wait()
        except TimeoutError:
            message = f"no worker within {WAIT_SECONDS:g} s; the last was lost: {self._last_loss}"
            raise InfrastructureError(message) from None
        return min(living, key=lambda worker: worker.sessions)

    def _check_keepers(self) -> None:
        if self._keepers == 0:
            message = f"the workers were lost too often; the last time: {self._last_loss}"
            raise InfrastructureError(message)


@asynccontextmanager
async def running_pool(  # noqa: PLR0913  five of them have defaults
    backend: Backend,
    announce: Announce,
    *,
    workers: int = 1,
    sessions: int = 8,
    limits: Limits | None = None,
    restarts: Callable[[], Restarts] = Restarts,
) -> AsyncIterator[Pool]:
    """A pool whose first worker is ready; at the end every worker is stopped.

    Args:
        backend: what starts workers.
        announce: told of every start, loss and failed stop.
        workers: how many to keep alive; one serves many sessions, a second one stands in while the first is
            replaced.
        sessions: sessions open at once, over all workers.
        limits: what each session may use.
        restarts: gives each worker its rule for restarts.

    Raises:
        InfrastructureError: no worker could be started.
    """
    pool = Pool(backend, announce, workers, sessions, limits or Limits())
    for failed in await backend.sweep():
        await announce(WorkerStopFailed(worker=failed.worker, error=failed.error))
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        for _ in range(workers):
            tasks.start_soon(pool.keep, restarts())
        try:
            await pool.until_ready()
            yield pool
        except Exception as error:  # noqa: BLE001  raised again below, as it is and not in a group
            failure = error
        finally:
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure
