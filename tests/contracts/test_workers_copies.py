"""What a branch has of its session's files and threads: as a fresh run has it, refused in words, or named as different."""

import os
from pathlib import Path

import pytest

from actors.workers.pool import Pool
from actors.workers.session import NotBranched, WorkerSession

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]

PAGE = (Path(__file__).parents[2] / "docs" / "wall.md").read_text("utf-8")
ALIKE = {
    "a file of two names is one file": (
        "import os\nopen('b', 'w').write('one')\nos.mkdir('d')\nos.link('b', 'd/a')",
        "open('d/a', 'w').write('two')\nopen('b').read(), os.stat('b').st_nlink",
    ),
    "a removed file is not the one that is called as the system calls it": (
        "import os\nf = open('x', 'w+')\nf.write('mine')\nf.flush()\nos.unlink('x')\nopen('x (deleted)', 'w').write('other')",
        "f.seek(0)\nf.read(), os.listdir(), os.fstat(f.fileno()).st_nlink",
    ),
    "a removed file is not the one that has its name now": (
        "import os\nf = open('x', 'w+')\nf.write('mine')\nf.flush()\nos.unlink('x')\nopen('x', 'w').write('other')",
        "f.seek(0)\nf.read(), open('x').read()",
    ),
    "a removed file that can only be written to": (
        "import os\nw = os.open('w', os.O_CREAT | os.O_WRONLY)\nos.write(w, b'abc')\nos.unlink('w')",
        "os.write(w, b'd')\nos.fstat(w).st_size, open(f'/proc/self/fd/{w}', 'rb').read()",
    ),
    "a removed file in a removed folder, open twice": (
        "import os\nos.mkdir('d')\nf = open('d/x', 'wb+', 0)\ng = open('d/x', 'rb', 0)\nf.write(b'one')\nos.unlink('d/x')\nos.rmdir('d')",
        "f.write(b'two')\ng.read(), os.listdir()",
    ),
    "descriptors of one opening have one offset": (
        "import os\nf = open('a', 'w+b', 0)\nd = os.dup(f.fileno())\nf.write(b'hello ')",
        "os.write(d, b'world')\nf.write(b'!')\nf.seek(0)\nf.read()",
    ),
    "two openings have an offset each": (
        "import os\nf = open('a', 'w+b', 0)\ng = open('a', 'r+b', 0)",
        "f.write(b'one')\ng.write(b'tw')\nf.tell(), g.tell(), open('a').read()",
    ),
    "what is read elsewhere has an offset for each": (
        "import os\nf = open(os.__file__)\nd = os.open(os.__file__, os.O_RDONLY)\ng = os.dup(d)\nos.read(d, 5), f.read(5)",
        "len(os.read(d, 60000)), len(f.read()), len(os.read(g, 10)), os.get_inheritable(g)",
    ),
    "what the system tells and was read in part": (
        "import os\nd = os.open('/proc/cpuinfo', os.O_RDONLY)\nhad = os.read(d, 5)",
        "read = os.read(d, 5)\nread == open('/proc/cpuinfo', 'rb').read()[5:10], os.lseek(d, 0, os.SEEK_CUR)",
    ),
    "an offset beyond the end": (
        "import os\nf = open('a', 'w+b', 0)\nf.seek(10)",
        "f.write(b'x')\nopen('a', 'rb').read()",
    ),
    "a file that cannot be written to": (
        "import os\nd = os.open('ro', os.O_CREAT | os.O_WRONLY, 0o400)\nos.close(d)\nos.mkdir('closed', 0o500)",
        "[(oct(os.stat(n).st_mode), os.access(n, os.W_OK)) for n in ('ro', 'closed')]",
    ),
    "one that is open to be written to is written to": (
        "import os\nd = os.open('ro', os.O_CREAT | os.O_WRONLY, 0o400)",
        "os.write(d, b'abc')\nopen('ro').read()",
    ),
    "a link that names its place in full": (
        "import os\nopen('a', 'w').write('one')\nos.symlink(os.path.abspath('a'), 'b')\nos.symlink('nowhere', 'c')",
        "open('b', 'w').write('two')\nopen('a').read(), os.readlink('c')",
    ),
    "holes": (
        "import os\nf = open('holes', 'wb', 0)\nf.seek(100 << 20)\nf.write(b'x')\nf.truncate(200 << 20)",
        "s = os.stat('holes')\nwith open('holes', 'rb') as g:\n    g.seek(100 << 20)\n    held = g.read(2)\nheld, s.st_size, s.st_blocks < 100",
    ),
}  # fmt: skip
THREADS = {
    "an executor": "from concurrent.futures import ThreadPoolExecutor\nx = ThreadPoolExecutor(2)\nx.submit(int, '1').result()",
    "a thread that waits": "import threading\nlock = threading.Lock()\nlock.acquire()\nthreading.Thread(target=lock.acquire, daemon=True).start()",
    "a timer": "import threading\nx = threading.Timer(60, print)\nx.daemon = True\nx.start()",
    "a native pool": "from threadpoolctl import threadpool_limits\nthreadpool_limits(2)\na = np.random.default_rng(0).random((300, 300))\nb = a @ a",
}  # fmt: skip
ENDED = {
    "a thread that was joined": "import threading\nfor _ in range(20):\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()",
    "an executor that was shut down": "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as x:\n    list(x.map(int, '1234'))",
    "a forest of two jobs": "from sklearn.ensemble import RandomForestRegressor as R\nm = R(3, n_jobs=2, random_state=0).fit(df[['a']], df['b'])",
    "what is pinned to one thread": "from sklearn.ensemble import HistGradientBoostingRegressor as H\na = np.ones((300, 300))\nb = a @ a\nm = H(max_iter=2).fit(df[['a']], df['b'])",
}  # fmt: skip
DIFFERENT = {
    "`NamedTemporaryFile`": (
        "import tempfile\nf = tempfile.NamedTemporaryFile('w+')",
        "open(f.name)",
        "PermissionError",
    ),
    "`TemporaryDirectory`": (
        "import os, tempfile\nd = tempfile.TemporaryDirectory()",
        "os.listdir(d.name)",
        "PermissionError",
    ),
    "`sqlite3`": (
        "import sqlite3\nc = sqlite3.connect('db')\nc.execute('create table t(a)')",
        "c.execute('insert into t values(1)')\nc.commit()",
        "OperationalError",
    ),
    "`asyncio`": (
        "import asyncio\nloop = asyncio.new_event_loop()\nloop.run_until_complete(asyncio.sleep(0))",
        "loop.run_until_complete(asyncio.sleep(0.01))",
        "OSError",
    ),
    "`setitimer`": (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nsignal.setitimer(signal.ITIMER_REAL, 60)",
        "1 / (signal.getitimer(signal.ITIMER_REAL)[0] > 0)",
        "ZeroDivisionError",
    ),
    "`flock`": (
        "import fcntl\nf = open('f', 'w')\nfcntl.flock(f, fcntl.LOCK_EX)",
        "g = open('f')\nfcntl.flock(g, fcntl.LOCK_EX | fcntl.LOCK_NB)\n1 / 0",
        "ZeroDivisionError",
    ),
    "`numpy.memmap`": (
        "m = np.memmap('m', dtype='u1', mode='w+', shape=10)",
        "m[0] = 7\nm.flush()\n1 / open('m', 'rb').read(1)[0]",
        "ZeroDivisionError",
    ),
    "a folder that is open": (
        "import os\nd = os.open('.', os.O_RDONLY)\nopen('kept', 'w').close()",
        "open('new', 'w').close()\n1 / ('new' in os.listdir(d))",
        "ZeroDivisionError",
    ),
}


