"""What a worker that was killed left running, ended by its host.

Sessions die with their supervisor by themselves, unless a branch was made by code that had its way with how a
branch begins. But a branch stays in the session of processes, in the system's sense, of the one that it began
with: the filter refuses to leave it, and in the worker's folder lies one of its name, which stays there.
"""

import os
import select
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

ENDING_SECONDS = 2.0
"""So long at most is waited until what was killed is gone."""
WORKER = "actors.workers.sandbox"
"""What stands in the command of one: whoever is its child is no orphan."""


def end_orphans(folder: Path) -> None:
    """Kill what is left of a worker that has ended, until nothing is.

    Args:
        folder: where its sessions have theirs.
    """
    until = time.monotonic() + ENDING_SECONDS
    with suppress(OSError):
        leaders = {place.name for place in folder.iterdir() if place.name.isdigit()}
        while leaders and (left := list(_left_of(leaders))) and time.monotonic() < until:
            for pid in left:
                with suppress(OSError):
                    _end(pid, leaders, until)


def is_running(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def _end(pid: int, leaders: Collection[str], until: float) -> None:
    handle = os.pidfd_open(pid)
    try:
        if _is_of(leaders, pid):  # and not another one of the same number by now
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            ended = select.poll()
            ended.register(handle, select.POLLIN)
            ended.poll(max(0.0, until - time.monotonic()) * 1000)
    finally:
        os.close(handle)


def _left_of(leaders: Collection[str]) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _is_of(leaders, int(folder.name)):
            yield int(folder.name)


def _is_of(leaders: Collection[str], pid: int) -> bool:
    """Whether a process lives that a worker forked for a session, by marks that none of them can take off."""
    folder = Path(f"/proc/{pid}")
    with suppress(OSError):
        state, parent, _, leader, *_ = _read(folder / "stat").rpartition(") ")[2].split()
        return (
            leader in leaders
            and state not in ("Z", "X")
            and _read(folder / "oom_score_adj") == "1000\n"
            and "\nNoNewPrivs:\t1\n" in _read(folder / "status")
            and WORKER not in _read(Path(f"/proc/{parent}/cmdline"))
        )
    return False


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")
