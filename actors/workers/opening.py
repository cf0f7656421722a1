"""Which backend runs the code: asked for, or the strongest that answers; never lowered in silence."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Literal

from actors.ports import InfrastructureError, Limits
from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend, swept
from actors.workers.doorstep import is_asked_for
from actors.workers.engine import PROBE_SECONDS, EngineProblem, docker_available, worker_image
from actors.workers.guard import GuardedWorkers
from actors.workers.keeper import Announce
from actors.workers.link import Backend, StopFailed, WorkerGone
from actors.workers.local import LocalBackend
from actors.workers.pool import STANDBY_AFTER, Pool, running_pool
from actors.workers.probe import unwalled_here
from actors.workers.sizing import sizes
from events.worker import WorkerStopFailed

Choice = Literal["auto", "docker", "local"]


@asynccontextmanager
async def opened_workers(
    choice: Choice, owner: Owner, announce: Announce, allow_process: bool = False, wanted: int = 0
) -> AsyncIterator[tuple[GuardedWorkers, str]]:
    """Workers that run, and a sentence that says what it runs in and why.

    Args:
        choice: `auto` takes Docker only if engine and image answer, and its wall is not the weaker one.
        owner: the home, by which containers of an earlier run are known.
        announce: told of every start, loss and failed stop.
        allow_process: whether somebody explicitly lets a model's code run without a wall.
        wanted: sessions to be open beside those that run, where they wait for a model most of the time.

    Raises:
        InfrastructureError: Docker was asked for and cannot be had, or no worker starts.
    """
    backend, told = await _chosen(choice, owner)
    for failed in await _sweep_the_others(backend, owner):
        await announce(WorkerStopFailed(worker=failed.worker, error=failed.error))
    async with AsyncExitStack() as stack:
        pool, running = await stack.enter_async_context(_running(backend, announce, wanted))
        if choice == "auto" and backend.name == "docker" and pool.unwalled and not await unwalled_here():
            told = f"; no Docker: no wall can be raised around each session in a container: {pool.unwalled}"
            await stack.aclose()
            backend = LocalBackend()
            pool, running = await stack.enter_async_context(_running(backend, announce, wanted))
        why = f", because {pool.unwalled}" if pool.unwalled else ""
        said = f"{backend.name} (level {pool.level}{why}){told}"
        yield GuardedWorkers(pool, allow_process=allow_process, running=running), said


@asynccontextmanager
async def _running(backend: Backend, announce: Announce, wanted: int) -> AsyncIterator[tuple[Pool, int]]:
    """A pool that runs, and how many of its sessions may run a cell at the same time."""
    limits = Limits()
    try:
        given = sizes(*await backend.machine(), limits, wanted)
    except WorkerGone as gone:
        raise InfrastructureError(str(gone)) from gone
    async with running_pool(
        backend,
        announce,
        sessions=given.sessions,
        limits=limits,
        table_bytes=given.table_bytes,
        standby_after=STANDBY_AFTER if given.has_standby else None,
    ) as pool:
        yield pool, given.running


async def _sweep_the_others(chosen: Backend, owner: Owner) -> list[StopFailed]:
    """Remove what an earlier run left that chose otherwise, quietly where no engine answers."""
    if chosen.name == "docker":
        return await LocalBackend().sweep()
    with suppress(EngineProblem):
        return await swept(owner, PROBE_SECONDS)
    return []


async def _chosen(choice: Choice, owner: Owner) -> tuple[Backend, str]:
    if choice == "local":
        return LocalBackend(), ""
    problem = await docker_available(worker_image())
    if problem is None:
        shares = is_asked_for()
        return DockerBackend(worker_image(), owner, shares_socket=shares), "; over a socket" if shares else ""
    if choice == "docker":
        raise InfrastructureError(f"{problem}; or use --workers local")
    return LocalBackend(), f"; no Docker: {problem}"
