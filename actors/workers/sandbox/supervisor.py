"""The process that forks sessions: it passes frames on, enforces their limits and tells how they ended.

It is one thread and one selector loop, holds every table, runs nobody's code, and never blocks but to fork
or to read a table. Each session has a channel of its own; the number on a frame is given here, by the
channel it came in on, so a session can speak for nobody else.
"""

import contextlib
import gc
import resource
import selectors
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child
from actors.workers.sandbox.deaths import Doom
from actors.workers.sandbox.framing import WORKER, RawFrame, number_of, unpack
from actors.workers.sandbox.hidden import Hidden
from actors.workers.sandbox.hostline import HostLine
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room
from actors.workers.sandbox.signals import Signals
from actors.workers.sandbox.survey import Survey
from actors.workers.sandbox.tables import Tables
from actors.workers.sandbox.waiting import AGAIN_SECONDS, Waiting
from events.frames import (
    Branch,
    Branched,
    Close,
    Drop,
    Exit,
    Frame,
    Interrupt,
    Load,
    New,
    Ping,
    Pong,
    Ready,
    RunCell,
)
from events.trace import SessionEnd

CLEARING_SECONDS = 0.002
"""So long at a time what sessions leave behind is removed, while there is some."""
SURVEY_SECONDS = 0.002
"""So long at a time it is looked at what sessions have in their folders."""
IDLE_SECONDS = 0.015
"""So long must all be quiet before a spare is forked: a fork delays every answer."""
MAX_OPEN_FILES = 1024


