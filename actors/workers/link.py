"""What a backend gives the pool: a started worker's byte stream, and the ways in which that can fail."""

from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from events.trace import Level

BackendName = Literal["docker", "local"]


class WorkerGone(Exception):
    """A worker could not be started, or ended; the message says what was seen."""


class StopFailed(Exception):
    """A worker could not be stopped or removed.

    Args:
        worker: container id or process id.
        error: what the engine or the system said.
    """

    def __init__(self, worker: str, error: str) -> None:
        super().__init__(f"worker {worker} could not be stopped: {error}")
        self.worker = worker
        self.error = error


class Link(Protocol):
    """A started worker: its identity and its byte stream."""

    @property
    def worker(self) -> str:
        """Container id or process id."""
        ...

    async def send(self, data: bytes) -> None:
        """Send all of the data; a cancelled send leaves the stream whole.

        Raises:
            WorkerGone: the stream is broken.
        """
        ...

    async def receive(self) -> bytes:
        """The next bytes, at least one.

        Raises:
            WorkerGone: the stream ended.
        """
        ...

    async def held(self) -> str:
        """What holds the worker still, as the system tells within a second; empty where nothing does.

        A worker of which nothing can be told is not held.
        """
        ...

    def last_words(self) -> str:
        """The end of what the worker wrote to stderr."""
        ...


class Backend(Protocol):
    """Starts workers of one kind."""

    @property
    def name(self) -> BackendName:
        """What its workers run in."""
        ...

    def level(self, *, walled: bool) -> Level:
        """How strong the wall of its sessions is, where each of them has one of its own or not."""
        ...

    async def machine(self) -> tuple[int, int]:
        """The cores and the bytes of memory of the machine that its workers run on.

        Raises:
            WorkerGone: it cannot be told.
        """
        ...

    async def sweep(self) -> list[StopFailed]:
        """Remove what an earlier run of the same home left behind; what could not be removed is returned."""
        ...

    def start(self) -> AbstractAsyncContextManager[Link]:
        """A fresh worker, stopped and removed at the end.

        Raises:
            WorkerGone: it could not be started.
            StopFailed: at the end, it could not be stopped.
        """
        ...


class Tail:
    """The end of a byte stream: keeps the last so many bytes, for diagnosis only."""

    def __init__(self, keep: int = 8192) -> None:
        self._keep = keep
        self._bytes = bytearray()

    def add(self, data: bytes) -> None:
        """Append bytes, dropping the oldest beyond the bound."""
        self._bytes += data
        del self._bytes[: -self._keep]

    def text(self) -> str:
        """What is kept, as text."""
        return self._bytes.decode("utf-8", "replace").strip()
