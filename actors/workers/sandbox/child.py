"""One session's process as its supervisor sees it: what it may say now, and when it must have ended."""

import enum
import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from actors.workers.sandbox.allowance import BRANCH_SECONDS, Allowance
from actors.workers.sandbox.deaths import Coroner, Doom, Reason
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import ForgedFrame, FrameReader, RawFrame, repack, wipe
from actors.workers.sandbox.outbox import Outbox
from actors.workers.sandbox.room import Use
from events.frames import Branched, Limits, New, Opened, Result
from events.trace import SessionEnd

OPENING_SECONDS = 10.0
"""So long at most a session may take to stand; twice this, with what it waits for, its host waits."""
AGAIN = 0.05
"""Seconds after which an interrupt is repeated: one that comes before the cell has begun is not noticed."""
GRACE = 0.5
"""Seconds between the interrupt of a cell and the kill."""
_PIECE = 65536
_HEARD = bytearray(_PIECE)
"""Where all that sessions say is read to, one after another."""


class State(enum.Enum):
    """What a session owes; a frame it does not owe is forged."""

    SPARE = "waits for its first frame"
    OPENING = "owes Opened"
    IDLE = "owes nothing"
    BUSY = "owes Result"
    BRANCHING = "owes Branched"


_OWED = {State.OPENING: Opened, State.BUSY: Result, State.BRANCHING: Branched}


