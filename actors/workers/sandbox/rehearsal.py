"""What every session does, done before the first: whoever is forked then finds it done.

Python writes into code as it runs it for the first times, and loads what is used at first use. A forked
process would copy a page for each of these.
"""

import linecache
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NoReturn

import numpy as np
import pandas as pd

from actors.workers.sandbox.confine import MemoryLimit
from actors.workers.sandbox.faults import filename
from actors.workers.sandbox.framing import WORKER, FrameReader, pack, unpack
from actors.workers.sandbox.runner import Runner
from events.frames import Limits, Result, RunCell
from events.trace import CellResult

CELLS = ("1 + 1", "x = df['a'].mean()\nhook(x, \"x = df['a'].mean()\", name='x')\nprint(x)", "1 / 0")
TIMES = 16
"""After so many runs code is as it will be."""


def rehearse(times: int = TIMES, cells: Sequence[str] = CELLS) -> None:
    """Run a few cells of our own as a session would; nothing of it stays in this process that shows.

    Whoever was forked ahead of time does a little of it once more, and has by then copied what a first cell
    writes to.
    """
    with _kept():
        for _ in range(times):
            runner = Runner(Limits(), (), _Unlimited(), _overrun)
            runner.namespace.update(df=_frame(), pd=pd, np=np)
            for number, code in enumerate(cells):
                (raw,) = FrameReader().feed(pack(WORKER, RunCell(number=number, code=code)))
                cell = unpack(raw)
                assert isinstance(cell, RunCell)
                pack(WORKER, Result(result=runner.run(cell)))


@cache
def _frame() -> pd.DataFrame:
    return pd.DataFrame({"a": [1.0, 2.0]})


class _Unlimited(MemoryLimit):
    """The memory of a process that is not a session."""

    def __init__(self) -> None:
        """Limit nothing."""

    def tighten(self) -> None:
        """Leave it as it is."""

    def relax(self) -> None:
        """Leave it as it is."""


def _overrun(_: CellResult) -> NoReturn:
    message = "a cell of the rehearsal printed more than it may"
    raise AssertionError(message)


@contextmanager
def _kept() -> Iterator[None]:
    """Put back what a session takes for itself."""
    main, streams = sys.modules["__main__"], (sys.stdout, sys.stderr)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGUSR1)}
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        sys.stdout, sys.stderr = streams
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for cell in range(len(CELLS)):
            linecache.cache.pop(filename(cell), None)
