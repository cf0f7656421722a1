"""How quickly a worker answers while one of its sessions misbehaves: its supervisor must never wait for one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

import anyio

from actors.workers.session import WorkerSession

PROMPT = 0.05
"""Seconds within which a ping comes back."""
WORST = 1.0
"""No answer at all takes longer, whatever else this machine does: a supervisor at work for so long waits."""
TRIES = 5
PAUSE = 0.01


async def prompt(session: WorkerSession) -> bool:
    """Whether the worker answers at once; one of a few tries counts, since others use this machine too."""
    return min([await session.ping() for _ in range(TRIES)]) < PROMPT


@asynccontextmanager
async def watched(session: WorkerSession) -> AsyncIterator[None]:
    """Pings all the while: most come back at once, and none is kept waiting for long."""
    took: list[float] = []
    over = anyio.Event()

    async def beat() -> None:
        while not over.is_set():
            took.append(await session.ping())
            with anyio.move_on_after(
                PAUSE
            ):  # a worker that is asked without pause has no time for anything else
                await over.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(beat)
        try:
            yield
        finally:
            over.set()
    assert median(took or [0.0]) < PROMPT, sorted(took)
    assert max(took, default=0.0) < WORST, sorted(took)
