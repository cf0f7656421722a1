"""The wall around one session, as its own process raises it, and whether this machine lets it be raised."""

import ctypes
import os
import platform
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from actors.workers.sandbox import landlock, seccomp
from actors.workers.sandbox.filters import MACHINES
from actors.workers.sandbox.landlock import NoLandlock
from actors.workers.sandbox.seccomp import NoSeccomp
from actors.workers.sandbox.unprivileged import USER, NoUser, drop, is_hidden
from actors.workers.sandbox.visible import WRITABLE, readable, shown

_TOLD = 500
_SEEN_OUT = "the wall stands"
_PDEATHSIG, _NO_NEW_PRIVILEGES = 1, 38
_LIBC = ctypes.CDLL(None)


class NoWall(Exception):
    """A wall cannot be raised here; the message says why."""


def raise_wall(folder: Path, hand_over: Callable[[int], None] | None = None) -> None:
    """Shut this process in: nothing of it is ever taken back.

    Args:
        folder: what it may write to.
        hand_over: called, where its supervisor may let it make another of itself, with the descriptor by
            which that one is asked.

    Raises:
        NoWall: the machine lets it raise less; then nobody's code must run here.
    """
    if sys.platform != "linux":
        message = f"there is no wall for processes on {sys.platform}"
        raise NoWall(message)
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    try:
        drop(folder, hidden=_is_hidden())
        # Whoever becomes another user no longer ends with its parent; it is to.
        _LIBC.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        landlock.restrict(readable(), (folder, *map(Path, WRITABLE)))
        is_branchable = hand_over is not None
        seccomp.install(hand_over, timed=is_branchable and _sees_nothing_of_its_own())
    except (NoUser, NoLandlock, NoSeccomp) as problem:
        raise NoWall(str(problem)) from problem


def missing(folder: Path) -> str:
    """Why no wall can be raised here; empty where a process that tried was shut in.

    Args:
        folder: where the one that tries gets a folder of its own.
    """
    _prepare()
    trial = folder / "trial"
    trial.mkdir(mode=0o700)
    try:
        return _tried(lambda: _shut_in(trial))
    finally:
        trial.rmdir()


@cache
def _is_hidden() -> bool:
    return is_hidden(shown())


@cache
def _sees_nothing_of_its_own() -> bool:
    """Whether nothing that it is shown is its user's to change: it can set times in its folder alone then."""
    user = os.geteuid() or USER
    for path in shown():
        with suppress(OSError):
            if path.stat().st_uid == user and not os.statvfs(path).f_flag & os.ST_RDONLY:
                return False
    return True


def _prepare() -> None:
    """Find out before all forks what each would have to find out for itself."""
    _is_hidden()
    if platform.machine() in MACHINES:
        seccomp.prepared(platform.machine(), branchable=False)
        seccomp.prepared(platform.machine(), branchable=True, timed=_sees_nothing_of_its_own())


def _shut_in(folder: Path) -> str:
    """Raise the wall and try it, each part by what the others would let through: who gets out says so."""
    raise_wall(folder)
    if os.geteuid() == 0:
        return "it is root behind the wall"
    attempts: dict[str, Callable[[], object]] = {
        "the root folder can be read": lambda: list(Path("/").iterdir()),
        "a socket can be opened": lambda: socket.socket(socket.AF_UNIX),
        "a parent can be signalled": lambda: os.kill(os.getppid(), 0),
    }
    for what, attempt in attempts.items():
        with suppress(PermissionError):
            attempt()
            return f"{what} behind the wall"
    return _SEEN_OUT


def _tried(attempt: Callable[[], str]) -> str:
    """What a forked process says to an attempt; empty when it stood."""
    heard, said = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(said, attempt().encode()[:_TOLD])
        except BaseException as problem:  # noqa: BLE001  nothing may unwind into the copy of the supervisor
            os.write(said, f"{problem}".encode()[:_TOLD])
        finally:
            os._exit(0)
    os.close(said)
    with os.fdopen(heard, "rb") as pipe:
        told = pipe.read(_TOLD).decode("utf-8", "replace")
    _, status = os.waitpid(pid, 0)
    if told == _SEEN_OUT:
        return ""
    return told or f"the process that tried ended with status {status}"
