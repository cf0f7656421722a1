"""Loops on every place of a pool, beside others that compute: each is its author's fault, whatever the load."""

import os
import signal
import subprocess
from collections.abc import Iterator

import anyio
import pytest

from actors.workers.pool import Pool
from actors.workers.sizing import GIB, sizes
from events.frames import Limits
from tests.abuse.test_bombs import ended
from tests.contracts.test_workers_limits import STUBBORN

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.containers_later]

LOOPS = (
    ("while True: pass", "CellTimeout"),
    ("import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')", "CellTimeout"),
    ("class Slow:\n    def __repr__(self):\n        while True: pass\nSlow()", "CellTimeout"),
    (STUBBORN, "wall_limit"),
)
"""Cells that never end, and how they do."""
CELL_SECONDS = 0.5
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
PLACES = sizes(CORES, 4096 * GIB, Limits()).sessions


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=CELL_SECONDS)


@pytest.fixture
def load() -> Iterator[None]:
    """Others that compute, one on each core; where shares are by session or group each has one of its own."""
    others = [
        subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"], start_new_session=True)
        for _ in range(CORES)
    ]
    yield
    for other in others:
        other.send_signal(signal.SIGKILL)
        other.wait()


@pytest.mark.usefixtures("load")
async def test_whoever_loops_is_told_so_on_a_machine_that_is_full_of_others(pool: Pool, table: str) -> None:
    told: list[tuple[str, str, str | None]] = []

    async def loop(code: str, expected: str) -> None:
        async with pool.session(table) as session:
            await session.run("x = 41")
            how = ended(await session.run(code))
            kept = (await session.run("x + 1")).display if how == "CellTimeout" else None
            told.append((expected, how, kept))

    async with anyio.create_task_group() as tasks:
        for place in range(PLACES):
            tasks.start_soon(loop, *LOOPS[place % len(LOOPS)])
    assert [how for _, how, _ in told] == [expected for expected, _, _ in told]
    assert {kept for _, how, kept in told if how == "CellTimeout"} == {"42"}
