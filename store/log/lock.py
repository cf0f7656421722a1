"""One writer at a time: an advisory lock on a file that names its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from store.durable import Disk, make_folder
from store.home import Home

LOCK = "lock"


class HomeLocked(Exception):
    """Another process writes to this home."""

    def __init__(self, home: Home, holder: str) -> None:
        super().__init__(
            f"the home {home.root} is in use by process {holder}; "
            "wait until it ends, interrupt it with Ctrl-C, or name another home with --home"
        )
        self.holder = holder


class HomeUnwritable(Exception):
    """The home cannot be written to."""

    def __init__(self, home: Home, error: OSError) -> None:
        super().__init__(
            f"cannot write to the home {home.root}: {error.strerror or error}; "
            "make it writable, or name another with --home or TRACEGATE_HOME"
        )


@contextmanager
def hold_lock(home: Home, disk: Disk | None = None) -> Iterator[None]:
    """Hold the home's one lock; the folder is made when it is missing. No child process inherits it.

    Raises:
        HomeLocked: another process holds it.
        HomeUnwritable: the folder or the lock file cannot be made.
    """
    disk = disk or Disk()
    descriptor = _open(home, disk)
    try:
        _take(descriptor, home, disk)
        try:
            yield
        finally:
            # A holder that is gone must not be named to whoever is refused while the next one starts.
            disk.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _open(home: Home, disk: Disk) -> int:
    try:
        make_folder(home.log)
        return disk.open(home.log / LOCK, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise HomeUnwritable(home, error) from error


def _take(descriptor: int, home: Home, disk: Disk) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        disk.truncate(descriptor, 0)
        disk.write_at(descriptor, b"%d\n" % os.getpid(), 0)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).strip().decode("ascii", "replace")
        raise HomeLocked(home, holder or "unknown (it has only just started)") from error
    except OSError as error:
        raise HomeUnwritable(home, error) from error
