"""Workers kept alive and handed out as sessions: in turn, with their tables at hand."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import anyio
import structlog
from anyio.abc import TaskGroup

from actors.ports import Again, InfrastructureError, Limits, TableTooLarge, Watch
from actors.workers.keeper import Announce, Keeper, tell_failed
from actors.workers.link import Backend, WorkerGone
from actors.workers.offered import Table, TableUnreadable
from actors.workers.restarts import Restarts
from actors.workers.roster import Roster
from actors.workers.session import WorkerSession
from actors.workers.turns import Turns
from actors.workers.worker import Worker
from events.dataset import ReaderSettings
from events.frames import New
from events.trace import Level, Perturbation

STANDBY_AFTER = 60.0
"""Seconds after which work counts as long, and one more worker is started to stand by."""
TABLE_BYTES = 1024**3
"""Memory for the tables of a worker, where nobody says otherwise."""


_log = structlog.get_logger()


class TableNotOffered(Exception):
    """A session was asked for with a table that nobody offered."""


class Pool:
    """The Workers port; made by `running_pool`.

    Args:
        roster: the workers.
        tasks: runs what nobody waits for.
        sessions: sessions open at once, over all workers; more wait for their turn.
        limits: what each session may use.
    """

    def __init__(self, roster: Roster, tasks: TaskGroup, sessions: int, limits: Limits) -> None:
        self._roster = roster
        self._tasks = tasks
        self._turns = Turns(sessions)
        self._limits = limits
        self._tables: dict[str, Table] = {}

    @property
    def level(self) -> Level:
        """How strong the wall is, as the first worker found it; no later one's is another.

        Raises:
            InfrastructureError: no worker was ready yet.
        """
        if self._roster.level is None:
            message = "how strong the wall is only a worker can tell, and none was ready yet"
            raise InfrastructureError(message)
        return self._roster.level

    @property
    def unwalled(self) -> str:
        """Why sessions have no wall each; empty where they have."""
        return self._roster.unwalled

    @property
    def fingerprint(self) -> str:
        """Digest of the numeric environment inside the wall, as the newest worker told it."""
        return self._roster.fingerprint

    async def offer(
        self, dataset: str, data: bytes, reader: ReaderSettings, again: Again | None = None
    ) -> None:
        """Make a table known, to this and every later worker; again is free.

        Args:
            dataset: its id.
            data: the file's bytes.
            reader: how to read them.
            again: gives the bytes when a worker needs them later; without it they are kept in memory.

        Raises:
            TableUnreadable: the bytes are not what the settings say; they are forgotten again.
            TableTooLarge: no worker has so much memory for tables; it is forgotten again.
        """
        if dataset in self._tables:
            return
        self._tables[dataset] = table = Table(reader, data, again)
        try:
            for worker in self._roster.serving:
                with suppress(WorkerGone):  # its replacement gets the table with the first session of it
                    await worker.hold(dataset, table)
        except (TableUnreadable, TableTooLarge):
            del self._tables[dataset]
            raise
        # What gives the bytes again may not be able to do so before the offer is accepted.
        self._mirror(dataset, Table(reader, data, memory=table.memory))
        table.let_go()

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,
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
        async with self._turns.turn(priority):
            worker = await self._roster.least_busy(dataset)
            is_new = dataset not in worker.tables
            async with worker.session(new, table) as session:
                if is_new:
                    self._mirror(dataset, table)
                yield session

    async def catch_up(self, worker: Worker) -> None:
        """Have a worker that stands by hold what those hold that serve."""
        if worker in self._roster.standing_by:
            for dataset in [one for serving in self._roster.serving for one in serving.tables]:
                await self._give(worker, dataset, self._tables[dataset])

    def _mirror(self, dataset: str, table: Table) -> None:
        """Have those hold a table that stand by, while the others work."""
        for worker in self._roster.standing_by:
            self._tasks.start_soon(self._give, worker, dataset, table)

    async def _give(self, worker: Worker, dataset: str, table: Table) -> None:
        try:
            await worker.hold(dataset, table)
        except (WorkerGone, InfrastructureError, TableUnreadable, TableTooLarge) as problem:
            # It was read before, and is read with the first session that asks for it there.
            _log.warning(
                "table not held by a standby", worker=worker.name, dataset=dataset, reason=str(problem)
            )


@asynccontextmanager
async def running_pool(  # noqa: PLR0913  all but two have defaults
    backend: Backend,
    announce: Announce,
    *,
    workers: int = 1,
    sessions: int = 8,
    limits: Limits | None = None,
    table_bytes: int = TABLE_BYTES,
    standby_after: float | None = None,
    restarts: Callable[[], Restarts] = Restarts,
) -> AsyncIterator[Pool]:
    """A pool whose first worker is ready; at the end every worker is stopped.

    Args:
        backend: what starts workers.
        announce: told of every start, loss and failed stop.
        workers: how many serve; one serves many sessions.
        sessions: sessions open at once, over all workers.
        limits: what each session may use.
        table_bytes: memory for the tables of one worker; the least recently used goes out.
        standby_after: seconds until one more worker is started, which holds the same tables and serves when
            another is lost; None for none.
        restarts: gives each worker its rule for restarts.

    Raises:
        InfrastructureError: no worker could be started.
    """
    for failed in await backend.sweep():
        await tell_failed(failed, announce)
    roster = Roster(workers)
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        pool = Pool(roster, tasks, sessions, limits or Limits())
        keeper = Keeper(backend, roster, announce, table_bytes, pool.catch_up)
        for _ in range(workers):
            roster.keeper_begins()
            tasks.start_soon(keeper.keep, restarts())
        try:
            await roster.least_busy()
            if standby_after is not None:
                tasks.start_soon(_stand_by, keeper, roster, restarts(), standby_after)
            yield pool
        except Exception as error:  # noqa: BLE001  raised again below, as it is and not in a group
            failure = error
        finally:
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _stand_by(keeper: Keeper, roster: Roster, restarts: Restarts, after: float) -> None:
    await anyio.sleep(after)
    roster.keeper_begins()
    await keeper.keep(restarts)
