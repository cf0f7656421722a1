"""A session that fills the disk of a container with what no folder shows is found out, and nobody else is hurt."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from textwrap import indent

import anyio
import pytest

from actors.workers.pool import Pool
from actors.workers.session import NotBranched, WorkerSession
from events.frames import Limits
from events.trace import CellResult
from tests.abuse.twins import AS_A_TWIN

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.containers_later]

REMOVED = """
import os
held, piece = [], bytes(16 * 2**20)
while True:
    held.append(os.open('f', os.O_CREAT | os.O_RDWR))
    os.unlink('f')
    for _ in range(12):
        os.write(held[-1], piece)
"""
FILLS = {
    "files that it removed": REMOVED,
    "files that never had a name": REMOVED.replace("'f', os.O_CREAT", "'.', os.O_TMPFILE").replace(
        "    os.unlink('f')\n", ""
    ),
    "room that it only asked for": """
import os
held = []
while True:
    held.append(os.open('.', os.O_TMPFILE | os.O_RDWR))
    os.posix_fallocate(held[-1], 0, 250 * 2**20)
""",
    "files that are mapped alone": """
import mmap, os
held, piece = [], bytes(2**20)
while True:
    file = os.open('.', os.O_TMPFILE | os.O_RDWR)
    os.truncate(file, 200 * 2**20)
    held.append(mmap.mmap(file, 200 * 2**20))
    os.close(file)
    for n in range(200):
        held[-1][n * 2**20 : (n + 1) * 2**20] = piece
""",
    "more files than there may be": """
import ctypes, os
libc = ctypes.CDLL(None)
while True:
    file = os.open('.', os.O_TMPFILE | os.O_RDWR)
    libc.mmap(None, 4096, 3, 1, file, 0)
    os.close(file)
""",
}
NAMED = """
import os
for n in range(8):
    with open(f'f{n}', 'wb') as file:
        for _ in range(12):
            file.write(bytes(16 * 2**20))
"""
FILLS_AND_WAITS = """
def do():
    try:
        fill()
    finally:
        waits()
"""
THREAD = "import threading\ndef fill():\n    " + REMOVED.strip().replace("\n", "\n    ")
CHURN = """
import os, tempfile
for _ in range(2):
    open('more', 'wb').write(bytes(30 * 2**20))
    os.unlink('more')
with tempfile.TemporaryFile() as file:
    file.write(bytes(20 * 2**20))
has = os.statvfs('.')
has.f_bavail < has.f_blocks / 4
"""
SIZE = 5_000_000
KEEPS = f"open('mine', 'wb').write(b'x' * {SIZE})\nlen(open('mine', 'rb').read())"


@pytest.fixture(scope="module", params=[pytest.param("docker", marks=pytest.mark.docker)])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def limits() -> Limits:
    return Limits(cell_seconds=10.0)


BESIDE = """
import os
import actors.workers.sandbox.twin as twin
place = os.path.dirname(os.getcwd())
twin.landlock = type('none', (), {'take_on': staticmethod(os.close)})
def fill():
    os.mkdir(place + '/junk')
    piece, n = bytes(2**20), 0
    while True:
        with open(f'{place}/junk/{n}', 'wb') as file:
            for _ in range(200):
                file.write(piece)
        n += 1
"""


async def test_a_family_that_fills_what_is_nobodys_place_is_told_and_a_sibling_goes_on(
    pool: Pool, table: str
) -> None:
    """In the place of the session that they came from and that is no more, each file with a name."""
    ended: list[CellResult] = []
    async with (
        pool.session(table) as sibling,
        pool.session(table, branchable=True) as prefix,
        prefix_of(prefix, BESIDE) as one,
        prefix.branch() as other,
        anyio.create_task_group() as tasks,
    ):
        await sibling.run("import tempfile\nheld = [tempfile.TemporaryFile() for _ in range(4)]")
        await prefix.run("os._exit(3)")

        async def filled() -> None:
            ended.append(await one.run("fill()"))
            ended.append(await other.run("1"))

        tasks.start_soon(filled)
        while len(ended) < 2:
            assert (await sibling.run(KEEPS)).display == f"{SIZE}"
        assert (await sibling.run(KEEPS)).display == f"{SIZE}"
    assert ended[0].end is not None, ended
    assert ended[0].end.reason == "disk_limit"


@asynccontextmanager
async def prefix_of(prefix: WorkerSession, code: str) -> AsyncIterator[WorkerSession]:
    """A branch of a session that ran this."""
    assert (await prefix.run(code.strip())).error is None
    async with prefix.branch() as twin:
        yield twin


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
async def test_its_author_is_told_and_a_sibling_goes_on(pool: Pool, table: str, fill: str) -> None:
    ended: list[CellResult] = []

    async def filled() -> None:
        async with pool.session(table) as session:
            ended.append(await session.run(fill.strip()))

    async with pool.session(table) as sibling, anyio.create_task_group() as tasks:
        tasks.start_soon(filled)
        while not ended:
            assert (await sibling.run(KEEPS)).display == f"{SIZE}"
        assert (await sibling.run(KEEPS)).display == f"{SIZE}"
    assert ended[0].end is not None, ended
    assert ended[0].end.reason == "disk_limit", ended
    assert "removed and held open" in ended[0].end.detail


async def test_one_whose_threads_fill_it_while_no_cell_runs_is_told_and_a_sibling_goes_on(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as session, pool.session(table) as sibling:
        await session.run(f"{THREAD}\nthreading.Thread(target=fill, daemon=True).start()")
        while (end := (await session.run("1")).end) is None:
            assert (await sibling.run(KEEPS)).display == f"{SIZE}"
        assert (await sibling.run(KEEPS)).display == f"{SIZE}"
    assert end.reason == "disk_limit"


KEPT = """
import os
held, piece = [], bytes(2**20)
for _ in range(4):
    held.append(os.open('.', os.O_TMPFILE | os.O_RDWR))
    for _ in range(190):
        os.write(held[-1], piece)
