"""One session as its user sees it: cells go in, typed results come out, and nothing else is believed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from actors.ports import InfrastructureError
from actors.workers.channel import Channel, Inbox
from actors.workers.credible import corrected
from actors.workers.link import WorkerGone
from actors.workers.listener import MARGIN_SECONDS, Listener, end_of, told
from actors.workers.sandbox.allowance import BRANCH_SECONDS, longest
from actors.workers.sandbox.framing import FrameTooLong
from events.frames import Branch, Branched, Frame, Interrupt, New, Opened, RunCell
from events.trace import CellResult, ErrorReport, SessionEnd

OPEN_SECONDS = 30.0
"""A session that is not there by then is given up."""
BRANCHED_SECONDS = longest(BRANCH_SECONDS) + MARGIN_SECONDS
"""By then a supervisor has ended a branch, however starved of processors: its session, then the new one."""
CLOSE_SECONDS = 2.0


class SessionOver(Exception):
    """A cell was run in a session whose end had been told before."""


class NotBranchable(Exception):
    """A session was asked to branch that was not opened for it."""


class NotBranched(Exception):
    """A session did not become two, through its own doing; the message says what was seen."""


class WorkerSession:
    """The session port over a worker's channel. Whoever asks while another is answered waits.

    Args:
        channel: its worker's.
        inbox: where its frames come in.
        new: how it was asked for.
    """

    def __init__(self, channel: Channel, inbox: Inbox, new: New) -> None:
        self._channel = channel
        self._number = inbox.session
        self._listener = Listener(channel, inbox, new.limits)
        self._new = new
        self._next = 0
        self._interrupted = -1
        self._owed: RunCell | Branch | None = None
        self._is_over = False
        self._turn = anyio.Lock(fast_acquire=True)

    async def run(self, code: str) -> CellResult:
        """Run one cell. A limit hit by the code ends the session and is told in `result.end`.

        A cell whose caller is cancelled is interrupted, and the next one waits until it was heeded.

        Raises:
            InfrastructureError: the worker was lost, or the session for reasons outside its code.
            SessionOver: an earlier result told of the end.
        """
        async with self._turn:
            end = await self._settled()
            number = self._next
            self._next += 1
            result = await self._run(number, code) if end is None else CellResult(number=number, end=end)
            self._is_over = result.end is not None
            return result

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
        self._interrupted = self._next - 1
        await self._send(Interrupt(number=self._interrupted))

    @asynccontextmanager
    async def branch(self) -> AsyncIterator["WorkerSession"]:
        """Another session, with the state that this one has now: what either does from here on is its own.

        Its cells are numbered on. It ends with this context, and neither ends with the other.

        Raises:
            NotBranchable: this one was not opened for it.
            NotBranched: its own code, its threads or its files stand in the way.
            SessionOver: an earlier result told of the end.
            InfrastructureError: the worker was lost.
        """
        if not self._new.branchable:
            message = "only a session that was opened as branchable can branch"
            raise NotBranchable(message)
        with self._channel.session() as inbox:
            twin = WorkerSession(self._channel, inbox, self._new)
            async with _closed_at_the_end(twin):
                async with self._turn:
                    await self._become_two(twin)
                yield twin

    async def open(self) -> None:
        """Begin, before the first cell.

        Raises:
            InfrastructureError: there is no such session to be had.
        """
        await self._send(self._new)
        frame = await self._listener.next(OPEN_SECONDS)
        if isinstance(frame, Opened) and not frame.problem:
            return
        detail = frame.problem if isinstance(frame, Opened) else told(frame)
        message = f"the session could not be opened: {detail}"
        raise InfrastructureError(message)

    async def close(self) -> None:
        """End its process, whatever it does."""
        await self._listener.close()

    async def _run(self, number: int, code: str) -> CellResult:
        self._listener.statements += (len(code) + 1) // 2  # the shortest have a letter, and what parts them
        started = anyio.current_time()
        try:
            await self._ask(RunCell(number=number, code=code))
        except (FrameTooLong, UnicodeEncodeError) as problem:
            report = ErrorReport(kind="CellRefused", message=f"this code cannot be run: {problem}")
            return CellResult(number=number, error=report)
        try:
            result = await self._answer(number)
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(CLOSE_SECONDS, shield=True):
                await self.interrupt()
            raise
        was_asked = self._interrupted == number
        return corrected(result, self._new.limits, anyio.current_time() - started, was_asked=was_asked)

    async def _become_two(self, twin: "WorkerSession") -> None:
        """Have the session become two, and wait until both said so."""
        if (end := await self._settled()) is not None:
            self._is_over = True
            raise NotBranched(f"{end.reason}: {end.detail}")
        twin._next, twin._listener.statements = self._next, self._listener.statements
        await self._ask(Branch(twin=twin._number))
        said = await self._branched()
        if isinstance(said, SessionEnd):
            raise NotBranched(f"{said.reason}: {said.detail}")
        if said.problem:
            raise NotBranched(said.problem)
        born = await twin._listener.next(BRANCHED_SECONDS)
        if not isinstance(born, Opened):
            end = end_of(born)
            raise NotBranched(f"{end.reason}: {end.detail}")

    async def _branched(self) -> Branched | SessionEnd:
        try:
            said = await self._listener.branched(BRANCHED_SECONDS)
        except InfrastructureError:
            self._is_over = True
            raise
        self._owed, self._is_over = None, isinstance(said, SessionEnd)
        return said

    async def _settled(self) -> SessionEnd | None:
        """Wait for what is owed to somebody who was cancelled; how the session ended over it, where it did.

        Raises:
            SessionOver: its end had been told before.
        """
        if self._is_over:
            message = "the session is over; open a new one"
            raise SessionOver(message)
        if isinstance(self._owed, RunCell):
            return (await self._answer(self._owed.number)).end
        if isinstance(self._owed, Branch):
            said = await self._branched()
            return said if isinstance(said, SessionEnd) else None
        return None

    async def _ask(self, asked: RunCell | Branch) -> None:
        """Ask for what the session owes an answer to from now on."""
        try:
            await self._send(asked)
        except anyio.get_cancelled_exc_class():
            self._is_over = True  # nobody knows whether it was sent
            raise
        self._owed = asked

    async def _answer(self, number: int) -> CellResult:
        try:
            result = await self._listener.answer(number)
        except InfrastructureError:
            self._is_over = True
            raise
        self._owed = None
        return result

    async def _send(self, frame: Frame) -> None:
        try:
            await self._channel.send(self._number, frame)
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone


@asynccontextmanager
async def opened(channel: Channel, new: New) -> AsyncIterator[WorkerSession]:
    """A session from its opening to its close, which kills its process.

    Raises:
        InfrastructureError: there is no such session to be had.
    """
    with channel.session() as inbox:
        session = WorkerSession(channel, inbox, new)
        async with _closed_at_the_end(session):
            await session.open()
            yield session


@asynccontextmanager
async def _closed_at_the_end(session: WorkerSession) -> AsyncIterator[None]:
    try:
        yield
    finally:
        with anyio.move_on_after(CLOSE_SECONDS, shield=True):
            await session.close()
