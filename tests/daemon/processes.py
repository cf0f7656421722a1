"""Killing a process at once with SIGKILL, and seeing that nothing of it is left: children, their children."""

import os
import re
import select
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PATIENCE_MS = 60_000
_FOLDER = re.compile(r"tracegate-worker-\w+")


class Kept(NamedTuple):
    """A process that was seen, by a handle that no other process can take over."""

    handle: int
    told: str


def slay(process: "subprocess.Popen[str]") -> None:
    """Kill it without warning, and wait until all that it started has ended."""
    os.kill(process.pid, signal.SIGSTOP)  # so that it starts nothing between the look and the kill
    kept = [one for pid in descendants(process.pid) if (one := _keep(pid)) is not None]
    process.kill()
    process.wait(timeout=PATIENCE_MS / 1000)
    try:
        left = [one.told for one in kept if not _ends(one.handle)]
    finally:
        for one in kept:
            os.close(one.handle)
    assert left == [], "these outlive the daemon that started them"
    assert survivors({name for one in kept for name in _FOLDER.findall(one.told)}) == []


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


def _ends(handle: int) -> bool:
    ended = select.poll()
    ended.register(handle, select.POLLIN)
    return bool(ended.poll(PATIENCE_MS))
