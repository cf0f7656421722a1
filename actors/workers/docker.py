"""A worker in a container, spoken to over its attached stdin and stdout (level `container`), or a socket."""

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from uuid import uuid4

import aiodocker
import aiohttp
import anyio
from aiodocker.containers import DockerContainer
from aiodocker.stream import Stream

from actors.ports import Limits
from actors.workers.answered import Inspected, Listed, Processes, Size, Version, shaped
from actors.workers.containers import LABEL_OWNER, LABEL_PLACE, Owner, container_config
from actors.workers.doorstep import Doorstep, doorstep, let_in, shares_no_folder
from actors.workers.engine import CALL_SECONDS, PROBE_SECONDS, EngineProblem, asking, engine, told
from actors.workers.link import BackendName, Link, StopFailed, Tail, WorkerGone
from actors.workers.sizing import sizes
from events.trace import Level

STOP_SECONDS = 15.0
STATE_SECONDS = 1.0
"""So long the engine may take to tell the state of a container that has fallen silent."""
_STDERR = 2
_BROKEN = (aiohttp.ClientError, OSError, RuntimeError, AssertionError)
"""What a stream of aiodocker raises when its connection is gone."""


class DockerLink:
    """The attached streams of a container."""

    def __init__(self, container: DockerContainer, stream: Stream) -> None:
        self.worker: str = container.id
        self._container = container
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

    async def held(self) -> str:
        """That it was paused or stopped, as the engine tells, which may be on another machine."""
        try:
            with asking("tell its state", STATE_SECONDS):
                state = shaped(await self._container.show(), Inspected).state
                if state.paused:
                    return "its container is paused"
                if await self._is_stopped(state.pid):
                    return "its first process is stopped, by a signal or a debugger"
        except EngineProblem:
            return ""
        return ""

    async def _is_stopped(self, process: int) -> bool:
        listed = await self._container.top(ps_args="-o pid,stat")
        states = {one[0]: one[1] for one in shaped(listed, Processes).processes}
        return states.get(str(process), "")[:1] in ("T", "t")

    def last_words(self) -> str:
        """The end of its stderr."""
        return self._tail.text()


class DockerBackend:
    """Starts workers as containers.

    Args:
        image: tag or id of the worker image.
        owner: the home; its containers are swept at the start.
        memory_bytes: for all sessions of one container together; when not given, by the engine's machine.
        shares_socket: whether frames go over a socket that host and container share.
        removes_itself: whether the engine removes one that ended even where this program is gone by then.
    """

    def __init__(
        self,
        image: str,
        owner: Owner,
        memory_bytes: int | None = None,
        *,
        shares_socket: bool = False,
        removes_itself: bool = False,
    ) -> None:
        self._image = image
        self._owner = owner
        self._memory_bytes = memory_bytes
        self._shares_socket = shares_socket
        self._removes_itself = removes_itself

    @property
    def name(self) -> BackendName:
        """`docker`."""
        return "docker"

    def level(self, *, walled: bool) -> Level:
        """`container` where each session has a wall inside it; without, sessions are not apart."""
        return "container" if walled else "process"

    async def machine(self) -> tuple[int, int]:
        """Those of the engine's machine.

        Raises:
            WorkerGone: the engine does not tell, or cannot share what it is to.
        """
        try:
            async with engine() as client:
                self._check_shares(client)
                return await _size(client)
        except EngineProblem as problem:
            raise WorkerGone(str(problem)) from problem

    async def sweep(self) -> list[StopFailed]:
        """Remove what earlier runs of this home left; only the holder of its lock may ask for it."""
        try:
            return await swept(self._owner)
        except EngineProblem as problem:
            return [StopFailed("(unknown)", str(problem))]

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Link]:
        """A fresh container, removed at the end.

        Raises:
            WorkerGone: it could not be started.
            StopFailed: it could not be removed.
        """
        with ExitStack() as stack:
            try:
                door = stack.enter_context(doorstep()) if self._shares_socket else None
            except OSError as error:
                raise WorkerGone(f"no socket for a worker could be made: {error}") from error
            try:
                async with engine() as client, self._running(client, door) as link:
                    if door is None:
                        yield link
                    else:
                        async with let_in(link, door) as faster:
                            yield faster
            except EngineProblem as problem:
                raise WorkerGone(str(problem)) from problem

    @asynccontextmanager
    async def _running(self, client: aiodocker.Docker, door: Doorstep | None) -> AsyncIterator[DockerLink]:
        self._check_shares(client)
        container = await self._created(client, door)
        try:
            async with _attached(container) as stream:
                with asking("start container"):
                    await container.start()
                yield DockerLink(container, stream)
        finally:
            # The stream is closed by now: an engine may hang on a container whose client is stuck.
            with anyio.CancelScope(shield=True):
                await _remove(container)

    def _check_shares(self, client: aiodocker.Docker) -> None:
        if self._shares_socket and (why := shares_no_folder(client)):
            raise WorkerGone(why)

    async def _created(self, client: aiodocker.Docker, door: Doorstep | None) -> DockerContainer:
        cores, memory = await _size(client)
        most = self._memory_bytes or sizes(cores, memory, Limits()).worker_bytes
        podman = await _is_podman(client)
        itself, folder = self._removes_itself, None if door is None else door.folder
        config = container_config(
            self._image, self._owner, most, cores, podman=podman, door=folder, removes_itself=itself
        )
        name = f"tracegate-{uuid4().hex}"
        try:
            with asking("create container"):
                container = await client.containers.create(config, name=name)
                shaped(container.id, str)
                return container
        except BaseException:  # whatever ends it, a cancellation included, is raised on
            # This must not be asked for twice; and the engine may have made it, whatever was heard of it.
            with anyio.CancelScope(shield=True), suppress(StopFailed):
                await _remove(client.containers.container(name), PROBE_SECONDS)
            raise