class Supervisor:
    """Serves one host until its channel ends.

    Args:
        inlet: descriptor that the host's frames come in on.
        outlet: descriptor that frames to the host go out on.
        folder: where sessions get their folders.
        patience: seconds without a ping after which the host is taken for dead; None waits for ever.
        walled: whether each session shuts itself in.
        owns_disk: whether nobody but its sessions writes to the disk on which that folder lies.
    """

    def __init__(  # noqa: PLR0913  three of them have defaults
        self,
        inlet: int,
        outlet: int,
        folder: Path,
        patience: float | None = None,
        *,
        walled: bool = False,
        owns_disk: bool = False,
    ) -> None:
        self._patience = patience
        self._pinged = self._heard = time.monotonic()
        self._is_over = False
        self._tables = Tables()
        self._selector = selectors.DefaultSelector()
        self._host = HostLine(inlet, outlet, self._selector, self._obey)
        self._nursery = Nursery(folder, self._tables.known, self._forget, self._listen, walled=walled)
        self._branches = Branches(self._nursery, self._selector, self._take_in, self._tell_failed)
        self._survey = Survey()
        room = partial(Room.at, folder) if owns_disk else None
        self._hidden = Hidden(self._nursery, self._branches, self._survey, room)
        self._sessions: dict[int, Child] = {}
        self._waiting = Waiting(self._nursery, self._open, self._tell)
        self._signals = Signals(self._selector, self._reap)

    def serve(self, ready: Ready) -> None:
        """Say `ready`, then serve until the host is gone; every session ends with it."""
        self._prepare()
        self._host.send(WORKER, ready)
        try:
            while self._host.is_open and not self._is_over:
                self._turn()
        finally:
            self._nursery.end_all()

    def _prepare(self) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(MAX_OPEN_FILES, hard), hard))
        self._signals.take(None if self._patience is None else self._terminate)
        gc.freeze()

    def _terminate(self) -> None:
        self._is_over = True

    def _turn(self) -> None:
        """One round of the loop. Forks come last, when no frame of anybody is on the stack."""
        ready = self._selector.select(self._wait())
        for key, events in ready:
            handle: Callable[[int], None] = key.data
            handle(events)
        now = time.monotonic()
        if ready:
            self._heard = now
        if self._patience is not None and now - self._pinged > self._patience:
            self._is_over = True
        self._tend()
        if not self._hidden.holds:
            self._branches.enforce(now)
            for child in list(self._sessions.values()):
                child.enforce(now)
            self._fork(now)

    def _tend(self) -> None:
        """Go on for a moment with what takes longer."""
        if self._nursery.litter.waits():
            self._nursery.litter.work(CLEARING_SECONDS)
        if self._sessions or self._survey.is_looking:
            self._survey.work((*self._sessions.values(), *self._branches.awaited), SURVEY_SECONDS)
        else:
            self._survey.rest()
        self._hidden.work()

    def _fork(self, now: float) -> None:
        is_quiet = now - self._heard >= IDLE_SECONDS and not self._has_chores()
        if is_quiet and self._nursery.wants_spare() and (spare := self._nursery.add_spare()):
            self._listen_to(spare)
        self._waiting.work(now)

    def _wait(self) -> float | None:
        if self._has_chores():
            return 0.0
        now = time.monotonic()
        times = [self._hidden.due - now] if self._sessions or self._hidden.holds else []
        if not self._hidden.holds:
            times += [at - now for child in self._sessions.values() if (at := child.deadline()) is not None]
            times += [] if (at := self._branches.deadline()) is None else [at - now]
        if self._sessions:
            times.append(self._survey.due - now)
        if self._waiting:
            times.append(AGAIN_SECONDS)
        if self._patience is not None:
            times.append(self._patience + self._pinged - now)
        if self._nursery.wants_spare() and not self._hidden.holds:
            times.append(IDLE_SECONDS + self._heard - now)
        return max(0.0, min(times)) if times else None

    def _has_chores(self) -> bool:
        """Whether something is to be gone on with at once."""
        return self._nursery.litter.waits() or self._survey.is_looking

    def _obey(self, raw: RawFrame) -> None:
        if raw.kind is RunCell:
            self._run_cell(raw)
            return
        frame = unpack(raw)
        if isinstance(frame, Load):
            self._load(frame)
        elif isinstance(frame, Drop):
            self._nursery.retire_spares()
            self._host.send(WORKER, self._tables.drop(frame.dataset))
        elif isinstance(frame, Ping):
            self._pinged = time.monotonic()
            self._nursery.coroner.kills.look()
            self._host.send(WORKER, Pong(number=frame.number))
        elif isinstance(frame, New):
            self._waiting.add(raw, frame)
        elif isinstance(frame, Close):
            self._close(raw.session)
        elif (child := self._sessions.get(raw.session)) is not None:
            self._pass_down(child, raw, frame)
        # Else it ended, and the host is being told.

    def _run_cell(self, raw: RawFrame) -> None:
        """Pass a cell down; of what it holds only the number is read, so that no copy of it stays here."""
        if (child := self._sessions.get(raw.session)) is None:
            raw.wipe()  # it ended, and the host is being told
            return
        number = number_of(raw)
        if number == 0:
            self._hidden.admit(child)
        if not child.begin_cell(raw, number):
            self._watch(child, selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _pass_down(self, child: Child, raw: RawFrame, frame: Frame) -> None:
        if isinstance(frame, Interrupt):
            child.interrupt(frame.number)
        elif isinstance(frame, Branch):
            self._branches.ask(child, raw, frame.twin)

    def _close(self, session: int) -> None:
        # It may not have been opened yet, by a host that changed its mind at once.
        self._waiting.drop(session)
        if (child := self._sessions.pop(session, None)) is not None:
            child.kill("closed")
        else:
            self._branches.close(session)

    def _load(self, piece: Load) -> None:
        answer = self._tables.take(piece)
        if answer is not None:
            self._nursery.retire_spares()
            self._host.send(WORKER, answer)

    def _open(self, raw: RawFrame, new: New) -> None:
        child, is_new = self._nursery.child(new)
        self._sessions[raw.session] = child
        child.asked = (raw, new)
        if is_new:
            self._listen_to(child)
        if not child.open(raw, new.limits):
            self._watch(child, selectors.EVENT_READ | selectors.EVENT_WRITE)

    def _listen_to(self, child: Child) -> None:
        self._selector.register(child.link, selectors.EVENT_READ, partial(self._serve, child))

    def _watch(self, child: Child, events: int) -> None:
        with contextlib.suppress(KeyError):  # it hung up before
            self._selector.modify(child.link, events, partial(self._serve, child))

    def _serve(self, child: Child, events: int) -> None:
        if child.pid not in self._nursery.children:
            return  # buried earlier in this round
        if events & selectors.EVENT_WRITE and child.flush():
            self._watch(child, selectors.EVENT_READ)
        if events & selectors.EVENT_READ:
            try:
                self._pass_up(child, child.receive())
            except BlockingIOError:
                return
            except EOFError:
                self._selector.unregister(child.link)
                child.link_closed()

    def _pass_up(self, child: Child, frames: list[RawFrame]) -> None:
        """Send a session's frames to the host, under the number that is this session's."""
        self._branches.admit(child)
        if child.session is not None and child.session in self._sessions:
            for raw in frames:
                if raw.kind is Branched:
                    self._branches.answered(child)
                self._host.pass_on(raw._replace(session=child.session))
        else:
            for raw in frames:
                raw.wipe()

    def _reap(self) -> None:
        for child, end in self._nursery.reap(self._hidden.bury):
            self._pass_up(child, child.rest())
            child.forget()
            self._branches.answered(child)
            with contextlib.suppress(KeyError):
                self._selector.unregister(child.link)
            session = child.session
            if session is None or self._sessions.pop(session, None) is None:
                continue
            if not self._waiting.has_again(child):
                self._tell(session, end)

    def _take_in(self, child: Child, said: bytes) -> None:
        """A twin spoke for the first time: it is a session like any other from here on."""
        assert child.session is not None
        self._sessions[child.session] = child
        self._listen_to(child)
        self._pass_up(child, child.take(said))

    def _tell(self, session: int, end: SessionEnd) -> None:
        self._host.send(session, Exit(end=end))

    def _tell_failed(self, twin: int, doom: Doom) -> None:
        reason, detail = doom
        self._tell(twin, SessionEnd(reason=reason, detail=f"there is no such branch: {detail}"))

    def _listen(self) -> None:
        self._branches.listen()

    def _forget(self) -> None:
        self._host.forget()
        self._branches.forget()
        self._sessions.clear()
        self._waiting.clear()
