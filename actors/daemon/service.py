"""The daemon: seasons one after another, until somebody ends it.

signals ─▶ Service ─▶ Season: workers, actors, who watches the files
              │            ▲ begun anew when the orders change, or to try again what was parked
              ├─▶ Publisher: artifacts
              └─▶ BeaconKeeper: what others see of it
"""

import signal
from datetime import UTC, datetime
from functools import partial
from os import getpid

import anyio
import msgspec
from anyio import CancelScope, to_thread
from anyio.abc import TaskGroup, TaskStatus

from actors.daemon.orders import OrderBook, Orders, OrdersError
from actors.daemon.publishing import BeaconKeeper, Publisher, write_all
from actors.daemon.season import Season
from actors.daemon.tidings import Tidings
from actors.job import PROCESSES, NoTableError, Progress
from actors.ports import InfrastructureError
from actors.runtime.failures import first_of
from actors.runtime.processes import Processes
from actors.system import drop_garbage
from actors.teaching.orders import ModelOrders, UnfitServerError
from events.question import Source
from events.runtime import SettingsRead, SettingsRefused
from events.struct import Event
from store.beacon import ActorTold, Beacon, Stage, born
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.log.room import Patience
from store.log.segments import NoSpace
from store.projections.calls import Calls
from store.replay import rebuild

LONGEST_RETRY = 3600.0
"""Seconds beyond which no wait grows before what was parked is tried again."""


async def serve(
    home: Home, book: OrderBook, progress: Progress, processes: Processes | None = None
) -> signal.Signals:
    """Run a daemon on its home until a signal ends it; which one.

    The first SIGINT or SIGTERM drains, the second ends at once; SIGHUP reads the orders again. On return all
    three do nothing, until whoever called says what they are to do from there on.

    Raises:
        OrdersError: the orders cannot be followed.
        HomeLocked, HomeUnwritable, LogCorrupt, OldBlobs, NoSpace, LogPoisoned: the home cannot be worked on.
        NoTableError: no path is watched, and the home knows no table.
        InfrastructureError: no worker could be had at the start.
        UnfitServerError: the model's server cannot serve at the start.
        TooManyRestarts: an actor crashes again and again.
        OSError: artifacts could not be written at the end.
    """
    try:
        return await Service(home, book, progress, processes or Processes(PROCESSES)).run()
    except BaseExceptionGroup as failures:
        raise first_of(failures) from failures


