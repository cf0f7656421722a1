"""Ending a process, with SIGKILL or as it likes, and seeing that nothing of it is left: children, their children."""

import os
import re
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol


class Ending(Protocol):
    """A process that was started here, as `subprocess` has it."""

    @property
    def pid(self) -> int: ...
    def kill(self) -> None: ...
    def terminate(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def communicate(self, *, timeout: float | None = None) -> tuple[str, str]: ...


PATIENCE = 60.0
"""Seconds that what a process started may outlive it."""
_FOLDER = re.compile(r"tracegate-worker-\w+")


class Kept(NamedTuple):
    """A process that was seen, by a handle that no other process can take over."""

    handle: int
    told: str


def slay(process: Ending, patience: float = PATIENCE) -> None:
    """Kill it without warning, and wait until all that it started has ended."""
    os.kill(process.pid, signal.SIGSTOP)  # so that it starts nothing between the look and the kill
    with survived_by_nobody(process, patience):
        process.kill()
        process.wait(timeout=PATIENCE)


def released(process: Ending, patience: float = PATIENCE) -> tuple[str, str]:
    """Ask it to end, and wait until it and all that it started has; what it said."""
    with survived_by_nobody(process, patience):
        process.terminate()
        return process.communicate(timeout=PATIENCE)


@contextmanager
def survived_by_nobody(process: Ending, patience: float = PATIENCE) -> Iterator[None]:
    """Whatever a process has started when this is entered ends soon after what is done in here: its end."""
    kept = [one for pid in descendants(process.pid) if (one := _keep(pid)) is not None]
    try:
        yield
        left = [one.told for one in kept if not _ends(one.handle, patience)]
    finally:
        for one in kept:
            os.close(one.handle)
    # A worker may have forked since: such a session is told by the folder that it works in.
    left += survivors({name for one in kept for name in _FOLDER.findall(one.told)})
    assert not left, f"these outlive the process that started them: {left}"


def descendants(ancestor: int) -> list[int]:
    """Its children, their children and so on."""
    parents = dict(_parents())
    found = [ancestor]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found[1:]


def survivors(folders: set[str]) -> list[str]:
    """Processes that work in one of these folders, whoever is their parent now."""
    told = [told_of(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [one for one in told if folders & set(_FOLDER.findall(one))]


def told_of(pid: int) -> str:
    """Its command line; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                stat = (path / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            yield int(path.name), int(stat.rpartition(")")[2].split()[1])


def _keep(pid: int) -> Kept | None:
    try:
        return Kept(os.pidfd_open(pid), f"{pid}: {told_of(pid)}")
    except ProcessLookupError:
        return None


def _ends(handle: int, patience: float) -> bool:
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    return bool(ended.poll(patience * 1000))
