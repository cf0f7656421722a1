"""What a session left is removed whatever it is, bit by bit, and nothing else is."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from actors.workers.sandbox.litter import Litter, remove

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


def test_folders_deeper_than_any_path_are_removed(tmp_path: Path) -> None:
    here = tmp_path / "deep"
    here.mkdir()
    at = os.open(here, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    remove(here)
    assert not here.exists()


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
