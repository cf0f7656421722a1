"""Who takes up the disk unseen is found by ending one at a time, and is told what its end set free."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from actors.workers.sandbox import hidden, room
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.room import Use
from actors.workers.sandbox.survey import PAUSE_SECONDS
from events.frames import Limits
from tests.workers.disk import (
    MOST,
    NOTHING,
    PLENTY,
    Disk,
    disk_at,
    holds,
    is_stopped,
    wrote,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")


def test_one_that_held_more_than_it_may_is_told_that_and_everybody_else_goes_on(disk: Disk) -> None:
    idle = disk.add(Use(), wrote(9), State.IDLE)
    author = disk.add(Use(350_000), wrote(5))
    sibling = disk.add(Use(), wrote(3))
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}
    assert author.doom is not None
    assert "removed and held open" in author.doom[1]
    assert [one.doom for one in (idle, sibling)] == [None, None]
    assert not is_stopped(idle)
    assert not is_stopped(sibling)


def test_more_files_than_it_may_have_are_too_much_as_well(disk: Disk) -> None:
    author = disk.add(Use(0, 380))
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}


def test_what_lies_in_its_folder_counts_to_what_it_had(disk: Disk) -> None:
    author = disk.add(Use(90_000), wrote(1), seen=60_000)
    for _ in range(3):
        disk.add(Use(), seen=80_000)
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}


def test_one_of_many_that_held_no_more_than_it_may_is_lost(disk: Disk) -> None:
    many = [disk.add(Use(90_000), wrote(ticks)) for ticks in (1, 3, 2, 0)]
    disk.settle()
    assert disk.ended == {many[1].pid: "lost"}


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ((wrote(2), State.BUSY), (wrote(1), State.BUSY)),
        ((wrote(1), State.BUSY), (wrote(9), State.IDLE)),
        ((Evidence(spent=1, system=2), State.IDLE), (wrote(1), State.BUSY)),
        ((wrote(1), State.IDLE), (Evidence(system=9, most=NOTHING.most), State.BUSY)),
        (
            (Evidence(system=1, most=Use(10**6)), State.BUSY),
            (Evidence(system=9, most=Use(10**5)), State.BUSY),
        ),
    ],
    ids=[
        "who wrote more",
        "who runs a cell",
        "who is at work although it runs no cell",
        "who may have something open",
        "who has enough open",
    ],
)
def test_the_most_suspected_comes_first(
    disk: Disk, more: tuple[Evidence, State], less: tuple[Evidence, State]
) -> None:
    disk.add(Use(200_000), *less)
    author = disk.add(Use(200_000), *more)
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([0, 30_000, 90_000, 150_000, 350_000]), min_size=1, max_size=5))
def test_it_stops_as_soon_as_there_is_room_and_each_is_told_what_its_end_set_free(
    tmp_path_factory: pytest.TempPathFactory, held: Sequence[int]
) -> None:
    with disk_at(tmp_path_factory.mktemp("disk")) as disk:
        # Nobody is at work but by its ticks: the first one wrote most.
        added = [disk.add(Use(size), wrote(-number)) for number, size in enumerate(held)]
        disk.settle()
        expected: dict[int, str] = {}
        left = sum(held)
        for child, size in zip(added, held, strict=True):
            if left <= PLENTY.bytes:
                break
            expected[child.pid] = "disk_limit" if size > MOST.bytes else "lost"
            left -= size
        assert disk.ended == expected


def test_all_stand_still_until_it_is_over(disk: Disk) -> None:
    disk.add(Use(350_000), wrote(2))
    others = [disk.add(Use(), wrote(ticks)) for ticks in (0, 1)]
    stood: list[bool] = []
    disk.when_ending = lambda: stood.extend(map(is_stopped, others))
    disk.settle()
    assert stood
    assert all(stood)
    assert not any(map(is_stopped, others))


def test_who_ends_at_the_same_time_makes_nobody_an_author(disk: Disk) -> None:
    suspect = disk.add(Use(150_000), wrote(2))
    other = disk.add(Use(200_000), wrote(1))
    disk.when_ending = lambda: other.kill("closed") if other.doom is None else None
    disk.settle()
    assert disk.ended == {suspect.pid: "lost", other.pid: "closed"}


@pytest.mark.parametrize("first", ["suspect", "other"], ids=["is buried before it", "is buried after it"])
def test_who_ended_by_itself_makes_nobody_an_author(disk: Disk, first: str) -> None:
    """The system tells of the one that began first, where both have ended."""
    began = {"suspect": Use(150_000), "other": Use(200_000)}
    order = [first, *(began.keys() - {first})]
    added = {name: disk.add(began[name], wrote(2 if name == "suspect" else 1)) for name in order}

    def both_end() -> None:
        os.kill(added["other"].pid, signal.SIGKILL)
        while any(holds(child.pid) for child in added.values()):
            os.sched_yield()

    disk.when_ending = both_end
    disk.settle()
    assert disk.ended[added["suspect"].pid] == "lost"
    assert disk.ended[added["other"].pid] != "disk_limit"


def test_what_they_stood_still_is_not_counted_against_those_who_go_on(disk: Disk) -> None:
    disk.add(Use(350_000), wrote(2))
    other = disk.add(Use())
    other.begin_opening(other.pid, Limits(), "lost")
    before, began = other.deadline(), time.monotonic()
    disk.settle()
    assert before is not None
    assert 0 < (other.deadline() or 0.0) - before <= time.monotonic() - began


def test_for_a_little_more_than_one_may_have_nobody_is_suspected(disk: Disk) -> None:
    """Folders count as well, and are nobody's."""
    disk.add(Use(50_000))
    for _ in range(5):
        disk.add(Use(), seen=52_000)
    assert disk.room().is_scarce
    disk.settle()
    assert disk.ended == {}
    assert max(child.seen.bytes for child in disk.nursery.children.values()) + 50_000 > MOST.bytes


