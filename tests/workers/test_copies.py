"""Copies of files as their maker makes them; what a branch has of them is tried in `tests/contracts`."""

import os
import sys
from pathlib import Path
from random import Random

import pytest

from actors.workers.sandbox import copies
from actors.workers.sandbox.copies import Copies, openings
from tests.trials import Trial

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has branches")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (tmp_path / "twin").mkdir()
    return folder


def filled(folder: Path, random: Random, depth: int = 3) -> None:
    """Put files of several times, sizes and names into a folder, and folders into it."""
    for number in range(random.randint(0, 5)):
        path = folder / f"f{number}"
        path.write_bytes(random.randbytes(random.choice([0, 1, 4096, 100_000])))
        os.utime(path, ns=(0, random.getrandbits(50)))
        if random.random() < 0.3:
            (folder / f"also{number}").hardlink_to(path)
    for number in range(random.randint(0, 2) if depth else 0):
        below = folder / f"d{number}"
        below.mkdir()
        filled(below, random, depth - 1)


def told(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that lies in a folder: its kind and mode, times, names, and what it holds."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        held = b"" if path.is_dir() else path.read_bytes()
        name = str(path.relative_to(folder))
        found[name] = (status.st_mode, status.st_mtime_ns, status.st_nlink, held)
    return found


def test_a_copy_has_all_that_the_original_has(own: Path, trial: Trial) -> None:
    for number in range(20):
        theirs, ours = own / str(number), own.parent / "twin" / str(number)
        theirs.mkdir()
        filled(theirs, trial.random)
        Copies(own.parent, theirs, ours)
        assert told(ours) == told(theirs)
        trial.counts["copies"] += 1


def have_looked_through(opened: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests' own process may have more open than a session can."""
    monkeypatch.setattr(copies, "MAX_OPEN_FILES", max(opened) + 1)


def test_a_file_that_is_only_named_by_a_descriptor_does_not_stand_in_the_way(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be read of it, and it has no offset."""
    (own / "named").write_bytes(b"held")
    named = os.open(own / "named", os.O_PATH)
    opened = os.open(own / "named", os.O_RDONLY)
    have_looked_through([named, opened], monkeypatch)
    try:
        found = [one.descriptors for one in openings(own.parent)]
    finally:
        os.close(named)
        os.close(opened)
    assert found == [[opened]]


def test_what_lies_in_a_place_whose_name_begins_like_its_own_is_not_inside(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = own.with_name(f"{own.name}2")
    other.mkdir()
    for folder in (own, other):
        (folder / "file").write_bytes(b"held")
    opened = [os.open(folder / "file", os.O_RDONLY) for folder in (own, other)]
    have_looked_through(opened, monkeypatch)
    try:
        inside = {one.descriptors[0]: one.is_inside for one in openings(own)}
    finally:
        for one in opened:
            os.close(one)
    assert [inside[one] for one in opened] == [True, False]


def test_older_files_are_copied_first(own: Path, monkeypatch: pytest.MonkeyPatch, trial: Trial) -> None:
    """Where no time can be set that is all that is left of their order."""
    filled(own, trial.random)
    for number in range(9):
        (own / str(number)).touch()
        os.utime(own / str(number), ns=(0, trial.random.getrandbits(50)))
    made: list[int] = []
    copy_file = Copies._copy_file

    def noted(self: Copies, path: Path, copy: Path) -> None:
        made.append(path.stat().st_mtime_ns)
        copy_file(self, path, copy)

    monkeypatch.setattr(Copies, "_copy_file", noted)
    Copies(own.parent, own, own.parent / "twin" / "own")
    assert len(made) >= 9
    assert made == sorted(made)


def test_what_cannot_be_copied_is_told_and_the_mask_is_as_before(own: Path) -> None:
    os.mkfifo(own / "pipe")
    before = os.umask(0o027)
    try:
        with pytest.raises(OSError, match="only files, folders and links"):
            Copies(own.parent, own, own.parent / "twin" / "own")
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
