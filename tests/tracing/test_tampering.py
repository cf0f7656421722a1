"""Reaching for interpreter internals is seen; honest code is left alone."""

import pytest

from actors.tracing.tampering import tampering


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nsys._getframe(1)",
        "from sys import _getframe",
        "import inspect",
        "import gc, os",
        "import ctypes.util",
        "from ctypes import c_int",
        "import numpy as np\nnp.ctypeslib.load_library('x', '.')",
        "df['a'].to_numpy().ctypes.data",
        "g = (i for i in [])\ng.gi_frame.f_back",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    t = e.__traceback__",
        "__builtins__['print'] = None",
        "import builtins",
        "import __main__",
        "from actors.workers import sandbox",
        "import events.trace",
        "def hook(*a, **k):\n    pass",
        "submit = print",
        "hook: object = 1",
        "for hook in [1]:\n    pass",
        "print(hook := 1)",
        "import os as submit",
        "def f():\n    global hook\n    hook = 1",
        "del submit",
        "hook.__self__",
        "f.__globals__['x']",
        "f.__closure__[0].cell_contents",
        "f.__code__",
        "().__class__.__base__.__subclasses__()",
        "import sys\nsys.modules['json']",
        "pd.io.common.sys.modules",
        "import sys as s",
        "import sys\ngetattr(sys, 'modu' + 'les')",
        "import sys\nvars(sys)",
        "getattr(f, '__globals__')",
        "globals()['hook'] = print",
        "__import__('gc')",
        "import importlib\nimportlib.import_module('inspect')",
        "__import__(name)",
        "exec('import gc')",
        "eval(text)",
        "exec(compile(source, '', 'exec'))",
        "import sys\nsys.settrace(f)",
        "import signal\nsignal.getsignal(signal.SIGINT).args",
        "from signal import getsignal",
        "print.__self__",
        "import operator\noperator.attrgetter('__self__')(print)",
        "object.__getattribute__(print, '__self__')",
        "'{0.__self__}'.format(print)",
        "f'{print.__self__}'",
        "match print:\n    case object(__self__=x):\n        pass",
        "open('/proc/self/mem', 'r+b')",
        "import os\nos.write(3, b'x')",
        "import socket\nsocket.socket(fileno=3)",
        "import sys\nsys.stdout.buffer",
        "import sys\nsys.stdout.detach()",
        "import threading\nthreading.settrace(f)",
        "from threading import setprofile",
        "import ast\nast.unparse = f",
        "import time\ntime.perf_counter = f",
        "import hashlib\ndel hashlib.blake2b",
        "__tracegate_ran__(3)",
    ],
)
def test_a_reach_for_internals_is_seen(code: str) -> None:
    assert tampering(["x = 1", code]) is not None


@pytest.mark.parametrize(
    "code",
    [
        "hook(x, 'x = 1', name='x', depends_on=['y'])\nsubmit({'n': 1})",
        "import sys\nprint(sys.version, sys.maxsize)",
        "import os, re, math, importlib\nre.compile('a').match('b')",
        "df.eval('c = a + b')\ndf.query('a > 1')",
        "eval('1 + 1')",
        "class A:\n    def __init__(self):\n        self.modules = 1",
        "df.modules.sum()",
        "note = 'import gc; sys._getframe()'  # hook = 1",
        "def f(x):\n    return x.__class__.__name__",
        "globals()['x'] = 1",
        "x = (",
        "import ast\nast.literal_eval('[1]')",
        "import os\nos.getenv('HOME'), os.listdir('.')",
        "import time\ntime.perf_counter()",
        "with open('out.csv', 'w') as f:\n    f.write('a')",
        "time = df['time']\ntime.name = 'hours'\nsignal = df['signal']\nsignal.index = time",
        "class A:\n    pass\nA.time = 1\ndf.index.name = 'time'",
        "f'{df.shape[0]} rows, {x!r:>10}'",
        "'{} of {self}'.format(1, self=2)",
        "import io\nio.StringIO('a').read()",
        "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
        "np.frombuffer(b'12345678').data\nbuffer = df.to_numpy()\nbuffer.dtype",
    ],
)
def test_honest_code_is_left_alone(code: str) -> None:
    assert tampering([code]) is None


def test_the_cell_and_the_reach_are_named() -> None:
    assert tampering(["x = 1", "import gc"]) == "cell 1 reaches for the module `gc`"