"""
COMPUTES = f"""
held = np.empty(450 * 2**17)
for _ in range(20):
    open('mine', 'wb').write(bytes({4 * SIZE}))
"""


async def test_one_that_idles_with_what_it_removed_is_told_and_who_comes_later_goes_on(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as author, pool.session(table) as early:
        await author.run(KEPT.strip())
        async with pool.session(table) as late:
            for session in (early, late):
                result = await session.run(COMPUTES.strip())
                assert result.end is None, result
        end = (await author.run("1")).end
    assert end is not None
    assert end.reason == "disk_limit"


RESTLESS = """
import ctypes, mmap, threading
libc = ctypes.CDLL(None)
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
size, small_pages, populate, drop = 1000 * 2**20, 15, 22, 4
memory = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
libc.madvise(start, size, small_pages)
go = threading.Event()
def spin():
    go.wait()
    while True:
        libc.madvise(start, size, populate)
        libc.madvise(start, size, drop)
threading.stack_size(65536)
for _ in range(110):
    threading.Thread(target=spin, daemon=True).start()
"""
WRITES_ON = """
go.set()
held.append(os.open('.', os.O_TMPFILE | os.O_RDWR))
while True:
    os.write(held[-1], bytes(16 * 2**20))
"""


@pytest.mark.full
async def test_one_whose_threads_heed_nothing_but_a_kill_is_told_and_a_sibling_goes_on(
    pool: Pool, table: str
) -> None:
    async with pool.session(table) as author, pool.session(table) as sibling:
        await author.run(KEPT.strip())
        await author.run(RESTLESS.strip())
        result = await author.run(WRITES_ON.strip())
        assert (await sibling.run(KEEPS)).display == f"{SIZE}"
    assert result.end is not None, result
    assert result.end.reason == "disk_limit"


UNHEARD = {"what no folder shows": REMOVED, "what lies in its folder": NAMED}


@pytest.mark.parametrize("fill", UNHEARD.values(), ids=UNHEARD)
async def test_a_branch_that_fills_it_before_it_speaks_is_told_and_a_sibling_goes_on(
    pool: Pool, table: str, fill: str
) -> None:
    told: list[str] = []

    async def filled() -> None:
        async with pool.session(table, branchable=True) as session:
            await session.run(AS_A_TWIN + f"def fill():\n{indent(fill, '    ')}\n{FILLS_AND_WAITS}")
            with pytest.raises(NotBranched) as refused:
                async with session.branch():
                    pass
            assert (await session.run("41 + 1")).display == "42"
            told.append(str(refused.value))

    async with pool.session(table) as sibling, anyio.create_task_group() as tasks:
        tasks.start_soon(filled)
        while not told:
            assert (await sibling.run(KEEPS)).display == f"{SIZE}"
    assert told[0].startswith("disk_limit: there is no such branch: "), told


@pytest.mark.full
async def test_where_little_is_free_sessions_that_have_no_more_than_they_may_go_on(
    pool: Pool, table: str
) -> None:
    was_scarce: list[bool] = []
    written, all_wrote = 0, anyio.Event()

    async def honest() -> None:
        nonlocal written
        async with pool.session(table) as session:
            await session.run("open('big', 'wb').write(bytes(190 * 2**20))")
            written += 1
            if written == 4:
                all_wrote.set()
            await all_wrote.wait()
            for _ in range(8):
                result = await session.run(CHURN.strip())
                assert result.end is None, result
                assert result.error is None
                was_scarce.append(result.display == "True")

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(honest)
    assert any(was_scarce)