async def on_a_branch(session: WorkerSession, code: str) -> str | None:
    async with session.branch() as twin:
        result = await twin.run(code)
    assert result.error is None, result.error
    return result.display


@pytest.mark.parametrize("what", ALIKE)
async def test_a_branch_has_its_files_as_a_fresh_run_has_them(pool: Pool, table: str, what: str) -> None:
    before, after = ALIKE[what]
    async with pool.session(table, branchable=True) as session:
        assert (await session.run(before)).error is None
        branched = await on_a_branch(session, after)
        async with session.branch() as twin:
            again = await on_a_branch(twin, after)
        assert branched == again == (await session.run(after)).display


OLD = """
import os
for at, name in enumerate(('d', 'c', 'b', 'a')):
    open(name, 'w').write(name)
    with open(name) as f:
        os.utime(f.fileno(), ns=(10**9, at * 10**18 + 1))
os.mkdir('e')
open('e/f', 'w').close()
os.stat('c').st_mtime_ns == 10**18 + 1
"""
TIMES = "[os.stat(name).st_mtime_ns for name in ('.', 'd', 'c', 'b', 'a', 'e', 'e/f')]"


async def test_a_copy_is_as_old_as_its_original(pool: Pool, table: str) -> None:
    """To the nanosecond where a session can set times; and where it cannot no copy is before that of an older one."""
    async with pool.session(table, branchable=True) as session:
        can_set = (await session.run(OLD)).display == "True"
        assert can_set or os.geteuid() != 0
        copied = await on_a_branch(session, TIMES if can_set else f"sorted(t := {TIMES}[1:5]) == t")
        assert copied == ((await session.run(TIMES)).display if can_set else "True")


