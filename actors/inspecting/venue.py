"""Where questions are put: sessions that several questions share, held open by one of those who put them."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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


@dataclass
class _Round:
    """One time that the sessions are open."""

    ready: anyio.Event = field(default_factory=anyio.Event)
    """They are open, or cannot be had."""
    cast: Cast | None = None
    problem: Exception | None = None
    """Why they cannot be had."""
    guests: int = 0
    """Who works in them beside the host."""
    host_is_done: bool = False
    """Nobody else may come."""
    left: anyio.Condition = field(default_factory=anyio.Condition)
    over: anyio.Event = field(default_factory=anyio.Event)
    """They are closed."""


class Venue:
    """Opened by whoever comes first, the host, and open to others until the host's own question is answered.

    Inspect has no place for what all samples of a task share, and no task group that outlives a sample: so
    the host waits for those who are still at work, and the next to come after that is host anew.

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
        self._round: _Round | None = None

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Cast]:
        """The tables and the sessions, while one question is put.

        Raises:
            InfrastructureError: no worker could be had.
            BlobMissing, BlobCorrupt: a table is not kept.
            TableTooLarge: no worker has room for one.
        """
        while self._round is not None and self._round.host_is_done:
            await self._round.over.wait()
        async with self._hosted() if self._round is None else _joined(self._round) as cast:
            yield cast

    @asynccontextmanager
    async def _hosted(self) -> AsyncIterator[Cast]:
        held = self._round = _Round()
        owner = Owner(f"inspect-{os.getpid()}")
        opened = opened_workers(self._workers, owner, _tell, self._allow_process_level, SESSIONS)
        try:
            async with opened as (workers, told):
                _LOG.info("workers", told=told)
                held.cast = Cast(self._home, (), workers, Processes(1))
                await self._paper.lay_out(held.cast)
                held.ready.set()
                try:
                    yield held.cast
                finally:
                    await _all_gone(held)
        except Exception as problem:  # told to those who wait for the sessions as well
            held.problem = problem
            raise
        finally:
            self._round = None
            held.ready.set()
            held.over.set()


@asynccontextmanager
async def _joined(held: _Round) -> AsyncIterator[Cast]:
    """Come to sessions that somebody else holds open."""
    held.guests += 1
    try:
        await held.ready.wait()
        if held.problem is not None or held.cast is None:
            raise held.problem or RuntimeError("whoever opened the sessions was cancelled")
        yield held.cast
    finally:
        with anyio.CancelScope(shield=True):
            async with held.left:
                held.guests -= 1
                held.left.notify_all()


async def _all_gone(held: _Round) -> None:
    """Nobody new may come; wait for those who are there, though the host be cancelled."""
    held.host_is_done = True
    with anyio.CancelScope(shield=True):
        async with held.left:
            while held.guests:
                await held.left.wait()


async def _tell(event: Event) -> None:
    """What happens to workers goes into the program's own log; the home is only read."""
    _LOG.info(type(event).__name__, told=event)
