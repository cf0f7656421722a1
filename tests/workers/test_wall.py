"""A wall is told as one only where each part of it stands, as tried by a process of its own."""

import sys
from pathlib import Path

import pytest

from actors.workers.sandbox import landlock, seccomp, wall

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or landlock.abi() < landlock.LEAST, reason="no wall can be raised here"
)
PARTS = {
    "the whole": (wall, "raise_wall", "behind the wall"),
    "Landlock": (landlock, "restrict", "the root folder can be read"),
    "the filter": (seccomp, "install", "a socket can be opened"),
}


def test_a_wall_stands_where_the_kernel_has_what_it_is_made_of(tmp_path: Path) -> None:
    assert wall.missing(tmp_path) == ""


@pytest.mark.parametrize("part", PARTS)
def test_a_wall_of_which_a_part_is_missing_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    where, name, told = PARTS[part]
    monkeypatch.setattr(where, name, lambda *_, **__: None)
    assert told in wall.missing(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif("os.geteuid() != 0", reason="nobody else becomes another user")
def test_whoever_stays_root_is_behind_no_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "drop", lambda *_, **__: None)
    assert wall.missing(tmp_path) == "it is root behind the wall"
