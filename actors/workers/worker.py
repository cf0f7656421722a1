"""One started worker: readiness, the tables it holds, its pulse, and its sessions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from actors.workers.channel import Channel
from actors.workers.containers import BUILD
from actors.workers.link import Link, WorkerGone
from actors.workers.sandbox.framing import WORKER, ForgedFrame
from actors.workers.sandbox.version import program_version
from actors.workers.session import WorkerSession, opened
from events.dataset import ReaderSettings
from events.frames import Frame, Load, Loaded, New, Ping, Ready

READY_SECONDS = 60.0
"""Imports take one to ten seconds; a worker that is not ready by then never will be."""
LOAD_SECONDS = 120.0
PING_SECONDS = 1.0
MISSES = 5
"""A worker is given up after so many pings in a row without an answer within their second."""
_CHUNK = 2 * 1024 * 1024


class TableUnreadable(Exception):
    """The program behind the wall could not read a table that was offered to it."""


@dataclass(frozen=True)
class Table:
    """A table as it is offered: the file's bytes, and how to read them."""

    data: bytes
    reader: ReaderSettings


class Worker:
    """A worker behind its link; `run` must run as long as it is used."""

    def __init__(self, link: Link) -> None:
        self.name = link.worker
        self.fingerprint = ""
        self.unwalled = ""
        self.sessions = 0
        self._channel = Channel(link)
        self._loading = anyio.Lock()
        self._held: set[str] = set()

    async def run(self) -> None:
        """Deliver frames until the worker is lost."""
        await self._channel.pump()

    async def ready(self) -> None:
        """Wait for the handshake.

        Raises:
            WorkerGone: it did not come, or a program of another version sent it.
        """
        frame = await self._hear(READY_SECONDS)
        if not isinstance(frame, Ready):
            message = f"the worker began with {type(frame).__name__}"
            raise WorkerGone(message)
        if frame.version != program_version():
            message = f"the worker runs another version of its program than this host; of an image: {BUILD}"
            raise WorkerGone(message)
        self.fingerprint, self.unwalled = frame.fingerprint, frame.unwalled

    async def lost(self) -> str:
        """Wait until the worker is lost; why."""
        await self._channel.lost.wait()
        return self._channel.reason

    @property
    def is_lost(self) -> bool:
        """Whether it was given up."""
        return self._channel.lost.is_set()

    async def hold(self, dataset: str, table: Table) -> None:
        """Make sure that the worker knows a table; free when it does.

        Raises:
            TableUnreadable: the bytes are not what the reader's settings say.
            WorkerGone: the worker was lost meanwhile.
        """
        async with self._loading:
            if dataset in self._held:
                return
            # Half a table must not stay behind when whoever asked for it is cancelled.
            with anyio.CancelScope(shield=True):
                await self._load(dataset, table)
            self._held.add(dataset)

    async def watch(self) -> None:
        """Ping once a second, and give the worker up when it stays silent; reading a table takes its time."""
        number = missed = 0
        while True:
            await anyio.sleep(PING_SECONDS)
            missed = 0 if self._loading.locked() or self._channel.pong >= number else missed + 1
            if missed >= MISSES:
                self._channel.lose(f"{MISSES} pings without an answer")
                return
            number += 1
            try:
                with anyio.move_on_after(PING_SECONDS * MISSES) as sending:
                    await self._channel.send(WORKER, Ping(number=number))
            except WorkerGone:
                return
            if sending.cancelled_caught:
                self._channel.lose("it takes no more frames")

    @asynccontextmanager
    async def session(self, new: New) -> AsyncIterator[WorkerSession]:
        """A session of this worker.

        Raises:
            InfrastructureError: it could not be opened.
        """
        self.sessions += 1
        try:
            async with opened(self._channel, new) as session:
                yield session
        finally:
            self.sessions -= 1

    async def _load(self, dataset: str, table: Table) -> None:
        for start in range(0, max(1, len(table.data)), _CHUNK):
            await self._channel.send(WORKER, _piece(dataset, table, start))
        frame = await self._hear(LOAD_SECONDS)
        if not isinstance(frame, Loaded) or frame.dataset != dataset:
            self._channel.lose(f"it answered a table with {type(frame).__name__}")
            self._channel.check()
        elif frame.problem:
            message = f"table {dataset}: {frame.problem}"
            raise TableUnreadable(message)

    async def _hear(self, seconds: float) -> Frame:
        try:
            with anyio.fail_after(seconds):
                return await self._channel.receive(self._channel.worker)
        except TimeoutError:
            self._channel.lose(f"no answer within {seconds:g} s")
            raise WorkerGone(self._channel.reason) from None
        except ForgedFrame as forged:
            self._channel.lose(f"the worker speaks no frames: {forged}")
            raise WorkerGone(self._channel.reason) from None


def _piece(dataset: str, table: Table, start: int) -> Load:
    end = start + _CHUNK
    return Load(
        dataset=dataset, reader=table.reader, chunk=table.data[start:end], last=end >= len(table.data)
    )
