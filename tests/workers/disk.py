"""A disk with sessions on it and twins that have not spoken, and what each is made out to hold unseen."""

import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from actors.workers.sandbox import hidden, suspicion
from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import RawFrame
from actors.workers.sandbox.hidden import Hidden
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room, Use
from actors.workers.sandbox.survey import Survey
from events.frames import Branch

WHOLE = Use(400_000, 400)
PLENTY = Use(300_000, 300)
"""While no more than this is used nobody is looked for."""
MOST = Use(100_000, 100)
SLACK = Use(10_000, 10)
A_MOMENT = 1e-4
"""So many seconds at a time it is looked at folders."""


class Disk:
    """A worker's sessions, each a process that sleeps, and what each is made out to hold unseen."""

    def __init__(self, folder: Path, *, is_own: bool = True) -> None:
        self.nursery = Nursery(folder, {}, lambda: None, self._listen, walled=True)
        self.survey = Survey()
        self.told: dict[int, Evidence] = {}
        self.ended: dict[int, str] = {}
        self.when_ending: Callable[[], None] = lambda: None
        self._folder = folder
        self._unseen: dict[int, Use] = {}
        self._links: list[socket.socket] = []
        self.twins = 0
        self.failed: dict[int, str] = {}
        """What twins were told that there will not be, by their number."""
        self._selector = selectors.DefaultSelector()
        self.branches = Branches(
            self.nursery,
            self._selector,
            lambda *_: None,
            lambda twin, doom: self.failed.update({twin: doom[0]}),
        )
        self.hidden = Hidden(
            self.nursery,
            self.branches,
            self.survey,
            self.room if is_own else None,
            evidence=self.told.__getitem__,
        )

    def add(
        self, unseen: Use, told: Evidence | None = None, state: State = State.BUSY, seen: int = 0
    ) -> Child:
        """One more session, with so much unseen and so many bytes in its folder."""
        pid = os.posix_spawnp("sleep", ["sleep", "60"], os.environ)
        ours, theirs = socket.socketpair()
        self._links += [ours, theirs]
        child = Child(pid, ours, self._folder / str(pid), session=pid, state=state)
        self.fill(child.place, seen)
        self._unseen[pid], self.told[pid] = unseen, told or Evidence()
        self.nursery.children[pid] = child
        return child

    def expect(
        self,
        unseen: Use,
        seen: int = 0,
        twins: int = 1,
        *,
        files: int = 1,
        says: str = "",
        apart: bool = False,
    ) -> Child:
        """A session, and twins of it that have not been heard, with so much each.

        Args:
            unseen: what each holds that no folder shows.
            seen: what lies in its folder.
            twins: how many.
            files: in how many files that lies there.
            says: what each has said.
            apart: whether these are of another session of processes than those of others.
        """
        prefix = self.add(Use(), state=State.IDLE)
        self.told[prefix.pid] = NOTHING
        prefix.family = Family(prefix.place, os.getsid(0))
        for _ in range(twins):
            link = self.ask(prefix)
            pid = _twin(link, says, apart=apart)
            prefix.family.first = pid if apart else prefix.family.first
            self._unseen[pid], self.told[pid] = unseen, NOTHING
            self.fill(prefix.place / str(self.twins), seen, files)
            prefix.state = State.IDLE
            self.branches.answered(prefix)
        return prefix

    def ask(self, prefix: Child) -> int:
        """Ask the last one that was added to become two; the channel of the other one."""
        self.twins += 1
        self.branches.ask(prefix, RawFrame(prefix.pid, Branch, b"{}"), self.twins)
        _, (link,), _, _ = socket.recv_fds(self._links[-1], 4096, 1)
        return link

    def _listen(self) -> None:
        self.branches.listen()

    def fill(self, place: Path, seen: int, files: int = 1) -> None:
        place.mkdir()
        for number in range(files):
            (place / f"file{number}").write_bytes(bytes(seen // files))

    def room(self) -> Room:
        """What is told of the disk: what those hold who live, and what lies in folders."""
        held = sum((unseen for pid, unseen in self._unseen.items() if holds(pid)), Use())
        lying = list(self._folder.rglob("*"))
        size = sum(one.lstat().st_blocks * 512 for one in lying if one.is_file())
        return Room(held + Use(size, len(lying)), WHOLE)

    def turn(self) -> None:
        """What a supervisor does in a turn of its loop."""
        for child, end in self.nursery.reap(self.hidden.bury):
            self.ended[child.pid] = end.reason
        self.nursery.litter.work()
        if self.survey.is_looking:
            self.survey.work([], A_MOMENT)
        self.hidden.work()
        if not self.hidden.holds:
            self.branches.enforce(time.monotonic())
        if any(child.doom for child in self.nursery.children.values()):
            self.when_ending()

    def settle(self) -> None:
        """Go on until nobody is looked for any more."""
        self.turn()
        while self.hidden.holds:
            os.sched_yield()
            self.turn()

    def close(self) -> None:
        self.branches.clear(list(self.branches.awaited), ("closed", ""))
        self.nursery.end_all()
        self._selector.close()
        for link in (*self._links, *(child.link for child in self.nursery.children.values())):
            link.close()


def _twin(link: int, says: str, *, apart: bool) -> int:
    """A process that says this by a channel, which then ends with it, and sleeps."""
    command = ["sh", "-c", f"printf '{says}' >&9; exec sleep 60"]
    given = [(os.POSIX_SPAWN_DUP2, link, 9)]
    if apart:
        pid = os.posix_spawnp("sh", command, os.environ, file_actions=given, setsid=True)
    else:
        pid = os.posix_spawnp("sh", command, os.environ, file_actions=given, setpgroup=0)
    os.close(link)
    return pid


@contextmanager
def disk_at(folder: Path, *, is_own: bool = True) -> Iterator[Disk]:
    """One of a size that can be written in a test, with as much for each."""
    made = Disk(folder, is_own=is_own)
    with pytest.MonkeyPatch.context() as patch:
        for module in (hidden, suspicion):
            patch.setattr(module, "MOST", MOST)
        patch.setattr(suspicion, "SLACK", SLACK)
        try:
            yield made
        finally:
            made.close()


def state_of(pid: int) -> str:
    """As the system tells it; nothing of one that is no more."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    return ""


def holds(pid: int) -> bool:
    """Whether one still holds what it had: none does that has ended, buried or not."""
    return state_of(pid) not in ("", "Z", "X")


def is_stopped(child: Child) -> bool:
    return state_of(child.pid) == "T"


def wrote(ticks: int) -> Evidence:
    return Evidence(system=ticks)


NOTHING = Evidence(most=Use())
"""Of one that has nothing open and nothing mapped."""
