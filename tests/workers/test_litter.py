"""What a session left is removed whatever it is, bit by bit, and nothing else is."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from actors.workers.sandbox.litter import Litter, remove
from actors.workers.sandbox.unprivileged import USER

TREES = st.recursive(
    st.none(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=20,
)
Tree = dict[str, "Tree"] | None


def plant(place: Path, tree: Tree) -> None:
    if tree is None:
        place.write_bytes(b"x")
        return
    place.mkdir()
    for name, inner in tree.items():
        plant(place / name, inner)


@settings(deadline=None)
@given(trees=st.lists(TREES, max_size=4))
def test_whatever_was_added_is_gone_when_nothing_waits(
    tmp_path_factory: pytest.TempPathFactory, trees: list[Tree]
) -> None:
    root = tmp_path_factory.mktemp("root")
    litter = Litter(root)
    for number, tree in enumerate(trees):
        plant(root / str(number), {"in": tree})
        litter.add(root / str(number))
        assert not (root / str(number)).exists()
    while litter.waits():
        litter.work(0.0)
    assert list(root.iterdir()) == []


@settings(deadline=None)
@given(trees=st.dictionaries(st.sampled_from("abcdef"), TREES), kept=st.sets(st.sampled_from("abcdef")))
def test_what_is_to_be_kept_of_a_folder_stays_as_it_is_and_the_rest_goes(
    tmp_path_factory: pytest.TempPathFactory, trees: dict[str, Tree], kept: set[str]
) -> None:
    root, expected = (tmp_path_factory.mktemp(name) for name in ("root", "expected"))
    plant(root / "above", {"place": {**trees}})
    plant(expected / "place", {name: tree for name, tree in trees.items() if name in kept})
    litter, done = Litter(root), []
    litter.clear(root / "above" / "place", kept, lambda: done.append(True))
    litter.clear(root / "above" / "nowhere", kept, lambda: done.append(True))
    while litter.waits():
        assert len(done) < 2 or list(root.glob("litter-*"))
        litter.work(0.0)
    assert done == [True, True]
    assert inside(root / "above") == inside(expected)
    assert [one.name for one in root.iterdir()] == ["above"]


def inside(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*"))


def test_who_goes_on_making_entries_is_not_cleared_after_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.workers.sandbox.litter.MOST_CLEARED", 10)
    plant(tmp_path / "place", {str(number): None for number in range(15)})
    litter = Litter(tmp_path)
    litter.clear(tmp_path / "place", frozenset(), lambda: None)
    litter.work()
    assert len(list((tmp_path / "place").iterdir())) == 5


def test_folders_deeper_than_any_path_are_removed_with_few_of_them_open(tmp_path: Path) -> None:
    here = tmp_path / "deep"
    here.mkdir()
    at = os.open(here, os.O_RDONLY)
    for _ in range(2_200):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    limits, lowest = resource.getrlimit(resource.RLIMIT_NOFILE), os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 8, limits[1]))
    try:
        remove(here)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert not here.exists()


@pytest.fixture(params=["root", "an ordinary user"])
def user(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At work in the folder of a test, as root and as somebody whom the modes of files bind."""
    monkeypatch.chdir(tmp_path)  # an ordinary user cannot come here from the root folder
    if os.geteuid() != 0:
        yield
        return
    os.chown(tmp_path, USER, USER)
    os.seteuid(USER if request.param == "an ordinary user" else 0)
    yield
    os.seteuid(0)


@pytest.mark.usefixtures("user")
def test_what_cannot_be_read_or_changed_is_removed() -> None:
    for mode in (0, 0o100, 0o300, 0o500):
        (Path("left") / f"{mode}" / "inner" / "empty").mkdir(parents=True)
        (Path("left") / f"{mode}" / "inner" / "file").touch()
        (Path("left") / f"{mode}" / "inner").chmod(mode)
        (Path("left") / f"{mode}").chmod(mode)
    remove(Path("left"))
    assert list(Path().iterdir()) == []


