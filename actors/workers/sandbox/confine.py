"""What a freshly forked process gives up before it runs anybody's code."""

import ctypes
import os
import random
import resource
import signal
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from resource import RLIMIT_AS, getrlimit, setrlimit

from actors.workers.sandbox.wall import raise_wall
from events.frames import Limits, New

LINK = 3
"""The file descriptor of a session's only channel."""
MAX_OPEN_FILES = 256
MAX_FILE_BYTES = 256 * 1024**2
CPU_SECONDS = Limits().cpu_seconds
CPU_GRACE = 1
"""Seconds of CPU time after the signal at the limit, until whoever did not heed it is killed."""
MORE_TASKS = 2048
"""So many threads of all sessions may be added to those that the machine has when a session begins."""
LEAST = 19
"""How nice a session is: whoever serves all of them comes before any thread of theirs."""
KEPT = ("PATH", "LANG", "PYTHONHASHSEED", "TZ")
"""Environment variables a session keeps, beside the thread pins and its own folder."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_LIBC = ctypes.CDLL(None)


OWN = "own"
"""Where in a branchable session's place its files lie; the places of its twins lie beside it."""
BEGUN = b"\0"
"""The beginning of whatever a session says first, with which it hands over what none goes without."""


def confine(link: socket.socket, place: Path, new: New | None = None, *, walled: bool) -> socket.socket:
    """Leave everything inherited behind but one channel.

    Args:
        link: this session's end of its channel.
        place: a folder of its own, made here.
        new: which session it is to be, where that is known: of a branchable one, which may be let make twins,
            the files lie in `OWN`, in its place.
        walled: whether it shuts itself in, as far as `wall` says.

    Returns:
        The channel; where it is walled and branchable `BEGUN` was said in it, with what its supervisor says
        by who may fork.

    Raises:
        OSError: the system refused; the process must end then.
        NoWall: the same, of the wall.
    """
    branchable = new is not None and new.branchable
    supervisor = os.getppid()
    os.setsid()  # to which all its branches belong; and the system shares its processors out by it
    _reset_signals()
    _protect(supervisor)
    kept = _keep_only(link)
    own = place / OWN if branchable else place
    place.mkdir(mode=0o700)
    os.chdir(place)
    os.environ["HOME"] = os.environ["TMPDIR"] = str(own)
    tempfile.tempdir = None  # what was found out before the fork is another's
    os.nice(LEAST)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_MEMLOCK, 0)
    _limit(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)
    _limit_cpu(CPU_SECONDS if new is None else new.limits.cpu_seconds)
    _limit_tasks()
    random.seed(0)
    if walled:
        raise_wall(place, partial(_hand_over, kept) if branchable else None)
    if os.getppid() != supervisor:
        os._exit(1)
    if branchable:
        own.mkdir(mode=0o700)
        os.chdir(own)
    return kept


def clean_environment(pins: dict[str, str]) -> None:
    """Leave of the environment, before any fork, only what a session keeps; its own folder comes later."""
    for name in os.environ.keys() - {*KEPT, *pins}:
        del os.environ[name]
    for name, value in pins.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


class MemoryLimit:
    """Address space for cells, and a little more for telling what became of them.

    Args:
        cells: bytes that a cell's allocations may reach; one beyond it is a MemoryError.
    """

    HEADROOM = 64 * 1024**2

    def __init__(self, cells: int) -> None:
        self._cells = cells
        _limit(resource.RLIMIT_AS, cells + self.HEADROOM)

    def tighten(self) -> None:
        """A cell runs."""
        _, hard = getrlimit(RLIMIT_AS)
        setrlimit(RLIMIT_AS, (min(self._cells, hard), hard))

    def relax(self) -> None:
        """The cell is over; what it filled may still be full."""
        _, hard = getrlimit(RLIMIT_AS)
        setrlimit(RLIMIT_AS, (hard, hard))


def _reset_signals() -> None:
    """The supervisor's wake-up descriptor must not be written to by a session's signals.

    SIGTERM and SIGHUP stay ignored: they are meant for the host, which ends a session with SIGKILL.
    """
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _protect(supervisor: int) -> None:
    """Die with the supervisor, be the first to go when memory is short, and be unreadable to others."""
    if sys.platform != "linux":
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != supervisor:
        os._exit(1)
    _write("/proc/self/oom_score_adj", b"1000")
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _read(path: str) -> bytes:
    """Without the layers of a file object: each page that a session touches is one of its own."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _write(path: str, data: bytes) -> None:
    """The same the other way."""
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, data)
    os.close(descriptor)


def _keep_only(link: socket.socket) -> socket.socket:
    """Close every descriptor but the channel; 0, 1 and 2 lead nowhere."""
    if link.fileno() != LINK:
        os.dup2(link.fileno(), LINK)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(LINK + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    return socket.socket(fileno=LINK)


def _hand_over(kept: socket.socket, listener: int) -> None:
    socket.send_fds(kept, [BEGUN], [listener])
    os.close(listener)


def _limit_cpu(seconds: int) -> None:
    """SIGXCPU at the limit, which tells it; SIGKILL soon after to whoever does not heed that."""
    _limit(resource.RLIMIT_CPU, seconds + CPU_GRACE)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, hard), hard))


def _limit_tasks() -> None:
    """Bound the threads of this user; root is not bound until it is root no more, as a wall has it."""
    if sys.platform != "linux":
        return
    _, _, _, tasks, _ = _read("/proc/loadavg").decode("ascii").split()
    _limit(resource.RLIMIT_NPROC, int(tasks.partition("/")[2]) + MORE_TASKS)


def _limit(which: int, value: int) -> None:
    """Lower a limit, for good; one that is lower already stays."""
    _, hard = resource.getrlimit(which)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (allowed, allowed))
