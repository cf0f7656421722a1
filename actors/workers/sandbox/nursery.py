"""Forks sessions, some ahead of time, and buries them."""

import contextlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from actors.workers.sandbox.child import Child
from actors.workers.sandbox.confine import CPU_SECONDS, OWN
from actors.workers.sandbox.deaths import Coroner
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.litter import END_SECONDS, Litter
from actors.workers.sandbox.session import BROKEN, live
from events.frames import New
from events.trace import SessionEnd

SPARES = 2
"""Sessions forked ahead of time."""
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Nursery:
    """All the children of a supervisor.

    Args:
        folder: where sessions get their folders.
        tables: what sessions can have as `df`.
        forget: called in a new session, so that nothing of the others is left in its memory.
        listen: called when somebody unknown ended, to hear whether it had said who it is.
        walled: whether each session shuts itself in.
    """

    def __init__(
        self,
        folder: Path,
        tables: Mapping[str, pd.DataFrame],
        forget: Callable[[], None],
        listen: Callable[[], None],
        *,
        walled: bool,
    ) -> None:
        self._listen = listen
        self._walled = walled
        self.coroner = Coroner(walled=walled)
        self.children: dict[int, Child] = {}
        self.folder = folder
        self.litter = Litter(folder)
        self._tables = tables
        self._forget = forget
        self._spares: list[Child] = []
        self._spares_wanted = SPARES

    def child(self, new: New) -> tuple[Child, bool]:
        """A fresh session, and whether it was forked just now, as every one is that is out of the ordinary.

        Raises:
            OSError: the system has no process for it.
        """
        if self.has_spare_for(new):
            return self._spares.pop(), False
        forked = self._fork(new)
        self._spares_wanted = SPARES
        return forked, True

    def adopt(self, pid: int, link: socket.socket, place: Path, family: Family) -> Child:
        """Take a twin for one's own, which it is: the kernel made it a child of this process."""
        self.children[pid] = Child(pid, link, place, family)
        return self.children[pid]

    def leave(self, family: Family, place: Path) -> None:
        """One of a family is no more; the last one takes all that they wrote with it.

        Args:
            family: whose it was.
            place: its own, which goes at once but for twins of it that live there. What it, or one of these,
                put beside its files and theirs is removed, too.
        """
        family.places.discard(place)
        if not family.places:
            self.litter.add(family.root)
        else:
            below = [other.relative_to(place) for other in family.places if place in other.parents]
            self.litter.add(place / OWN if below else place)
            if below:
                family.being_cleared += 1
                self.litter.clear(place, {other.parts[0] for other in below}, family.cleared)

    def leads_its_group(self, pid: int) -> bool:
        """Whether a child, alive or not buried yet, is in a group of processes of its own name.

        Who is in another's is killed with that one, and would pass for killed from outside.
        """
        try:
            return os.getpgid(pid) == pid
        except ProcessLookupError:
            return False

    def strangers(self) -> frozenset[int]:
        """Children of this process that are nobody's session: twins that are yet to speak, and strays."""
        try:
            forked = Path("/proc/thread-self/children").read_text().split()
        except OSError:
            return frozenset()  # this system does not tell, and nobody branches on it
        return frozenset(map(int, forked)) - self.children.keys()

    def unheard(self, family: Family) -> frozenset[int]:
        """Those of a family that are nobody's session: none leaves the session of processes of its first."""
        return frozenset(pid for pid in self.strangers() if _leader(pid) == family.first)

    def signal_strays(self, among: frozenset[int], number: int = signal.SIGKILL) -> None:
        """Kill who of these is still nobody's session, or stop it, or let it go on."""
        for pid in among & self.strangers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def has_spare_for(self, new: New) -> bool:
        """Whether one that was forked ahead of time can be this session: its wall stands already."""
        return bool(self._spares) and not new.branchable and new.limits.cpu_seconds == CPU_SECONDS

    def wants_spare(self) -> bool:
        """Whether a spare is to be forked when all is quiet."""
        return len(self._spares) < self._spares_wanted

    def add_spare(self) -> Child | None:
        """Fork one ahead of time; None where there is no process for it, until a session was forked again."""
        try:
            spare = self._fork()
        except OSError:
            self._spares_wanted = 0
            return None
        self._spares.append(spare)
        return spare

    def retire_spares(self) -> None:
        """End the spares: they know only the tables of the time when they were forked."""
        for spare in self._spares:
            spare.kill("closed")
        self._spares.clear()

    def reap(self, bury: Callable[[Child], None]) -> Iterator[tuple[Child, SessionEnd]]:
        """The children that ended, and how; what they leave behind is litter after each.

        Args:
            bury: told of each that it ended, before it is asked how.
        """
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if ended.si_pid not in self.children:
                    # A twin may have said that it is one, and ended; what it was is known until it is buried.
                    self._listen()
                pid, status, usage = os.wait4(ended.si_pid, 0)
                # As the first process of a container it also inherits what sessions leave behind.
                if (child := self.children.pop(pid, None)) is None:
                    continue
                child.sweep()
                bury(child)
                yield child, _end(child, status, usage, self.coroner)
                self._clear(child)

    def end_all(self) -> None:
        """Kill every child and remove its folder."""
        for child in self.children.values():
            child.kill("closed")
        for child in self.children.values():
            os.waitpid(child.pid, 0)
            self.litter.add(child.family.root if child.family else child.place)
        self.signal_strays(self.strangers())
        self.litter.work(END_SECONDS)
        self.litter.close()

    def _fork(self, new: New | None = None) -> Child:
        ours, theirs = socket.socketpair()
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if pid == 0:
            try:
                self._forget_all()
                live(theirs, self.folder, self._tables, new, walled=self._walled)
            finally:
                os._exit(BROKEN)  # a copy of the supervisor must never run the supervisor's code
        theirs.close()
        ours.setblocking(False)
        place = self.folder / str(pid)
        self.children[pid] = Child(pid, ours, place, Family(place, pid) if new and new.branchable else None)
        return self.children[pid]

    def _forget_all(self) -> None:
        for child in self.children.values():
            child.forget()
        self.children.clear()
        self._forget()

    def _clear(self, child: Child) -> None:
        child.link.close()
        if child.family is None:
            self.litter.add(child.place)
        else:
            self.leave(child.family, child.place)
        if child in self._spares:
            self._spares.remove(child)
            # It died before it did anything; the next one would too, until a session could be forked again.
            self._spares_wanted = 0


def _leader(pid: int) -> int:
    """Who began the session of processes that a process is in; 0 of one that is no more."""
    with contextlib.suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0


def _end(child: Child, status: int, usage: resource.struct_rusage, coroner: Coroner) -> SessionEnd:
    return child.end(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT, coroner)
