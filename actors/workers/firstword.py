"""What a worker says of itself before it serves, asked of one that is started for the question alone."""

import anyio

from actors.workers.link import Backend, WorkerGone
from actors.workers.worker import Worker


async def unwalled(backend: Backend) -> str:
    """Why the sessions of a backend's workers have no wall each; empty where they have.

    Raises:
        WorkerGone: none could be started.
        StopFailed: it could not be stopped.
    """
    problem: WorkerGone | None = None
    async with backend.start() as link:
        worker = Worker(link, table_bytes=0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(worker.run)
            try:
                await worker.ready()
            except WorkerGone as gone:
                problem = gone
            tasks.cancel_scope.cancel()
    if problem is not None:
        raise problem
    return worker.unwalled
