"""The host's end of a worker's channel: one task reads, everybody writes, each session has its inbox.

What a session says is looked at by whoever waits for it, and by nobody before: a frame that takes long to
read delays no other.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import anyio

from actors.workers.link import Link, WorkerGone
from actors.workers.sandbox.framing import WORKER, ForgedFrame, FrameReader, RawFrame, pack, unpack
from events.frames import Branched, Exit, Frame, Opened, Ping, Pong, Result

MOST_WAITING = 64
"""Frames of one session that may wait to be read: a supervisor passes on one for each that it was sent."""
SAID_BY_SESSIONS = (Opened, Result, Exit, Branched)
"""What a session says, or its supervisor about it; anything else under its number its worker made up."""
ANSWER_SECONDS = 5.0
"""So long a worker whose session is silent may take to answer a ping; its pulse has as long."""
MOST_IN_VAIN = 3
"""So many sessions may in a row be waited for in vain until their worker is given up, whatever it answers."""


class Inbox:
    """The frames of one session, as they come, for one reader."""

    def __init__(self, session: int) -> None:
        self.session = session
        self._frames: deque[RawFrame] = deque()
        self._news = anyio.Event()
        self._is_closed = False

    def put(self, frame: RawFrame) -> bool:
        """Add one; whether there was room."""
        if len(self._frames) == MOST_WAITING:
            return False
        self._frames.append(frame)
        self._news.set()
        return True

    def close(self) -> None:
        """No more come."""
        self._is_closed = True
        self._news.set()

    async def take(self) -> RawFrame | None:
        """The next one; None when no more come."""
        while not self._frames and not self._is_closed:
            self._news = anyio.Event()
            await self._news.wait()
        return self.waiting()

    def waiting(self) -> RawFrame | None:
        """The next one of those that are here; None where none is."""
        return self._frames.popleft() if self._frames else None


class Channel:
    """Frames over a link. `pump` must run as long as the channel is used."""

    def __init__(self, link: Link) -> None:
        self.lost = anyio.Event()
        self.reason = ""
        self.pong = 0
        self.reading = anyio.CapacityLimiter(1)
        """Long frames are read beside the loop one at a time: each holds it up a little."""
        self._link = link
        self._in_vain = 0
        self._sending = anyio.Lock(fast_acquire=True)
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
            inbox.close()

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

    async def receive(self, inbox: Inbox, seconds: float) -> RawFrame | None:
        """The next frame for an inbox; None where it does not come in time, from a worker that answers.

        Raises:
            WorkerGone: the worker is lost.
        """
        with anyio.move_on_after(seconds):
            return self._there(await inbox.take())
        with anyio.move_on_after(ANSWER_SECONDS):
            await self.ping()
            # What was said before that answer is here by now: a host that was held up itself finds it.
            return inbox.waiting()
        raise self._given_up(seconds)

    def waited_in_vain(self, seconds: float) -> None:
        """A session is given up that owed an answer for so long; the worker with it when others were before.

        Raises:
            WorkerGone: the worker is lost.
        """
        self._in_vain += 1
        if self._in_vain == MOST_IN_VAIN:
            raise self._given_up(seconds)

    def _given_up(self, seconds: float) -> WorkerGone:
        self.lose(f"no answer within {seconds:g} s")
        return WorkerGone(self.reason)

    def _there(self, frame: RawFrame | None) -> RawFrame:
        if frame is None:
            raise WorkerGone(self.reason)
        return frame

    async def hear(self, seconds: float) -> Frame:
        """The next frame of the worker as a whole, which is given up when none comes.

        Raises:
            WorkerGone: the worker is lost.
        """
        try:
            with anyio.fail_after(seconds):
                return unpack(self._there(await self.worker.take()))
        except TimeoutError:
            raise self._given_up(seconds) from None
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
            inbox.close()

    def check(self) -> None:
        """Nothing while the worker lives.

        Raises:
            WorkerGone: it is lost.
        """
        if self.lost.is_set():
            raise WorkerGone(self.reason)

    def _inbox(self, session: int) -> Inbox:
        self._inboxes[session] = inbox = Inbox(session)
        if self.lost.is_set():
            inbox.close()
        return inbox

    def _deliver(self, raw: RawFrame) -> None:
        inbox = self._inboxes.get(raw.session)
        if inbox is None:
            return  # that session was closed while this frame was on its way
        if inbox is not self.worker and raw.kind not in SAID_BY_SESSIONS:
            self.lose(f"the worker speaks for a session as none does: a {raw.kind.__name__} frame")
            return
        if inbox is self.worker and raw.kind is Pong:
            self._note(raw)
            return
        if inbox is not self.worker:
            self._in_vain = 0
        if not inbox.put(raw):
            self.lose("the worker says more than it was asked")

    def _note(self, raw: RawFrame) -> None:
        """A pong came.

        Raises:
            ForgedFrame: it is none.
        """
        pong = unpack(raw)
        assert isinstance(pong, Pong)
        if (answered := self._pings.get(pong.number)) is not None:
            answered.set()
        else:
            self.pong = max(self.pong, pong.number)
