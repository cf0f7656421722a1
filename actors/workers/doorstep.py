"""A faster way into a container: a unix socket in a folder that it shares with its host.

The socket takes one connection, that of the container's first process, and is removed as soon as that came.
What is asyncio's own here is what sends whole though its sender is cancelled.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiodocker
import aiohttp
import anyio

from actors.workers.containers import SOCKET
from actors.workers.folders import worker_folder
from actors.workers.link import Link, WorkerGone

SETTING = "TRACEGATE_WORKER_SOCKET"
"""The environment variable that asks for it, by being 1."""
COME_SECONDS = 20.0
"""So long a container that has started may take to come to its socket."""
PIECE = 65536


def is_asked_for() -> bool:
    """Whether the host's environment asks for it."""
    return os.environ.get(SETTING) == "1"


def shares_no_folder(client: aiodocker.Docker) -> str:
    """Why an engine can share no folder with this host; empty where it may."""
    if type(client.connector) is aiohttp.UnixConnector:  # that of ssh is one too, of a kind of its own
        return ""
    return f"{SETTING}=1 needs an engine of this machine, behind a unix socket; leave one of the two out"


@dataclass(frozen=True)
class Doorstep:
    """A socket that waits for its one connection."""

    folder: Path
    """What the container shares: the socket and nothing else."""
    listener: socket.socket

    def leave(self) -> None:
        """Take no further connection."""
        self.listener.close()
        (self.folder / SOCKET).unlink(missing_ok=True)


@contextmanager
def doorstep() -> Iterator[Doorstep]:
    """A folder with a socket in it, below one that only this user may enter.

    Raises:
        OSError: there can be none.
    """
    with worker_folder() as own, socket.socket(socket.AF_UNIX) as listener:
        folder = own / "door"
        folder.mkdir()
        listener.setblocking(False)
        listener.bind(os.fspath(folder / SOCKET))
        # In the container another user comes to it; out here nobody passes the folder above.
        folder.chmod(0o755)
        (folder / SOCKET).chmod(0o666)
        listener.listen(1)
        yield Doorstep(folder, listener)


class SocketLink:
    """The channel of a container that came to its socket; its attached streams tell the rest.

    Args:
        attached: the same container over its attached streams, on which it says no frame.
        door: where it will come.
        over: set when the attached streams ended.
    """

    def __init__(self, attached: Link, door: Doorstep, over: anyio.Event) -> None:
        self.worker = attached.worker
        self._attached = attached
        self._door = door
        self._over = over
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, data: bytes) -> None:
        """Send all of the data.

        Raises:
            WorkerGone: the socket is broken, or nobody came to it yet.
        """
        try:
            if self._writer is None:
                raise ConnectionError("it did not come to its socket")
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise WorkerGone(f"container {self.worker[:12]} reads no more: {error!r}") from error

    async def receive(self) -> bytes:
        """The next bytes.

        Raises:
            WorkerGone: the socket is closed, or nobody comes to it.
        """
        if self._reader is None:
            self._reader, self._writer = await self._met()
        with suppress(OSError):
            if data := await self._reader.read(PIECE):
                return data
        raise WorkerGone(f"container {self.worker[:12]} ended its output")

    async def held(self) -> str:
        """That it was paused or stopped, as the engine tells."""
        return await self._attached.held()

    def last_words(self) -> str:
        """The end of its stderr."""
        return self._attached.last_words()

    def close(self) -> None:
        """Break the connection off."""
        if self._writer is not None:
            self._writer.close()

    async def _met(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Whoever comes to the socket, unless the container ends before that."""
        came = False
        with anyio.move_on_after(COME_SECONDS):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._end_with_it, tasks.cancel_scope)
                await anyio.wait_readable(self._door.listener)
                came = True
                tasks.cancel_scope.cancel()
        if came:
            connection, _ = self._door.listener.accept()
            self._door.leave()
            return await asyncio.open_unix_connection(sock=connection)
        if self._over.is_set():
            raise WorkerGone(f"container {self.worker[:12]} ended its output")
        message = (
            f"container {self.worker[:12]} did not come to its socket within {COME_SECONDS:g} s: "
            f"{SETTING}=1 needs an engine that shares this machine's files"
        )
        raise WorkerGone(message)

    async def _end_with_it(self, waiting: anyio.CancelScope) -> None:
        await self._over.wait()
        waiting.cancel()


@asynccontextmanager
async def let_in(attached: Link, door: Doorstep) -> AsyncIterator[SocketLink]:
    """The link of a container that was started, over the socket that it was given."""
    over = anyio.Event()
    async with anyio.create_task_group() as tasks:
        link = SocketLink(attached, door, over)
        tasks.start_soon(_heard_out, attached, over)
        try:
            yield link
        finally:
            link.close()
            tasks.cancel_scope.cancel()


async def _heard_out(attached: Link, over: anyio.Event) -> None:
    """Read what the container still says on its attached streams, so that it can never block on them."""
    with suppress(WorkerGone):
        while True:
            await attached.receive()
    over.set()
