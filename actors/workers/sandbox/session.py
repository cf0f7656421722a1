"""One session's process: confined, alone with its table, answering cells until it is killed."""

import os
import socket
import traceback
from collections.abc import Mapping
from contextlib import suppress
from os import _exit, close
from pathlib import Path
from socket import recv_fds
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from actors.profiling.perturb import perturb
from actors.workers.sandbox.confine import BEGUN, MemoryLimit, confine
from actors.workers.sandbox.forking import give_back
from actors.workers.sandbox.framing import (
    WORKER,
    ForgedFrame,
    FrameReader,
    FrameTooLong,
    RawFrame,
    pack,
    unpack,
)
from actors.workers.sandbox.rehearsal import CELLS, rehearse
from actors.workers.sandbox.runner import Runner
from actors.workers.sandbox.twin import MOST_HANDED, NoTwin, Twins
from events.frames import Branch, Branched, Frame, New, Opened, Result, RunCell
from events.trace import CellResult, ErrorReport

OVERRUN = 121
"""Exit status of a session that printed more than it may."""
GONE = 0
"""Exit status when the channel ended."""
BROKEN = 70
"""Exit status when this program, not a cell, failed."""


def live(
    link: socket.socket,
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    new: New | None = None,
    *,
    walled: bool,
) -> NoReturn:
    """Be a session until the channel ends; called in a freshly forked process, and never returns.

    Args:
        link: this session's end of its channel.
        folder: where its own folder is to be made, named after the process.
        tables: what the supervisor holds; this process has its own copy of every page it touches.
        new: which session it is to be; None where it is forked ahead of time, and told later.
        walled: whether it shuts itself in.
    """
    try:
        place = folder / str(os.getpid())
        twins = Twins(place, walled=walled) if new is not None and new.branchable else None
        kept = confine(link, place, new, walled=walled)
        give_back()
        if new is None:
            rehearse(times=1, cells=CELLS[:1])
        line = _Line(kept, begun=len(BEGUN) if walled and twins else 0)
        runner = _opened(line, line.wait_for(New), tables)
        while True:
            frame = line.wait_for((RunCell, Branch) if twins else RunCell)
            if twins and isinstance(frame, Branch):
                _branch(line, twins, frame)
            else:
                _answer(line, runner, frame)
    except EOFError:
        _exit(GONE)
    except BaseException:  # noqa: BLE001  nothing may unwind into the supervisor's code, of which this is a copy
        _exit(BROKEN)


class _Line:
    """The blocking, session's end of a channel.

    Args:
        link: the socket.
        begun: so many bytes of the first frame were sent already.
    """

    def __init__(self, link: socket.socket, begun: int = 0) -> None:
        self._link = link
        self._begun = begun
        self._reader = FrameReader()
        self._waiting: list[RawFrame] = []
        self._passed: list[int] = []

    def wait_for(self, kind: type[Any] | tuple[type[Any], ...]) -> Any:
        """The next frame, which must be of this type, or of one of these.

        Raises:
            EOFError: the supervisor is gone.
            ForgedFrame: something else came.
        """
        while not self._waiting:
            data, passed, _, _ = recv_fds(self._link, 65536, MOST_HANDED)
            self._passed += passed
            if not data:
                raise EOFError
            self._waiting = self._reader.feed(data)
        frame = unpack(self._waiting.pop(0))
        if not isinstance(frame, kind):
            message = f"{type(frame).__name__} came instead of {kind}"
            raise ForgedFrame(message)
        return frame

    def send(self, frame: Frame) -> None:
        """Send a frame; the number on it is the supervisor's to give."""
        self._link.sendall(pack(WORKER, frame)[self._begun :])
        self._begun = 0

    def passed(self, count: int) -> list[int]:
        """The descriptors that came with the last frame.

        Raises:
            NoTwin: not all came, for want of room.
        """
        passed, self._passed = self._passed, []
        if len(passed) < count:
            for descriptor in passed:
                close(descriptor)
            message = "the session has no descriptor left for the channel of another: close files"
            raise NoTwin(message)
        return passed


def _opened(line: _Line, new: New, tables: Mapping[str, pd.DataFrame]) -> Runner:
    """Build the namespace, and say that it stands."""

    def overrun(result: CellResult) -> NoReturn:
        with suppress(FrameTooLong):
            line.send(Result(result=result, last=True))
        _exit(OVERRUN)

    try:
        table = tables[new.dataset]
        if new.perturbation is not None:
            table = perturb(table, new.perturbation.kind, new.perturbation.seed)
    except Exception:  # whatever it is, the parent hears of it before this process ends
        line.send(Opened(problem=traceback.format_exc(limit=-3)))
        raise
    runner = Runner(new.limits, new.watches, MemoryLimit(new.limits.memory_bytes), overrun)
    runner.namespace.update(df=table, pd=pd, np=np)
    line.send(Opened())
    return runner


def _branch(line: _Line, twins: Twins, asked: Branch) -> None:
    """Become two; each says so on a channel of its own, whose descriptor has the same number in both."""
    try:
        passed = line.passed(twins.needs)
    except NoTwin as error:
        line.send(Branched(problem=str(error)))
        return
    try:
        is_twin = twins.fork(asked.twin, *passed)
    except (OSError, NoTwin) as error:
        for descriptor in passed:
            close(descriptor)
        what = "" if isinstance(error, NoTwin) else f"{type(error).__name__}: "
        line.send(Branched(problem=f"{what}{error}"[:2000]))
        return
    line.send(Opened() if is_twin else Branched())


def _answer(line: _Line, runner: Runner, cell: RunCell) -> None:
    result = runner.run(cell)
    try:
        line.send(Result(result=result))
    except FrameTooLong as problem:
        report = ErrorReport(kind="ResultTooLong", message=f"what the cell recorded is too much: {problem}")
        # The answer is told once: left out here, this session could never give one.
        rest = CellResult(
            number=cell.number, submission=result.submission, error=report, seconds=result.seconds
        )
        line.send(Result(result=rest))