class Service:
    """One daemon, from its start to its end."""

    def __init__(self, home: Home, book: OrderBook, progress: Progress, processes: Processes) -> None:
        self._home = home
        self._processes = processes
        self._book = book
        self._progress = progress
        self._orders = book.read()
        self._model = book.model(self._orders)
        self._calls = Calls()
        self._since = _now()
        self._writer: LogWriter | None = None
        self._season: Season | None = None
        self._life = CancelScope()
        self._ended_by: signal.Signals | None = None
        self._over = False
        self._again = anyio.Event()
        self._reading = anyio.Lock()
        self._keeper = BeaconKeeper(home, self._look)
        self._tidings = Tidings(progress, self._keeper.changed)
        self._publisher = Publisher(
            lambda: write_all(home, tuple(self._sources)), partial(self._tidings.stands, "artifacts")
        )
        self._sources: set[Source] = set()

    async def run(self) -> signal.Signals:
        """Live until a signal ends it; which one."""
        async with anyio.create_task_group() as tasks:
            await tasks.start(self._listen, tasks)
            with self._life:
                async with LogWriter.open(self._home, patience=Patience()) as writer:
                    await self._hold(writer)
            tasks.cancel_scope.cancel()
        assert self._ended_by is not None
        return self._ended_by

    async def _hold(self, writer: LogWriter) -> None:
        """Live while the home is ours alone."""
        self._writer, ended_by = writer, None
        try:
            await self._look_back(writer)
            if not self._orders.paths and not self._tidings.known.by_id:
                raise NoTableError("no path is watched, and the home knows no table; name a file or a folder")
            writer.subscribe(self._publisher.hear)
            writer.subscribe(self._tidings.hear)
            await self._live()
            await self._publisher.publish()  # not when asked twice: then the life is cancelled
        except Exception as problem:  # whatever ends the life is told in the beacon, and goes on
            ended_by = str(first_of(problem))
            raise
        finally:
            self._over = True
            with CancelScope(shield=True):
                await writer.finish()  # so that the place that is told is the last one
                self._tidings.end(ended_by)
                await self._keeper.write()

    async def _look_back(self, writer: LogWriter) -> None:
        """What earlier daemons and commands left: tables, and bytes that no event names."""
        state = await to_thread.run_sync(rebuild, self._home)
        await drop_garbage(writer, state, self._progress)
        self._tidings.known, self._calls = state.datasets, state.calls

    async def _live(self) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keeper.run)
            await self._processes.start()
            tasks.start_soon(self._publisher.run, self._keeper.changed)
            tasks.start_soon(self._retry)
            while self._ended_by is None:
                await self._one_season()
            tasks.cancel_scope.cancel()

    async def _one_season(self) -> None:
        assert self._writer is not None
        first, self._again = self._season is None, anyio.Event()
        self._sources.update(self._orders.sources)
        self._season = Season(
            orders=self._orders,
            origin=self._book.origin,
            writer=self._writer,
            known=self._tidings.known,
            processes=self._processes,
            progress=self._progress,
            changed=self._keeper.changed,
            troubled=self._tidings.stands,
            model=self._model,
            calls=self._calls,
        )
        try:
            await self._season.run()
        except (InfrastructureError, UnfitServerError) as problem:
            if first:
                raise
            self._tidings.stands("workers", f"no work can be done, and it is tried again later: {problem}")
            with anyio.move_on_after(self._wait()):
                await self._again.wait()

    async def _retry(self) -> None:
        """Begin a new season some time after something was parked, for nothing else would try it again."""
        while True:
            await self._tidings.parked.wait()
            await anyio.sleep(self._wait())
            self._tidings.parked = anyio.Event()
            self._progress.stage("what was parked is tried again")
            self._next_season()

    def _wait(self) -> float:
        """How long to wait now; twice as long as the last time, when that was in vain."""
        self._tidings.vain += 1
        return min(LONGEST_RETRY, self._orders.retry_seconds * 2.0 ** min(self._tidings.vain - 1, 30))

    def _next_season(self) -> None:
        self._again.set()
        if self._season is not None:
            self._season.drain()

    async def _listen(self, tasks: TaskGroup, *, task_status: TaskStatus[None]) -> None:
        heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        try:
            with anyio.open_signal_receiver(*heard) as signals:
                task_status.started()
                async for one in signals:
                    if one == signal.SIGHUP:
                        tasks.start_soon(self._reread)
                    else:
                        self._end(one)
        finally:  # asyncio leaves a signal to kill us when it hears of it no more
            for one in heard:
                signal.signal(one, lambda *_: None)

    def _end(self, asked: signal.Signals) -> None:
        """Drain at the first time of asking, end at once at the second."""
        self._keeper.changed()
        if self._ended_by is None:
            self._ended_by = asked
            self._progress.stage("draining; asked again it ends at once")
            if self._season is None:
                self._life.cancel()
            self._next_season()
        else:
            self._life.cancel()

    async def _reread(self) -> None:
        """Read the orders again; those that cannot be followed change nothing."""
        if self._season is None:
            return  # they have only just been read
        async with self._reading:  # who asked last is answered last
            found = await to_thread.run_sync(self._found, abandon_on_cancel=True)
        if self._over or self._ended_by is not None:
            return  # they do not matter any more
        self._tidings.stands("settings", None)  # so that whoever asks again is answered again
        if isinstance(found, OrdersError):
            self._tidings.stands("settings", f"settings stay as they were: {found}")
            await self._tell(SettingsRefused(self._book.origin, str(found)))
        elif found != (self._orders, self._model):
            self._orders, self._model = found
            self._progress.stage("settings: changed")
            self._next_season()
        else:
            self._progress.stage("settings: read again, and none has changed")
            await self._tell(SettingsRead(self._book.origin, self._orders.to_dict()))
            self._season.gatherer.look_again()

    def _found(self) -> tuple[Orders, ModelOrders | None] | OrdersError:
        """The orders as they stand now and the model's, or why they cannot be followed."""
        try:
            orders = self._book.read()
            return orders, self._book.model(orders)
        except OrdersError as problem:
            return problem

    async def _tell(self, event: Event) -> None:
        """Have the log know; where its disk stays full to the end of the life, only a person hears of it."""
        assert self._writer is not None
        try:
            await self._writer.append([Draft(event)])
        except NoSpace as problem:
            self._progress.stage(f"the log does not tell that settings were read again: {problem}")

    def _stage(self) -> Stage:
        season = self._season
        if self._over:
            return "ended"
        if self._ended_by is not None:
            return "draining"
        if self._tidings.paused:
            return "paused"
        if season is None or season.supervisor is None:
            return "starting"
        return "waiting" if season.at_rest and self._publisher.current else "working"

    def _look(self) -> Beacon:
        season = self._season
        stats = season.supervisor.stats() if season and season.supervisor else ()
        return Beacon(
            pid=getpid(),
            born=born(getpid()),
            since=self._since,
            told=_now(),
            stage=self._stage(),
            seq=self._writer.head.seq if self._writer else 0,
            artifacts=self._publisher.seq,
            workers=season.workers if season else "",
            settings=self._orders.to_dict(),
            origin=self._book.origin,
            files=season.gatherer.files if season else 0,
            unsettled=season.gatherer.unsettled if season else 0,
            actors=tuple(ActorTold(**msgspec.to_builtins(one)) for one in stats),
            problem=self._tidings.problem,
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