@dataclass(eq=False)
class Child:
    """A forked session.

    It owes one frame for each one it was sent, so what it can make its supervisor hold is bounded by one
    frame; and what it says, it says under the number that its supervisor gave it.
    """

    pid: int
    link: socket.socket
    place: Path = Path()
    family: Family | None = None
    session: int | None = None
    asked: tuple[RawFrame, New] | None = None
    limits: Limits = field(default_factory=Limits)
    carried: float = 0.0
    """CPU time, in seconds, that those had had that it comes from: a part of what it may have."""
    state: State = State.SPARE
    doom: Doom | None = None
    listeners: list[int] = field(default_factory=list)
    seen: Use = field(default_factory=Use)
    """What lay in its place when that was last looked at."""
    spent: int = 0
    """What it had had of the processors then, in ticks."""
    before: Use = field(default_factory=Use)
    """What nobody saw of the disk before its first cell, as far as that is known: it is not its."""
    outlasted: int = 0
    """How many were ended in vain beside it, that might have held what nobody sees of the disk."""
    _reader: FrameReader = field(default_factory=FrameReader)
    _outgoing: Outbox = field(init=False)
    _cell: int = 0
    _by: int = signal.SIGINT
    _allowance: Allowance | None = None
    _interrupt_at: float | None = None
    _kill: tuple[float, Doom] | None = None

    def __post_init__(self) -> None:
        self._outgoing = Outbox(lambda pieces: self.link.sendmsg(pieces))  # noqa: PLW0108  found when it is used

    def open(self, raw: RawFrame, limits: Limits) -> bool:
        """Become the session of a New frame; whether the frame is sent whole."""
        self.begin_opening(raw.session, limits, "lost")
        return self._send(raw._replace(body=bytes(raw.body)))  # a copy: it may be asked of another once more

    def begin_opening(self, session: int, limits: Limits, otherwise: Reason) -> None:
        """Owe Opened, and let its clock run.

        Args:
            session: its number from here on.
            limits: what it is held to.
            otherwise: what its end is when it does not say so in time.
        """
        self.session, self.limits, self.state = session, limits, State.OPENING
        self._kill = (time.monotonic() + OPENING_SECONDS, (otherwise, "it did not stand in time"))

    def begin_cell(self, raw: RawFrame, number: int) -> bool:
        """Send a cell, and let its clock run; whether the frame is sent whole."""
        self.state, self._cell, self._by = State.BUSY, number, signal.SIGINT
        self._allow(self.limits.cell_seconds)
        return self._send(raw)

    def begin_branch(self, raw: RawFrame, handed: Sequence[int]) -> None:
        """Ask it to become two, and hand it the channel of the other one and what else that one needs."""
        self.state = State.BRANCHING
        self._allow(BRANCH_SECONDS)
        try:
            socket.send_fds(self.link, [repack(raw)], handed)
        except OSError as error:
            self.kill("crashed", f"it takes no more frames: {error}")

    def interrupt(self, number: int) -> None:
        """End a cell before its time, if it is the one that runs."""
        if self.state is State.BUSY and self._cell == number and self._kill is None:
            self._by = signal.SIGUSR1
            self._signal(time.monotonic(), "its host interrupted the cell, which did not heed it")

    def deadline(self) -> float | None:
        """When `enforce` has something to do, by the monotonic clock."""
        if self._kill is None:
            return self._interrupt_at  # as most have it, at each turn of the loop
        return self._kill[0] if self._interrupt_at is None else min(self._interrupt_at, self._kill[0])

    def enforce(self, now: float) -> None:
        """Interrupt or kill what is over its time."""
        if self._kill is not None and now >= self._kill[0]:
            self._end_of_grace(now, self._kill[1])
        elif self._interrupt_at is not None and now >= self._interrupt_at:
            self._end_of_time(now)

    def link_closed(self) -> None:
        """It hung up: most likely it is exiting, and its status will say why; if not, it is killed."""
        self._interrupt_at = None
        self._kill = (time.monotonic() + GRACE, ("crashed", "it closed its channel"))

    def kill(self, reason: Reason, detail: str = "") -> None:
        """End the process and what it started, whatever it is doing; the first reason given stands."""
        self.doom = self.doom or (reason, detail)
        self._interrupt_at = self._kill = None
        self.sweep()
        # Until it has made one it is not in a group of its own name.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Have it stand still; it does once each call of the system that it is in is over."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGSTOP)

    def go_on(self, seconds: float) -> None:
        """Let it go on after it stood still for so long, which is not counted against it."""
        if self._allowance is not None:
            self._allowance.stood(seconds)
        if self._interrupt_at is not None:
            self._interrupt_at += seconds
        if self._kill is not None:
            self._kill = (self._kill[0] + seconds, self._kill[1])
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)

    def sweep(self) -> None:
        """Kill what is left of its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def forget(self) -> None:
        """Overwrite what was said and heard: once it has ended, and in the copy that a fork makes."""
        self._reader.wipe()
        self._outgoing.clear()

    def receive(self) -> list[RawFrame]:
        """What it says now, as far as it owes it; anything else dooms it and is not passed on.

        Raises:
            BlockingIOError: nothing now.
            EOFError: it closed its channel.
        """
        try:
            data: bytes | memoryview
            if self._may_hand_over:
                data, passed, _, _ = socket.recv_fds(self.link, _PIECE, 1)
                self.listeners += passed
            else:
                data = memoryview(_HEARD)[: self.link.recv_into(_HEARD)]
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError
        try:
            return self.take(data)
        finally:
            wipe(data)

    def take(self, data: bytes | memoryview) -> list[RawFrame]:
        """What of some bytes it owes; anything else dooms it and is not passed on."""
        return [] if self.doom else self._owed(data)

    def rest(self) -> list[RawFrame]:
        """What it still owed when it ended, if it said it; whatever else is in its channel is left there."""
        frames: list[RawFrame] = []
        with suppress(BlockingIOError, EOFError):
            while self.doom is None and self.state in _OWED:
                frames += self.receive()
        return frames

    def flush(self) -> bool:
        """Send what waits; whether all is sent."""
        try:
            return self._outgoing.flush()
        except ConnectionError:
            self._outgoing.clear()
        return True

    def end(self, status: int, cpu_seconds: float, peak_memory: int, coroner: Coroner) -> SessionEnd:
        """How it ended, by what its supervisor did to it, or else as the coroner says."""
        reason, detail = self.doom or coroner.verdict(status, cpu_seconds, peak_memory, self.limits)
        return SessionEnd(reason=reason, detail=detail, cpu_seconds=cpu_seconds, peak_memory=peak_memory)

    @property
    def _may_hand_over(self) -> bool:
        """Whether a descriptor is expected: of the first of a family, which has run nobody's code yet."""
        return self.state is State.OPENING and self.asked is not None and self.family is not None

    def _allow(self, seconds: float) -> None:
        """Let its clock run for what it was asked to do."""
        self._allowance = Allowance(self.pid, seconds, time.monotonic())
        self._interrupt_at = self._allowance.due

    def _end_of_time(self, now: float) -> None:
        """Interrupt the cell, unless it has time left; one that never had it is nobody's fault."""
        allowance = self._allowance
        if allowance is None or self._kill is not None:
            self._signal(now, "")  # again: why it may be killed has been said
        elif (again := allowance.again(now)) is not None:
            self._interrupt_at = again
        elif allowance.is_starved(now):
            what = "cell" if self.state is State.BUSY else "branch"
            self.kill("lost", f"the {what} waited {allowance.waited:.1f} s for processors that others had")
        elif self.state is State.BRANCHING:
            self.kill("crashed", "it was asked to branch and did not")
        else:
            detail = f"the cell ran for {allowance.limit:g} s and did not heed its interrupt"
            self._signal(now, detail)

    def _end_of_grace(self, now: float, doom: Doom) -> None:
        """Kill it, unless it is a cell that could not heed its interrupt yet."""
        if doom[0] == "wall_limit" and self._allowance and self._allowance.could_not_heed(now):
            self._kill = (now + AGAIN, doom)
        else:
            self.kill(*doom)

    def _signal(self, now: float, detail: str) -> None:
        """Interrupt the cell, again while it goes on, and kill the session where that is of no use."""
        self._interrupt_at = now + AGAIN
        if self._kill is None:
            self._kill = (now + GRACE, ("wall_limit", detail))
            if self._allowance is not None:
                self._allowance.interrupted()
        with suppress(ProcessLookupError):
            os.kill(self.pid, self._by)

    def _send(self, raw: RawFrame) -> bool:
        self._outgoing.add(raw)
        return self.flush()

    def _owed(self, data: bytes | memoryview) -> list[RawFrame]:
        frames: list[RawFrame] = []
        passed: list[RawFrame] = []
        try:
            frames = self._reader.feed(data)
            for raw in frames:
                if raw.kind is not _OWED.get(self.state):
                    message = f"{raw.kind.__name__} from a session that {self.state.value}"
                    raise ForgedFrame(message)
                self.state = State.IDLE
                self._interrupt_at = self._kill = None
                passed.append(raw)
        except ForgedFrame as forged:
            self.kill("crashed", f"forged frame: {forged}")
        for raw in frames[len(passed) :]:
            raw.wipe()
        return passed
