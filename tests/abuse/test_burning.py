"""Threads at work that a session leaves behind: its worker answers, and serves others, as if they were not there."""

import sys
import time
from pathlib import Path
from statistics import median

import anyio
import pytest

from actors.ports import InfrastructureError
from actors.workers.pool import Pool
from actors.workers.sandbox.allowance import longest
from actors.workers.session import WorkerSession
from events.frames import Limits
from tests.abuse.pulse import PROMPT

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.containers_later]

BURNS = """
import hashlib, threading
threading.stack_size(64 * 1024)
for _ in range(24):
    threading.Thread(target=hashlib.pbkdf2_hmac, args=('sha256', b'x', b'y', 10**9), daemon=True).start()
threading.active_count()
"""
"""Python lets go of its lock while this computes: all of them are at work."""
WORKS = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.5:\n    pass\n'done'"
CELL_SECONDS = 4.0
AUTOGROUPS = Path("/proc/sys/kernel/sched_autogroup_enabled")


async def outcome(session: WorkerSession) -> str:
    """What became of an honest cell."""
    try:
        result = await session.run(WORKS)
    except InfrastructureError as told:
        return "starved" if "for processors that others had" in str(told) else str(told)
    return result.display or str(result.error)


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=CELL_SECONDS)


async def test_a_worker_answers_and_opens_sessions_while_one_burns(pool: Pool, table: str) -> None:
    async with pool.session(table) as sibling, pool.session(table) as session:
        assert (await session.run(BURNS)).display == "25"
        took = [await sibling.ping() for _ in range(20)]
        with anyio.fail_after(10):
            async with pool.session(table) as another:
                await another.ping()
    assert median(took) < PROMPT, sorted(took)


async def test_a_local_sibling_has_its_share(pool: Pool, table: str, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["backend_name"] != "local":
        return  # in a container processors are shared out by thread
    if sys.platform != "linux" or AUTOGROUPS.read_text() != "1\n":  # noqa: ASYNC240
        return
    async with pool.session(table) as sibling, pool.session(table) as session:
        assert (await session.run(BURNS)).display == "25"
        assert (await sibling.run(WORKS)).display == "'done'"


async def test_a_cell_that_was_starved_is_nobodys_answer(pool: Pool, table: str) -> None:
    async with pool.session(table) as sibling, pool.session(table) as session:
        assert (await session.run(BURNS)).display == "25"
        assert await outcome(sibling) in ("'done'", "starved")


async def test_who_starves_itself_is_over_its_time(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        await session.run(BURNS)
        began = time.monotonic()
        result = await session.run("while True:\n    pass")
        took = time.monotonic() - began
    assert result.error is not None or result.end is not None
    assert result.error is None or result.error.kind == "CellTimeout"
    assert result.end is None or result.end.reason == "wall_limit"
    assert took < longest(CELL_SECONDS)  # or it would be told as starved by others
