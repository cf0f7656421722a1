"""One writer at a time: an advisory lock on a file that names its holder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from store.durable import Disk, in_the_way, is_full, make_folders
from store.home import Home
from store.log.segments import NoSpace, no_space
from store.place import mount_of

LOCK = "lock"
_NOBODY = b" " * 15 + b"\n"
"""As long as what names a holder: so on a full disk the lock can be taken again."""

log = structlog.get_logger(__name__)


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
        if isinstance(error, IsADirectoryError):
            super().__init__(f"cannot write to the home {home.root}: {in_the_way(error)}")
            return
        super().__init__(
            f"cannot write to the home {home.root}: {error.strerror or error}; "
            "make it writable, or name another with --home or TRACEGATE_HOME"
        )


def machine_failure(home: Home, error: OSError) -> NoSpace | HomeUnwritable:
    """What an OSError of the home means."""
    return no_space(error) if is_full(error) else HomeUnwritable(home, error)


@contextmanager
def hold_lock(home: Home, disk: Disk | None = None) -> Iterator[None]:
    """Hold the home's one lock; the folder is made when it is missing. No child process inherits it.

    Raises:
        HomeLocked: another process holds it.
        HomeUnwritable: the folder or the lock file cannot be made.
        NoSpace: nor for lack of room.
    """
    disk = disk or Disk()
    descriptor = _open(home, disk)
    try:
        _take(descriptor, home, disk)
        _say_where(home)
        try:
            yield
        finally:
            # A holder that is gone must not be named to whoever is refused while the next one starts. It is
            # of no more weight than that: a disk that fails now has nothing to say about what was done.
            with suppress(OSError):
                disk.write_at(descriptor, _NOBODY, 0)
    finally:
        os.close(descriptor)


def _say_where(home: Home) -> None:
    """Say it at start when another machine has to keep what this one promises."""
    mount = mount_of(home.root)
    if mount is not None and mount.is_remote:
        what = "locks and syncs there are another machine's word: have one machine alone use this home"
        log.warning("home on a network file system", home=str(home.root), kind=mount.kind, what=what)


def _open(home: Home, disk: Disk) -> int:
    try:
        make_folders(home.root, disk)
        make_folders(home.log, disk)
        return disk.open(home.log / LOCK, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise machine_failure(home, error) from error


def _take(descriptor: int, home: Home, disk: Disk) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        disk.write_at(descriptor, b"%-15d\n" % os.getpid(), 0)
    except BlockingIOError as error:
        holder = os.pread(descriptor, len(_NOBODY), 0).strip().decode("ascii", "replace")
        raise HomeLocked(home, holder or "unknown (it has only just started)") from error
    except OSError as error:
        raise machine_failure(home, error) from error
