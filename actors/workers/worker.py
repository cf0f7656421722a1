"""One started worker: readiness, the tables it holds, its pulse, and its sessions."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from actors.ports import InfrastructureError, TableTooLarge
from actors.workers.channel import Channel
from actors.workers.containers import BUILD
from actors.workers.holdings import Holdings
from actors.workers.link import Link, WorkerGone
from actors.workers.offered import Table, TableUnreadable
from actors.workers.pulse import Pulse
from actors.workers.sandbox.version import program_version
from actors.workers.session import WorkerSession, opened
from events.frames import New, Ready

READY_SECONDS = 60.0
"""Imports take one to ten seconds; a worker that is not ready by then never will be."""


class OtherVersion(WorkerGone):
    """Its program is not this host's; the next one that is started will be of that version as well."""


class Worker:
    """A worker behind its link; `run` must run as long as it is used.

    Args:
        link: its byte stream.
        table_bytes: memory for all its tables together.
    """

    def __init__(self, link: Link, table_bytes: int) -> None:
        self.name = link.worker
        self.fingerprint = ""
        self.unwalled = ""
        self.sessions = 0
        self._channel = Channel(link)
        self._holdings = Holdings(self._channel, table_bytes)
        self._pulse = Pulse(self._channel, link, lambda: self._holdings.is_reading)

    async def run(self) -> None:
        """Deliver frames until the worker is lost."""
        await self._channel.pump()

    async def watch(self) -> None:
        """Give the worker up when it is held still or stays silent."""
        await self._pulse.watch()

    async def ready(self) -> None:
        """Wait for the handshake.

        Raises:
            WorkerGone: it did not come.
            OtherVersion: a program of another version sent it.
        """
        frame = await self._channel.hear(READY_SECONDS)
        if not isinstance(frame, Ready):
            message = f"the worker began with {type(frame).__name__}"
            raise WorkerGone(message)
        if frame.version != program_version():
            message = f"the worker runs another version of its program than this host; of an image: {BUILD}"
            raise OtherVersion(message)
        self.fingerprint, self.unwalled = frame.fingerprint, frame.unwalled

    async def lost(self) -> str:
        """Wait until the worker is lost; why."""
        await self._channel.lost.wait()
        return self._channel.reason

    @property
    def is_lost(self) -> bool:
        """Whether it was given up."""
        return self._channel.lost.is_set()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it holds, the least recently used first."""
        return self._holdings.names

    async def hold(self, dataset: str, table: Table) -> None:
        """Make sure that the worker holds a table now; free when it does.

        Raises:
            TableUnreadable: the bytes are not what the reader's settings say.
            TableTooLarge: no worker can hold it.
            WorkerGone: the worker was lost meanwhile.
            InfrastructureError: the bytes cannot be had again.
        """
        await self._holdings.have(dataset, table)

    @asynccontextmanager
    async def session(self, new: New, table: Table) -> AsyncIterator[WorkerSession]:
        """A session of this worker; its table is held as long.

        Raises:
            InfrastructureError: it could not be opened.
        """
        self.sessions += 1
        try:
            async with AsyncExitStack() as stack:
                try:
                    await stack.enter_async_context(self._holdings.used(new.dataset, table))
                except (WorkerGone, TableUnreadable, TableTooLarge) as problem:
                    # Some worker has read it before, so it is this one's trouble.
                    raise InfrastructureError(str(problem)) from problem
                yield await stack.enter_async_context(opened(self._channel, new))
        finally:
            self.sessions -= 1
