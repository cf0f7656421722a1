"""Hooks that libraries register for forks: a supervisor's forks run none, whatever forks in a session runs all."""

import subprocess
import sys
from pathlib import Path

_SAID = """
import os
from actors.workers.sandbox.forking import give_back, hooks_withheld

with hooks_withheld():
    os.register_at_fork(after_in_child=lambda: print("hook", end=" ", flush=True))

def forked(name):
    if os.fork() == 0:
        print(name, flush=True)
        os._exit(0)
    os.wait()

forked("withheld")
give_back()
forked("given back")
give_back()
forked("once")
os.register_at_fork(after_in_child=lambda: print("later", end=" ", flush=True))
forked("as ever")
"""


def test_hooks_wait_until_they_are_given_back_and_come_once() -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", _SAID], capture_output=True, text=True, check=True, cwd=root, timeout=60
    )
    assert run.stdout.split("\n")[:-1] == ["withheld", "hook given back", "hook once", "hook later as ever"]


def test_a_worker_withholds_what_its_libraries_register() -> None:
    said = (
        "from actors.workers.sandbox import forking\n"
        "with forking.hooks_withheld():\n"
        "    import actors.workers.sandbox.service\n"
        "print(sorted({hook.__module__ for one in forking._withheld for hook in one.values() if "
        "getattr(hook, '__module__', None)}))\n"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=root, timeout=60
    )
    assert {"logging", "threading"} <= set(run.stdout.strip("[]\n").replace("'", "").split(", "))