BY_PATH = "import os\nopen('f', 'w').close()\nos.utime('f', (1, 1))\nos.stat('f').st_mtime > 10**9"
BY_DESCRIPTOR = BY_PATH.replace("('f', (", "(os.open('f', 0), (")
A_LIBRARY = """
import os
before = os.stat(os.__file__).st_mtime
try:
    os.utime(os.open(os.__file__, 0), (1, 1))
except OSError:
    pass
os.stat(os.__file__).st_mtime == before
"""


async def test_a_session_sets_no_time_by_a_path_and_none_of_what_is_not_its_own(
    pool: Pool, table: str
) -> None:
    if pool.level == "process":
        pytest.skip("there is no wall here")
    for branchable, code in ((True, BY_PATH), (False, BY_PATH), (False, BY_DESCRIPTOR), (True, A_LIBRARY)):
        async with pool.session(table, branchable=branchable) as session:
            assert (await session.run(code)).display == "True"


@pytest.mark.parametrize("what", THREADS)
async def test_one_of_several_threads_is_refused_in_words_and_goes_on(
    pool: Pool, table: str, what: str
) -> None:
    async with pool.session(table, branchable=True) as session:
        assert (await session.run(f"x = None\n{THREADS[what]}")).error is None
        with pytest.raises(NotBranched, match=r"has [2-9] threads.* join threads, shut executors down"):
            async with session.branch():
                pass
        assert (await session.run("41 + 1")).display == "42"
        if what == "an executor":
            assert (await session.run("x.submit(int, '5').result()")).display == "5"
            await session.run("x.shutdown()")
            assert await on_a_branch(session, "41 + 1") == "42"
        if what == "a native pool":
            assert (await session.run("bool((a @ a == b).all())")).display == "True"


@pytest.mark.parametrize("what", ENDED)
async def test_one_whose_threads_have_ended_branches(pool: Pool, table: str, what: str) -> None:
    async with pool.session(table, branchable=True) as session:
        for _ in range(3):
            assert (await session.run(ENDED[what])).error is None
            assert await on_a_branch(session, f"{ENDED[what]}\n41 + 1") == "42"


async def test_one_without_a_descriptor_for_another_is_refused_and_goes_on(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session:
        taken = (
            "held = []\ntry:\n    while True:\n        held.append(open('f', 'a'))\nexcept OSError:\n    pass"
        )
        await session.run(taken)
        with pytest.raises(NotBranched, match="no descriptor left"):
            async with session.branch():
                pass
        assert (await session.run("41 + 1")).display == "42"
        await session.run("for one in held[:4]:\n    one.close()")
        after = "held[-1].write('x')\nheld[-1].flush()\nopen('f').read()"
        assert await on_a_branch(session, after) == "'x'"


MANY = """
import os
held = [open(os.__file__) for _ in range(130)]
"""
OPENED = "sum(os.path.exists(f'/proc/self/fd/{one}') for one in range(256))"


async def test_what_is_opened_for_a_branch_is_closed_whether_there_is_one_or_not(
    pool: Pool, table: str
) -> None:
    async with pool.session(table, branchable=True) as session:
        await session.run(MANY)
        before = (await session.run(OPENED)).display
        with pytest.raises(NotBranched, match="Too many open files"):
            async with session.branch():
                pass
        assert (await session.run(OPENED)).display == before
        fewer = (await session.run(f"for one in held[100:]:\n    one.close()\n{OPENED}")).display
        assert await on_a_branch(session, "len(held[0].read()) == len(held[99].read()) > 0") == "True"
        assert (await session.run(OPENED)).display == fewer


@pytest.mark.parametrize("what", DIFFERENT)
async def test_what_is_different_on_a_branch_is_as_the_page_says(pool: Pool, table: str, what: str) -> None:
    assert what in PAGE.partition("## Branches")[2].partition("\n## ")[0]
    before, after, kind = DIFFERENT[what]
    async with pool.session(table, branchable=True) as session:
        assert (await session.run(before)).error is None
        async with session.branch() as twin:
            result = await twin.run(after)
    assert result.error is not None
    assert result.error.kind == kind
