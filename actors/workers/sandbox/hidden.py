"""Finds who takes up the disk unseen: what a session removed and holds open no look at its folder finds.

No other process may look into a session, so this is found out by ending one. Where little is free of a disk
that nobody else writes to, and what lies in the folders does not explain it, all sessions are stopped: nobody
writes on, and none of them finds the disk full. Then one after the other is ended, the most suspected first,
until there is room: twins that have not spoken, which have run nobody's cell, before sessions. As the others
stand still, what the end of one sets free it held, and no other can make it seem more. Who was ended in vain
teaches that it was one of those who were there too: of these one is ended first from then on, until somebody
is found, so that nobody who comes later is suspected before them, and each of them once at most.
"""

import os
import signal
import time
from collections.abc import Callable, Generator, Set
from contextlib import suppress

from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child
from actors.workers.sandbox.deaths import Doom
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room, Use
from actors.workers.sandbox.survey import PAUSE_SECONDS, SHARE, Survey
from actors.workers.sandbox.suspicion import MOST, Suspicion

LEAST_SECONDS = 0.01
"""Between two looks at what is free, where it may soon be little; else there is more time."""
STILL_SECONDS = 2.0
"""So long at most it is waited for all to stand still, or all but one; who does not is ended first."""
END_SECONDS = 2.0
"""So long at most it is waited for one to end, and the others stand still for that."""
_SUSPECTED = "the disk of all sessions was nearly full of what nobody could see, and it might have been its"

Course = Generator[None, None, None]


