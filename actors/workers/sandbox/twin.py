"""How a session becomes two: a copy of its folder, then one of its process, as its supervisor's child."""

import ctypes
import os
import platform
import random
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from actors.workers.sandbox import landlock
from actors.workers.sandbox.confine import LINK, MAX_OPEN_FILES, OWN
from actors.workers.sandbox.copies import Copies
from actors.workers.sandbox.filters import MACHINES, TWIN

ENDING_SECONDS = 0.5
"""So long a thread that was joined may take to be gone from the system, too."""
_PR_SET_PDEATHSIG, _PR_GET_TID_ADDRESS = 1, 40
MOST_HANDED = 2
"""Descriptors that a session is handed for its twin: its channel, and the rules that shut it in."""
_OWN_LINKS = 2
"""Links that a folder has beside one for each folder in it."""


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
        self._place = place.resolve()  # as the system names what is open in it
        self._walled = walled
        self._supervisor = os.getppid()
        self._tid = _tid_address()

    @property
    def needs(self) -> int:
        """How many descriptors come with what it is asked."""
        return MOST_HANDED if self._walled else 1

    def fork(self, twin: int, link: int, rules: int | None = None) -> bool:
        """Become two; whether this is the new one, which is alone with its folder and its channel.

        Args:
            twin: the number of the other session, of which its place gets its name.
            link: the other's end of its channel, closed here.
            rules: what shuts the other in, where anything does; closed here as well. Then its place is there.

        Raises:
            NoTwin: it has threads, which a fork leaves behind in the midst of what they do.
            OSError: the folder cannot be copied, or there is no process to be had.
        """
        with _undisturbed():
            return self._fork(twin, link, rules)

    def _fork(self, twin: int, link: int, rules: int | None) -> bool:
        _be_alone()
        place, inside = self._place / str(twin), os.path.relpath(Path.cwd(), self._place / OWN)
        place.mkdir(exist_ok=rules is not None)
        self._copies = Copies(self._place, self._place / OWN, place / OWN)
        drawn = random.getstate()  # a fork seeds it anew
        if not self._is_twin():
            os.close(link)
            if rules is not None:
                os.close(rules)
            return False
        random.setstate(drawn)
        try:
            self._part(place, link, rules, inside)
        except OSError:
            os._exit(1)  # nobody is to go on with half of what it had; that it never spoke is told
        return True

    def _part(self, place: Path, link: int, rules: int | None, inside: str) -> None:
        """Leave what was shared with the one of which this is a copy."""
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != self._supervisor:
            os._exit(1)
        os.dup2(link, LINK, inheritable=False)
        os.close(link)
        if rules is not None:
            landlock.take_on(rules)
        for descriptor in range(LINK + 1, MAX_OPEN_FILES):
            with suppress(OSError):
                _sever(descriptor)
        self._copies.take_over()
        if not inside.startswith(".."):
            os.chdir(place / OWN / inside)
        os.environ.update(HOME=str(place / OWN), TMPDIR=str(place / OWN))
        tempfile.tempdir = None
        self._place = place

    def _is_twin(self) -> bool:
        """Fork; what was opened for the other is closed here."""
        pid = -1
        try:
            pid = self._sibling()
        finally:
            if pid != 0:
                self._copies.let_go()
        return pid == 0

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
            _lead(libc)
            python.PyOS_AfterFork_Child()
            return 0
        failed = ctypes.get_errno()
        python.PyOS_AfterFork_Parent()
        if pid < 0:
            raise OSError(failed, os.strerror(failed))
        return pid


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Have signals wait, as a timer's: one that comes while the supervisor is asked takes its yes away."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _tid_address() -> int:
    """Where the C library keeps the number of this thread, which a fork is to write anew."""
    address = ctypes.c_void_p()
    ctypes.CDLL(None).prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0)
    return address.value or 0


def _lead(libc: ctypes.PyDLL) -> None:
    """Lead a group of its own, before anything else: who is in that of another is killed with it."""
    libc.setpgid(0, 0)


def _be_alone() -> None:
    """See to it that this process has no other thread, once those that are at their end are gone.

    Raises:
        NoTwin: others go on.
    """
    until = time.monotonic() + ENDING_SECONDS
    while (threads := _threads()) > 1:
        if time.monotonic() >= until:
            message = (
                f"the session has {threads} threads, and only one of a single thread can become two: join"
                " threads, shut executors down and cancel timers before it branches, and leave native"
                " libraries (BLAS, OpenMP) at the one thread that they begin with"
            )
            raise NoTwin(message)
        time.sleep(0.001)


def _threads() -> int:
    """How many threads this process has: each has a folder, which can be counted where it cannot be read."""
    return Path("/proc/self/task").stat().st_nlink - _OWN_LINKS


def _sever(descriptor: int) -> None:
    """What leads to another process leads nowhere."""
    kind = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISCHR(kind) or stat.S_ISDIR(kind)):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, descriptor, inheritable=False)
        os.close(nowhere)
