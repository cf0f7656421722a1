"""The tables that one worker holds: read when a session needs them, dropped when others need their room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from actors.ports import TableTooLarge
from actors.workers.channel import Channel
from actors.workers.link import WorkerGone
from actors.workers.offered import Table, TableUnreadable
from actors.workers.sandbox.framing import WORKER
from actors.workers.shelf import Shelf
from events.dataset import ReaderSettings
from events.frames import Drop, Dropped, Load, Loaded

LOAD_SECONDS = 120.0
LIKELY = 4
"""A table is reckoned with so many times its file's size until it was read; much text takes twice that."""
_CHUNK = 2 * 1024 * 1024


class Holdings:
    """Has tables read and dropped over a channel, one at a time, in the order of asking.

    Whoever waits for room holds up all who come later, so that what is in use now is idle some time.

    Args:
        channel: the worker's.
        budget: bytes of memory for all tables together.
    """

    def __init__(self, channel: Channel, budget: int) -> None:
        self.is_reading = False
        """Whether the worker reads a table now, and answers nothing else."""
        self._channel = channel
        self._shelf = Shelf(budget)
        self._turn = anyio.Lock(fast_acquire=True)
        self._closed = anyio.Event()

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that are held, the least recently used first."""
        return self._shelf.names

    async def have(self, dataset: str, table: Table) -> None:
        """Make sure that a table is held; free when it is.

        Raises:
            TableUnreadable: the bytes are not what the reader's settings say.
            TableTooLarge: it can never be held.
            WorkerGone: the worker was lost meanwhile.
            InfrastructureError: the bytes cannot be had again.
        """
        async with self._turn:
            await self._have(dataset, table)

    @asynccontextmanager
    async def used(self, dataset: str, table: Table) -> AsyncIterator[None]:
        """A table that is held and not dropped before the end.

        Raises:
            TableUnreadable, TableTooLarge, WorkerGone, InfrastructureError: as `have`.
        """
        async with self._turn:
            await self._have(dataset, table)
            session = self._shelf.open(dataset)
        try:
            yield
        finally:
            self._shelf.close(session)
            self._closed.set()

    async def _have(self, dataset: str, table: Table) -> None:
        if dataset in self._shelf:
            return
        data = await table.bytes()
        if not table.memory:
            await self._make_room(dataset, max(1, len(data)), likely=LIKELY * len(data))
            room = self._shelf.room
            table.memory = max(1, await self._load(dataset, data, table.reader, room))
            if table.memory <= room:
                self._shelf.put(dataset, table.memory)
                return
        await self._make_room(dataset, table.memory)
        await self._load(dataset, data, table.reader)
        self._shelf.put(dataset, table.memory)

    async def _make_room(self, dataset: str, memory: int, likely: int = 0) -> None:
        if memory > self._shelf.budget:
            raise TableTooLarge(dataset, memory, self._shelf.budget)
        memory = min(max(memory, likely), self._shelf.budget)
        while self._shelf.room < memory:
            idle = self._shelf.idle()
            if idle is None:
                self._closed = anyio.Event()
                await self._closed.wait()
            else:
                await self._drop(idle)

    async def _load(self, dataset: str, data: bytes, reader: ReaderSettings, room: int = 0) -> int:
        """The bytes of memory that the table takes; where that is more than its room, it is not kept."""
        # Half a table must not stay behind when whoever asked for it is cancelled.
        with anyio.CancelScope(shield=True):
            self.is_reading = True
            try:
                for start in range(0, max(1, len(data)), _CHUNK):
                    end = start + _CHUNK
                    piece = Load(dataset, reader, data[start:end], end >= len(data), room)
                    await self._channel.send(WORKER, piece)
                answer = await self._channel.hear(LOAD_SECONDS)
            finally:
                self.is_reading = False
        if not isinstance(answer, Loaded) or answer.dataset != dataset:
            raise self._given_up(f"it answered a table with {type(answer).__name__}")
        if answer.problem:
            message = f"table {dataset}: {answer.problem}"
            raise TableUnreadable(message)
        return answer.memory

    async def _drop(self, dataset: str) -> None:
        with anyio.CancelScope(shield=True):
            await self._channel.send(WORKER, Drop(dataset))
            answer = await self._channel.hear(LOAD_SECONDS)
        if not isinstance(answer, Dropped) or answer.dataset != dataset:
            raise self._given_up(f"it answered a drop with {type(answer).__name__}")
        self._shelf.drop(dataset)

    def _given_up(self, reason: str) -> WorkerGone:
        self._channel.lose(reason)
        return WorkerGone(self._channel.reason)
