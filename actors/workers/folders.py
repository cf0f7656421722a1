"""Folders that local workers work in: each is held by a lock while its host lives, and cleared afterwards.

A worker clears its folder when its host is gone, and the host does when its worker is. Where both were killed
the next start does, of whatever home it is.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from actors.workers.orphans import end_orphans, is_running
from actors.workers.sandbox.litter import remove

PREFIX = "tracegate-worker-"
LOCK = "host.lock"
"""The file that a host locks, and in which it names its worker."""
UNHELD_SECONDS = 300.0
"""So long an empty folder without one is left alone: it may be about to be held."""
CLEARING_SECONDS = 1.0
"""So long at most the end of a worker waits for what its sessions left; the next start clears the rest."""


@contextmanager
def worker_folder() -> Iterator[Path]:
    """A fresh folder, held by this process and removed at the end.

    Raises:
        OSError: none can be made.
    """
    folder, lock = _fresh()
    try:
        yield folder
    finally:
        # The worker does this itself, also when its host was killed; it may have been killed too.
        remove(folder, CLEARING_SECONDS)
        os.close(lock)


def name_worker(folder: Path, process: int) -> None:
    """Say which process works in a folder, for whoever clears it when this one cannot."""
    with suppress(OSError):  # the disk is full: its folder is cleared all the same
        (folder / LOCK).write_text(f"{process}\n", "ascii")


def clear_forsaken() -> list[Path]:
    """Remove the folders that this user's hosts left behind, and tell which; what cannot be removed stays."""
    cleared = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if folder.lstat().st_uid == os.geteuid():
                _clear(folder)
                cleared.append(folder)
        except OSError:
            continue  # somebody is at work in it, or it is gone
    return [folder for folder in cleared if not folder.exists()]


def _fresh() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileNotFoundError:
            continue  # this process was held still, and who clears took it for one that was left behind
        except OSError:
            folder.rmdir()
            raise
        if _held(lock):
            return folder, lock
        os.close(lock)  # who clears was quicker, and took it for one that was left behind


def _held(lock: int) -> bool:
    """Take the lock; whether it is ours, and its folder is still there."""
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: nobody can take it for forsaken either
    return os.fstat(lock).st_nlink > 0


def _clear(folder: Path) -> None:
    """Remove a folder that nobody holds.

    Raises:
        OSError: somebody holds it or may be about to, something lies in it and no lock, or it is a link.
    """
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        lock = os.open(LOCK, os.O_RDWR | os.O_NOFOLLOW, dir_fd=at)
    except FileNotFoundError:
        if time.time() - os.fstat(at).st_mtime < UNHELD_SECONDS:
            raise
        folder.rmdir()  # its host was killed before it had the lock, or after it had removed it
        return
    finally:
        os.close(at)
    try:
        flock(lock, LOCK_EX | LOCK_NB)
        if (worker := os.read(lock, 32).strip()).isdigit() and not is_running(int(worker)):
            end_orphans(folder)
        remove(folder)
    finally:
        os.close(lock)