class Hidden:
    """Watches a disk.

    Args:
        nursery: all that run, and what they leave behind.
        branches: twins on their way.
        survey: looks at what lies in folders.
        room: tells what there is on the disk; None where others write to it too.
        evidence: what the system tells of a process.
        now: gives the time, by a clock that never goes back.
    """

    def __init__(  # noqa: PLR0913  two of them have defaults
        self,
        nursery: Nursery,
        branches: Branches,
        survey: Survey,
        room: Callable[[], Room] | None,
        *,
        evidence: Callable[[int], Evidence] = Evidence.of,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nursery = nursery
        self._branches = branches
        self._children = nursery.children
        self._litter = nursery.litter
        self._survey = survey
        self._room = room
        self._suspicion = Suspicion(nursery, branches, evidence)
        self._now = now
        self._due = now() if room else float("inf")
        self._course: Course | None = None
        self._suspect: Child | Family | None = None
        self._before = Use()
        self._moving: Set[int] = frozenset()
        self._stopped: Set[int] = frozenset()
        self._is_certain = False

    @property
    def holds(self) -> bool:
        """Whether all sessions are stopped now: none is to begin, and none is over its time."""
        return self._course is not None

    @property
    def due(self) -> float:
        """When `work` has something to do at the latest, by the clock; never where it has nothing."""
        return self._due

    def work(self) -> None:
        """Look where it is time to, and go on as far as it goes without waiting."""
        if self._course is None and self._now() >= self._due:
            self._look()
        if self._course is not None and next(self._course, self) is self:
            self._course = None

    def admit(self, child: Child) -> None:
        """One is to run its first cell: what nobody sees by now is not its."""
        if self._room is not None:
            child.before = self._suspicion.unseen(self._taken())

    def bury(self, child: Child) -> None:
        """One ended: if it was suspected, say what it is told, by what that set free."""
        if self._suspect is None:
            return
        if child is not self._suspect:
            self._is_certain = False  # it may have set free a part of what is free now
            return
        had = child.seen + (self._before - self._taken().used)
        if had.exceeds(MOST) and self._is_certain and not self._is_any_dying() and not _has_ended():
            where = f"in its folder lay {child.seen}, the rest it removed and held open"
            child.doom = ("disk_limit", f"it had {had}, and may have {MOST}: {where}")
        self._suspicion.learn(is_found=had.exceeds(MOST))

    def _look(self) -> None:
        room = self._taken()
        self._due = self._now() + min(max(room.seconds_left, LEAST_SECONDS), PAUSE_SECONDS)
        if self._suspicion.is_of_somebody(room):
            self._course = self._searching()

    def _searching(self) -> Course:
        """Stop all, count what lies in the folders, and end one at a time until there is room."""
        began, running = self._now(), self._suspicion.running()
        has_ended_any = False
        self._moving, self._stopped = set(self._children), frozenset()
        for child in self._children.values():
            child.stop()
        try:
            yield from self._until_still()
            yield from self._until_counted()
            if any(child.outlasted for child in self._children.values()):
                has_ended_any |= yield from self._without_worst(running)
            for family in dict.fromkeys(twin.family for twin in self._branches.awaited):
                if self._suspicion.is_of_somebody(self._taken()):
                    has_ended_any |= yield from self._without_twins(family)
            while (yield from self._without_worst(running)):
                has_ended_any = True
        finally:
            took = self._now() - began
            for child in self._children.values():  # twins that were heard meanwhile among them
                child.go_on(took)
            for twin in self._branches.awaited:
                twin.stood(took)
            self._nursery.signal_strays(self._nursery.strangers(), signal.SIGCONT)
            # Where it was nobody all are left alone for some time: what is honest moves about, too.
            self._due = self._now() + (0.0 if has_ended_any else max(PAUSE_SECONDS, (SHARE - 1) * took))

    def _until_still(self, but: Set[int] = frozenset()) -> Course:
        """Wait for all but some to be stopped, as they are once each call of theirs is over."""
        self._due = self._now() + STILL_SECONDS
        while self._still_moving() - but and self._now() < self._due:
            yield

    def _still_moving(self) -> Set[int]:
        """Those of all who were stopped, or were forked since, that do not stand yet."""
        strangers = self._nursery.strangers() - self._stopped
        self._nursery.signal_strays(strangers, signal.SIGSTOP)
        self._stopped |= strangers
        self._moving = {pid for pid in self._moving | strangers if self._runs(pid)}
        return self._moving

    def _until_counted(self) -> Course:
        """Wait for a look at all folders, and for those to be gone who end anyway."""
        sessions = [one for one in self._children.values() if one.session is not None]
        self._survey.begin_anew([*sessions, *self._branches.awaited])
        while self._survey.is_looking:
            yield
        yield from self._until_gone(self._branches.bury())
        yield from self._until_cleared()

    def _until_gone(self, twins: frozenset[int]) -> Course:
        """Wait for twins to be gone that were ended."""
        self._due = self._now() + END_SECONDS
        while twins & self._nursery.strangers() and self._now() < self._due:
            yield

    def _until_cleared(self) -> Course:
        """Wait for who was killed to end, and for what they left to be removed."""
        self._due = self._now() + END_SECONDS
        while self._litter.waits() or (self._is_any_dying() and self._now() < self._due):
            yield

    def _without_worst(self, running: set[int]) -> Generator[None, None, bool]:
        """End the most suspected one, if little is free; whether it and its folder are gone."""
        room = self._taken()
        worst = self._suspicion.worst(room, running, self._moving)
        if not room.is_scarce or worst is None:
            return False
        yield from self._until_still({worst.pid})
        self._suspect, self._before = worst, self._taken().used
        self._is_certain = self._moving <= {worst.pid}
        worst.kill("lost", _SUSPECTED)
        yield from self._until_cleared()
        self._suspect = None
        return worst.pid not in self._children  # else it does not end, and nobody is to wait for it

    def _without_twins(self, family: Family) -> Generator[None, None, bool]:
        """End the twins of a family that have not spoken, tell them by what that set free; whether any."""
        yield from self._until_still(self._nursery.unheard(family))
        self._suspect, before = family, self._taken().used
        twins, processes = self._branches.suspect(family)
        self._is_certain = self._moving <= processes
        yield from self._until_gone(processes)
        had = sum((twin.seen for twin in twins), before - self._taken().used)
        self._branches.clear(twins, self._told(had, sum([MOST] * len(processes), Use())))
        self._suspect = None
        yield from self._until_cleared()
        return bool(twins)

    def _told(self, had: Use, most: Use) -> Doom:
        """What twins of a family are told, by what they had together, and may have had."""
        self._suspicion.learn(is_found=had.exceeds(most))
        if had.exceeds(most) and self._is_certain and not _has_ended():
            return "disk_limit", f"it had {had}, and may have {MOST}"
        return "lost", _SUSPECTED

    def _runs(self, pid: int) -> bool:
        """Whether one is not known to stand still, or to end; asked until it does."""
        child = self._children.get(pid)
        if child is not None and child.doom is not None:
            return False
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG) is None
        return False

    def _is_any_dying(self) -> bool:
        return any(child.doom is not None for child in self._children.values())

    def _taken(self) -> Room:
        assert self._room is not None
        return self._room()


def _has_ended() -> bool:
    """Whether a process of ours has ended and is not buried yet."""
    with suppress(ChildProcessError):
        return os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return False
