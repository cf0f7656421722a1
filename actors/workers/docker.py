"""A worker in a container, spoken to over its attached stdin and stdout (level `container`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiodocker
import aiohttp
import anyio
from aiodocker.containers import DockerContainer
from aiodocker.stream import Stream

from actors.workers.containers import LABEL_OWNER, container_config
from actors.workers.engine import EngineProblem, asking, engine
from actors.workers.link import BackendName, StopFailed, Tail, WorkerGone
from events.trace import Level

STOP_SECONDS = 15.0
_STDERR = 2
_BROKEN = (aiohttp.ClientError, OSError, RuntimeError, AssertionError)
"""What a stream of aiodocker raises when its connection is gone."""


class DockerLink:
    """The attached streams of a container."""

    def __init__(self, container: str, stream: Stream) -> None:
        self.worker = container
        self._stream = stream
        self._tail = Tail()

    async def send(self, data: bytes) -> None:
        """Send all of the data to stdin.

        Raises:
            WorkerGone: the stream is broken.
        """
        try:
            await self._stream.write_in(data)
        except _BROKEN as error:
            raise WorkerGone(f"container {self.worker[:12]} reads no more: {error!r}") from error

    async def receive(self) -> bytes:
        """The next bytes of stdout; what comes on stderr is kept aside.

        Raises:
            WorkerGone: the stream ended.
        """
        while True:
            try:
                message = await self._stream.read_out()
            except _BROKEN as error:
                raise WorkerGone(f"container {self.worker[:12]} broke off: {error!r}") from error
            if message is None:
                raise WorkerGone(f"container {self.worker[:12]} ended its output")
            if message.stream != _STDERR:
                return message.data
            self._tail.add(message.data)

    def last_words(self) -> str:
        """The end of its stderr."""
        return self._tail.text()


class DockerBackend:
    """Starts workers as containers.

    Args:
        image: tag or id of the worker image.
        owner: the home's label; containers that carry it are swept at the start.
        memory_bytes: for all sessions of one container together.
    """

    def __init__(self, image: str, owner: str, memory_bytes: int = 4 * 1024**3) -> None:
        self._image = image
        self._owner = owner
        self._memory_bytes = memory_bytes

    @property
    def name(self) -> BackendName:
        """`docker`."""
        return "docker"

    def level(self, *, walled: bool) -> Level:
        """`container`, with walls inside it or without."""
        del walled
        return "container"

    async def sweep(self) -> list[StopFailed]:
        """Remove the containers of this home; only the holder of its lock may ask for it."""
        failed: list[StopFailed] = []
        try:
            async with engine() as client:
                with asking("list containers"):
                    label = {"label": [f"{LABEL_OWNER}={self._owner}"]}
                    orphans = await client.containers.list(all=True, filters=label)
                for orphan in orphans:
                    try:
                        await _remove(orphan)
                    except StopFailed as failure:
                        failed.append(failure)
        except EngineProblem as problem:
            failed.append(StopFailed("(unknown)", str(problem)))
        return failed

    @asynccontextmanager
    async def start(self) -> AsyncIterator[DockerLink]:
        """A fresh container, removed at the end.

        Raises:
            WorkerGone: it could not be started.
            StopFailed: it could not be removed.
        """
        try:
            async with engine() as client:
                container = await self._created(client)
                try:
                    async with _attached(container) as stream:
                        with asking("start container"):
                            await container.start()
                        yield DockerLink(container.id, stream)
                finally:
                    # The stream is closed by now: an engine may hang on a container whose client is stuck.
                    with anyio.CancelScope(shield=True):
                        await _remove(container)
        except EngineProblem as problem:
            raise WorkerGone(str(problem)) from problem

    async def _created(self, client: aiodocker.Docker) -> DockerContainer:
        with asking("tell its size"):
            cpus = int((await client.system.info())["NCPU"])
        config = container_config(self._image, self._owner, self._memory_bytes, cpus)
        with asking("create container"):
            return await client.containers.create(config)


@asynccontextmanager
async def _attached(container: DockerContainer) -> AsyncIterator[Stream]:
    """The container's streams, attached before it starts so that nothing is missed."""
    stream = container.attach(stdin=True, stdout=True, stderr=True, logs=False)
    try:
        with asking("attach container"):
            await stream.__aenter__()
        yield stream
    finally:
        with anyio.move_on_after(STOP_SECONDS, shield=True):
            try:
                await stream.close()
            except _BROKEN:
                return  # it is closed from the other side already


async def _remove(container: DockerContainer) -> None:
    """Kill and remove; that it is gone already is fine.

    Raises:
        StopFailed: the engine would not.
    """
    try:
        with asking("remove container", STOP_SECONDS):
            try:
                await container.delete(force=True, v=True)
            except aiodocker.DockerError as error:
                if error.status != 404:
                    raise
    except EngineProblem as problem:
        raise StopFailed(container.id, str(problem)) from problem
