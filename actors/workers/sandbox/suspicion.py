"""Who may hold what nobody sees of a disk, and who comes first where that can be found out only by an end.

An end in vain teaches: whoever was there too is suspected before all who come later, until somebody is found.
"""

from collections.abc import Callable, Set

from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room, Use
from actors.workers.sandbox.survey import MAX_BYTES, MAX_FILES
from actors.workers.sandbox.unborn import Unborn

MOST = Use(MAX_BYTES, MAX_FILES)
"""What one session may have, seen or not."""
SLACK = Use(16 * 1024**2, 1024)
"""So much nobody is suspected for: folders of sessions count as well, and not as theirs."""


class Suspicion:
    """Weighs all sessions of a worker against each other.

    Args:
        nursery: all that run.
        branches: twins on their way.
        evidence: what the system tells of a process.
    """

    def __init__(self, nursery: Nursery, branches: Branches, evidence: Callable[[int], Evidence]) -> None:
        self._children = nursery.children
        self._branches = branches
        self._evidence = evidence

    def is_of_somebody(self, room: Room) -> bool:
        """Whether little is free, and somebody, or a twin to be, might have more than it may."""
        unseen = self.unseen(room)
        twins = any((one.seen + unseen).exceeds(MOST + SLACK) for one in self._branches.awaited)
        return room.is_scarce and (twins or bool(self._suspects(unseen)))

    def running(self) -> set[int]:
        """Those at work: who runs a cell, or a thread although it runs none."""
        return {
            pid
            for pid, child in self._children.items()
            if child.state is State.BUSY or self._evidence(pid).spent > child.spent
        }

    def worst(self, room: Room, running: Set[int], moving: Set[int]) -> Child | None:
        """Who comes first; nobody where nobody might have more than it may.

        That is who does not stand still, as it makes uncertain what others held; then who was there when most
        were ended in vain, who could hold that much, who is at work, and who wrote most.

        Args:
            room: what there is on the disk.
            running: who was at work before all were stopped.
            moving: who does not stand still.
        """
        unseen = self.unseen(room)

        def weight(one: Child) -> tuple[bool, int, bool, bool, int]:
            told = self._evidence(one.pid)
            could = told.explains(unseen, MOST, unseen - one.before)
            return one.pid in moving, one.outlasted, could, one.pid in running, told.system

        return max(self._suspects(unseen), key=weight, default=None)

    def learn(self, *, is_found: bool) -> None:
        """One ended: suspect those who are left the more where that was in vain, else as at the beginning."""
        for child in self._children.values():
            child.outlasted = 0 if is_found else child.outlasted + 1
            child.before = Use() if is_found else child.before

    def unseen(self, room: Room) -> Use:
        """What is used of the disk and lies in no folder that was looked at."""
        having: list[Child | Unborn] = [*self._children.values(), *self._branches.awaited]
        seen = [one.seen for one in having]
        beside = [family.beside for family in {one.family for one in having} if family]
        return room.used - sum((*seen, *beside), Use())

    def _suspects(self, unseen: Use) -> list[Child]:
        """Who has more than it may, if all that nobody sees is its."""
        having = [one for one in self._children.values() if one.doom is None and one.session is not None]
        return [one for one in having if (one.seen + unseen).exceeds(MOST + SLACK)]
