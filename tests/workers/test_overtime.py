"""When a supervisor ends a cell: at its limit, or later where it waited for processors that others had."""

import socket
from collections.abc import Iterator
from functools import partial

import pytest

from actors.workers.sandbox import child as module
from actors.workers.sandbox.allowance import FIRST_LOOK_SECONDS, Allowance, longest
from actors.workers.sandbox.child import AGAIN, GRACE, Child, State
from actors.workers.sandbox.framing import FrameReader, pack
from actors.workers.sandbox.shares import Share
from events.frames import Limits, RunCell

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
    monkeypatch.setattr(module, "Allowance", partial(Allowance, look=told.of, waits=told.is_waiting))
    monkeypatch.setattr(module, "time", told)
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
