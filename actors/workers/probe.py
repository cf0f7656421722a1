"""What walls this machine offers, and why not more: facts for `doctor` and for `--workers auto`."""

import tempfile
from pathlib import Path

from anyio import to_process

from actors.workers.engine import docker_available
from actors.workers.link import BackendName
from actors.workers.sandbox.wall import missing
from events.struct import Fact
from events.trace import Level


class WallFact(Fact, frozen=True):
    """One backend on this machine."""

    backend: BackendName
    """What its workers run in."""
    level: Level
    """How strong its wall is."""
    problem: str | None
    """Why it cannot be had; None when it can."""
    enforced: tuple[str, ...]
    """What the wall enforces, each in a few words."""
    absent: tuple[str, ...]
    """What it does not."""
    weaker: str = ""
    """Why it is no stronger than that; empty where nothing is missing."""


_EVERYWHERE = (
    "wall time of a cell",
    "address space of a session",
    "printed bytes of a cell",
    "size of a file (256 MiB)",
    "open files of a session (256)",
    "environment cleared, no inherited descriptors",
)
_CONTAINER = (
    "no network",
    "read-only root, bounded /tmp",
    "unprivileged user, no capabilities, no new privileges",
    "default seccomp profile",
    "memory, processes and CPUs of all sessions together",
)
_WALLED = (
    "no network",
    "no file outside a session's own folder and the interpreter (Landlock)",
    "no program started, no process made",
    "no signal to another process, no look into one",
    "system calls that computing does not need (seccomp)",
)
_SHARED = ("memory of all sessions together", "number of threads", "disk that all sessions fill together")
_OPEN = (
    "network",
    "files of the user",
    "signals to the user's processes",
    "number of processes",
    *_SHARED,
)


async def probe(image: str) -> tuple[WallFact, ...]:
    """The backends from the strongest to the weakest; each is there, whether it can be had or not.

    Args:
        image: tag or id of the worker image.
    """
    return (
        WallFact(
            backend="docker",
            level="container",
            problem=await docker_available(image),
            enforced=_EVERYWHERE + _CONTAINER,
            absent=("sessions of one container share its user",),
        ),
        _local(await to_process.run_sync(_unwalled)),
    )


def _local(unwalled: str) -> WallFact:
    if unwalled:
        return WallFact("local", "process", None, enforced=_EVERYWHERE, absent=_OPEN, weaker=unwalled)
    return WallFact("local", "sandbox", None, enforced=_EVERYWHERE + _WALLED, absent=_SHARED)


def _unwalled() -> str:
    """Why sessions have no wall here; tried by a process that this one forks, so it must have one thread."""
    with tempfile.TemporaryDirectory(prefix="tracegate-probe-") as folder:
        return missing(Path(folder))
