"""Which backend runs the code: asked for, or the strongest that answers; never lowered in silence."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from actors.ports import InfrastructureError
from actors.workers.docker import DockerBackend
from actors.workers.engine import docker_available, worker_image
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import Announce, Pool, running_pool

Choice = Literal["auto", "docker", "local"]


@asynccontextmanager
async def opened_workers(choice: Choice, owner: str, announce: Announce) -> AsyncIterator[tuple[Pool, str]]:
    """A running pool, and a sentence that says what it runs in and why.

    Args:
        choice: `auto` takes Docker only if engine and image answer.
        owner: the home's label, by which containers of an earlier run are known.
        announce: told of every start, loss and failed stop.

    Raises:
        InfrastructureError: Docker was asked for and cannot be had, or no worker starts.
    """
    backend, told = await _chosen(choice, owner)
    async with running_pool(backend, announce, sessions=2 * (os.cpu_count() or 2)) as pool:
        yield pool, f"{backend.name} (level {pool.level}){told}"


async def _chosen(choice: Choice, owner: str) -> tuple[Backend, str]:
    if choice == "local":
        return LocalBackend(), ""
    problem = await docker_available(worker_image())
    if problem is None:
        return DockerBackend(worker_image(), owner), ""
    if choice == "docker":
        raise InfrastructureError(f"{problem}; or use --workers local")
    return LocalBackend(), f"; no Docker: {problem}"
