"""The place of a twin is made where it belongs, whatever its family put in the way."""

import os
from pathlib import Path

import pytest

from actors.workers.sandbox import landlock
from actors.workers.sandbox.places import rules_for
from actors.workers.sandbox.unprivileged import USER

pytestmark = pytest.mark.skipif(
    landlock.abi() < landlock.LEAST, reason="this kernel has no rules to shut anybody in"
)


def test_it_belongs_to_whoever_has_the_one_around_it_and_nothing_stays_open_but_the_rules(
    tmp_path: Path,
) -> None:
    (tmp_path / "1").mkdir()
    if os.geteuid() == 0:
        os.chown(tmp_path / "1", USER, USER)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    os.close(rules_for(tmp_path, tmp_path / "1" / "2"))
    made, around = (tmp_path / "1" / "2").stat(), (tmp_path / "1").stat()
    assert (made.st_uid, made.st_gid, made.st_mode & 0o777) == (around.st_uid, around.st_gid, 0o700)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


WAYS = ["a link above it", "a link above all", "a link in its place", "a folder in its place"]


@pytest.mark.parametrize("way", WAYS)
def test_what_lies_in_the_way_is_neither_followed_nor_taken(tmp_path: Path, way: str) -> None:
    (tmp_path / "sibling").mkdir()
    (tmp_path / "1").mkdir()
    root = tmp_path
    if way == "a link above it":
        (tmp_path / "1" / "2").symlink_to(tmp_path / "sibling")
    elif way == "a link in its place":
        (tmp_path / "1" / "2").mkdir()
        (tmp_path / "1" / "2" / "3").symlink_to(tmp_path / "sibling" / "3")
    elif way == "a link above all":
        (tmp_path / "sibling" / "1" / "2").mkdir(parents=True)
        root = tmp_path / "link"
        root.symlink_to(tmp_path / "sibling")
    else:
        (tmp_path / "1" / "2" / "3").mkdir(parents=True)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(OSError, match=r"exists|symbolic link|directory"):
        rules_for(root, root / "1" / "2" / "3")
    assert not list(tmp_path.glob("sibling/**/3"))
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_link_that_took_its_place_when_it_was_made_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sibling").mkdir()
    (tmp_path / "1").mkdir()

    def made(name: str, _mode: int, *, dir_fd: int) -> None:
        os.symlink(tmp_path / "sibling", name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", made)
    with pytest.raises(OSError, match=r"symbolic link|directory"):
        rules_for(tmp_path, tmp_path / "1" / "2")


def test_of_one_that_cannot_be_given_to_its_owner_nothing_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1").mkdir()

    def refused(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchown", refused)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(PermissionError):
        rules_for(tmp_path, tmp_path / "1" / "2")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
