"""The product as people run it: `python cli.py …` in a process of its own, on a home of its own.

A command that is run to its end is forked from a process which has loaded everything, where that is the same;
one that is `started` is a new process.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.cli.warm import Started, started, warm

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ("--workers", "local")
SOURCES = {"template", "procedural", "llm"}
PATIENCE = 900
AT_START = ("PYTHON", "LC_", "LANG")
"""How variables begin that the interpreter reads when it starts."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, in which line ends are blanks: terminals may fold a message anywhere."""
        return " ".join((self.out + " " + self.err).split())

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout; anything beside it there is an error."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Program:
    """The command line on one home, in one environment."""

    home: Path
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    python: str = sys.executable
    user: int | None = None
    entry: tuple[str, ...] = ("cli.py",)
    """What Python is given to run; a test may have a fault put into the product first."""

    def run(self, *args: object, code: int | None = 0) -> Ended:
        """Run a command to its end; `code` is the exit code that is due, None for any."""
        ended = self._ended(args)
        assert "Traceback" not in ended.err, ended.err
        assert code is None or ended.code == code, f"{args} exits {ended.code}, not {code}\n{ended.said}"
        return ended

    def _ended(self, args: Sequence[object]) -> Ended:
        if self._is_usual:
            return self.forked(*args)
        with self.started(*args) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return Ended(process.returncode, out, err)

    @property
    def _is_usual(self) -> bool:
        """Whether nothing but the command and its environment is another than in `Program(home)`."""
        read_at_start = any(name.startswith(AT_START) for name in self.env)
        return not read_at_start and replace(self, env={}) == Program(self.home)

    def forked(self, *args: object) -> Ended:
        """Run a command to its end without its start, which is most of what a short one takes."""
        return Ended(*warm().run(self._given(args), self._environment, PATIENCE))

    def json(self, *args: object, code: int = 0) -> dict[str, Any]:
        """What a command gives with --json."""
        return self.run(*args, "--json", code=code).json

    @contextmanager
    def started(self, *args: object) -> Iterator["subprocess.Popen[str]"]:
        """A running command, in a session of its own as in a terminal; whatever is left of it is killed."""
        given = [self.python, *self.entry, *self._given(args)]
        ordinary: dict[str, Any] = (
            {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        )
        with subprocess.Popen(
            given,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=True,
            **ordinary,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    @contextmanager
    def going(self, *args: object) -> Iterator[Started]:
        """A running command without its start, where nothing hangs on that."""
        assert self._is_usual
        with started(self._given(args), self._environment) as process:
            yield process

    def _given(self, args: Sequence[object]) -> list[str]:
        return [*map(str, args), "--home", str(self.home)]

    @property
    def _environment(self) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if name != "TRACEGATE_HOME"}
        return outside | dict(self.env)

    def with_env(self, **env: str) -> "Program":
        """The same home in another environment."""
        return replace(self, env={**self.env, **env})

    def at(self, home: Path) -> "Program":
        """The same on another home."""
        return replace(self, home=home)

    def copied(self, folder: Path) -> "Program":
        """The same on a copy of the home, which a test may spoil."""
        shutil.copytree(self.home, folder / "copy")
        return replace(self, home=folder / "copy")

    @property
    def segment(self) -> Path:
        """The log's first segment, which holds all of a short log."""
        return self.home / "log" / "00000001.jsonl"

    def artifacts(self) -> dict[str, bytes]:
        """Each artifact's bytes by its path below the home."""
        return {
            name: data for name, data in self.files().items() if name.startswith(("questions/", "episodes/"))
        }

    def files(self) -> dict[str, bytes]:
        """Every file of the home by its path below it; none when there is no home."""
        found = sorted(path for path in self.home.rglob("*") if path.is_file())
        return {path.relative_to(self.home).as_posix(): path.read_bytes() for path in found}

    def digest(self) -> str:
        """One digest over the names and bytes of all that the home holds."""
        told = [(name, sha256(data).hexdigest()) for name, data in self.files().items()]
        return sha256(repr(told).encode()).hexdigest()

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The records of all `questions` or `episodes`."""
        found = [data for name, data in self.artifacts().items() if name.startswith(f"{kind}/")]
        return [json.loads(line) for data in found for line in data.splitlines()]

    def ids(self, kind: str) -> set[str]:
        """The ids of all `questions` or `episodes`."""
        return {str(record["id"]) for record in self.records(kind)}

    def told(self, event: str) -> list[dict[str, Any]]:
        """The events of one type that the log's first segment holds, in order."""
        lines = self.segment.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if f'"event":{{"type":"{event}"' in line]
        return [one["event"] for one in found]

    def doubled(self) -> list[str]:
        """The questions, traces and episodes that were finished more than once."""
        finished = [one["question"]["id"] for one in self.told("QuestionAccepted")]
        finished += [one["trace"] for one in self.told("AttemptEnded")]
        finished += [one["episode"] for one in self.told("EpisodeJudged")]
        return [key for key, count in Counter(finished).items() if count > 1]

    def wait_for(self, process: "subprocess.Popen[str]", event: str, count: int = 1) -> None:
        """Wait until a running command has written so many events of a type; its log is followed."""
        assert process.stderr is not None
        for line in process.stderr:  # the log is there when the first stage is told of
            if line.startswith("tables:"):
                break
        else:
            raise AssertionError("the command ended before it had read a table")
        follow = ["timeout", str(PATIENCE), "tail", "-n", "+1", "-F", str(self.segment)]
        with subprocess.Popen(follow, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tail:
            assert tail.stdout is not None
            try:
                seen = 0
                for line in tail.stdout:
                    seen += f'"event":{{"type":"{event}"' in line
                    if seen == count:
                        return
            finally:
                tail.terminate()
        raise AssertionError(f"{count} events {event} were awaited, and {seen} came")


def sent(program: Program, where: str) -> Program:
    """The same program, with its streams sent elsewhere by a shell, whose place it takes."""
    line = f'exec "$0" {" ".join(program.entry)} "$@" {where}'
    return replace(program, python="sh", entry=("-c", line, program.python))


def interrupt(process: "subprocess.Popen[str]") -> Ended:
    """What Ctrl-C in a terminal does: the signal goes to every process of the session's foreground."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, out, err)
