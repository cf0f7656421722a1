"""A session that takes more than its share harms nobody else, and how it ended is told, on every backend."""

import anyio
import pytest

from actors.workers.pool import Pool
from events.trace import CellResult
from tests.abuse.bombs import BOMBS, Bomb
from tests.abuse.pulse import prompt, watched

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANSWERS_WITHIN = 10.0


def ended(result: CellResult) -> str:
    """How a cell ended, in a word."""
    if result.end is not None:
        return result.end.reason
    return result.error.kind if result.error is not None else "lives"


@pytest.mark.parametrize("bomb", BOMBS, ids=str)
async def test_a_sibling_and_the_worker_answer_and_the_end_is_told(
    pool: Pool, table: str, bomb: Bomb
) -> None:
    async with pool.session(table) as sibling:
        await sibling.run("mine = 41")
        async with watched(sibling):
            async with pool.session(table) as session:
                result = await session.run(bomb.code)
            assert ended(result) in bomb.ends, result
        assert await prompt(sibling)
        with anyio.fail_after(ANSWERS_WITHIN):
            assert (await sibling.run("mine + 1")).display == "42"
