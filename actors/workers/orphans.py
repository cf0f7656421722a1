"""What a worker that was killed left running, ended by its host.

Sessions die with their supervisor by themselves, unless a branch was made by code that had its way with how a
branch begins. But all that a worker forks stays in the session of processes, in the system's sense, that the
worker leads: the filter of a branchable session refuses to leave it, and the kernel tells of whom each is.
"""

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ENDING_SECONDS = 2.0
"""So long at most is waited until what was killed is gone."""


def end_orphans(worker: int) -> None:
    """Kill what is left of a worker that has ended, until nothing is.

    Args:
        worker: the number of its process. Whoever bears it now, and others that this one started, stay.
    """
    until = time.monotonic() + ENDING_SECONDS
    while (left := list(_left_of(worker))) and time.monotonic() < until:
        for pid in left:
            with suppress(OSError):
                _end(pid, worker, until)


def is_running(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def _end(pid: int, worker: int, until: float) -> None:
    handle = os.pidfd_open(pid)
    try:
        if _is_of(worker, pid):  # and not another one of the same number by now
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            ended = select.poll()
            ended.register(handle, select.POLLIN)
            ended.poll(max(0.0, until - time.monotonic()) * 1000)
    finally:
        os.close(handle)


def _left_of(worker: int) -> Iterator[int]:
    with suppress(OSError):
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and _is_of(worker, int(folder.name)):
                yield int(folder.name)


def _is_of(worker: int, pid: int) -> bool:
    """Whether a process lives that a worker forked for a session, by marks that none of them can take off."""
    folder = Path(f"/proc/{pid}")
    with suppress(OSError):
        state, _, _, leader, *_ = _read(folder / "stat").rpartition(") ")[2].split()
        return (
            leader == str(worker)
            and pid != worker
            and state not in ("Z", "X")
            and _read(folder / "oom_score_adj") == "1000\n"
            and "\nNoNewPrivs:\t1\n" in _read(folder / "status")
        )
    return False


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")