async def _size(client: aiodocker.Docker) -> tuple[int, int]:
    async def size() -> Size:
        return shaped(await client.system.info(), Size)

    told_size = await told("tell its size", size)
    return told_size.cores, told_size.memory


async def _is_podman(client: aiodocker.Docker) -> bool:
    async def version() -> Version:
        return shaped(await client.version(), Version)

    return (await told("give its version", version)).is_podman


async def _listed(
    client: aiodocker.Docker, owner: Owner, seconds: float
) -> list[tuple[DockerContainer, Listed]]:
    label = {"label": [f"{LABEL_OWNER}={owner.home}"]}

    async def listed() -> list[tuple[DockerContainer, Listed]]:
        found = await client.containers.list(all=True, filters=label)
        return [(one, shaped({"Labels": one["Labels"], "State": one["State"]}, Listed)) for one in found]

    return await told("list containers", listed, seconds)


async def swept(
    owner: Owner, seconds: float = CALL_SECONDS, removed: Callable[[str], object] = lambda _: None
) -> list[StopFailed]:
    """Remove the containers of a home that nobody works with any more; those that could not be removed.

    A home that was moved is known by its id. So is a copy of it, and one that runs may be the copy's: it is
    left alone, and ends by itself when its host is gone.

    Args:
        owner: the home; its lock is held by whoever asks.
        seconds: how long the engine may take to list them.
        removed: told the id of each that is gone.

    Raises:
        EngineProblem: there is none, or it would not list them.
    """
    failed: list[StopFailed] = []
    async with engine() as client:
        for one, seen in await _listed(client, owner, seconds):
            if (seen.labels or {}).get(LABEL_PLACE) != owner.place and seen.state == "running":
                continue
            try:
                await _remove(one)
                removed(one.id)
            except StopFailed as failure:
                failed.append(failure)
    return failed


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


async def _remove(container: DockerContainer, seconds: float = STOP_SECONDS) -> None:
    """Kill and remove; that it is gone already is fine.

    Raises:
        StopFailed: the engine would not.
    """

    async def delete() -> None:
        try:
            await container.delete(force=True, v=True)
        except aiodocker.DockerError as error:
            if error.status not in (404, 409):  # gone, or going since an earlier try
                raise

    try:
        await told("remove container", delete, seconds)
    except EngineProblem as problem:
        raise StopFailed(container.id, str(problem)) from problem