def test_what_cannot_be_read_is_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    (outside / "kept").touch()
    (inside / "dark" / "closed").mkdir(parents=True)
    (inside / "link").symlink_to(outside)
    (inside / "dark" / "link").symlink_to(outside)
    (inside / "dark" / "closed").chmod(0)
    (inside / "dark").chmod(0)
    remove(inside)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "kept").exists()


def test_it_works_for_so_long_and_no_longer(tmp_path: Path) -> None:
    plant(tmp_path / "many", {str(number): None for number in range(200)})
    litter = Litter(tmp_path)
    litter.add(tmp_path / "many")
    litter.work(0.0)
    assert litter.waits()
    litter.work()
    assert not litter.waits()


def test_what_is_not_there_is_no_litter(tmp_path: Path) -> None:
    litter = Litter(tmp_path)
    litter.add(tmp_path / "nothing")
    assert not litter.waits()
    remove(tmp_path / "nothing")


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A tree that is nobody's litter, and is as it was in the end."""
    kept = tmp_path / "outside"
    (kept / "own" / "inner").mkdir(parents=True)
    (kept / "own" / "inner" / "file").write_text("kept")
    for folder in (kept, kept / "own", kept / "own" / "inner"):
        folder.chmod(0o555)
    yield kept
    assert {folder.stat().st_mode & 0o777 for folder in (kept, kept / "own", kept / "own" / "inner")} == {
        0o555
    }
    assert (kept / "own" / "inner" / "file").read_text() == "kept"


@pytest.mark.parametrize("of", ["what is added", "a folder above it", "the root of all"])
def test_no_link_in_the_place_of_a_folder_is_followed(tmp_path: Path, outside: Path, of: str) -> None:
    root = tmp_path / "root"
    (root / "1" / "moved").mkdir(parents=True)
    if of == "what is added":
        (root / "1" / "own").symlink_to(outside)
    elif of == "a folder above it":
        (root / "1").rename(root / "moved")
        (root / "1").symlink_to(outside)
    litter = Litter(root)
    if of == "the root of all":
        root.rename(tmp_path / "elsewhere")
        root.symlink_to(outside.parent)
    litter.add(root / "1" / "own")
    litter.work()
    litter.close()
    remove(root)
    assert not (tmp_path / "elsewhere" / "1" / "own").exists()


def test_a_root_that_is_a_link_is_no_root(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "link").symlink_to(outside)
    with pytest.raises(OSError, match="link"):
        Litter(tmp_path / "link")
    remove(tmp_path / "link")


def test_who_swaps_folders_for_links_while_they_are_removed_leads_nowhere(
    tmp_path: Path, outside: Path
) -> None:
    """After each step all that is taken is a link; the next step finds it so."""
    root = tmp_path / "root"
    for one in "abc":
        plant(root / one if root.exists() else made(root) / one, {str(n): {"in": {}} for n in range(5)})
    litter = Litter(root)
    for one in "abc":
        litter.add(root / one)
    step = 0
    while litter.waits():
        litter.work(0.0)
        for folder in [one for one in root.iterdir() if one.is_dir() and not one.is_symlink()]:
            step += 1
            for inner in folder.iterdir():
                inner.rename(tmp_path / f"aside-{step}-{inner.name}")
                inner.symlink_to(outside)
            folder.rename(tmp_path / f"aside-{step}")
            folder.symlink_to(outside)
    litter.close()
    assert step
    assert list(root.iterdir()) == []


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_files_beside_are_left_until_no_folder_is_there(tmp_path: Path) -> None:
    plant(tmp_path / "root", {"lock": None, "many": {str(number): None for number in range(200)}})
    remove(tmp_path / "root", 0.0)
    assert (tmp_path / "root" / "lock").exists()
    remove(tmp_path / "root")
    assert not (tmp_path / "root").exists()
