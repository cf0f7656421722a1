"""One writer at a time: an advisory lock on the log's folder, and on a file in it that names the holder.

The folder cannot be taken away while anything is in it: so whoever removes the file lets nobody in. The file
is all that earlier versions held, and what a writer looks at to see that the log is still where it was.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import structlog

from store.durable import Disk, in_the_way, is_full, make_folders, read_file
from store.home import Home
from store.log.published import last_word
from store.log.segments import LogPoisoned, NoSpace, no_space
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
        if (what := in_the_way(error)) is not None:
            remedy = f"{what}, or name another with --home or TRACEGATE_HOME"
        else:
            where = f" ({error.filename})" if str(error.filename or home.root) != str(home.root) else ""
            told = f"{error.strerror or error}{where}"
            remedy = f"{told}; make it writable, or name another with --home or TRACEGATE_HOME"
        super().__init__(f"cannot write to the home {home.root}: {remedy}")


def machine_failure(home: Home, error: OSError) -> NoSpace | HomeUnwritable:
    """What an OSError of the home means."""
    return no_space(error) if is_full(error) else HomeUnwritable(home, error)


class Hold:
    """A home's lock in the hands of this process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._file = _identity(os.fstat(descriptor))

    def check(self) -> None:
        """Make sure that the lock that is held is the one whoever else begins would ask for.

        Raises:
            LogPoisoned: it is not, so nothing must be written any more.
        """
        try:
            found = _identity(self._path.stat())
        except OSError:
            found = None
        if found != self._file:
            raise LogPoisoned(
                f"{self._path} was removed or replaced while this process held it; nothing more is written, "
                "and what was written is whole: leave the log's folder alone, then run the same command again"
            )


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


@contextmanager
def hold_lock(home: Home, disk: Disk | None = None) -> Iterator[Hold]:
    """Hold the home's one lock; the folder is made when it is missing. No child process inherits it.

    Raises:
        HomeLocked: another process holds it.
        HomeUnwritable: the folder or the lock file cannot be made.
        NoSpace: nor for lack of room.
    """
    disk = disk or Disk()
    with ExitStack() as opened:
        try:
            opened.callback(os.close, folder := _folder(home, disk))
            _lock_folder(folder)
            opened.callback(os.close, descriptor := disk.open(home.log / LOCK, os.O_RDWR | os.O_CREAT))
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            disk.write_at(descriptor, b"%-15d\n" % os.getpid(), 0)
        except BlockingIOError as error:
            raise HomeLocked(home, _holder(home) or "unknown (it has only just started)") from error
        except OSError as error:
            raise machine_failure(home, error) from error
        _say_where(home)
        try:
            yield Hold(home.log / LOCK, descriptor)
        finally:
            # A holder that is gone must not be named to whoever is refused while the next one starts. It is
            # of no more weight than that: a disk that fails now has nothing to say about what was done.
            with suppress(OSError):
                disk.write_at(descriptor, _NOBODY, 0)


def _folder(home: Home, disk: Disk) -> int:
    """The log's folder, made when it is missing."""
    make_folders(home.root, disk)
    make_folders(home.log, disk)
    return os.open(home.log, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _lock_folder(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Where another machine keeps the locks, only what is opened to be written to may be locked.
        if error.errno != errno.EBADF:
            raise


def _holder(home: Home) -> str:
    """The process that holds the lock, as the file says, or the log's head where that is gone."""
    with suppress(OSError):
        if told := read_file(home.log / LOCK)[: len(_NOBODY)].strip():
            return told.decode("ascii", "replace")
    with suppress(OSError):
        if (end := last_word(home)) is not None and end.open and end.alive:
            return str(end.pid)
    return ""


def _say_where(home: Home) -> None:
    """Say it at start when another machine has to keep what this one promises."""
    mount = mount_of(home.root)
    if mount is not None and mount.is_remote:
        what = "locks and syncs there are another machine's word: have one machine alone use this home"
        log.warning("home on a network file system", home=str(home.root), kind=mount.kind, what=what)
