"""One session as its user sees it: cells go in, typed results come out, and nothing else is believed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import msgspec
from anyio import to_thread

from actors.ports import InfrastructureError
from actors.workers.channel import Channel, Inbox
from actors.workers.link import WorkerGone
from actors.workers.reading import result_of
from actors.workers.sandbox.framing import ForgedFrame, FrameTooLong, RawFrame, unpack
from events.frames import Branch, Branched, Close, Exit, Frame, Interrupt, New, Opened, Result, RunCell
from events.trace import CellResult, ErrorReport, SessionEnd

OPEN_SECONDS = 30.0
"""A session that is not there by then is lost with its worker."""
MARGIN_SECONDS = 10.0
"""So long after a cell's limit its supervisor, which enforces that limit, must have answered."""
CLOSE_SECONDS = 2.0
READ_AT_ONCE = 64 * 1024
"""Bytes of a body that is read at once; a longer one is read beside the loop."""


class SessionOver(Exception):
    """A cell was run in a session whose end had been told before."""


class NotBranchable(Exception):
    """A session was asked to branch that was not opened for it."""


class NotBranched(Exception):
    """A session did not become two, through its own doing; the message says what was seen."""


class WorkerSession:
    """The session port over a worker's channel.

    Args:
        channel: its worker's.
        inbox: where its frames come in.
        new: how it was asked for.
        cells: how many cells those ran before of whom it is a branch.
    """

    def __init__(self, channel: Channel, inbox: Inbox, new: New, cells: int = 0) -> None:
        self._channel = channel
        self._inbox = inbox
        self._new = new
        self._limits = new.limits
        self._next = cells
        self._statements = 0
        self._is_over = False
        self._branching = anyio.Lock(fast_acquire=True)

    async def run(self, code: str) -> CellResult:
        """Run one cell. A limit hit by the code ends the session and is told in `result.end`.

        Raises:
            InfrastructureError: the worker was lost, or the session for reasons outside its code.
            SessionOver: an earlier result told of the end.
        """
        if self._is_over:
            message = "the session is over; open a new one"
            raise SessionOver(message)
        number = self._next
        self._next += 1
        self._statements += (len(code) + 1) // 2  # the shortest ones are of a letter and what parts them
        try:
            await self._channel.send(self._inbox.session, RunCell(number=number, code=code))
        except (FrameTooLong, UnicodeEncodeError) as problem:
            report = ErrorReport(kind="CellRefused", message=f"this code cannot be run: {problem}")
            return CellResult(number=number, error=report)
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        return await self._answer(number)

    async def ping(self) -> float:
        """Seconds that the worker of this session takes to answer, whatever its sessions do.

        Raises:
            InfrastructureError: the worker was lost.
        """
        try:
            return await self._channel.ping()
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone

    async def interrupt(self) -> None:
        """End the cell that runs now before its time: its result says so; its state is kept where it heeds.

        Raises:
            InfrastructureError: the worker was lost.
        """
        try:
            await self._channel.send(self._inbox.session, Interrupt(number=self._next - 1))
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone

    @asynccontextmanager
    async def branch(self) -> AsyncIterator["WorkerSession"]:
        """Another session, with the state that this one has now: what either does from here on is its own.

        Its cells are numbered on. It ends with this context, and neither ends with the other.

        Raises:
            NotBranchable: this one was not opened for it.
            NotBranched: its own code, or its files, stand in the way.
            SessionOver: an earlier result told of the end.
            InfrastructureError: the worker was lost.
        """
        if not self._new.branchable:
            message = "only a session that was opened as branchable can branch"
            raise NotBranchable(message)
        if self._is_over:
            message = "the session is over; open a new one"
            raise SessionOver(message)
        with self._channel.session() as inbox:
            twin = WorkerSession(self._channel, inbox, self._new, self._next)
            twin._statements = self._statements
            try:
                async with self._branching:
                    await self._ask(twin)
                yield twin
            finally:
                with anyio.move_on_after(CLOSE_SECONDS, shield=True):
                    await _close(self._channel, inbox)

    async def _ask(self, twin: "WorkerSession") -> None:
        """Have the session become two, and wait until both said so."""
        try:
            await self._channel.send(self._inbox.session, Branch(twin=twin._inbox.session))
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        told = await self._next_frame(OPEN_SECONDS)
        if not isinstance(told, Branched):
            self._is_over = True
            if isinstance(told, Exit):
                _blameless(told.end)
            raise NotBranched(_told(told))
        if told.problem:
            raise NotBranched(told.problem)
        born = await twin._next_frame(OPEN_SECONDS)
        if not isinstance(born, Opened):
            if isinstance(born, Exit):
                _blameless(born.end)
            raise NotBranched(_told(born))

    async def open(self) -> None:
        """Begin, before the first cell.

        Raises:
            InfrastructureError: there is no such session to be had.
        """
        try:
            await self._channel.send(self._inbox.session, self._new)
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        frame = await self._next_frame(OPEN_SECONDS)
        if isinstance(frame, Opened) and not frame.problem:
            return
        detail = frame.problem if isinstance(frame, Opened) else _told(frame)
        message = f"the session could not be opened: {detail}"
        raise InfrastructureError(message)

    async def _answer(self, number: int) -> CellResult:
        """The result of a cell, or the end of the session with what is known of the cell."""
        partial = CellResult(number=number)
        while True:
            frame = await self._next_frame(self._limits.cell_seconds + MARGIN_SECONDS)
            if isinstance(frame, Exit):
                return self._ended(partial, frame.end)
            if (forged := self._forged(frame, number)) or not isinstance(frame, Result):
                end = SessionEnd(reason="crashed", detail=f"forged frame: {forged}")
                return self._ended(CellResult(number=number), end)
            if not frame.last:
                return frame.result
            partial = frame.result

    def _ended(self, result: CellResult, end: SessionEnd) -> CellResult:
        """The result of a cell with which its session ended.

        Raises:
            InfrastructureError: the end was no fault of the code.
        """
        self._is_over = True
        _blameless(end)
        return msgspec.structs.replace(result, end=end)

    def _forged(self, frame: Frame, number: int) -> str:
        """What of a frame no session says in answer to this cell; empty when it is an honest result."""
        if not isinstance(frame, Result) or frame.result.number != number:
            return _told(frame)
        return "" if frame.result.end is None else "an end told by itself"

    async def _next_frame(self, seconds: float) -> Frame:
        """The session's next frame. A worker that lets its host wait too long is given up."""
        try:
            raw = await self._channel.receive(self._inbox, seconds)
            if raw is None:
                return await self._given_up(seconds)
            if len(raw.body) <= READ_AT_ONCE:
                return self._read(raw)
            return await to_thread.run_sync(self._read, raw, limiter=self._channel.reading)
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        except ForgedFrame as forged:
            return Exit(end=SessionEnd(reason="crashed", detail=f"forged frame: {forged}"))

    def _read(self, raw: RawFrame) -> Frame:
        if raw.kind is Result:
            return result_of(raw.body, self._limits, self._statements)
        return unpack(raw)

    async def _given_up(self, seconds: float) -> Frame:
        """The end of a session that owes an answer, of a worker that lives.

        What a session does its supervisor ends in time, and tells: that it did not is no fault of the code.
        """
        self._is_over = True
        await _close(self._channel, self._inbox)
        self._channel.waited_in_vain(seconds)
        detail = f"no answer within {seconds:g} s, from a worker that answers"
        return Exit(end=SessionEnd(reason="lost", detail=detail))


@asynccontextmanager
async def opened(channel: Channel, new: New) -> AsyncIterator[WorkerSession]:
    """A session from its opening to its close, which kills its process.

    Raises:
        InfrastructureError: there is no such session to be had.
    """
    with channel.session() as inbox:
        session = WorkerSession(channel, inbox, new)
        try:
            await session.open()
            yield session
        finally:
            with anyio.move_on_after(CLOSE_SECONDS, shield=True):
                await _close(channel, inbox)


async def _close(channel: Channel, inbox: Inbox) -> None:
    try:
        await channel.send(inbox.session, Close())
    except WorkerGone:
        return  # and the session with it


def _blameless(end: SessionEnd) -> None:
    """Tell an end that is no fault of the session's code.

    Raises:
        InfrastructureError: this is one.
    """
    if end.reason == "lost":
        raise InfrastructureError(end.detail)


def _told(frame: Frame) -> str:
    if isinstance(frame, Exit):
        return f"{frame.end.reason}: {frame.end.detail}"
    if isinstance(frame, Result):
        return f"a result for cell {frame.result.number}"
    return f"a {type(frame).__name__} frame"
