"""Nothing that one session does is there in another, whenever that one was forked, on every backend."""

from dataclasses import dataclass
from textwrap import dedent

import pytest

from actors.workers.pool import Pool
from actors.workers.sandbox.nursery import SPARES

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Stain:
    """What a session does, and an expression that shows it there."""

    name: str
    look: str
    code: str

    def __str__(self) -> str:
        return self.name


def stain(name: str, look: str, code: str) -> Stain:
    return Stain(name, look, dedent(code).strip())


STAINS = (
    stain("values", "df.to_csv()", "df.iloc[0, 0] = -1\ndf.loc[3, 'b'] = None"),
    stain("values below pandas", "df.to_csv()", """
        for block in df._mgr.blocks:
            if block.values.dtype.kind in 'if':
                block.values.flags.writeable = True
                block.values[:] = -1
    """),
    stain("types", "df.dtypes.tolist()", "df['a'] = df['a'].astype('float32')"),
    stain("rows", "len(df)", "df.drop(index=df.index[:7], inplace=True)"),
    stain("row labels", "df.index.tolist()", "df.index = range(7, 37)"),
    stain("columns", "df.columns.tolist()", "df.columns = ['x', 'y', 'z']\ndf['new'] = 1"),
    stain("attributes of the table", "df.attrs, df.flags.allows_duplicate_labels", "df.attrs['left'] = 1\ndf.flags.allows_duplicate_labels = False"),
    stain("a method of pandas", "pd.DataFrame.describe.__name__", "pd.DataFrame.describe = lambda self: self"),
    stain("a function of NumPy", "np.mean.__name__", "np.mean = lambda *_: 7"),
    stain("a builtin", "sorted([2, 1])", "import builtins\nbuiltins.sorted = lambda items: [7]"),
    stain("a name", "'left' in globals()", "left = 1"),
    stain("hook and submit", "hook.__name__, submit.__name__", "hook = submit = print"),
    stain("options of pandas", "pd.get_option('display.max_rows'), str(1 / pd.Series([3.0])[0])", "pd.set_option('display.max_rows', 3)"),
    stain("how NumPy prints", "repr(np.array([1 / 3]))", "np.set_printoptions(precision=2)"),
    stain("what NumPy makes of errors", "np.geterr()", "np.seterr(all='raise')"),
    stain("options of scikit-learn", "__import__('sklearn').get_config()", "import sklearn\nsklearn.set_config(assume_finite=True)"),
    stain("the seed of random", "__import__('random').random()", "import random\nrandom.seed(7)"),
    stain("the seed of NumPy", "np.random.random()", "np.random.seed(7)"),
    stain("files", "__import__('os').listdir()", "open('left', 'w').write('x')\nimport os\nos.mkdir('folder')"),
    stain("threads", "__import__('threading').active_count()", """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    """),
    stain("the environment", "sorted(__import__('os').environ.items())[-1][1], 'LEFT' in __import__('os').environ", "import os\nos.environ['LEFT'] = 'x'\nos.environ['ZZZ'] = 'x'"),
    stain("the path of imports", "__import__('sys').path", "import sys\nsys.path.insert(0, '.')"),
    stain("modules", "'left' in __import__('sys').modules", "import sys\nsys.modules['left'] = sys"),
    stain("what imports find", "len(__import__('sys').meta_path)", "import sys\nsys.meta_path.append(object())"),
    stain("filters of warnings", "len(__import__('warnings').filters)", "import warnings\nwarnings.simplefilter('error')"),
    stain("the locale", "__import__('locale').setlocale(__import__('locale').LC_ALL)", "import locale\nlocale.setlocale(locale.LC_ALL, 'C')"),
    stain("the folder it works in", "__import__('os').path.basename(__import__('os').getcwd()).isdecimal()", "import os\nos.mkdir('in')\nos.chdir('in')"),
    stain("what signals do", "str(__import__('signal').getsignal(12))", "import signal\nsignal.signal(12, print)"),
    stain("signals that are held back", "len(__import__('signal').pthread_sigmask(0, []))", "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [10])"),
    stain("an alarm", "__import__('signal').getitimer(0)[0] > 0", "import signal\nsignal.setitimer(0, 50)"),
    stain("the mask of files", "oct(__import__('os').umask(0o22))", "import os\nos.umask(0o77)"),
    stain("limits", "__import__('resource').getrlimit(7)", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))"),
    stain("where it runs", "len(__import__('os').sched_getaffinity(0)), __import__('os').cpu_count()", """
        import os
        os.cpu_count = lambda: 99
    """),
    stain("how deep it may recurse", "__import__('sys').getrecursionlimit()", "import sys\nsys.setrecursionlimit(77777)"),
    stain("the collector", "__import__('gc').isenabled(), __import__('gc').get_threshold()", "import gc\ngc.disable()\ngc.set_threshold(7)"),
    stain("the time zone", "__import__('time').tzname", "import os, time\nos.environ['TZ'] = 'Asia/Tokyo'\ntime.tzset()"),
    stain("decimals", "__import__('decimal').getcontext().prec", "import decimal\ndecimal.getcontext().prec = 3"),
    stain("logging", "len(__import__('logging').getLogger().handlers)", "import logging\nlogging.basicConfig()"),
    stain("what becomes of an error", "__import__('sys').excepthook.__name__", "import sys\nsys.excepthook = lambda *_: None"),
    stain("our own program", "__import__('actors.workers.sandbox.plain', fromlist=['x']).MAX_ANSWER", """
        import actors.workers.sandbox.plain as plain
        plain.MAX_ANSWER = 7
    """),
)  # fmt: skip


@pytest.mark.parametrize("stain", STAINS, ids=str)
async def test_nothing_survives_a_session(pool: Pool, table: str, stain: Stain) -> None:
    """In one that was open before, in the spares that were forked before, and in one forked after."""
    async with pool.session(table) as before, pool.session(table) as stained:
        clean = (await before.run(stain.look)).display
        assert clean is not None
        spoiled = await stained.run(f"{stain.code}\nNone")
        assert (spoiled.error, spoiled.end) == (None, None)
        shown = await stained.run(stain.look)
        assert shown.error is not None or shown.display != clean
        if "random" not in stain.look:  # there the first look is itself a draw
            assert (await before.run(stain.look)).display == clean
        for _ in range(SPARES + 1):
            async with pool.session(table) as later:
                assert (await later.run(stain.look)).display == clean
