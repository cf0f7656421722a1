"""Sessions of one container share a file system: one that fills it is ended before the others notice."""

import anyio
import pytest

from actors.workers.pool import Pool
from events.frames import Limits
from events.trace import CellResult

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.containers_later]

FILLS = {
    "bytes": "n = 0\nwhile True:\n    open(f'f{n}', 'wb').write(bytes(32 * 2**20))\n    n += 1",
    "files": "import os\nn = 0\nwhile True:\n    os.close(os.open(f'{n}', os.O_CREAT))\n    n += 1",
}
WRITES = "for n in range(50):\n    open(f'{n}', 'w').write('x' * 1000)\nlen(open('0').read())"


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=10.0)


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
async def test_a_sibling_and_a_new_session_write_while_one_fills_the_disk(
    pool: Pool, table: str, fill: str
) -> None:
    ended: list[CellResult] = []

    async def filled() -> None:
        async with pool.session(table) as session:
            ended.append(await session.run(fill))

    async with pool.session(table) as sibling, anyio.create_task_group() as tasks:
        tasks.start_soon(filled)
        while not ended:
            assert (await sibling.run(WRITES)).display == "1000"
        async with pool.session(table) as another:
            assert (await another.run(WRITES)).display == "1000"
    assert ended[0].end is not None
    assert ended[0].end.reason == "disk_limit"
