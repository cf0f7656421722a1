"""A rehearsal leaves nothing that shows in the process that holds it, or in those that are forked from it."""

import linecache
import os
import signal
import sys
import threading
from pathlib import Path

from actors.workers.sandbox import confine
from actors.workers.sandbox.faults import filename
from actors.workers.sandbox.rehearsal import CELLS, rehearse


def standing() -> list[object]:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGUSR1)]
    return [sys.modules["__main__"], sys.stdout, sys.stderr, *handlers, threading.active_count(), Path.cwd()]


def test_what_a_session_takes_for_itself_is_put_back() -> None:
    before, known = standing(), set(sys.modules)
    rehearse()
    assert standing() == before
    assert not {name for name in set(sys.modules) - known if not name.startswith(("pandas", "numpy"))}
    assert not [number for number in range(len(CELLS)) if filename(number) in linecache.cache]


def test_an_environment_is_left_with_what_a_session_keeps() -> None:
    kept = {name: os.environ[name] for name in confine.KEPT if name in os.environ}
    before = dict(os.environ)
    try:
        os.environ["SECRET"] = "x"
        confine.clean_environment({"OMP_NUM_THREADS": "1"})
        assert dict(os.environ) == kept | {"OMP_NUM_THREADS": "1"}
    finally:
        os.environ.clear()
        os.environ.update(before)
