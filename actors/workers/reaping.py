"""What dead hosts left behind, removed by hand: a home's containers, and a user's folders."""

from anyio import to_thread

from actors.ports import InfrastructureError
from actors.workers.containers import Owner
from actors.workers.docker import swept
from actors.workers.engine import EngineProblem
from actors.workers.folders import clear_forsaken
from events.struct import Fact


class StillThere(InfrastructureError):
    """Something could not be removed; the message names it, the error, and what was."""


class Reaped(Fact, frozen=True):
    """What was removed."""

    containers: tuple[str, ...] = ()
    """Ids of those of the home that were removed."""
    folders: tuple[str, ...] = ()
    """Folders of local workers that were removed."""
    unasked: str = ""
    """Why no container was looked for; empty where they were."""


async def reap(owner: Owner | None) -> Reaped:
    """Remove what nobody works with any more; what belongs to a host that lives is left alone.

    Args:
        owner: the home, whose lock is held by whoever asks; None where there is none yet.

    Raises:
        StillThere: a container could not be removed.
    """
    folders = tuple(map(str, await to_thread.run_sync(clear_forsaken)))
    if owner is None:
        return Reaped(folders=folders, unasked="the home holds no log, and so has no containers")
    removed: list[str] = []
    try:
        failed = await swept(owner, removed=removed.append)
    except EngineProblem as problem:
        return Reaped(folders=folders, unasked=str(problem))
    if failed:
        left = "; ".join(f"{one.worker}: {one.error}" for one in failed)
        message = f"could not be removed: {left}; removed: {', '.join([*removed, *folders]) or 'nothing'}"
        raise StillThere(message)
    return Reaped(tuple(removed), folders)
