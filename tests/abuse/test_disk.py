"""A local session that fills the disk is ended, its folder is cleared, and nobody beside it notices."""

import ast
from pathlib import Path

import anyio
import pytest

from actors.workers.pool import Pool
from events.frames import Limits
from tests.abuse.pulse import watched

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPIN = "\nwhile True: pass"
BOMBS = {
    "bytes": "for n in range(5):\n    open(f'f{n}', 'wb').write(bytes(100 * 2**20))",
    "files": "import os\nfor n in range(20_000):\n    os.close(os.open(f'{n}', os.O_CREAT))",
    "names of one file": "import os\nopen('f', 'w').close()\nfor n in range(20_000):\n    os.link('f', f'{n}')",
    "out of sight": "import os\nos.mkdir('dark', 0o300)\nfor n in range(5):\n    open(f'dark/{n}', 'wb').write(bytes(100 * 2**20))",
    "deep": "import os\nfor _ in range(500):\n    os.mkdir('d')\n    os.chdir('d')",
}


@pytest.fixture(scope="module", params=["local"])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=10.0)


def is_there(place: Path) -> bool:
    """Whether a session's folder, or what was put aside of one, is still to be cleared."""
    return place.exists() or any(place.parent.glob("litter-*"))


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
async def test_it_is_ended_cleared_and_told_and_a_sibling_and_the_worker_answer(
    pool: Pool, table: str, bomb: str
) -> None:
    async with pool.session(table) as sibling:
        await sibling.run("open('mine', 'w').write('41')")
        async with watched(sibling):
            async with pool.session(table) as session:
                place = Path(ast.literal_eval((await session.run("import os\nos.getcwd()")).display or ""))
                result = await session.run(bomb + SPIN)
            assert result.end is not None
            assert result.end.reason == "disk_limit", result
            with anyio.fail_after(60):
                while is_there(place):
                    await sibling.run("import time\ntime.sleep(0.01)")
        assert (await sibling.run("int(open('mine').read()) + 1")).display == "42"


async def test_what_a_session_wrote_is_looked_at_while_it_waits_for_its_next_cell(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as session:
        thread = "import threading\ndef fill():\n    " + BOMBS["bytes"].replace("\n", "\n    ")
        await session.run(thread + "\nthreading.Thread(target=fill).start()")
        with anyio.fail_after(60):
            while (end := (await session.run("1")).end) is None:
                pass
    assert end.reason == "disk_limit"


BESIDE = {
    "a folder beside its own": "import os\nos.makedirs('../x')\nos.chdir('../x')\n",
    "its own under another name": "import os\nos.rename('../own', '../hid')\n",
}


@pytest.mark.parametrize("way", BESIDE.values(), ids=BESIDE)
async def test_who_may_branch_is_ended_for_what_it_wrote_beside_its_own_and_its_twin_is_not(
    pool: Pool, table: str, way: str
) -> None:
    async with pool.session(table, branchable=True) as prefix:
        await prefix.run("open('mine', 'wb').write(bytes(150 * 2**20))")
        async with prefix.branch() as twin:
            result = await prefix.run(way + BOMBS["bytes"] + SPIN)
            assert result.end is not None
            assert result.end.reason == "disk_limit", result
            assert (await twin.run("import os, time\ntime.sleep(1)\nos.path.getsize('mine')")).display == str(
                150 * 2**20
            )


LEAVES = """
import os
import actors.workers.sandbox.twin as twin
place = os.path.dirname(os.getcwd())
twin.landlock = type('none', (), {'take_on': staticmethod(os.close), 'restrict': staticmethod(lambda *_: None)})
os.mkdir(place + '/junk')
open(place + '/junk/big', 'wb').write(bytes(150 * 2**20))
"""
"""What it has beside its own its twins write to, which leave out to shut themselves in."""


async def test_what_a_session_left_beside_its_branches_is_cleared_and_no_place_to_write_to(
    pool: Pool, table: str
) -> None:
    more = "open('own', 'wb').write(bytes(150 * 2**20))"
    beside = f"os.mkdir(place + '/new')\nos.chdir(place + '/new')\n{BOMBS['bytes']}{SPIN}"
    async with (
        pool.session(table) as sibling,
        pool.session(table, branchable=True) as prefix,
        watched(sibling),
    ):
        await prefix.run(LEAVES)
        async with prefix.branch() as one, prefix.branch() as other:
            await prefix.run("os._exit(3)")
            with anyio.fail_after(60):
                while (await one.run("os.path.exists(place + '/junk')")).display == "True":
                    pass
            for twin in (one, other):
                assert (await twin.run(more)).error is None
            result = await one.run(beside)
            assert result.end is not None, result
            assert result.end.reason == "disk_limit", result
            with anyio.fail_after(60):
                while (end := (await other.run("1")).end) is None:
                    pass
            assert end.reason == "disk_limit"


async def test_as_much_as_a_session_may_have_is_its_own(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        await session.run(
            "open('big', 'wb').write(bytes(240 * 2**20))\nfor n in range(2000):\n    open(f'{n}', 'w').close()"
        )
        done = await session.run("import os, time\ntime.sleep(1)\nlen(os.listdir())")
    assert done.display == "2001"
