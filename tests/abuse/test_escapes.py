"""No attack gets out of a session, and no sibling notices one, on every backend that has a wall."""

import anyio
import pytest

from actors.workers.pool import Pool
from tests.abuse.attacks import Attack
from tests.abuse.escapes import ESCAPES
from tests.abuse.pulse import prompt

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANSWERS_WITHIN = 10.0


@pytest.fixture(scope="module")
def walled(pool: Pool) -> Pool:
    """A pool whose sessions stand behind a wall; attacks on a bare machine would succeed, and harm it."""
    if pool.level == "process":
        pytest.skip("no wall can be raised here, and no attack is made without one")
    return pool


@pytest.mark.parametrize("attack", ESCAPES, ids=str)
async def test_nobody_gets_out_and_a_sibling_and_the_worker_answer(
    walled: Pool, table: str, attack: Attack
) -> None:
    async with walled.session(table) as sibling, walled.session(table) as session:
        await sibling.run("mine = 41")
        result = await session.run(attack.code)
        assert result.error is not None or result.end is not None or not gained(result.display), (
            result.display
        )
        assert await prompt(sibling)
        with anyio.fail_after(ANSWERS_WITHIN):
            assert (await sibling.run("mine + 1")).display == "42"


def gained(display: str | None) -> bool:
    """Whether what a cell shows at its end is true."""
    return display not in (None, "False", "0", "[]", "None", "''")
