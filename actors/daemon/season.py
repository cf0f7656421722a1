"""A daemon's life under one set of orders: from the opening of workers until it is drained."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import CancelScope

from actors.cast import Cast
from actors.daemon.gathering import Gatherer, Reception
from actors.daemon.orders import Orders
from actors.daemon.tidings import Matter
from actors.job import Phase, Progress
from actors.ports import TableTooLarge
from actors.profiling.discover import printable, refused
from actors.profiling.intake import Taken
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.settings import over, settings_of
from actors.profiling.table import TableRefused
from actors.runtime.processes import Processes
from actors.runtime.settings import Settings
from actors.runtime.supervisor import Supervisor
from actors.system import opened_server
from actors.teaching.hiring import Hired
from actors.teaching.orders import ModelOrders
from actors.workers.containers import owner_of
from actors.workers.offered import TableUnreadable
from actors.workers.opening import opened_workers
from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.question import StreamRequested, Until, stream_id
from events.runtime import RunStarted, SettingsRead
from events.struct import Event
from store.blobs import BlobCorrupt, BlobMissing
from store.log.append import LogWriter
from store.log.drafts import Draft, EventTooLargeError
from store.projections.calls import Calls
from store.projections.datasets import Datasets

COMMAND = "daemon"
PHASES: tuple[Phase, ...] = ("generate", "solve")


class Season:
    """Everything that ends when the orders change: workers, actors, and who watches the files.

    Args:
        orders: what is asked.
        origin: the file that the orders were read from; empty when there is none.
        writer: the open log.
        known: the tables that the log knows, kept up to date by whoever made this.
        processes: what runs our own numeric code.
        progress: who is told how it goes on.
        changed: called when something changed that is of interest to who looks on.
        troubled: told what went wrong with something and will be tried again; None when it is well.
        model: who solves; None leaves it to the script.
        calls: what was spent on models until now; kept up to date while the season lasts.
    """

    def __init__(  # noqa: PLR0913  made in one place, which names them
        self,
        *,
        orders: Orders,
        origin: str,
        writer: LogWriter,
        known: Datasets,
        processes: Processes,
        progress: Progress,
        changed: Callable[[], None],
        troubled: Callable[[Matter, str | None], None],
        model: ModelOrders | None = None,
        calls: Calls | None = None,
    ) -> None:
        self.workers = ""
        """What runs the code; empty while nothing does."""
        self.supervisor: Supervisor | None = None
        """Who runs the actors; None before the workers are ready."""
        self._orders = orders
        self._origin = origin
        self._writer = writer
        self._known = known
        self._processes = processes
        self._progress = progress
        self._changed = changed
        self._troubled = troubled
        self._model = model
        self._calls = calls or Calls()
        self._taken: set[str] = set()
        self._gave: set[str] = set()
        self._life = CancelScope()
        self.gatherer = Gatherer(
            orders.roots,
            writer.home.root,
            orders.settle_seconds,
            orders.overrides,
            Reception(self._receive, self._gone, changed, partial(troubled, "files")),
        )

    async def run(self) -> None:
        """Work by the orders until drained or cut off.

        Raises:
            InfrastructureError: no worker could be had.
            UnfitServerError: the model's server cannot serve; nothing was done.
            TooManyRestarts, NoSpace, LogPoisoned, LogCorrupt, HomeUnwritable: it cannot go on.
        """
        orders, home = self._orders, self._writer.home
        self._troubled("files", None)
        self._troubled("tables", None)
        with self._life:
            async with self._hired() as hired:
                settings = SettingsRead(self._origin, orders.to_dict())
                await self._append(RunStarted(COMMAND, orders.seed, orders.sources), settings)
                owner, wanted = (
                    owner_of(self._writer.home_id, home.root),
                    self._model.attempts if self._model else 0,
                )
                opened = opened_workers(
                    orders.workers, owner, self._append, orders.allow_process_level, wanted
                )
                async with opened as (workers, told):
                    self.workers = told
                    self._troubled("workers", None)
                    self._progress.stage(f"workers: {told}")
                    self._cast = Cast(home, PHASES, workers, self._processes, hired)
                    await self._remember()
                    await self._work()

    @asynccontextmanager
    async def _hired(self) -> AsyncIterator[Hired | None]:
        """The model, whose server answers, with what was spent on it; None where a script solves."""
        async with opened_server(self._model) as server:
            if self._model is None or server is None:
                yield None
                return
            hired = Hired(self._model, server, self._calls, self._append)
            untell = self._writer.subscribe(hired.purse.hear)
            try:
                yield hired
            finally:
                untell()

    def drain(self) -> None:
        """Begin nothing new; what runs may end within the orders' time."""
        if self.supervisor is None:
            self._life.cancel()
        else:
            self.supervisor.drain()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is owed, and no file is waited for."""
        if self.supervisor is None or self.gatherer.busy or self.gatherer.unsettled:
            return False
        return self.supervisor.at_rest

    async def _work(self) -> None:
        orders = self._orders
        self.supervisor = Supervisor(
            self._writer,
            self._cast.actors(),
            limits=self._cast.limits,
            sources={"generator": orders.window},
            settings=Settings(concurrency=orders.concurrency, drain_seconds=orders.drain_seconds),
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.gatherer.run)
            await self.supervisor.run("drained")
            tasks.cancel_scope.cancel()

    async def _remember(self) -> None:
        """Take up the tables that were served before: each that a watched path ever led to, or all.

        A file that was changed or removed since stands in the log, and so do its questions.
        """
        events: list[Event] = []
        for table in tuple(self._known.by_id.values()):
            under = self._served_under(table)
            if under is not None and await self._at_hand(table):
                events += self._entering(table, under)
        if events:
            await self._append(*events)
        self._taken = {event.dataset for event in events if isinstance(event, DatasetTaken)}
        self._progress.stage(f"tables: {len(self._taken)} served before")

    def _served_under(self, table: DatasetRegistered) -> str | None:
        """The watched path that once led to the table, or None; empty when no path is watched."""
        if not self._orders.paths:
            return ""
        known = self._known.under.get(table.dataset, ())
        watched = [root for root in map(printable, self._orders.paths) if root in known]
        home = self._writer.home.root
        return watched[0] if watched and _as_said(table, self._orders.overrides, home) else None

    async def _at_hand(self, table: DatasetRegistered) -> bool:
        try:
            await self._cast.take(table)
        except (BlobMissing, BlobCorrupt, TableTooLarge) as problem:
            self._troubled("tables", f"the table {table.name} is left out: {problem}")
            return False
        return True

    async def _receive(self, taken: Taken, root: Path) -> None:
        """What stands in a file that has come to rest."""
        if isinstance(taken.event, DatasetRefused):
            await self._leave_out(taken.event)
        else:
            await self._enter(taken.event, taken.data, printable(root))

    async def _leave_out(self, event: DatasetRefused) -> None:
        if self._known.refused.get(event.path) != event:
            self._progress.stage(f"left out: {event.path}: {event.detail}")
            await self._append(event)

    async def _enter(self, table: DatasetRegistered, data: bytes, root: str) -> None:
        """Bring a table into scope; in one append, so that a death leaves all of it or nothing."""
        blobs = {table.blob: data}
        try:
            await self._cast.take(table, data)
        except TableUnreadable as problem:
            told = f"{problem}. Convert the file to UTF-8 with a comma between cells."
            await self._leave_out(refused(Path(table.path), "unreadable", told))
            return
        except TableTooLarge as problem:
            await self._leave_out(refused(Path(table.path), "too_large", f"{problem}."))
            return
        events: list[Event] = []
        if table.dataset not in self._known.by_id:
            events.append(table)
        if table.dataset not in self._taken or root not in self._known.under.get(table.dataset, ()):
            events += self._entering(table, root)
        if not events:  # the bytes are at hand: a blob that was lost or damaged is made whole
            self._gave.add(table.path)
            await self._writer.keep(blobs)
            return
        try:
            await self._append(*events, blobs=blobs)
        except EventTooLargeError as problem:
            await self._leave_out(refused(Path(table.path), "too_wide", f"{problem}. Keep what matters."))
            return
        self._taken.add(table.dataset)
        self._gave.add(table.path)
        self._progress.stage(f"table {table.name}: {table.rows} rows, from {table.path}")

    def _entering(self, table: DatasetRegistered, under: str) -> list[Event]:
        """What tells that a table is in scope, and what is asked of its streams."""
        orders = self._orders
        until: Until = "exhausted" if orders.target is None else "verified"
        requests = [
            StreamRequested(
                stream_id(table.dataset, source, orders.seed),
                table.dataset,
                source,
                orders.seed,
                orders.target or 0,
                until,
            )
            for source in orders.sources
        ]
        return [DatasetTaken(table.dataset, under), *requests]

    def _gone(self, path: Path) -> None:
        name = printable(path)
        gave = name in self._gave or any(table.path == name for table in self._known.by_id.values())
        self._progress.stage(f"gone: {name}{'; its table stays' if gave else ''}")

    async def _append(self, *events: Event, blobs: Mapping[str, bytes] | None = None) -> None:
        await self._writer.append([Draft(event, correlation=_about(event)) for event in events], blobs)


def _as_said(table: DatasetRegistered, overrides: ReaderOverrides, home: Path) -> bool:
    """Whether a table was read, and its columns judged, in the way that a person now asks for."""
    try:
        settings, _ = settings_of(Path(table.path), home)
    except TableRefused:
        return False  # the file will be looked at, and left out
    reader, said = table.reader, over(overrides, settings.reader)
    return table.settings == settings.table and (
        said.encoding in (None, reader.encoding)
        and said.delimiter in (None, reader.delimiter)
        and said.header in (None, reader.header)
        and said.missing in (None, reader.missing)
    )


def _about(event: Event) -> str | None:
    """What an event of ours belongs to."""
    if isinstance(event, StreamRequested):
        return event.stream
    return event.dataset if isinstance(event, DatasetRegistered | DatasetTaken) else None
