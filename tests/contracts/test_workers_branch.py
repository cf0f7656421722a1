"""A branch is a session that ran the same cells: what it gives from there on is what a fresh one would give."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from random import Random

import anyio
import msgspec
import pytest

from actors.workers.pool import Pool
from actors.workers.session import NotBranchable, NotBranched, SessionOver, WorkerSession
from events.trace import CellResult
from tests.trials import Trial

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]

CONTINUATIONS = 8
CELLS = (
    "x = 1\ntotal = 0",
    "for n in range(3):\n    total += n\ntotal",
    "x += 1\nhook(x, 'x += 1', name='x')",
    "import random\n(random.random(), np.random.random())",
    "rng = np.random.default_rng(3)\nown = random.Random(5)",
    "(rng.random(), own.random())",
    "df.loc[2, 'a'] = 100\nm = df['a'].mean()\nhook(m, \"m = df['a'].mean()\", name='m', depends_on='x')",
    "submit({'m': m, 'x': x})",
    "submit(7)",
    "print('said', x)\nimport sys\nsys.stderr.write('told')\nNone",
    "1 / 0",
    "def f(n):\n    m = n * x\n    return m",
    "f(3)",
    "with open('file', 'a') as file:\n    file.write(f'{x}\\n')\nopen('file').read()",
    "held = open('held', 'a+')\nheld.write('first')\nheld.flush()",
    "held.write('more')\nheld.flush()\nopen('held').read()",
    "import os\nos.makedirs('in', exist_ok=True)\nos.chdir('in')\nsorted(os.listdir('..'))",
    "it = iter(range(5))\nnext(it)",
    "next(it), os.path.basename(os.getcwd())",
    "class C:\n    count = 0\nC.count += 1\nC.count",
    "pd.set_option('display.precision', 2)\ndf['b'].mean(), pd.Series([1 / 3])",
    "import tempfile\nloose = tempfile.TemporaryFile()\nloose.write(b'abc')",
    "loose.seek(0)\nloose.read(), loose.write(b'def')",
    "from sklearn.ensemble import RandomForestRegressor as R\nR(n_estimators=3).fit(df[['a']], df['b']).predict(df[['a']])[:3]",
    "y = = 2",
    "[one.__name__ for one in (hook, submit)], len(globals())",
)


def untimed(result: CellResult) -> CellResult:
    """A result without what no two runs share."""
    statements = tuple(msgspec.structs.replace(run, seconds=0.0) for run in result.statements)
    return msgspec.structs.replace(result, statements=statements, seconds=0.0)


async def run(session: WorkerSession, codes: Sequence[str]) -> list[CellResult]:
    return [untimed(await session.run(code)) for code in codes]


async def fresh(pool: Pool, table: str, codes: Sequence[str]) -> list[CellResult]:
    async with pool.session(table, branchable=True) as session:
        return await run(session, codes)


def drawn(random: Random, most: int) -> list[str]:
    return random.choices(CELLS, k=random.randint(1, most))


async def test_a_branch_gives_what_a_fresh_run_of_all_its_cells_gives(
    pool: Pool, table: str, trial: Trial
) -> None:
    for _ in range(4):
        prefix = drawn(trial.random, 8)
        continuations = [drawn(trial.random, 5) for _ in range(3)]
        async with pool.session(table, branchable=True) as session, AsyncExitStack() as stack:
            first = await run(session, prefix)
            twins = [await stack.enter_async_context(session.branch()) for _ in continuations]
            for twin, cells in zip([session, *twins], [continuations[0], *continuations], strict=True):
                assert first + await run(twin, cells) == await fresh(pool, table, prefix + cells), prefix
                trial.counts["branches"] += 1


@pytest.mark.full
@pytest.mark.parametrize("code", CELLS)
async def test_each_kind_of_cell_is_the_same_on_a_branch(pool: Pool, table: str, code: str) -> None:
    prefix = [one for one in CELLS if one != code]
    expected = (await fresh(pool, table, [*prefix, code]))[-1]
    async with pool.session(table, branchable=True) as session:
        await run(session, prefix)
        async with session.branch() as twin:
            assert await run(twin, [code]) == [expected]


async def test_continuations_side_by_side_share_nothing_but_what_was_before(pool: Pool, table: str) -> None:
    answers: dict[int, str | None] = {}

    async def go_on(session: WorkerSession, number: int) -> None:
        async with session.branch() as twin:
            await twin.run(f"x += {number}\ndf['a'] = x\nopen('f', 'a').write(str(x))")
            answers[number] = (await twin.run("x, int(df['a'].sum()), open('f').read()")).display

    async with pool.session(table, branchable=True) as session:
        await session.run("x = 100\nopen('f', 'w').write('0,')")
        async with anyio.create_task_group() as tasks:
            for number in range(CONTINUATIONS):
                tasks.start_soon(go_on, session, number)
        assert (await session.run("x, int(df['a'].sum()), open('f').read()")).display == "(100, 435, '0,')"
    assert answers == {n: f"({100 + n}, {30 * (100 + n)}, '0,{100 + n}')" for n in range(CONTINUATIONS)}


async def test_a_branch_of_a_branch_goes_on_from_there(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session:
        await session.run("x = [1]\nopen('f', 'w').write('1')")
        async with session.branch() as twin:
            await twin.run("x.append(2)\nopen('f', 'a').write('2')")
            async with twin.branch() as third:
                result = await third.run("x.append(3)\nopen('f', 'a').write('3')\nopen('f').read(), x")
            assert (result.number, result.display) == (2, "('123', [1, 2, 3])")
            assert (await twin.run("open('f').read(), x")).display == "('12', [1, 2])"


@pytest.mark.parametrize("end", ["import os\nos._exit(0)", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", "import ctypes\nctypes.string_at(0)"])  # fmt: skip
async def test_neither_ends_with_the_other(pool: Pool, table: str, end: str) -> None:
    async with pool.session(table, branchable=True) as session:
        await session.run("x = 41")
        async with session.branch() as twin, session.branch() as other:
            assert (await twin.run(end)).end is not None
            assert (await session.run("x + 1")).display == "42"
            assert (await session.run(end)).end is not None
            assert (await other.run("open('f', 'w').write('still')\nx + 1")).display == "42"


async def test_a_branch_outlives_the_close_of_the_session_it_came_from(pool: Pool, table: str) -> None:
    async with AsyncExitStack() as stack:
        async with pool.session(table, branchable=True) as session:
            await session.run("x = 41\nopen('f', 'w').write('kept')")
            twin = await stack.enter_async_context(session.branch())
        assert (await twin.run("x + 1, open('f').read()")).display == "(42, 'kept')"
        async with twin.branch() as third:
            assert (await third.run("x + 2")).display == "43"


async def test_the_end_of_a_branch_is_told_with_what_it_used(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session, session.branch() as twin:
        result = await twin.run("import os\nos._exit(3)")
        assert result.end is not None
        assert (result.end.reason, result.end.detail) == ("crashed", "the process exited with 3")
        assert result.end.peak_memory > 10**7


async def test_a_limit_holds_on_a_branch_and_its_state_is_kept(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session:
        await session.run("x = 41")
        async with session.branch() as twin:
            late, big, after = (
                await twin.run("while True: pass"), await twin.run("np.ones(10**9)"), await twin.run("x + 1")
            )  # fmt: skip
    assert late.error is not None
    assert late.error.kind == "CellTimeout"
    assert big.error is not None
    assert "MemoryError" in big.error.kind
    assert after.display == "42"


TIMER = "import signal\nx, heard = 41, []\nsignal.signal(signal.SIGALRM, lambda *_: heard.append(1))"
EACH_MILLISECOND = "signal.setitimer(signal.ITIMER_REAL, .001, .001)"


async def test_a_timer_that_goes_off_meanwhile_does_not_stand_in_the_way(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session:
        await run(session, [TIMER, EACH_MILLISECOND])
        for _ in range(10):
            async with session.branch() as twin:
                assert (await twin.run("x + 1")).display == "42"
        shown = await run(session, ["len(heard) > 0", "signal.pthread_sigmask(signal.SIG_BLOCK, ())"])
        assert [one.display for one in shown] == ["True", "set()"]
        async with session.branch() as twin:
            assert (await twin.run("signal.pthread_sigmask(signal.SIG_BLOCK, ())")).display == "set()"


async def test_who_was_not_opened_for_it_or_is_over_does_not_branch(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        with pytest.raises(NotBranchable):
            async with session.branch():
                pass
    async with pool.session(table, branchable=True) as session:
        await session.run("import os\nos._exit(0)")
        with pytest.raises(SessionOver):
            async with session.branch():
                pass


async def test_what_stands_in_the_way_is_told_and_the_session_goes_on(pool: Pool, table: str) -> None:
    async with pool.session(table, branchable=True) as session:
        await session.run("import os\nkept, x = os.sendfile, 41\nopen('f', 'w').write('kept')")
        await session.run("def full(*_, **__):\n    raise OSError('no room')\nos.sendfile = full")
        with pytest.raises(NotBranched, match="no room"):
            async with session.branch():
                pass
        assert (await session.run("x + 1")).display == "42"
        await session.run("os.sendfile = kept")
        async with session.branch() as twin:
            assert (await twin.run("x + 1")).display == "42"
