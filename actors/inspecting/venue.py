"""Where questions are put: sessions that are open as long as anybody is at work in them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import anyio
import structlog

from actors.cast import Cast
from actors.papers import OwnPaper
from actors.runtime.processes import Processes
from actors.workers.containers import Owner
from actors.workers.opening import opened_workers
from events.struct import Event
from store.home import Home

Choice = Literal["auto", "docker", "local"]
SESSIONS = 16
"""Sessions that may be open while their attempts wait for a model."""
_LOG = structlog.get_logger()


class Venue:
    """Opened by the first who comes and closed by the last who goes, as often as that happens.

    Inspect has no place for what all samples of a task share; so a task of the event loop keeps it.

    Args:
        home: whose tables are laid out.
        paper: what is asked.
        workers: what runs the code.
        allow_process_level: whether a model's code may run without a wall, as a person said.
    """

    def __init__(self, home: Home, paper: OwnPaper, workers: Choice, allow_process_level: bool) -> None:
        self._home = home
        self._paper = paper
        self._workers: Choice = workers
        self._allow_process_level = allow_process_level
        self._door = anyio.Lock()
        self._guests = 0
        self._over = anyio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._cast: asyncio.Future[Cast] | None = None

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Cast]:
        """The tables and the sessions, while one question is put.

        Raises:
            InfrastructureError: no worker could be had.
            BlobMissing, BlobCorrupt: a table is not kept.
            TableTooLarge: no worker has room for one.
        """
        cast = await self._come()
        try:
            yield await asyncio.shield(cast)
        finally:
            with anyio.CancelScope(shield=True):
                await self._go()

    async def _come(self) -> asyncio.Future[Cast]:
        async with self._door:
            if self._cast is None:
                self._over = anyio.Event()
                self._cast = asyncio.get_running_loop().create_future()
                self._keeper = asyncio.create_task(self._keep(self._cast, self._over))
            self._guests += 1
            return self._cast

    async def _go(self) -> None:
        async with self._door:
            self._guests -= 1
            if not self._guests and self._keeper is not None:
                self._over.set()
                await self._keeper
                self._keeper = self._cast = None

    async def _keep(self, cast: asyncio.Future[Cast], over: anyio.Event) -> None:
        """Have the sessions open until it is over; who waits for them is told why there are none."""
        owner = Owner(f"inspect-{os.getpid()}")
        try:
            async with opened_workers(self._workers, owner, _tell, self._allow_process_level, SESSIONS) as (
                workers,
                told,
            ):
                _LOG.info("workers", told=told)
                laid_out = Cast(self._home, (), workers, Processes(1))
                await self._paper.lay_out(laid_out)
                cast.set_result(laid_out)
                await over.wait()
        except Exception as problem:  # whatever it is, it is told to those who wait for the sessions
            if cast.done():
                raise
            cast.set_exception(problem)


async def _tell(event: Event) -> None:
    """What happens to workers goes into Inspect's log; the home is only read."""
    _LOG.info(type(event).__name__, told=event)
