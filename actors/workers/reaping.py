"""Removes by hand what killed hosts left behind: containers of a home, and folders of this user's workers."""

from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from actors.workers.containers import Owner
from actors.workers.docker import sweep
from actors.workers.engine import PROBE_SECONDS, EngineProblem
from actors.workers.folders import clear_forsaken
from actors.workers.link import StopFailed


@dataclass(frozen=True)
class Reaped:
    """What was found, and what became of it."""

    containers: tuple[str, ...]
    """Ids of the containers that were removed."""
    failed: tuple[StopFailed, ...]
    """Containers that could not be removed, and why."""
    folders: tuple[Path, ...]
    """Folders that were removed."""
    problem: str | None
    """Why no container was looked for; None where an engine answered."""


async def reap(owner: Owner) -> Reaped:
    """Remove what nobody works with any more; what a host that lives holds is left alone.

    Args:
        owner: the home whose containers are meant; its lock must be held by whoever asks, so that no other
            command works on it.
    """
    folders = await to_thread.run_sync(clear_forsaken)
    try:
        gone, failed = await sweep(owner, PROBE_SECONDS)
    except EngineProblem as problem:
        return Reaped((), (), folders, str(problem))
    return Reaped(tuple(gone), tuple(failed), folders, None)
