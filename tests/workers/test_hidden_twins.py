"""Twins that have not spoken yet are looked at, stand still, and are ended before any session is."""

import os
import select
import signal
import time
from pathlib import Path

import pytest

from actors.workers.sandbox import hidden, survey
from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.room import Use
from actors.workers.sandbox.unborn import Unborn
from tests.workers.disk import (
    MOST,
    NOTHING,
    WHOLE,
    Disk,
    holds,
    is_stopped,
    state_of,
    wrote,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")


def test_a_twin_that_has_not_spoken_is_told_what_it_held_and_nobody_else_ends(disk: Disk) -> None:
    sibling = disk.add(Use(), wrote(9))
    prefix = disk.expect(Use(350_000))
    disk.settle()
    assert disk.failed == {1: "disk_limit"}
    assert disk.ended == {}
    assert not any(map(is_stopped, (sibling, prefix)))


def test_twins_of_one_family_that_have_not_spoken_are_told_what_they_held_together(disk: Disk) -> None:
    disk.expect(Use(170_000), twins=2)
    disk.settle()
    assert disk.failed == {1: "disk_limit", 2: "disk_limit"}
    assert disk.ended == {}


def test_twins_that_held_no_more_than_they_may_are_lost_and_who_outlasts_them_comes_first_then(
    disk: Disk,
) -> None:
    author = disk.add(Use(200_000), wrote(9), State.IDLE)
    sibling = disk.add(Use(), NOTHING, State.IDLE)
    disk.expect(Use(90_000), twins=2)
    disk.settle()
    assert disk.failed == {1: "lost", 2: "lost"}
    assert disk.ended == {}, "there is room again"
    disk.expect(Use(110_000))
    disk.settle()
    assert disk.failed == {1: "lost", 2: "lost"}
    assert disk.ended == {author.pid: "disk_limit"}
    assert not is_stopped(sibling)


def test_families_are_told_one_by_one(disk: Disk) -> None:
    author = disk.add(Use(200_000), wrote(9))
    disk.expect(Use(90_000))
    disk.expect(Use(110_000), apart=True)
    disk.settle()
    assert disk.failed == {1: "lost", 2: "disk_limit"}
    assert disk.ended == {}
    assert holds(author.pid)


def test_who_becomes_two_is_no_less_suspected_for_it(disk: Disk) -> None:
    prefix = disk.expect(Use(), says="said")
    prefix.outlasted = 3
    (twin,) = disk.branches.awaited
    assert select.select([twin.link], [], [], 10)[0]
    (pid,) = twin.processes
    disk.branches.listen()
    assert disk.nursery.children[pid].outlasted == prefix.outlasted


def test_what_lies_in_its_folder_counts_to_what_a_twin_had(disk: Disk) -> None:
    disk.expect(Use(60_000), seen=60_000)
    for _ in range(4):
        disk.add(Use(), seen=45_000)
    disk.settle()
    assert disk.failed == {1: "disk_limit"}
    assert disk.ended == {}


def test_a_twin_is_not_accused_where_not_all_stand_still(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "STILL_SECONDS", 0.05)
    monkeypatch.setattr(Child, "stop", lambda _: None)
    disk.expect(Use(350_000))
    disk.settle()
    assert disk.failed == {1: "lost"}


def test_a_twin_that_does_not_stand_still_is_told_what_it_held(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hidden, "STILL_SECONDS", 0.05)
    monkeypatch.setattr(
        disk.nursery, "signal_strays", lambda among, number=signal.SIGKILL: _sent(among, number)
    )
    disk.expect(Use(350_000))
    disk.settle()
    assert disk.failed == {1: "disk_limit"}


def _sent(among: frozenset[int], number: int) -> None:
    for pid in among if number == signal.SIGKILL else ():
        os.kill(pid, number)


def test_what_another_held_who_ended_by_itself_is_not_taken_for_a_twins(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = disk.add(Use(250_000))
    disk.expect(Use(90_000))
    (twin,) = disk.branches.awaited
    (pid,) = twin.processes
    strangers = disk.nursery.strangers

    def ended() -> frozenset[int]:
        if holds(other.pid) and not holds(pid) and pid not in strangers():
            os.kill(other.pid, signal.SIGKILL)
            while holds(other.pid):
                os.sched_yield()
        return strangers()

    monkeypatch.setattr(disk.nursery, "strangers", ended)
    disk.settle()
    assert disk.failed == {1: "lost"}


def test_who_held_it_is_found_behind_a_twin_that_has_not_spoken(disk: Disk) -> None:
    author = disk.add(Use(350_000))
    disk.expect(Use())
    disk.settle()
    assert disk.failed == {1: "lost"}
    assert disk.ended == {author.pid: "disk_limit"}


def test_what_is_copied_for_a_twin_is_seen_as_its_own(disk: Disk) -> None:
    for _ in range(2):
        disk.expect(Use(), seen=90_000, twins=2)
    assert disk.room().is_scarce
    disk.settle()
    assert disk.failed == disk.ended == {}


def test_a_twin_with_more_in_its_folder_than_it_may_have_is_ended_before_it_spoke(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MAX_BYTES", MOST.bytes)
    prefix = disk.expect(Use(), seen=350_000)
    sibling = disk.add(Use())
    disk.settle()
    assert disk.failed == {1: "disk_limit"}
    assert disk.ended == {}
    assert not any(map(is_stopped, (sibling, prefix)))


def test_one_with_too_much_in_its_folder_ends_while_another_is_awaited(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MAX_BYTES", MOST.bytes)
    disk.expect(Use(), apart=True)
    disk.expect(Use(350_000), seen=350_000, files=10)
    sibling = disk.add(Use())
    other, much = disk.branches.awaited
    (process,) = much.processes
    disk.settle()
    assert disk.failed == {2: "disk_limit"}
    assert disk.ended == {}
    assert not holds(process)
    assert list(disk.branches.awaited) == [other]
    assert other.processes
    assert not is_stopped(sibling)


def test_who_copies_more_for_a_twin_than_it_may_have_ends_with_it(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "MAX_BYTES", MOST.bytes)
    prefix = disk.expect(Use(), twins=0)
    link = disk.ask(prefix)
    disk.fill(prefix.place / "1", 350_000)
    disk.settle()
    os.close(link)
    assert disk.failed == {1: "disk_limit"}
    assert disk.ended == {prefix.pid: "disk_limit"}


@pytest.mark.parametrize("allowed", [MOST.bytes, WHOLE.bytes])
def test_what_lies_beside_a_twin_of_a_session_that_is_no_more_is_the_twins_and_explained(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    monkeypatch.setattr(survey, "MAX_BYTES", allowed)
    prefix = disk.expect(Use())
    sibling = disk.add(Use())
    prefix.kill("closed")
    while prefix.pid not in disk.ended:
        disk.turn()
    disk.fill(prefix.place / "junk", 350_000)
    while time.monotonic() < disk.hidden.due:
        os.sched_yield()
    disk.turn()
    assert disk.hidden.holds, "what lies there is not known yet"
    disk.settle()
    assert disk.failed == ({} if allowed > 350_000 else {1: "disk_limit"})
    assert disk.ended == {prefix.pid: "closed"}
    assert not is_stopped(sibling)


def test_of_one_for_which_files_are_still_copied_nobody_is_ended(disk: Disk) -> None:
    prefix = disk.expect(Use(), twins=0)
    link = disk.ask(prefix)
    author = disk.add(Use(350_000))
    disk.settle()
    os.close(link)
    assert disk.failed == {}
    assert disk.ended == {author.pid: "disk_limit"}


def test_twins_stand_still_with_all_others_and_go_on_with_them(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.add(Use(350_000), wrote(2))
    disk.expect(Use())
    (twin,) = disk.branches.awaited
    (pid,) = twin.processes
    stood: list[bool] = []

    def spared(_: Family) -> tuple[list[Unborn], frozenset[int]]:
        stood.append(state_of(pid) == "T")
        return [], frozenset()

    monkeypatch.setattr(disk.branches, "suspect", spared)
    before, began = twin.due, time.monotonic()
    disk.settle()
    assert stood == [True]
    assert state_of(pid) in "RS"
    assert 0 < twin.due - before <= time.monotonic() - began


def test_one_that_is_heard_while_all_stand_still_goes_on_with_them(disk: Disk) -> None:
    author = disk.add(Use(350_000))
    disk.expect(Use(), says="said")
    (twin,) = disk.branches.awaited
    assert select.select([twin.link], [], [], 10)[0]
    (pid,) = twin.processes
    disk.hidden.work()
    assert disk.hidden.holds
    disk.branches.listen()
    session = disk.nursery.children[pid]
    disk.settle()
    assert disk.ended == {author.pid: "disk_limit"}
    assert disk.failed == {}
    assert not is_stopped(session)


def test_while_a_twin_is_awaited_it_is_looked_as_seldom_as_ever(disk: Disk) -> None:
    disk.expect(Use())
    began = time.monotonic()
    disk.turn()
    assert disk.hidden.due >= began + hidden.LEAST_SECONDS
