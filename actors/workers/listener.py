"""Hears one session out: waits no longer than it may take, and believes nothing else than what it owes."""

import anyio
from anyio import to_thread
from msgspec.structs import replace

from actors.ports import InfrastructureError
from actors.workers.channel import Channel, Inbox
from actors.workers.link import WorkerGone
from actors.workers.reading import result_of
from actors.workers.sandbox.allowance import longest
from actors.workers.sandbox.framing import ForgedFrame, RawFrame, unpack
from events.frames import Branched, Close, Exit, Frame, Limits, Result
from events.trace import CellResult, SessionEnd

MARGIN_SECONDS = 10.0
"""So long after the longest time of a cell its supervisor, which ends it by then, must have answered."""
LAST_SECONDS = 5.0
"""So long a session may take to end that said its last."""
READ_AT_ONCE = 64 * 1024
"""Bytes of a body that is read at once; a longer one is read beside the loop."""


class Listener:
    """What one session says.

    Args:
        channel: its worker's.
        inbox: where its frames come in.
        limits: what it may use.
    """

    def __init__(self, channel: Channel, inbox: Inbox, limits: Limits) -> None:
        self.statements = 0
        """How many statements the code that it was sent can hold."""
        self._channel = channel
        self._inbox = inbox
        self._limits = limits

    async def answer(self, number: int) -> CellResult:
        """The result of a cell, or the end of the session with what is known of the cell.

        Raises:
            InfrastructureError: the worker was lost, or the session for reasons outside its code.
        """
        frame = await self.next(longest(self._limits.cell_seconds) + MARGIN_SECONDS)
        if not isinstance(frame, Result) or frame.result.number != number:
            return CellResult(number=number, end=end_of(frame))
        if frame.result.end is not None:
            return CellResult(number=number, end=_crashed("forged frame: an end told by itself"))
        return await self._last(frame.result) if frame.last else frame.result

    async def branched(self, seconds: float) -> Branched | SessionEnd:
        """What it says to the question whether it became two, or how it ended over it.

        Raises:
            InfrastructureError: the worker was lost, or the session for reasons outside its code.
        """
        frame = await self.next(seconds)
        return frame if isinstance(frame, Branched) else end_of(frame)

    async def next(self, seconds: float) -> Frame:
        """The session's next frame; its end where what it says is forged, or nothing.

        Raises:
            InfrastructureError: the worker was lost.
        """
        try:
            raw = await self._channel.receive(self._inbox, seconds)
            return await self._given_up(seconds) if raw is None else await self._read(raw)
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        except ForgedFrame as forged:
            return Exit(end=_crashed(f"forged frame: {forged}"))

    async def close(self) -> None:
        """End the session, whatever it does."""
        try:
            await self._channel.send(self._inbox.session, Close())
        except WorkerGone:
            return  # and the session with it

    async def _last(self, result: CellResult) -> CellResult:
        """The last result of a session, which owes nothing after it but its end."""
        try:
            raw = await self._channel.receive(self._inbox, LAST_SECONDS)
            end = _crashed("it said its last and lived on") if raw is None else end_of(unpack(raw))
        except WorkerGone as gone:
            raise InfrastructureError(str(gone)) from gone
        except ForgedFrame as forged:
            end = _crashed(f"forged frame: {forged}")
        if raw is None:
            await self.close()
        return replace(result, end=end)

    async def _read(self, raw: RawFrame) -> Frame:
        if len(raw.body) <= READ_AT_ONCE:
            return self._unpacked(raw)
        # It was taken from the inbox: whoever is cancelled now has heard it all the same.
        with anyio.CancelScope(shield=True):
            frame = await to_thread.run_sync(self._unpacked, raw, limiter=self._channel.reading)
        return frame  # noqa: RET504  for all the checker knows the scope may end without one

    def _unpacked(self, raw: RawFrame) -> Frame:
        if raw.kind is Result:
            return result_of(raw.body, self._limits, self.statements)
        return unpack(raw)

    async def _given_up(self, seconds: float) -> Frame:
        """The end of a session that owes an answer, of a worker that lives.

        What a session does its supervisor ends in time, and tells: that it did not is no fault of the code.
        """
        await self.close()
        self._channel.waited_in_vain(seconds)
        detail = f"no answer within {seconds:g} s, from a worker that answers"
        return Exit(end=SessionEnd(reason="lost", detail=detail))


def told(frame: Frame) -> str:
    """What a frame that was not owed is, in words."""
    if isinstance(frame, Exit):
        return f"{frame.end.reason}: {frame.end.detail}"
    if isinstance(frame, Result):
        return f"a result for cell {frame.result.number}"
    return f"a {type(frame).__name__} frame"


def _crashed(detail: str) -> SessionEnd:
    return SessionEnd(reason="crashed", detail=detail)


def end_of(frame: Frame) -> SessionEnd:
    """How a session ended that said this in place of what it owed.

    Raises:
        InfrastructureError: its end was no fault of the code.
    """
    if not isinstance(frame, Exit):
        return _crashed(f"forged frame: {told(frame)}")
    if frame.end.reason == "lost":
        raise InfrastructureError(frame.end.detail)
    return frame.end
