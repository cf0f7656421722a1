"""How a session becomes two: a copy of its folder, then one of its process, as its supervisor's child."""

import ctypes
import fcntl
import os
import platform
import random
import shutil
import signal
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from actors.workers.sandbox import landlock
from actors.workers.sandbox.confine import LINK, MAX_OPEN_FILES, OWN
from actors.workers.sandbox.filters import MACHINES, TWIN
from actors.workers.sandbox.visible import WRITABLE, readable

_PR_SET_PDEATHSIG, _PR_GET_TID_ADDRESS = 1, 40
_PIECE = 1 << 20


class NoTwin(Exception):
    """This session cannot branch; the message says why."""


class Twins:
    """Makes twins of this process. To be made before the wall is raised.

    Args:
        place: what it may write to; its files are in `OWN` there.
        walled: whether it is shut in, and its twins with it.

    Raises:
        NoTwin: this system has no way to do it.
    """

    def __init__(self, place: Path, *, walled: bool) -> None:
        if sys.platform != "linux" or platform.machine() not in MACHINES:
            message = f"sessions are not branched on {sys.platform}, {platform.machine()}"
            raise NoTwin(message)
        self._place = place
        self._walled = walled
        self._supervisor = os.getppid()
        self._tid = _tid_address()

    def fork(self, twin: int, link: int) -> bool:
        """Become two; whether this is the new one, which is alone with its folder and its channel.

        Args:
            twin: the number of the other session, of which its place gets its name.
            link: the other's end of its channel, closed here.

        Raises:
            OSError: the folder cannot be copied, or there is no process to be had.
        """
        place, inside = self._place / str(twin), os.path.relpath(Path.cwd(), self._place / OWN)
        place.mkdir()
        shutil.copytree(self._place / OWN, place / OWN, symlinks=True)
        drawn = random.getstate()  # a fork seeds it anew
        if self._sibling() != 0:
            os.close(link)
            return False
        random.setstate(drawn)
        self._part(place, link, inside)
        return True

    def _part(self, place: Path, link: int, inside: str) -> None:
        """Leave what was shared with the one of which this is a copy."""
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._supervisor:
            os._exit(1)
        os.setpgid(0, 0)
        os.dup2(link, LINK, inheritable=False)
        os.close(link)
        for descriptor in range(LINK + 1, MAX_OPEN_FILES):
            with suppress(OSError):
                _make_own(descriptor, self._place / OWN, place / OWN)
        if self._walled:
            landlock.restrict(readable(), (place, *map(Path, WRITABLE)))
        if not inside.startswith(".."):
            os.chdir(place / OWN / inside)
        os.environ.update(HOME=str(place / OWN), TMPDIR=str(place / OWN))
        tempfile.tempdir = None
        self._place = place

    def _sibling(self) -> int:
        """Fork; what is made is a child of this one's parent, which alone can wait for it."""
        python = ctypes.pythonapi
        libc = ctypes.PyDLL(None, use_errno=True)
        number = MACHINES[platform.machine()].calls["clone"]
        tid, none = ctypes.c_void_p(self._tid), ctypes.c_void_p()
        last = (tid, none) if platform.machine() == "x86_64" else (none, tid)
        python.PyOS_BeforeFork()
        pid = int(libc.syscall(number, ctypes.c_ulong(TWIN), none, none, *last))
        if pid == 0:
            python.PyOS_AfterFork_Child()
            return 0
        failed = ctypes.get_errno()
        python.PyOS_AfterFork_Parent()
        if pid < 0:
            raise OSError(failed, os.strerror(failed))
        return pid


def _tid_address() -> int:
    """Where the C library keeps the number of this thread, which a fork is to write anew."""
    address = ctypes.c_void_p()
    ctypes.CDLL(None).prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0)
    return address.value or 0


def _make_own(descriptor: int, theirs: Path, ours: Path) -> None:
    """Open anew, on the copy, what is open on the original; what leads to another process leads nowhere."""
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        path = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  it may name what was removed
        if path.startswith(f"{theirs}/"):
            _reopen(descriptor, ours / path.removeprefix(f"{theirs}/"))
    elif not stat.S_ISCHR(kind) and not stat.S_ISDIR(kind):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, descriptor, inheritable=False)
        os.close(nowhere)


def _reopen(descriptor: int, path: Path) -> None:
    how = fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_ACCMODE | os.O_APPEND)
    where = os.lseek(descriptor, 0, os.SEEK_CUR)
    removed = not path.exists()
    if removed:
        _copy_of_removed(descriptor, path)
    opened = os.open(path, how)
    os.lseek(opened, where, os.SEEK_SET)
    os.dup2(opened, descriptor, inheritable=False)
    os.close(opened)
    if removed:
        path.unlink()


def _copy_of_removed(descriptor: int, path: Path) -> None:
    """What a file without a name holds, as far as it can be read, under the name it had."""
    with path.open("xb") as copy, suppress(OSError):
        while piece := os.pread(descriptor, _PIECE, copy.tell()):
            copy.write(piece)
