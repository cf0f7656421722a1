"""What honest analysis does works behind the wall, on every backend."""

from dataclasses import dataclass
from textwrap import dedent

import pytest

from actors.workers.pool import Pool
from events.frames import Limits

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Honest:
    """A cell, and what it shows."""

    name: str
    code: str
    shown: str

    def __str__(self) -> str:
        return self.name


def honest(name: str, shown: str, code: str) -> Honest:
    return Honest(name, dedent(code).strip(), shown)


HONEST = (
    honest('least squares', 'True', """
        import statsmodels.formula.api as smf
        bool(smf.ols('b ~ a + C(c)', df).fit().rsquared > 0.5)
    """),
    honest('a t-test', 'True', """
        from scipy import stats
        bool(stats.ttest_ind(df.a, df.b).pvalue < 1)
    """),
    honest('a forest over two jobs', 'True', """
        from sklearn.ensemble import RandomForestRegressor as R
        R(n_estimators=10, n_jobs=2, random_state=0).fit(df[['a']], df.b).score(df[['a']], df.b) > 0.5
    """),
    honest('a search over a grid', "{'max_depth': 4}", """
        from sklearn.model_selection import GridSearchCV
        from sklearn.tree import DecisionTreeRegressor as T
        GridSearchCV(T(random_state=0), {'max_depth': [1, 4]}, n_jobs=2, cv=2).fit(df[['a']], df.b).best_params_
    """),
    honest('boosting over OpenMP', '5', """
        from sklearn.ensemble import HistGradientBoostingRegressor as H
        H(max_iter=5, min_samples_leaf=2).fit(df[['a']], df.b).n_iter_
    """),
    honest('threads', '[1]', """
        import threading
        said = []
        one = threading.Thread(target=said.append, args=(1,))
        one.start(); one.join()
        said
    """),
    honest('a pool of threads', '[1, 2]', """
        from concurrent.futures import ThreadPoolExecutor
        list(ThreadPoolExecutor(4).map(abs, [-1, 2]))
    """),
    honest('time zones', "'1:00:00'", "str(pd.Timestamp('2024-01-01', tz='Europe/Berlin').utcoffset())"),
    honest('an array of 500 MB', '62500000.0', 'float(np.ones(62_500_000).sum())'),
    honest('its own files', "((1, 2), ['d', 'x.csv', 'z.csv'])", """
        import os, shutil
        open('x.csv', 'w').write('a,b\\n1,2')
        shutil.copy('x.csv', 'y.csv'); shutil.copy2('x.csv', 'z.csv'); os.rename('y.csv', 'w.csv')
        os.mkdir('d'); shutil.move('w.csv', 'd')
        pd.read_csv('d/w.csv').shape, sorted(os.listdir('.'))
    """),
    honest('a file of no name', "b'abc'", """
        import tempfile
        with tempfile.TemporaryFile() as file:
            file.write(b'abc'); file.seek(0)
            read = file.read()
        read
    """),
    honest('a database of its own', '[3]', """
        import sqlite3
        base = sqlite3.connect('a.db')
        base.execute('create table t(a)')
        base.execute('insert into t values (3)')
        base.commit()
        pd.read_sql('select a from t', base).a.tolist()
    """),
    honest('classes and generators', '[3, 3]', """
        class Twice:
            def __init__(self, n):
                self.n = n
            def __iter__(self):
                yield from (self.n, self.n)
        list(Twice(3))
    """),
    honest('decorators', '832040', """
        import functools
        @functools.lru_cache
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)
        fib(30)
    """),
    honest('coroutines', '3', """
        import asyncio
        async def one():
            await asyncio.sleep(0)
            return 3
        asyncio.run(one())
    """),
    honest('coroutines over a pair of sockets', "b'abc'", """
        import asyncio, socket
        async def speak():
            ours, theirs = socket.socketpair()
            reader, kept = await asyncio.open_connection(sock=ours)
            _, writer = await asyncio.open_connection(sock=theirs)
            writer.writelines([b'a', b'bc'])
            writer.write_eof()
            await writer.drain()
            said = await reader.read()
            for one in (writer, kept):
                one.close()
            return said
        asyncio.run(speak())
    """),
    honest('work that coroutines give to threads', '[1, 2]', """
        import asyncio
        async def both():
            return await asyncio.gather(asyncio.to_thread(abs, -1), asyncio.to_thread(abs, 2))
        asyncio.run(both())
    """),
    honest('a pipe of objects between threads', '[1, 2]', """
        import multiprocessing, threading
        one, other = multiprocessing.Pipe()
        sender = threading.Thread(target=one.send, args=([1, 2],))
        sender.start(); sender.join()
        other.recv()
    """),
    honest('a file that is locked, and a database with a log', '(3, [3])', """
        import fcntl, sqlite3
        with open('locked', 'w') as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            written = file.write('abc')
            fcntl.lockf(file, fcntl.LOCK_UN)
        base, other = sqlite3.connect('a.db'), sqlite3.connect('a.db')
        base.execute('pragma journal_mode=wal')
        base.execute('create table t(a)')
        base.execute('insert into t values (3)')
        base.commit()
        written, [a for a, in other.execute('select a from t')]
    """),
    honest('what file objects, terminals and coroutines ask of what is open', "(False, False, 0, 'b.txt')", """
        import asyncio, fcntl, mmap, os, shutil, socket, sys, tempfile
        with tempfile.NamedTemporaryFile('w+b') as file:
            file.write(b'abc'); file.flush()
            with mmap.mmap(file.fileno(), 3) as mapped:
                mapped[:] = b'xyz'
            os.set_inheritable(file.fileno(), True)
            other = os.dup(file.fileno())
            is_kept = os.get_inheritable(other)
            flags = fcntl.fcntl(other, fcntl.F_GETFL)
            fcntl.fcntl(other, fcntl.F_SETFL, flags | os.O_APPEND)
            os.close(fcntl.fcntl(other, fcntl.F_DUPFD_CLOEXEC, 0))
        one, two = socket.socketpair()
        one.settimeout(1); two.setblocking(False)
        try:
            os.get_terminal_size(1)
        except OSError:
            pass
        open('a.txt', 'w').write('x'); shutil.copytree('.', 'copied'); shutil.copyfile('a.txt', 'b.txt')
        sys.stdout.isatty() or open('a.txt').isatty(), is_kept, shutil.get_terminal_size((0, 0)).columns, shutil.copy('a.txt', 'b.txt')
    """),
    honest('how many processors there are', 'True', """
        import os
        (os.cpu_count() or 0) > 0 and len(os.sched_getaffinity(0)) > 0
    """),
    honest('libraries that come late', '1', """
        import scipy.optimize, scipy.signal, scipy.interpolate, sklearn.svm, sklearn.neural_network
        import sklearn.gaussian_process, statsmodels.tsa.api, zoneinfo, decimal, fractions, xml.etree.ElementTree
        1
    """),
)  # fmt: skip


@pytest.fixture(scope="module")
def limits() -> Limits:
    """What sessions have where nobody says otherwise."""
    return Limits()


@pytest.mark.parametrize("cell", HONEST, ids=str)
async def test_honest_code_works(pool: Pool, table: str, cell: Honest) -> None:
    async with pool.session(table) as session:
        result = await session.run(cell.code)
    assert (result.error, result.end) == (None, None)
    assert result.display == cell.shown


async def test_a_figure_can_be_drawn_where_matplotlib_is_installed(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        imported = await session.run("import matplotlib")
        if imported.error is not None:
            assert imported.error.kind == "ModuleNotFoundError"
            return
        drawn = await session.run(
            "matplotlib.use('Agg')\nimport matplotlib.pyplot as plt, os\nplt.plot([1, 2])\nplt.savefig('a.png')\n"
            "os.path.getsize('a.png') > 1000"
        )
    assert drawn.display == "True"
