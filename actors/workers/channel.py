"""The host's end of a worker's channel: one task reads, everybody writes, each session has its inbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from actors.workers.link import Link, WorkerGone
from actors.workers.sandbox.framing import WORKER, ForgedFrame, FrameReader, RawFrame, pack, unpack
from events.frames import Branched, Exit, Frame, Opened, Ping, Pong, Result

MOST_WAITING = 64
"""Frames of one session that may wait to be read: a supervisor passes on one for each that it was sent."""
SAID_BY_SESSIONS = (Opened, Result, Exit, Branched)
"""What a session says, or its supervisor about it; anything else under its number its worker made up."""


@dataclass
class Inbox:
    """The frames of one session, as they come. A forged frame stands for itself."""

    session: int
    frames: MemoryObjectReceiveStream[Frame | ForgedFrame]
    post: MemoryObjectSendStream[Frame | ForgedFrame] = field(repr=False)


class Channel:
    """Frames over a link. `pump` must run as long as the channel is used."""

    def __init__(self, link: Link) -> None:
        self.lost = anyio.Event()
        self.reason = ""
        self.pong = 0
        self._link = link
        self._sending = anyio.Lock()
        self._inboxes: dict[int, Inbox] = {}
        self._pings: dict[int, anyio.Event] = {}
        self._ping_numbers = count(-1, -1)
        self._numbers = count(WORKER + 1)
        self.worker = self._inbox(WORKER)

    @contextmanager
    def session(self) -> Iterator[Inbox]:
        """An inbox under a number that was never used before."""
        inbox = self._inbox(next(self._numbers))
        try:
            yield inbox
        finally:
            del self._inboxes[inbox.session]
            inbox.post.close()
            inbox.frames.close()

    async def send(self, session: int, frame: Frame) -> None:
        """Send a frame.

        Raises:
            WorkerGone: the worker is lost.
            FrameTooLong: the frame is over the limit; nothing was sent.
            UnicodeEncodeError: a text cannot be sent; nothing was.
        """
        data = pack(session, frame)
        async with self._sending:
            self.check()
            await self._link.send(data)

    async def receive(self, inbox: Inbox) -> Frame:
        """The next frame for an inbox.

        Raises:
            WorkerGone: the worker is lost.
            ForgedFrame: what the session said is no frame.
        """
        try:
            frame = await inbox.frames.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            raise WorkerGone(self.reason) from None
        if isinstance(frame, ForgedFrame):
            raise frame
        return frame

    async def hear(self, seconds: float) -> Frame:
        """The next frame of the worker as a whole, which is given up when none comes.

        Raises:
            WorkerGone: the worker is lost.
        """
        try:
            with anyio.fail_after(seconds):
                return await self.receive(self.worker)
        except TimeoutError:
            self.lose(f"no answer within {seconds:g} s")
        except ForgedFrame as forged:
            self.lose(f"the worker speaks no frames: {forged}")
        raise WorkerGone(self.reason)

    async def ping(self) -> float:
        """Seconds until the worker answered a ping. Its numbers are negative: it is no part of the pulse.

        Raises:
            WorkerGone: the worker is lost.
        """
        number, answered = next(self._ping_numbers), anyio.Event()
        self._pings[number] = answered
        started = anyio.current_time()
        try:
            await self.send(WORKER, Ping(number=number))
            await answered.wait()
        finally:
            del self._pings[number]
        self.check()
        return anyio.current_time() - started

    async def pump(self) -> None:
        """Deliver what comes, until the stream ends; then everybody who waits is told that it is lost."""
        reader = FrameReader()
        try:
            while True:
                for raw in reader.feed(await self._link.receive()):
                    if self.lost.is_set():
                        return
                    self._deliver(raw)
        except WorkerGone as gone:
            self.lose(str(gone))
        except ForgedFrame as forged:
            self.lose(f"the worker speaks no frames: {forged}")
        finally:
            self.lose("the worker was stopped")
            self.worker.frames.close()

    def lose(self, reason: str) -> None:
        """Give the worker up. The first reason stands."""
        if self.lost.is_set():
            return
        words = self._link.last_words()
        self.reason = f"{reason}; its last words: {words}" if words else reason
        self.lost.set()
        for answered in self._pings.values():
            answered.set()
        for inbox in self._inboxes.values():
            inbox.post.close()

    def check(self) -> None:
        """Nothing while the worker lives.

        Raises:
            WorkerGone: it is lost.
        """
        if self.lost.is_set():
            raise WorkerGone(self.reason)

    def _inbox(self, session: int) -> Inbox:
        post, frames = anyio.create_memory_object_stream[Frame | ForgedFrame](MOST_WAITING)
        self._inboxes[session] = inbox = Inbox(session, frames, post)
        if self.lost.is_set():
            post.close()
        return inbox

    def _deliver(self, raw: RawFrame) -> None:
        inbox = self._inboxes.get(raw.session)
        if inbox is None:
            return  # that session was closed while this frame was on its way
        if inbox is not self.worker and raw.kind not in SAID_BY_SESSIONS:
            self.lose(f"the worker speaks for a session as none does: a {raw.kind.__name__} frame")
            return
        try:
            frame: Frame | ForgedFrame = unpack(raw)
        except ForgedFrame as forged:
            frame = forged
        if inbox is self.worker and isinstance(frame, Pong):
            self._note(frame.number)
            return
        try:
            inbox.post.send_nowait(frame)
        except anyio.WouldBlock:
            self.lose("the worker says more than it was asked")

    def _note(self, pong: int) -> None:
        if (answered := self._pings.get(pong)) is not None:
            answered.set()
        else:
            self.pong = max(self.pong, pong)
