"""When a supervisor ends a cell, or a branch: at its limit, or later where others had the processors."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from actors.workers.sandbox import child as module, unborn
from actors.workers.sandbox.allowance import BRANCH_SECONDS, FIRST_LOOK_SECONDS, Allowance, longest
from actors.workers.sandbox.child import AGAIN, GRACE, Child, State
from actors.workers.sandbox.deaths import Doom
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import FrameReader, pack
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.shares import Share
from actors.workers.sandbox.unborn import Unborn
from events.frames import Branch, Limits, RunCell

NOBODY = 2**22 + 1
LIMIT = 10.0


class Told:
    """A clock, and what the kernel is made to tell of a process that computes, and waits for a part of the time."""

    def __init__(self, waits: float) -> None:
        self.waits = waits
        self.now = 100.0
        self.stood = 0.0
        """So long of that it was made to stand still, and had nothing and waited for nothing."""
        self.waits_now = False

    def monotonic(self) -> float:
        return self.now

    def is_waiting(self, _: int) -> bool:
        return self.waits_now

    def of(self, _: int) -> Share:
        lived = self.now - self.stood
        ran = (1 - self.waits) * lived
        return Share(self.now, ran, self.waits * lived, ran)


class Busy:
    """A session with a cell at work, asked at each time that it is due."""

    def __init__(self, link: socket.socket, told: Told) -> None:
        self.child = Child(NOBODY, link, limits=Limits(cell_seconds=LIMIT), state=State.IDLE)
        self._told = told
        self.begin()

    def begin(self) -> None:
        """Send a cell."""
        (raw,) = FrameReader().feed(pack(7, RunCell(number=0, code="1")))
        assert self.child.begin_cell(raw, 0)
        self.began = self._told.now

    @property
    def due(self) -> float:
        due = self.child.deadline()
        assert due is not None
        return due

    def pass_to(self, seconds: float) -> None:
        """Let its time go on, to so much after the beginning of its cell."""
        while self.child.doom is None and self.due <= self.began + seconds:
            self._told.now = self.due
            self.child.enforce(self._told.now)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told(waits=0.75)
    for one in (module, unborn):
        monkeypatch.setattr(one, "Allowance", partial(Allowance, look=told.of, waits=told.is_waiting))
        monkeypatch.setattr(one, "time", told)
    return told


@pytest.fixture
def busy(told: Told) -> Iterator[Busy]:
    link, other = socket.socketpair()
    with link, other:
        yield Busy(link, told)


def test_a_cell_that_had_processors_is_interrupted_at_its_limit_and_then_killed(
    busy: Busy, told: Told
) -> None:
    told.waits = 0.0
    busy.pass_to(LIMIT)
    assert busy.due == pytest.approx(busy.began + LIMIT + AGAIN)
    busy.pass_to(LIMIT + GRACE + AGAIN)
    assert busy.child.doom == ("wall_limit", "the cell ran for 10 s and did not heed its interrupt")


def test_a_cell_that_waited_for_others_has_its_time_and_is_then_its_own_fault(busy: Busy) -> None:
    busy.pass_to(3.8 * LIMIT)
    assert busy.child.doom is None
    busy.pass_to(4 * LIMIT + GRACE + AGAIN)
    assert busy.child.doom == ("wall_limit", "the cell ran for 10 s and did not heed its interrupt")


def test_a_cell_that_never_had_its_time_is_nobodys_fault(busy: Busy, told: Told) -> None:
    told.waits = 0.95
    busy.pass_to(longest(LIMIT) - 0.1)
    assert busy.child.doom is None
    busy.pass_to(longest(LIMIT))
    assert busy.child.doom == ("lost", "the cell waited 156.6 s for processors that others had")


def test_a_cell_that_has_no_processor_to_heed_its_interrupt_with_is_not_killed_before_it_has(
    busy: Busy, told: Told
) -> None:
    told.waits = 0.0
    busy.pass_to(LIMIT)
    told.waits, told.waits_now = 1.0, True
    busy.pass_to(LIMIT + 5.0)
    assert busy.child.doom is None
    told.waits_now = False
    busy.pass_to(LIMIT + 5.0 + 2 * AGAIN)
    assert busy.child.doom == ("wall_limit", "the cell ran for 10 s and did not heed its interrupt")


@pytest.mark.parametrize("since", [0.0, FIRST_LOOK_SECONDS, LIMIT], ids=["at first", "looked at", "over it"])
@pytest.mark.parametrize("waits", [0.0, 0.75])
def test_what_it_stood_still_is_not_counted_against_a_cell(
    busy: Busy, told: Told, since: float, waits: float
) -> None:
    told.waits = waits
    busy.pass_to(since)
    before, stood, least = busy.due, 3.0, LIMIT / (1 - waits)
    told.stood += stood
    busy.child.go_on(stood)
    assert busy.due == before + stood
    busy.pass_to(0.95 * least + stood)
    assert busy.child.doom is None
    assert busy.due > busy.began + 0.95 * least + stood
    busy.pass_to(least + stood + GRACE + AGAIN)
    assert busy.child.doom is not None
    assert busy.child.doom[0] == "wall_limit"


class Branching:
    """A session that is asked to branch, or its twin that is yet to speak, and what becomes of it."""

    def __init__(self, link: socket.socket, told: Told, *, is_twin: bool) -> None:
        self._told = told
        prefix = Child(NOBODY, link, state=State.IDLE, family=Family(Path()))
        (raw,) = FrameReader().feed(pack(7, Branch(twin=8)))
        prefix.begin_branch(raw, [link.fileno()])
        nursery = SimpleNamespace(unheard=lambda _: frozenset({NOBODY}))
        twin = Unborn(8, prefix, Family(Path()), link, cast("Nursery", nursery), frozenset())
        assert twin.due == float("inf"), "its time is that of the one it comes from"
        twin.begin()
        due = twin.due
        told.now += 0.05
        twin.begin()
        assert twin.due == due, "it has its time once"
        told.now -= 0.05
        self._one: Child | Unborn = twin if is_twin else prefix
        self.began = told.now

    @property
    def doom(self) -> Doom | None:
        return self._one.doom

    def pass_to(self, seconds: float) -> None:
        due = self._due()
        while self.doom is None and due <= self.began + seconds:
            self._told.now = due
            self._one.enforce(due)
            due = self._due()

    def _due(self) -> float:
        due = self._one.due if isinstance(self._one, Unborn) else self._one.deadline()
        return float("inf") if due is None else due


@pytest.fixture(params=[False, True], ids=["the session", "its twin"])
def branching(request: pytest.FixtureRequest, told: Told) -> Iterator[Branching]:
    link, other = socket.socketpair()
    with link, other:
        yield Branching(link, told, is_twin=request.param)


def test_a_branch_that_had_processors_has_its_time_and_no_more(branching: Branching, told: Told) -> None:
    told.waits = 0.0
    branching.pass_to(BRANCH_SECONDS - 0.1)
    assert branching.doom is None
    branching.pass_to(BRANCH_SECONDS)
    assert branching.doom is not None
    assert branching.doom[0] == "crashed"


def test_a_branch_that_waited_for_others_has_its_time_and_is_then_its_own_fault(branching: Branching) -> None:
    branching.pass_to(3.8 * BRANCH_SECONDS)
    assert branching.doom is None
    branching.pass_to(4 * BRANCH_SECONDS)
    assert branching.doom is not None
    assert branching.doom[0] == "crashed"


def test_a_branch_that_never_had_its_time_is_nobodys_fault(branching: Branching, told: Told) -> None:
    told.waits = 0.95
    branching.pass_to(longest(BRANCH_SECONDS) - 0.1)
    assert branching.doom is None
    branching.pass_to(longest(BRANCH_SECONDS))
    assert branching.doom == ("lost", "the branch waited 156.6 s for processors that others had")


def test_who_hung_up_is_ended_whatever_it_waits_for(busy: Busy, told: Told) -> None:
    told.waits = 0.0
    busy.pass_to(LIMIT)
    told.waits, told.waits_now = 1.0, True
    busy.child.link_closed()
    busy.pass_to(LIMIT + GRACE)
    assert busy.child.doom == ("crashed", "it closed its channel")


def test_its_host_interrupts_a_cell_at_once_that_waits_for_others_and_again(busy: Busy, told: Told) -> None:
    busy.pass_to(2 * LIMIT)
    asked = told.now
    busy.child.interrupt(0)
    assert busy.due == asked + AGAIN
    busy.child.enforce(busy.due)
    assert busy.due == asked + 2 * AGAIN
    busy.pass_to(asked - busy.began + GRACE)
    assert busy.child.doom is not None
    assert busy.child.doom[0] == "wall_limit"
    assert busy.child.doom[1].startswith("its host interrupted")


def test_the_next_cell_has_time_of_its_own(busy: Busy, told: Told) -> None:
    busy.pass_to(2 * LIMIT)
    busy.begin()
    assert busy.due == busy.began + FIRST_LOOK_SECONDS
    told.waits = 0.0
    busy.child.enforce(busy.due)
    assert busy.due == busy.began + LIMIT
    busy.pass_to(LIMIT + GRACE + AGAIN)
    assert busy.child.doom is not None
    assert busy.child.doom[0] == "wall_limit"
