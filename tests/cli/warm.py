"""The command line without its start: a process that has loaded what the program loads is forked for each command.

The fork runs `cli.py` as the interpreter does, with an environment, folder, session and streams of its own, and
ends as an interpreter ends. `test_warm_starts` holds it against a process that was started.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock, Timer
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
LOADED = (
    "cli",
    "actors.daemon.service",
    "actors.replaying",
    "actors.system",
    "actors.generation.coverage",
    "actors.generation.rebuilding",
    "actors.terminal.inspecting",
    "pandas",
    "scipy.spatial",
    "scipy.stats",
)
"""What commands load, when they start or when they are run."""


class Warm:
    """The process that is forked, which ends with ours."""

    def __init__(self) -> None:
        self._alone = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self._process.communicate)

    def run(self, given: Sequence[str], env: Mapping[str, str], out: Path, err: Path, patience: float) -> int:
        """Run a command to its end.

        Args:
            given: the words behind `cli.py`.
            env: its whole environment.
            out, err: files that its streams fill.
            patience: seconds after which it is killed.

        Returns:
            Its exit code, negative for the signal that ended it.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._alone:
            told = {"given": list(given), "env": dict(env), "out": str(out), "err": str(err)}
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
            end = Timer(patience, os.killpg, (int(self._process.stdout.readline()), signal.SIGKILL))
            end.start()
            try:
                return int(self._process.stdout.readline())
            finally:
                end.cancel()


@cache
def warm() -> Warm:
    """The one of this process."""
    return Warm()


def serve(asked: IO[str], told: IO[str]) -> None:
    """Fork for each line until there is none, and tell which process it is and how that ended.

    A fork becomes its command, and does not come back.
    """
    for name in LOADED:
        import_module(name)
    gc.freeze()
    for line in asked:
        child = os.fork()
        if child == 0:
            os.setsid()
            become(**json.loads(line))
            return
        print(child, file=told, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=told, flush=True)


def become(given: list[str], env: dict[str, str], out: str, err: str) -> None:
    """Run the command as if this process had been started for it."""
    for number, path, mode in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        opened = os.open(path, mode | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["cli.py", *given]
    runpy.run_path(str(ROOT / "cli.py"), run_name="__main__")


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
