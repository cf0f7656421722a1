"""Workers made of functions, for what the host does with workers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import msgspec

from actors.workers.link import BackendName, Link, StopFailed, WorkerGone
from actors.workers.sandbox.framing import WORKER, FrameReader, pack, unpack
from actors.workers.sandbox.version import program_version
from events.dataset import ReaderSettings
from events.frames import (
    Drop,
    Dropped,
    Frame,
    Load,
    Loaded,
    New,
    Opened,
    Ping,
    Pong,
    Ready,
    Result,
    RunCell,
)
from events.struct import Event
from events.trace import CellResult, Level

READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
Answers = Callable[[int, Frame], list[tuple[int, Frame]]]


class Announced(list[Event]):
    async def __call__(self, event: Event) -> None:
        self.append(event)


def obedient(session: int, frame: Frame) -> list[tuple[int, Frame]]:
    """What a worker answers that does as it is told."""
    if isinstance(frame, Ping):
        return [(WORKER, Pong(number=frame.number))]
    if isinstance(frame, Load):
        return [(WORKER, Loaded(dataset=frame.dataset))] if frame.last else []
    if isinstance(frame, Drop):
        return [(WORKER, Dropped(dataset=frame.dataset))]
    if isinstance(frame, New):
        return [(session, Opened())]
    if isinstance(frame, RunCell):
        return [(session, Result(result=CellResult(number=frame.number, display=frame.code)))]
    return []


class FakeLink:
    """A worker made of a function."""

    def __init__(self, worker: str, answers: Answers, unwalled: str = "", version: str | None = None) -> None:
        self.worker = worker
        self.holding = ""
        """What holds it still."""
        self.signs = False
        """Whether a cell shows which worker ran it."""
        self.asked = 0
        """How often that was asked."""
        self.tables: list[str] = []
        """The tables that it was sent."""
        self._answers = answers
        self._reader = FrameReader()
        self._post, self._out = anyio.create_memory_object_stream[bytes](1000)
        self._post.send_nowait(
            pack(WORKER, Ready("fake", {}, unwalled, program_version() if version is None else version))
        )

    async def send(self, data: bytes) -> None:
        for raw in self._reader.feed(data):
            frame = unpack(raw)
            if isinstance(frame, Load) and frame.last:
                self.tables.append(frame.dataset)
            for session, answer in self._answers(raw.session, frame):
                self._post.send_nowait(pack(session, self._signed(answer)))

    def _signed(self, answer: Frame) -> Frame:
        if not self.signs or not isinstance(answer, Result):
            return answer
        return Result(result=msgspec.structs.replace(answer.result, display=self.worker))

    async def receive(self) -> bytes:
        try:
            return await self._out.receive()
        except anyio.EndOfStream:
            raise WorkerGone("the fake ended") from None

    async def held(self) -> str:
        self.asked += 1
        return self.holding

    def last_words(self) -> str:
        return "aargh"

    def hang_up(self) -> None:
        self._post.close()

    def close(self) -> None:
        self._post.close()
        self._out.close()


class FakeBackend:
    def __init__(self, answers: Answers = obedient, broken: str = "", unstoppable: str = "") -> None:
        self.answers = answers
        self.broken = broken
        self.unstoppable = unstoppable
        self.started = 0
        self.unwalled: dict[int, str] = {}
        """By worker, the first being 1, why its sessions have no walls."""
        self.version = program_version()
        self.refusing: dict[int, str] = {}
        """By worker, why it cannot be stopped; beside those that cannot be because none can."""
        self.stopped: list[str] = []
        """Those that were."""
        self.signs = False
        """Whether each cell shows which worker ran it."""
        self.links: dict[str, FakeLink] = {}
        """All that were started."""
        self.left = [StopFailed("orphan", "busy")] if unstoppable else []

    @property
    def name(self) -> BackendName:
        return "local"

    def level(self, *, walled: bool) -> Level:
        return "sandbox" if walled else "process"

    async def machine(self) -> tuple[int, int]:
        return 2, 8 * 1024**3

    async def sweep(self) -> list[StopFailed]:
        return self.left

    def end(self) -> None:
        """End the worker that was started last."""
        list(self.links.values())[-1].hang_up()

    @asynccontextmanager
    async def start(self) -> AsyncIterator[Link]:
        self.started += 1
        if self.broken:
            raise WorkerGone(self.broken)
        number = self.started
        link = FakeLink(f"w{number}", self.answers, self.unwalled.get(number, ""), self.version)
        self.links[link.worker] = link
        link.signs = self.signs
        try:
            yield link
        finally:
            link.close()
            if problem := self.refusing.get(number, self.unstoppable):
                raise StopFailed(link.worker, problem)
            self.stopped.append(link.worker)
