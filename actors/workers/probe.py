"""What walls this machine offers, and why not more: facts for `doctor` and for `--workers auto`."""

from actors.workers.engine import docker_available
from actors.workers.link import BackendName
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
_OPEN = (
    "network",
    "files of the user",
    "signals to the user's processes",
    "number of processes",
    "memory of all sessions together",
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
        WallFact(backend="local", level="process", problem=None, enforced=_EVERYWHERE, absent=_OPEN),
    )
