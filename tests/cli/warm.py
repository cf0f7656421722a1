"""The command line without its start: a process that has loaded what the program loads is forked for each command.

The fork runs `cli.py` as the interpreter does, with an environment, folder, session and streams of its own, and
ends as an interpreter ends. `test_warm_starts` holds it against a process that was started.
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
LOADED = (
    "cli",
    "actors.daemon.service",
    "actors.exporting.decontamination",
    "actors.exporting.harbor.tasks",
    "actors.rating",
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
            start_new_session=True,
        )
        atexit.register(self._process.communicate)

    def run(self, given: Sequence[str], env: Mapping[str, str], patience: float) -> tuple[int, str, str]:
        """Run a command to its end.

        Args:
            given: the words behind `cli.py`.
            env: its whole environment.
            patience: seconds after which it is killed.

        Returns:
            Its exit code, negative for the signal that ended it, and what it said on either stream.
        """
        with self._alone, TemporaryDirectory(prefix="tracegate-streams-") as folder:
            process = self.start(given, env, Path(folder))
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            return process.wait(), *process.communicate()

    def start(self, given: Sequence[str], env: Mapping[str, str], folder: Path) -> "Started":
        """Start a command, which has to have ended before another one may be.

        Args:
            given, env: as above.
            folder: where the files lie that its streams fill.
        """
        return Started(self._process, given, env, folder)


class Started:
    """A command that runs, as `subprocess.Popen` has one."""

    def __init__(
        self, parent: "subprocess.Popen[bytes]", given: Sequence[str], env: Mapping[str, str], folder: Path
    ) -> None:
        self._out, self._err = folder / "out", folder / "err"
        told = {"given": list(given), "env": dict(env), "out": str(self._out), "err": str(self._err)}
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps(told).encode() + b"\n")
        parent.stdin.flush()
        self._answers = parent.stdout.fileno()
        self.pid = self._answer()
        self.returncode: int | None = None

    @property
    def stderr(self) -> IO[str]:
        """What it has said so far."""
        return StringIO(self._err.read_text("utf-8", "surrogateescape"))

    def poll(self) -> int | None:
        """Its exit code; None as long as it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended.

        Raises:
            subprocess.TimeoutExpired: it had not, so many seconds later.
        """
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = self._answer()
        return self.returncode

    def _answer(self) -> int:
        """The next line that its parent tells; not a byte more, which would hide from `select`."""
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(self._answers, 1)
        return int(line)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it said on either stream, once it has ended."""
        self.wait(timeout)
        return self._out.read_text("utf-8", "surrogateescape"), self.stderr.read()

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


@cache
def warm() -> Warm:
    """The one of this process."""
    return Warm()


_AT_REST: list[Warm] = []


@contextmanager
def started(given: Sequence[str], env: Mapping[str, str]) -> Iterator[Started]:
    """A command that is started like that, beside others; it is killed in the end if it runs."""
    parent = _AT_REST.pop() if _AT_REST else Warm()
    with TemporaryDirectory(prefix="tracegate-streams-") as folder:
        process = parent.start(given, env, Path(folder))
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            _AT_REST.append(parent)


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
