"""What dead hosts left behind, removed by hand: a home's containers, nobody's, and a user's folders."""

from collections.abc import Callable, Iterable

from anyio import to_thread

from actors.ports import InfrastructureError
from actors.workers import questioned
from actors.workers.containers import Owner
from actors.workers.docker import swept
from actors.workers.engine import EngineProblem
from actors.workers.folders import clear_forsaken
from actors.workers.link import StopFailed
from events.struct import Fact


class StillThere(InfrastructureError):
    """Something could not be removed, or not be looked for; the message names it, the error, and what was."""


class Reaped(Fact, frozen=True):
    """What was removed."""

    containers: tuple[str, ...] = ()
    """Ids of those that were removed."""
    folders: tuple[str, ...] = ()
    """Folders of local workers that were removed."""
    unasked: str = ""
    """Why no container was looked for; empty where they were."""


async def reap(owner: Owner | None, may_have_some: Callable[[], bool] = lambda: False) -> Reaped:
    """Remove what nobody works with any more; what belongs to a host that lives is left alone.

    Args:
        owner: the home, whose lock is held by whoever asks; None where there is none yet.
        may_have_some: tells whether the home ever had a container; asked, beside the loop, where none can be
            looked for.

    Raises:
        StillThere: a container could not be removed, or may be there and could not be looked for.
    """
    folders = tuple(map(str, await to_thread.run_sync(clear_forsaken)))
    removed: list[str] = []
    failed: list[StopFailed] = []
    unasked = ""
    try:
        if owner is not None:
            failed = await swept(owner, removed=removed.append)
        removed += await questioned.cleared()
    except EngineProblem as problem:
        unasked = str(problem)
    is_left = bool(failed or (unasked and removed))
    if is_left or (unasked and await to_thread.run_sync(may_have_some)):
        raise StillThere(_left(failed, unasked, [*removed, *folders]))
    return Reaped(tuple(removed), folders, unasked)


def _left(failed: Iterable[StopFailed], unasked: str, removed: Iterable[str]) -> str:
    """What could not be done, and what was."""
    stuck = "; ".join(f"{one.worker}: {one.error}" for one in failed)
    said = [
        f"could not be removed: {stuck}" if stuck else "",
        f"containers could not be looked for, and this home may have some: {unasked}" if unasked else "",
        f"removed: {', '.join(removed) or 'nothing'}",
    ]
    return "; ".join(filter(None, said))
