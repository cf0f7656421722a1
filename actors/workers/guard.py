"""The one place where sessions are opened for somebody's code: behind a wall that is strong enough for it."""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from actors.ports import Again, Session, WallTooWeak, Watch
from actors.workers.pool import Pool
from events.dataset import ReaderSettings
from events.trace import Author, CellResult, Level, Perturbation, falls_short

FLAG = "--allow-process-level"
"""The option by which somebody lets a model's code run without a wall."""


class GuardedWorkers:
    """The Workers port: a pool whose sessions are had by those alone for whose code its wall is made.

    Args:
        pool: what has the sessions.
        allow_process: whether somebody explicitly lets a model's code run without a wall.
        running: sessions that may run a cell at the same time; None where as many as are open.
    """

    def __init__(self, pool: Pool, *, allow_process: bool = False, running: int | None = None) -> None:
        self._pool = pool
        self._allow_process = allow_process
        self._places = anyio.CapacityLimiter(math.inf if running is None else running)

    @property
    def level(self) -> Level:
        """How strong the wall is, as probed."""
        return self._pool.level

    @property
    def fingerprint(self) -> str:
        """Digest of the numeric environment inside the wall."""
        return self._pool.fingerprint

    async def offer(
        self, dataset: str, data: bytes, reader: ReaderSettings, again: Again | None = None
    ) -> None:
        """Make a table known, to this and every later worker; again is free.

        Raises:
            TableUnreadable: the bytes are not what the settings say.
            TableTooLarge: no worker has so much memory for tables.
        """
        await self._pool.offer(dataset, data, reader, again)

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,
    ) -> AsyncIterator[Session]:
        """A fresh session for an author's code, with the table as `df`.

        Raises:
            WallTooWeak: the author's code needs a stronger wall, and nobody allowed less.
            InfrastructureError: no worker could be had.
        """
        if falls_short(self.level, author) and not self._allow_process:
            message = (
                f"code that a {author} wrote needs level sandbox or container, and the workers here have "
                f"level {self.level}: use --workers docker, see what `doctor` says is missing, or let it run "
                f"without a wall with {FLAG}, which its traces then say"
            )
            raise WallTooWeak(message)
        async with self._pool.session(dataset, perturbation, watches, priority) as session:
            yield _InTurn(session, self._places)


class _InTurn:
    """A session whose cells wait for a place: of many that are open only so many run."""

    def __init__(self, session: Session, places: anyio.CapacityLimiter) -> None:
        self._session = session
        self._places = places

    async def run(self, code: str) -> CellResult:
        """Run one cell, as the session does."""
        async with self._places:
            return await self._session.run(code)
