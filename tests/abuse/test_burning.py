"""Threads at work that a session leaves behind: its worker answers, and serves others, as if they were not there."""

import sys
from pathlib import Path
from statistics import median

import anyio
import pytest

from actors.workers.pool import Pool
from events.frames import Limits
from tests.abuse.pulse import PROMPT

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.containers_later]

BURNS = """
import hashlib, threading
threading.stack_size(64 * 1024)
for _ in range(64):
    threading.Thread(target=hashlib.pbkdf2_hmac, args=('sha256', b'x', b'y', 10**9), daemon=True).start()
threading.active_count()
"""
"""Python lets go of its lock while this computes: all of them are at work."""
WORKS = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < 0.2:\n    pass\n'done'"
AUTOGROUPS = Path("/proc/sys/kernel/sched_autogroup_enabled")


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=10.0)


async def test_a_worker_answers_and_opens_sessions_while_one_burns(pool: Pool, table: str) -> None:
    async with pool.session(table) as sibling, pool.session(table) as session:
        assert (await session.run(BURNS)).display == "65"
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
        assert (await session.run(BURNS)).display == "65"
        assert (await sibling.run(WORKS)).display == "'done'"
