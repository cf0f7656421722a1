"""What sessions have in their folders is looked at bit by bit, and whoever has too much is ended and nobody else."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from actors.workers.sandbox import survey
from actors.workers.sandbox.child import Child
from actors.workers.sandbox.confine import OWN
from actors.workers.sandbox.evidence import Evidence
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.room import Use
from actors.workers.sandbox.survey import DEEPEST, PAUSE_SECONDS, SHARE, Look, Survey
from events.frames import Limits

TREES = st.recursive(
    st.integers(0, 20_000),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=20,
)
Tree = dict[str, "Tree"] | int


def plant(place: Path, tree: Tree) -> None:
    if isinstance(tree, int):
        place.write_bytes(b"x" * tree)
        return
    place.mkdir()
    for name, inner in tree.items():
        plant(place / name, inner)


def found(place: Path) -> tuple[int, int]:
    """Bytes and entries below a folder, by the paths."""
    inside = list(place.rglob("*"))
    return sum(one.lstat().st_blocks for one in inside) * 512, len(inside)


def objection(place: Path, *, files: int | None = None, size: int | None = None) -> str:
    """What one look has to say where so much is allowed."""
    with pytest.MonkeyPatch.context() as patch:
        if files is not None:
            patch.setattr(survey, "MAX_FILES", files)
        if size is not None:
            patch.setattr(survey, "MAX_BYTES", size)
        look = Look()
        list(look.steps(place))
        return look.objection()


@settings(deadline=None, max_examples=40)
@given(tree=st.dictionaries(st.sampled_from("abcd"), TREES, max_size=4))
def test_all_that_lies_in_a_folder_counts_and_what_is_allowed_is_allowed(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Tree]
) -> None:
    place = tmp_path_factory.mktemp("root") / "own"
    plant(place, tree)
    size, files = found(place)
    assert objection(place, files=files, size=size) == ""
    if files:
        assert "files" in objection(place, files=files - 1)
    if size:
        assert "MiB" in objection(place, size=size - 1)


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "big").write_bytes(b"x" * 10**6)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "own" / "big").symlink_to(tmp_path / "outside" / "big")
    (tmp_path / "linked").symlink_to(tmp_path / "outside")
    assert objection(tmp_path / "own", files=2, size=8192) == ""
    assert objection(tmp_path / "linked", files=0) == ""


def test_a_folder_that_its_session_made_unreadable_is_looked_into_and_one_that_is_gone_is_not(
    tmp_path: Path,
) -> None:
    dark = tmp_path / "dark"
    dark.mkdir()
    (dark / "big").write_bytes(b"x" * 10**6)
    dark.chmod(0)
    assert objection(tmp_path, size=10**5)
    assert objection(tmp_path / "nowhere", files=0, size=0) == ""


def test_folders_that_lie_in_each_other_too_deep_are_not_gone_down_into(tmp_path: Path) -> None:
    def deep(name: str, levels: int) -> Path:
        (tmp_path / name).joinpath(*"d" * levels).mkdir(parents=True)
        return tmp_path / name

    assert objection(deep("allowed", DEEPEST - 1)) == ""
    assert "lie in each other" in objection(deep("too deep", DEEPEST + 5))


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as started:
        yield started
        started.kill()


@pytest.fixture
def link() -> Iterator[socket.socket]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.mark.parametrize("where", [".", OWN, "dead twin"])
def test_all_of_a_place_counts_but_the_places_of_twins_that_live(
    tmp_path: Path, process: subprocess.Popen[bytes], link: socket.socket, where: str
) -> None:
    big: Tree = {"big": 10**6}
    plant(tmp_path / "place", {OWN: {}, "7": {OWN: big, "9": {OWN: big}}, "8": {OWN: big}})
    family = Family(tmp_path / "place")
    family.places |= {tmp_path / "place" / twin for twin in ("7", "7/9", "8")}
    prefix = Child(process.pid, link, tmp_path / "place", family)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "MAX_BYTES", 10**5)
        Survey(lambda: 0.0).work([prefix])
        assert prefix.doom is None
        if where == "dead twin":
            family.places.discard(tmp_path / "place" / "8")
        else:
            plant(tmp_path / "place" / where / "more", big)
        Survey(lambda: 0.0).work([prefix])
    assert prefix.doom is not None
    assert prefix.doom[0] == "disk_limit"


@pytest.mark.parametrize("is_cleared", [False, True])
@pytest.mark.parametrize("living", [("7",), ("7", "8"), ("7/9",)])
def test_what_lies_beside_them_where_nobody_lives_any_more_counts_for_each_of_a_family(
    tmp_path: Path,
    process: subprocess.Popen[bytes],
    link: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    living: tuple[str, ...],
    *,
    is_cleared: bool,
) -> None:
    fine: dict[str, Tree] = {OWN: {"fine": 30_000}}
    plant(tmp_path / "place", {"junk": {"big": 80_000}, "7": {**fine, "9": fine}, "8": fine})
    family = Family(tmp_path / "place")
    family.places = {tmp_path / "place" / twin for twin in living}
    family.being_cleared = 0 if is_cleared else 1
    twins = [Child(process.pid, link, place, family) for place in family.places]
    monkeypatch.setattr(survey, "MAX_BYTES", 100_000)
    Survey(lambda: 0.0).work(twins)
    assert [one.doom and one.doom[0] for one in twins] == ["disk_limit" if is_cleared else None] * len(twins)


def test_what_lies_beside_a_family_is_counted_once(
    tmp_path: Path, link: socket.socket, process: subprocess.Popen[bytes]
) -> None:
    plant(tmp_path / "place", {"junk": {"big": 80_000}, "7": {OWN: {}}, "8": {OWN: {}}})
    family = Family(tmp_path / "place")
    family.places = {tmp_path / "place" / twin for twin in "78"}
    twins = [Child(process.pid, link, place, family) for place in family.places]
    Survey(lambda: 0.0).work(twins)
    size, files = found(tmp_path / "place" / "junk")
    assert [one.doom for one in twins] == [None, None]
    junk = (tmp_path / "place" / "junk").stat().st_blocks * 512
    assert family.beside == Use(size + junk, files + 1)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what is open")
def test_whoever_has_too_much_is_ended_and_nothing_stays_open(
    tmp_path: Path, process: subprocess.Popen[bytes], link: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path / "fine", {"a": 1})
    plant(tmp_path / "much", {OWN: {"a": {"b": {"c": {"d": 1}}}}})
    monkeypatch.setattr(survey, "MAX_FILES", 3)
    before = descriptors()
    fine = Child(0, link, tmp_path / "fine")
    much = Child(process.pid, link, tmp_path / "much", Family(tmp_path / "much"))
    Survey(lambda: 0.0).work([much, fine])
    assert process.wait(10) == -signal.SIGKILL
    assert much.doom == ("disk_limit", "it has more than 3 files")
    assert fine.doom is None
    assert descriptors() == before


@pytest.mark.parametrize("doomed_by", ["what it has", "something else"])
def test_at_one_who_is_to_end_it_is_looked_no_further(
    tmp_path: Path,
    process: subprocess.Popen[bytes],
    link: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
    doomed_by: str,
) -> None:
    plant(tmp_path / "own", {str(number): 0 for number in range(200)})
    child = Child(process.pid, link, tmp_path / "own")
    if doomed_by == "what it has":
        monkeypatch.setattr(survey, "MAX_FILES", 3)
    else:
        child.kill("closed")
    looked = 0

    def now() -> float:
        nonlocal looked
        looked += 1  # the time is asked for before each entry
        return 0.0

    Survey(now).work([child])
    assert child.doom is not None
    assert looked < 20


def test_a_round_goes_on_in_slices_and_the_next_begins_after_a_pause(
    tmp_path: Path, link: socket.socket
) -> None:
    plant(tmp_path / "own", {"a": 1, "b": 1, "c": 1})
    time = 0.0

    def now() -> float:
        nonlocal time
        time += 0.001
        return time

    looks = Survey(now)
    sessions = [Child(0, link, tmp_path / "own")]
    looks.work(sessions, 0.0015)
    slices = 1
    while looks.is_looking:
        looks.work([], 0.0015)
        slices += 1
    assert slices > 2
    assert looks.due >= PAUSE_SECONDS + (SHARE - 1) * 0.001 * slices
    looks.work(sessions, 0.0015)
    assert not looks.is_looking
    time = looks.due
    looks.work(sessions, 0.0015)
    assert looks.is_looking


def test_who_comes_when_there_is_nobody_has_a_pause_before_it_is_looked_at(
    tmp_path: Path, link: socket.socket
) -> None:
    plant(tmp_path / "own", {"a": 1})
    time = 0.0
    looks = Survey(lambda: time)
    time = 100.0
    looks.rest()
    sessions = [Child(0, link, tmp_path / "own")]
    looks.work(sessions, 0.0)
    assert not looks.is_looking
    time += PAUSE_SECONDS
    looks.work(sessions, 0.0)
    assert looks.is_looking


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")
def test_what_one_had_of_the_processors_when_it_was_looked_at_is_kept(
    tmp_path: Path, link: socket.socket
) -> None:
    """By which it is told from then on who is at work."""
    child = Child(os.getpid(), link, tmp_path)
    Survey(lambda: 0.0).work([child])
    assert 0 < child.spent <= Evidence.of(child.pid).spent


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells of processes")
@pytest.mark.parametrize(("carried", "allowed"), [(599.0, 600), (600.0, 600), (0.0, 0)])
def test_a_branch_has_no_more_cpu_time_than_those_that_it_comes_from_left(
    tmp_path: Path, process: subprocess.Popen[bytes], link: socket.socket, carried: float, allowed: int
) -> None:
    """Whoever comes from nobody has what the kernel lets it."""
    child = Child(process.pid, link, tmp_path, limits=Limits(cpu_seconds=allowed), carried=carried)
    Survey(lambda: 0.0).work([child])
    assert (child.doom is not None) == (carried == 600)
    assert child.doom is None or child.doom[0] == "cpu_limit"
