"""A twin that never spoke is killed as soon as it can be none of those who are still awaited."""

import os
import selectors
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import RawFrame, pack
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Use
from events.frames import Branch

NOBODY = 2**22 + 1
"""A number that no process has."""


class Children:
    """As much of a nursery as tells whose child is whose."""

    def __init__(self) -> None:
        self.children: dict[int, Child] = {}
        self.forked: set[int] = set()
        self.followers: set[int] = set()
        self.left = 0

    def strangers(self) -> frozenset[int]:
        return frozenset(self.forked - self.children.keys())

    def unheard(self, _: Family) -> frozenset[int]:
        return self.strangers()

    def leads_its_group(self, pid: int) -> bool:
        return pid not in self.followers

    def signal_strays(self, among: frozenset[int]) -> None:
        self.forked -= among & self.strangers()

    def adopt(self, pid: int, link: socket.socket, place: Path, family: Family) -> Child:
        self.forked.add(pid)
        self.children[pid] = Child(pid, link, place, family)
        return self.children[pid]

    def leave(self, _: Family, _place: Path) -> None:
        self.left += 1


class Stand:
    """Branches, and the ends of what they hand to those who are to branch."""

    def __init__(self) -> None:
        self.nursery = Children()
        self.failed: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._open: list[socket.socket] = []
        self.branches = Branches(
            cast("Nursery", self.nursery),
            self._selector,
            lambda *_: None,
            lambda twin, _: self.failed.append(twin),
        )

    def ask(self, twin: int, forks: int) -> int:
        """Ask a session for a twin, of this number, which it forks; the twin's end of its channel."""
        ours, theirs = socket.socketpair()
        self._open += ours, theirs
        prefix = Child(NOBODY, ours, Path(), Family(Path()), state=State.IDLE)
        self.branches.ask(prefix, RawFrame(1, Branch, pack(1, Branch(twin=twin))[9:]), twin)
        self.nursery.forked.add(forks)
        self.branches.answered(prefix)
        _, (link,), _, _ = socket.recv_fds(theirs, 4096, 1)
        return link

    def turn(self, meanwhile: Callable[[], None]) -> None:
        """A round of the supervisor's loop, in which this comes before what else is ready."""
        ready = self._selector.select(0)
        meanwhile()
        for key, events in ready:
            key.data(events)

    def expire(self) -> None:
        """Let the time be over of the one that was asked for first."""
        failed = len(self.failed)
        while len(self.failed) == failed:
            until = self.branches.deadline()
            assert until is not None
            self.branches.enforce(until)

    def close(self) -> None:
        self.branches.enforce(float("inf"))
        for one in (*self._open, *(child.link for child in self.nursery.children.values())):
            one.close()
        self._selector.close()


@pytest.fixture
def stand() -> Iterator[Stand]:
    made = Stand()
    yield made
    made.close()


def test_while_another_is_awaited_who_was_there_before_it_is_killed(stand: Stand) -> None:
    links = [stand.ask(twin, forks=NOBODY + twin) for twin in (1, 2, 3)]
    for given_up in (1, 2, 3):
        stand.expire()
        assert stand.failed == list(range(1, given_up + 1))
        assert stand.nursery.forked == {NOBODY + twin for twin in range(given_up + 1, 4)}
    assert stand.branches.deadline() is None
    for link in links:
        os.close(link)


def test_who_was_there_when_another_spoke_in_its_place_is_killed(stand: Stand) -> None:
    link = stand.ask(1, forks=NOBODY + 1)
    os.write(link, b"said")
    stand.branches.listen()
    os.close(link)
    assert stand.nursery.forked == stand.nursery.children.keys() == {os.getpid()}


def test_who_speaks_from_the_group_of_another_is_killed_and_no_twin(stand: Stand) -> None:
    link = stand.ask(1, forks=os.getpid())
    stand.nursery.followers.add(os.getpid())
    os.write(link, b"said")
    stand.branches.listen()
    os.close(link)
    assert stand.failed == [1]
    assert not stand.nursery.forked
    assert not stand.nursery.children


@pytest.mark.parametrize(("said", "failed"), [(b"", [1]), (b"said", [])], ids=["nothing", "something"])
def test_one_whose_end_is_heard_of_in_two_ways_in_one_round_ends_nobody_else(
    stand: Stand, said: bytes, failed: list[int]
) -> None:
    """That a process of its supervisor ended, and that its channel did."""
    link = stand.ask(1, forks=NOBODY + 1)
    os.write(link, said)
    os.close(link)
    stand.turn(stand.branches.listen)
    assert stand.failed == failed
    assert stand.nursery.left == len(failed)
    stand.turn(lambda: None)


def test_who_was_heard_is_ended_as_a_session_and_not_as_a_twin(stand: Stand) -> None:
    """Whoever still has it for one that is awaited ends nobody else."""
    link, other = (stand.ask(twin, forks=NOBODY + twin) for twin in (1, 2))
    heard, _ = stand.branches.awaited
    heard.spent, heard.seen = 1.5, Use(7)
    os.write(link, b"said")
    stand.branches.listen()
    session = stand.nursery.children[os.getpid()]
    assert (session.carried, session.seen) == (1.5, Use(7))
    heard.kill("disk_limit")
    assert NOBODY + 2 in stand.nursery.forked
    assert heard.doom == ("closed", "")
    for one in (link, other):
        os.close(one)


def test_one_that_is_awaited_is_no_stray(stand: Stand) -> None:
    first = stand.ask(1, forks=NOBODY + 1)
    second = stand.ask(2, forks=NOBODY + 2)
    os.close(first)
    stand.branches.listen()
    assert stand.failed == [1]
    assert stand.nursery.forked == {NOBODY + 2}
    os.close(second)
