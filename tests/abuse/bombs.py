"""Attempts of a session to take more than its share, as cells, and how each may end."""

from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Bomb:
    """One cell."""

    name: str
    code: str
    ends: tuple[str, ...]
    """Kinds of the error that it may meet, or reasons of the session's end; `lives` where it may just end."""

    def __str__(self) -> str:
        return self.name


def bomb(name: str, code: str, *ends: str) -> Bomb:
    return Bomb(name, dedent(code).strip(), ends)


BOMBS = (
    bomb("eight gigabytes at once", "np.ones(10**9)", "MemoryError", "_ArrayMemoryError"),
    bomb("memory piece by piece", "held = []\nwhile True:\n    held.append(bytearray(2**24))", "MemoryError"),
    bomb("a fork bomb", "import os\nwhile True:\n    os.fork()", "PermissionError", "BlockingIOError"),
    bomb("threads without end", """
        import threading, time
        started = []
        while True:
            one = threading.Thread(target=time.sleep, args=(60,), daemon=True)
            one.start()
            started.append(one)
    """, "RuntimeError", "MemoryError", "CellTimeout", "crashed"),
    bomb("descriptors without end", "held = []\nwhile True:\n    held.append(open('/dev/null'))", "OSError"),
    bomb("pipes without end", "import os\nwhile True:\n    os.pipe()", "OSError"),
    bomb("much printed", "while True:\n    print('x' * 100_000)", "output_limit"),
    bomb("much written to a bare descriptor", "import os\nwhile True:\n    os.write(1, b'x' * 65536)", "lives", "CellTimeout", "output_limit"),
    bomb("a file without end", "with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(2**20))", "OSError", "disk_limit"),
    bomb("files without end", "n = 0\nwhile True:\n    open(f'f{n}', 'w').close()\n    n += 1", "OSError", "CellTimeout", "disk_limit"),
    bomb("folders in folders, deeper than any path", "import os\nfor _ in range(2000):\n    os.mkdir('d')\n    os.chdir('d')\n1 / 0", "ZeroDivisionError", "CellTimeout", "OSError", "disk_limit"),
    bomb("folders that nobody may read", """
        import os
        for one in range(500):
            os.makedirs(f'{one}/in')
            open(f'{one}/in/file', 'w').close()
            os.mkdir(f'{one}/closed', 0)
        os.mkdir('dark', 0o300)
        open('dark/file', 'w').close()
        1 / 0
    """, "ZeroDivisionError", "OSError", "CellTimeout"),
    bomb("recursion", "def f(n):\n    return f(n + 1)\nf(0)", "RecursionError"),
    bomb("recursion beyond the stack", "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return f(n + 1)\nf(0)", "crashed", "wall_limit", "MemoryError", "RecursionError"),
    bomb("a null pointer", "import ctypes\nctypes.string_at(0)", "crashed"),
    bomb("a number without end", "10 ** 10 ** 10", "CellTimeout", "wall_limit", "MemoryError"),
    bomb("a pattern without end", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')", "CellTimeout", "wall_limit"),
    bomb("an interrupt that is not heeded", """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            pass
    """, "wall_limit"),
    bomb("a loop in C", "np.linalg.svd(np.random.rand(4000, 4000))", "wall_limit", "CellTimeout", "MemoryError", "lives"),
    bomb("a display without end", "class Huge:\n    def __repr__(self):\n        return 'x' * 10**9\nHuge()", "lives", "MemoryError", "output_limit", "CellTimeout"),
    bomb("a quiet exit", "import os\nos._exit(0)", "crashed"),
    bomb("an exit", "raise SystemExit(0)", "SystemExit"),
    bomb("the channel closed", "import os\nos.close(3)\nimport time\ntime.sleep(60)", "crashed", "wall_limit"),
    bomb("a frame forged", "import os\nos.write(3, b'\\xff' * 64)\nimport time\ntime.sleep(60)", "crashed"),
    bomb("a frame of four gigabytes announced", """
        import os, struct, time
        os.write(3, struct.pack('<IBI', 1, 1, 2**32 - 1))
        time.sleep(60)
    """, "crashed", "wall_limit", "CellTimeout"),
    bomb("stopped by itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "PermissionError"),
    bomb("killed by itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "PermissionError"),
)  # fmt: skip
