"""How long a cell may go on, by a clock and figures that are made up."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.allowance import (
    FIRST_LOOK_SECONDS,
    LOOK_SECONDS,
    Allowance,
    longest,
)
from actors.workers.sandbox.shares import Share
from actors.workers.sizing import GIB, sizes
from events.frames import Limits

BEGAN = 100.0
LIMIT = 10.0
PARTS = st.floats(0.0, 1.0)


@dataclass
class Cell:
    """One that does the same all the time, in parts of it; what it neither runs nor waits it sleeps."""

    runs: float = 0.0
    waits: float = 0.0
    threads: float = 0.0
    """What its other threads have: more than 1 on more than one processor."""
    lasts: float = float("inf")
    """Seconds until the others go, and it runs instead of waiting."""
    is_known: bool = True
    stint: float = 0.0
    """What it waited last of all is told only so many seconds after its limit."""
    waits_now: bool = False
    now: float = BEGAN
    looks: int = 0

    def is_waiting(self, _: int) -> bool:
        return self.waits_now

    def look(self, _: int) -> Share | None:
        self.looks += 1
        passed = self.now - BEGAN
        if self.stint and 5.0 < passed < LIMIT + self.stint:
            passed = 5.0
        waited = self.waits * min(passed, self.lasts)
        ran = self.runs * passed + self.waits * max(0.0, passed - self.lasts)
        share = Share(self.now, 1.0 + ran, 2.0 + waited, 1.5 + ran + self.threads * passed)
        return share if self.is_known else None


@dataclass(frozen=True)
class End:
    """How it went."""

    seconds: float
    is_starved: bool
    looks: int


def end_of(cell: Cell, limit: float = LIMIT, late: float = 0.0) -> End:
    """How a cell ends that never comes to its end, and is asked about as late as that each time."""
    allowance = Allowance(7, limit, BEGAN, cell.look, cell.is_waiting)
    due: float | None = allowance.due
    while due is not None:
        cell.now = due + late
        due = allowance.again(cell.now)
        assert due is None or due > cell.now
    return End(cell.now - BEGAN, allowance.is_starved(cell.now), cell.looks)


def beside(others: int, processors: int = 1) -> Cell:
    """One that computes, as so many others do."""
    part = min(1.0, processors / (1 + others))
    return Cell(runs=part, waits=1 - part)


@pytest.mark.parametrize(
    "cell",
    [
        Cell(runs=1.0),
        Cell(),
        Cell(runs=0.5),
        Cell(runs=0.5, waits=0.5, is_known=False),
        Cell(runs=0.04, waits=0.96, threads=1.96),
        Cell(runs=0.997, waits=0.003),
    ],
    ids=["computes", "sleeps", "does both", "of whom nothing is told", "has threads", "waits a little"],
)
def test_who_waits_for_nobody_is_over_its_time_at_its_limit(cell: Cell) -> None:
    end = end_of(cell)
    assert end.seconds == pytest.approx(LIMIT)
    assert not end.is_starved
    assert end.looks <= 2


@pytest.mark.parametrize("others", [1, 3, 15])
def test_who_computes_beside_others_is_over_its_time_when_it_has_had_it(others: int) -> None:
    end = end_of(beside(others))
    assert end.seconds == pytest.approx(LIMIT * (1 + others), rel=0.05)
    assert not end.is_starved


def test_who_sleeps_half_the_time_beside_others_has_its_time() -> None:
    end = end_of(Cell(runs=0.25, waits=0.25))
    assert end.seconds == pytest.approx(LIMIT / 0.75, rel=0.05)
    assert not end.is_starved


def test_who_waited_at_first_is_given_that_back_and_no_more() -> None:
    end = end_of(Cell(waits=1.0, lasts=4.0))
    assert end.seconds == pytest.approx(LIMIT + 4.0 - FIRST_LOOK_SECONDS)
    assert not end.is_starved


def test_who_never_had_its_time_is_starved_and_does_not_go_on_for_ever() -> None:
    assert end_of(Cell(waits=1.0)) == End(longest(LIMIT), is_starved=True, looks=18)
    assert end_of(beside(19)).seconds == longest(LIMIT)


def test_its_own_threads_have_what_it_has() -> None:
    """Two of them, beside thirty-seven of others, on two processors."""
    alone = end_of(Cell(runs=0.05, waits=0.95))
    end = end_of(Cell(runs=0.05, waits=0.95, threads=0.1))
    assert alone.is_starved
    assert not end.is_starved
    assert end.seconds == pytest.approx(LIMIT / 0.15, rel=0.05)


@pytest.mark.parametrize("cores", [1, 2, 4, 64])
@pytest.mark.parametrize("limit", [1.0, LIMIT, 60.0])
def test_where_a_whole_pool_computes_and_seven_times_as_many_beside_it_nobody_is_starved(
    cores: int, limit: float
) -> None:
    others = 8 * sizes(cores, 4096 * GIB, Limits()).sessions - 1
    end = end_of(beside(others, cores), limit)
    assert not end.is_starved
    assert end.seconds < longest(limit)


def test_a_cell_of_a_short_limit_is_looked_at_before_that() -> None:
    limit = FIRST_LOOK_SECONDS / 2
    assert Allowance(7, limit, BEGAN).due == BEGAN + limit / 2
    assert end_of(Cell(waits=1.0), limit).is_starved


def test_what_it_has_been_waiting_for_until_now_counts_when_it_is_told() -> None:
    """It waits from the fifth second on; the kernel tells that when it has a processor again."""
    end = end_of(Cell(runs=0.5, waits=0.5, stint=3.0, waits_now=True))
    assert end.seconds > LIMIT + 3.0
    assert not end.is_starved
    assert end_of(Cell(runs=0.5, waits=0.5, stint=3.0)).seconds < LIMIT + 3.0


def test_who_waits_whenever_it_is_looked_at_is_over_its_time_all_the_same() -> None:
    """As on one processor, which whoever looks has at that moment."""
    end = end_of(Cell(runs=1.0, waits_now=True))
    assert end.seconds == pytest.approx(LIMIT + LOOK_SECONDS)
    assert not end.is_starved


@pytest.mark.parametrize(
    ("cell", "could_not"),
    [
        (Cell(waits=1.0, waits_now=True), True),
        (Cell(waits=1.0, waits_now=True, is_known=False), False),
        (Cell(runs=0.5, waits=0.5, waits_now=True), False),
        (Cell(waits=1.0, threads=0.5, waits_now=True), False),
        (Cell(), False),
    ],
    ids=["waited", "is not known", "had some", "had some of its own threads", "sleeps"],
)
def test_who_had_no_processor_since_could_not_heed_its_interrupt(cell: Cell, could_not: bool) -> None:
    allowance = Allowance(7, LIMIT, BEGAN, cell.look, cell.is_waiting)
    assert not allowance.could_not_heed(BEGAN), "nobody interrupted it"
    allowance.interrupted()
    cell.now += 0.5
    assert allowance.could_not_heed(cell.now) is could_not
    cell.now = BEGAN + longest(LIMIT)
    assert not allowance.could_not_heed(cell.now)


@given(runs=PARTS, waits=PARTS, threads=st.floats(0.0, 64.0), lasts=st.floats(0.0, 60.0), late=PARTS)
def test_nobody_is_ended_before_it_had_its_time_or_the_longest_has_passed(
    runs: float, waits: float, threads: float, lasts: float, late: float
) -> None:
    cell = Cell(runs=runs, waits=waits * (1 - runs), threads=threads, lasts=lasts)
    end = end_of(cell, late=late)
    waited = max(0.0, cell.waits * min(end.seconds, lasts) - threads * end.seconds)
    assert LIMIT <= end.seconds <= longest(LIMIT) + late
    if not end.is_starved:
        assert end.seconds <= LIMIT + waited + LOOK_SECONDS + late
    else:
        assert end.seconds - waited <= LIMIT + LOOK_SECONDS


@given(runs=PARTS, waits=PARTS, threads=st.floats(0.0, 8.0), late=PARTS)
def test_whoever_has_used_its_time_is_over_it_by_its_own_doing(
    runs: float, waits: float, threads: float, late: float
) -> None:
    cell = Cell(runs=runs, waits=waits * (1 - runs), threads=threads)
    end = end_of(cell, late=late)
    used = (runs + threads) * end.seconds
    assert not (used >= LIMIT and end.is_starved)
