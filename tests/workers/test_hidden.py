"""Who takes up the disk unseen is found by ending one at a time, and is told what its end set free."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from actors.workers.sandbox import hidden, room
from actors.workers.sandbox.child import Child, Family, State
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.hidden import Hidden
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.room import Room, Use
from actors.workers.sandbox.survey import PAUSE_SECONDS, Survey

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
        self.nursery = Nursery(folder, {}, lambda: None, lambda: None, walled=True)
        self.survey = Survey()
        self.told: dict[int, Evidence] = {}
        self.ended: dict[int, str] = {}
        self.when_ending: Callable[[], None] = lambda: None
        self._folder = folder
        self._unseen: dict[int, Use] = {}
        self._links: list[socket.socket] = []
        self.hidden = Hidden(self.nursery, self.survey, self.room if is_own else None, self.told.__getitem__)

    def add(
        self, unseen: Use, told: Evidence | None = None, state: State = State.BUSY, seen: int = 0
    ) -> Child:
        """One more session, with so much unseen and so many bytes in its folder."""
        pid = os.posix_spawnp("sleep", ["sleep", "60"], os.environ)
        ours, theirs = socket.socketpair()
        self._links += [ours, theirs]
        child = Child(pid, ours, self._folder / str(pid), session=pid, state=state)
        child.place.mkdir()
        (child.place / "file").write_bytes(bytes(seen))
        self._unseen[pid], self.told[pid] = unseen, told or Evidence()
        self.nursery.children[pid] = child
        return child

    def room(self) -> Room:
        """What is told of the disk: what those hold who live, and what lies in folders."""
        held = sum((self._unseen[pid] for pid in self.nursery.children), Use())
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
        if any(child.doom for child in self.nursery.children.values()):
            self.when_ending()

    def settle(self) -> None:
        """Go on until nobody is looked for any more."""
        self.turn()
        while self.hidden.holds:
            os.sched_yield()
            self.turn()

    def close(self) -> None:
        self.nursery.end_all()
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


def is_stopped(child: Child) -> bool:
    return Path(f"/proc/{child.pid}/stat").read_text().rpartition(") ")[2].startswith("T")


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


def test_while_copies_are_made_that_no_look_finds_nobody_is_looked_for(disk: Disk) -> None:
    disk.add(Use(350_000))
    disk.hidden.work(may_begin=False)
    assert not disk.hidden.holds
    disk.hidden.work(may_begin=True)
    assert disk.hidden.holds
    disk.settle()


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