def restless(monkeypatch: pytest.MonkeyPatch, *those: Child) -> None:
    """They heed nothing but a kill."""
    monkeypatch.setattr(hidden, "STILL_SECONDS", 0.05)
    stop = Child.stop
    monkeypatch.setattr(Child, "stop", lambda child: None if child in those else stop(child))


def test_one_that_does_not_stand_still_is_told_what_it_held(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = disk.add(Use(350_000), NOTHING, State.IDLE)
    sibling = disk.add(Use(), wrote(9))
    restless(monkeypatch, author)
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}
    assert not is_stopped(sibling)


def test_one_that_does_not_stand_still_keeps_no_other_from_being_told(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    accomplice = disk.add(Use(), NOTHING, State.IDLE)
    author = disk.add(Use(350_000), wrote(9))
    restless(monkeypatch, accomplice)
    disk.settle()
    assert disk.ended == {accomplice.pid: "lost", author.pid: "disk_limit"}


def test_of_several_that_do_not_stand_still_the_last_alone_is_accused(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [disk.add(Use(350_000), wrote(ticks)) for ticks in (2, 1)]
    restless(monkeypatch, *several)
    disk.settle()
    assert disk.ended == {several[0].pid: "lost", several[1].pid: "disk_limit"}


@pytest.mark.parametrize("siblings", [0, 2])
def test_after_one_that_ended_in_vain_nobody_who_came_later_ends_before_the_author(
    disk: Disk, siblings: int
) -> None:
    """However little tells against the author, and however much against all others."""
    author = disk.add(Use(298_000), NOTHING, State.IDLE)
    there = [disk.add(Use(), wrote(number)) for number in range(siblings)]
    in_vain = disk.add(Use(5_000), wrote(99))
    disk.settle()
    assert disk.ended == {in_vain.pid: "lost"}
    later = disk.add(Use(5_000), wrote(99))
    disk.settle()
    assert disk.ended.pop(author.pid) == "disk_limit"
    assert disk.ended == {one.pid: "lost" for one in (in_vain, *there)}
    assert later.outlasted == 0, "who held that is no more"
    assert not is_stopped(later)


def test_what_was_unseen_before_its_first_cell_is_not_its(disk: Disk) -> None:
    author = disk.add(Use(290_000), wrote(1), State.IDLE)
    newcomer = disk.add(Use(), wrote(9))
    disk.hidden.admit(newcomer)
    disk.fill(newcomer.place / "more", 20_000)
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}
    assert newcomer.before == Use(), "who held that is no more"


def test_what_folders_hold_harms_nobody_and_is_not_counted_again_at_once(disk: Disk) -> None:
    for _ in range(4):
        disk.add(Use(2_000), seen=90_000)
    assert disk.room().is_scarce
    disk.turn()
    assert disk.hidden.holds, "what lies there is not known yet"
    disk.settle()
    assert disk.ended == {}
    for child in disk.nursery.children.values():
        child.seen = Use()
    disk.turn()
    assert not disk.hidden.holds


@pytest.mark.parametrize("hidden_too", [0, 200_000])
def test_what_lies_beside_a_family_is_explained_by_it_once(
    disk: Disk, tmp_path: Path, hidden_too: int
) -> None:
    beside = Use(350_000 - hidden_too)
    family = Family(tmp_path / "place")
    twins = [disk.add(each, wrote(1)) for each in (beside, Use())]
    family.places, family.beside, family.being_cleared = {one.place for one in twins}, beside, 1
    for one in twins:
        one.family = family
    author = disk.add(Use(hidden_too), wrote(9))
    disk.settle()
    assert disk.ended == ({author.pid: "disk_limit"} if hidden_too else {})
    for one in twins:
        one.family = None


def test_while_there_is_room_nobody_is_looked_for(disk: Disk) -> None:
    disk.add(Use(299_000, 290))
    disk.turn()
    assert not disk.hidden.holds
    assert disk.ended == {}


def test_on_a_disk_that_others_write_to_nobody_is_looked_for(tmp_path: Path) -> None:
    with disk_at(tmp_path, is_own=False) as disk:
        disk.add(Use(399_000))
        disk.settle()
        assert disk.ended == {}
        assert disk.hidden.due == float("inf")


@pytest.mark.parametrize(
    ("used", "seconds"), [(0, PAUSE_SECONDS), (200_000, 0.1), (299_900, hidden.LEAST_SECONDS)]
)
def test_it_is_looked_at_sooner_the_less_is_free(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, used: int, seconds: float
) -> None:
    monkeypatch.setattr(room, "FASTEST", Use(10**6, 1))
    disk.add(Use(used))
    began = time.monotonic()
    disk.turn()
    assert began + seconds <= disk.hidden.due <= time.monotonic() + seconds
