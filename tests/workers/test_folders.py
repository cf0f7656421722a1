"""A worker's folder is cleared by whoever starts next once its host is gone, and by nobody before."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from actors.workers.folders import LOCK, PREFIX, clear_forsaken, worker_folder
from actors.workers.local import LocalBackend

HOST = """
import sys
from actors.workers.folders import worker_folder
with worker_folder() as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for temporary folders that no other process knows."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_folder_is_let_alone_while_its_host_lives_and_cleared_once_it_was_killed() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOST], text=True, **pipes) as host:  # type: ignore[call-overload]
        folder = Path(host.stdout.readline().strip())
        (folder / "session").mkdir()
        clear_forsaken()
        assert (folder / "session").is_dir()
        host.kill()
    assert folder.is_dir()
    clear_forsaken()
    assert not folder.exists()


def test_a_folder_is_removed_when_its_worker_has_ended(temporary: Path) -> None:
    with worker_folder() as folder:
        clear_forsaken()
        assert names(folder) == [LOCK]
    assert names(temporary) == []


def unheld(temporary: Path, name: str, seconds: float) -> Path:
    """An empty folder without a lock, so old."""
    folder = temporary / f"{PREFIX}{name}"
    folder.mkdir()
    os.utime(folder, (made := time.time() - seconds, made))
    return folder


def test_a_folder_whose_host_was_killed_before_it_held_it_is_cleared_in_time(temporary: Path) -> None:
    starting, dead, full = (
        unheld(temporary, name, seconds)
        for name, seconds in (("starting", 60.0), ("dead", 600.0), ("full", 600.0))
    )
    (full / "a file of somebody's").touch()
    os.utime(full, (0, 0))
    assert clear_forsaken() == [dead]
    assert names(temporary) == sorted([starting.name, full.name])


def test_what_is_no_folder_of_ours_is_not_touched(temporary: Path) -> None:
    outside = temporary / "outside"
    outside.mkdir()
    (outside / LOCK).touch()
    (temporary / f"{PREFIX}link").symlink_to(outside)
    (temporary / f"{PREFIX}file").touch()
    clear_forsaken()
    assert len(names(temporary)) == 3
    assert (outside / LOCK).exists()


def test_a_folder_that_was_cleared_before_it_had_its_lock_is_not_used(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As may be where its host was held still for minutes right there."""
    made: list[Path] = []
    make = tempfile.mkdtemp

    def interrupted(*, prefix: str) -> str:
        made.append(Path(make(prefix=prefix)))
        if len(made) == 1:
            os.utime(made[0], (0, 0))
            assert clear_forsaken() == made
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", interrupted)
    with worker_folder() as folder:
        assert folder == made[1]
        assert names(temporary) == [folder.name]


def test_a_folder_that_was_cleared_before_it_was_held_is_not_used(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = tempfile.mkdtemp

    def watched(*, prefix: str) -> str:
        made.append(make(prefix=prefix))
        return made[-1]

    def take(lock: int, how: int) -> None:
        if len(made) == 1 and Path(made[0]).exists():
            (Path(made[0]) / LOCK).unlink()
            Path(made[0]).rmdir()

    monkeypatch.setattr(tempfile, "mkdtemp", watched)
    monkeypatch.setattr("actors.workers.folders.flock", take)
    with worker_folder() as folder:
        assert str(folder) == made[1]


async def test_a_local_worker_holds_its_folder_and_the_sweep_clears_what_others_left(temporary: Path) -> None:
    left = temporary / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK).touch()
    backend = LocalBackend()
    async with backend.start():
        assert await backend.sweep() == []
        (held,) = names(temporary)
        assert held != left.name
    assert names(temporary) == []
