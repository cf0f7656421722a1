"""Who takes up the disk unseen is found by ending one at a time, and is told what its end set free."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from actors.workers.sandbox import hidden, room, survey
from actors.workers.sandbox.branches import Branches
from actors.workers.sandbox.child import Child, Family, State
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.framing import RawFrame
from actors.workers.sandbox.hidden import Hidden
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room, Use
from actors.workers.sandbox.survey import PAUSE_SECONDS, Survey
from actors.workers.sandbox.unborn import Unborn
from events.frames import Branch, Limits

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")

WHOLE = Use(400_000, 400)
PLENTY = Use(300_000, 300)
"""While no more than this is used nobody is looked for."""
MOST = Use(100_000, 100)
SLACK = Use(10_000, 10)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hidden, "MOST", MOST)
    monkeypatch.setattr(hidden, "SLACK", SLACK)


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
        self._fill(child.place, seen)
        self._unseen[pid], self.told[pid] = unseen, told or Evidence()
        self.nursery.children[pid] = child
        return child

    def expect(self, unseen: Use, seen: int = 0, twins: int = 1, *, apart: bool = False) -> Child:
        """A session, and twins of it that have not spoken, with so much each.

        Args:
            unseen: what each holds that no folder shows.
            seen: what lies in its folder.
            twins: how many.
            apart: whether these are of another session of processes than those of others.
        """
        prefix = self.add(Use(), state=State.IDLE)
        self.told[prefix.pid] = NOTHING
        prefix.family = Family(prefix.place, os.getsid(0))
        for _ in range(twins):
            self.twins += 1
            self.branches.ask(prefix, RawFrame(prefix.pid, Branch, b"{}"), self.twins)
            pid = os.posix_spawnp("sleep", ["sleep", "60"], os.environ, setsid=apart)
            prefix.family.first = pid if apart else prefix.family.first
            self._unseen[pid] = unseen
            self._fill(prefix.place / str(self.twins), seen)
            prefix.state = State.IDLE
            self.branches.answered(prefix)
        return prefix

    def _listen(self) -> None:
        self.branches.listen()

    def _fill(self, place: Path, seen: int) -> None:
        place.mkdir()
        (place / "file").write_bytes(bytes(seen))

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
            self.survey.work([])
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
        for link in self._links:
            link.close()


@contextmanager
def disk_at(folder: Path, *, is_own: bool = True) -> Iterator[Disk]:
    made = Disk(folder, is_own=is_own)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with disk_at(tmp_path) as made:
        yield made


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


def test_one_that_does_not_stand_still_leaves_nobody_accused(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hidden, "STILL_SECONDS", 0.05)
    monkeypatch.setattr(Child, "stop", lambda _: None)
    suspect = disk.add(Use(350_000))
    disk.settle()
    assert disk.ended == {suspect.pid: "lost"}


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


def test_twins_that_held_no_more_than_they_may_are_lost_and_the_others_are_looked_through(disk: Disk) -> None:
    author = disk.add(Use(200_000), wrote(9))
    sibling = disk.add(Use(), NOTHING)
    disk.expect(Use(90_000), twins=2)
    disk.settle()
    assert disk.failed == {1: "lost", 2: "lost"}
    assert disk.ended == {}, "there is room again"
    disk.expect(Use(90_000))
    disk.expect(Use(110_000), apart=True)
    disk.settle()
    assert {disk.failed[3], disk.failed[4]} <= {"lost", "disk_limit"}
    assert disk.failed[3] == "lost"
    assert holds(author.pid)
    assert not is_stopped(sibling)


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
    assert state_of(pid) == "S"
    assert 0 < twin.due - before <= time.monotonic() - began


def test_while_a_twin_is_awaited_it_is_looked_as_seldom_as_ever(disk: Disk) -> None:
    disk.expect(Use())
    began = time.monotonic()
    disk.turn()
    assert disk.hidden.due >= began + hidden.LEAST_SECONDS


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
