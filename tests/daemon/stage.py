"""A daemon in this process, whose seasons do nothing but what a test has them do."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio

from actors.daemon.orders import OrderBook
from actors.daemon.publishing import Written
from actors.daemon.service import serve
from events.wire import AnyRecorded
from store.beacon import Beacon
from store.home import Home
from store.log.append import LogWriter

HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Season:
    """One that ends when its stage lets it, or at once where the stage has it fail."""

    def __init__(self, stage: "Stage", **given: Any) -> None:
        self.workers, self.supervisor = "", None
        self.gatherer = SimpleNamespace(files=0, unsettled=0, look_again=stage.looked_again.set)
        self.drain = stage.asked_to_drain.set
        self.orders, self.writer = given["orders"], given["writer"]
        self._stage = stage

    async def run(self) -> None:
        await self._stage.season_begins(self)


class Processes:
    """None at all."""

    def __init__(self, count: int) -> None:
        pass

    async def start(self) -> None:
        pass

    async def warm(self, _: object) -> None:
        pass


class Keeper:
    """A beacon that is looked at when a test wants to."""

    def __init__(self, look: Callable[[], Beacon]) -> None:
        self.look = look
        self.last: Beacon | None = None

    def changed(self) -> None:
        pass

    async def run(self) -> None:
        pass

    async def write(self) -> None:
        self.last = self.look()


class Stage:
    """What a daemon stands on in these tests: it does nothing but to begin and to end."""

    def __init__(self, folder: Path) -> None:
        self.writings = 0
        self.written, self.asked_to_drain, self.drained = anyio.Event(), anyio.Event(), anyio.Event()
        self.looked_again, self.begun, self.ending = anyio.Event(), anyio.Event(), anyio.Event()
        self.home = Home(folder / "home")
        self.given: dict[str, object] = {"paths": (str(folder),)}
        self.told: list[str] = []
        self.seasons: list[Season] = []
        self.begins: Callable[[], Awaitable[None]] = self._drain
        self.keeper: Keeper

    @property
    def writer(self) -> LogWriter:
        """The daemon's own."""
        writer: LogWriter = self.seasons[-1].writer
        return writer

    def heard(self, recorded: AnyRecorded) -> None:
        pass

    def stage(self, told: str) -> None:
        self.told.append(told)
        if told.startswith("draining"):
            self.ending.set()

    def keeps(self, _: Home, look: Callable[[], Beacon]) -> Keeper:
        self.keeper = Keeper(look)
        return self.keeper

    def write(self, *_: object) -> Written:
        self.writings += 1
        anyio.from_thread.run_sync(self.written.set)
        return Written(0, 0.0)

    async def season_begins(self, season: Season) -> None:
        """What a season does, until it ends."""
        self.seasons.append(season)
        self.begun.set()
        await self.begins()

    async def serves(self) -> None:
        """A daemon on the home, until it ends."""
        await serve(self.home, OrderBook(self.given, self.home.settings), self)

    async def lives(self, end: Callable[[], object]) -> None:
        """A whole life: once artifacts stand it is asked to end, and then this is done."""
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.serves)
                await self.written.wait()
                os.kill(os.getpid(), signal.SIGTERM)
                await self.asked_to_drain.wait()
                end()

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """A life that is looked at from its first season on, and then ended."""
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.serves)
                await self.begun.wait()
                yield
                os.kill(os.getpid(), signal.SIGTERM)
                await self.ending.wait()
                self.drained.set()

    async def _drain(self) -> None:
        await self.drained.wait()
