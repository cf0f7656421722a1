"""bubblewrap around a local worker: a machine in which nothing is but what its sessions may open.

The wall of each session stands inside as it does without. Where there can be no bubble there is none, and why
is told; what a session may do is the same then, and what it can see is more.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Self

import anyio

from actors.workers.containers import TMP_MIB
from actors.workers.sandbox.unprivileged import USER
from actors.workers.sandbox.version import PROGRAM, ROOT
from actors.workers.sandbox.visible import WRITABLE, shown

DISK_BYTES = TMP_MIB * 1024**2
"""What all sessions of a worker together may write; it lies in memory."""
LEFT_OUT = "TRACEGATE_BUBBLEWRAP"
"""The environment variable by which somebody leaves it out, with the value `0`."""
NEEDS_USER = "run as an ordinary user"
NEEDS_BUBBLEWRAP = "bubblewrap 0.7 or newer, on Debian: apt install bubblewrap"
NEEDS_NAMESPACES = "let ordinary users make namespaces, as sysctl user.max_user_namespaces and AppArmor tell"
TRIAL_SECONDS = 10.0
INFO_SECONDS = 5.0
"""So long at most bubblewrap may take to tell which process it started."""

_READ_BEFORE = ("/etc/alternatives",)
"""Where links among the libraries lead through; the wall of a session follows them, and opens none."""
_TRIAL = (
    "import pathlib, sys; from actors.workers.sandbox.wall import missing; "
    "sys.exit(missing(pathlib.Path(sys.argv[1])) or 0)"
)
_DEAF = 'trap "" HUP INT TERM; exec "$@"'
"""Whoever stops a service may signal all that it started, and a worker goes on as long as its host does."""


class InfoLine:
    """A pipe on which bubblewrap tells what it started; closed at the end of its context."""

    def __enter__(self) -> Self:
        self._told, self.tells = os.pipe()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._told)
        self._close_ours()

    async def first_process(self) -> str | None:
        """This machine's number for the first process in the bubble; None where it is not told."""
        said = b""
        self._close_ours()
        with anyio.move_on_after(INFO_SECONDS):
            while not said.endswith(b"}\n"):
                await anyio.wait_readable(self._told)
                if not (piece := os.read(self._told, 4096)):
                    break
                said += piece
        with suppress(ValueError):
            return str(json.loads(said)["child-pid"])
        return None

    def _close_ours(self) -> None:
        """What was started has its own; ours would keep the pipe from ending."""
        if self.tells >= 0:
            os.close(self.tells)
            self.tells = -1


def around(folder: Path, command: list[str], info: int | None = None) -> list[str]:
    """A command that runs another one in a bubble, as its first process.

    Args:
        folder: what it may write to; it finds it empty, and what it writes goes with it.
        command: the interpreter that runs this, and its arguments.
        info: an inherited descriptor on which it is told which process that is.
    """
    told = [] if info is None else ["--info-fd", str(info)]
    return ["/bin/sh", "-c", _DEAF, "sh", "bwrap", *_namespaces(), *told, *_mounts(folder), "--", *command]


def why_not() -> tuple[str, str]:
    """Why local workers are in no bubble here, and what would change it; both are empty where they are."""
    if os.environ.get(LEFT_OUT) == "0":
        return f"bubblewrap is left out by {LEFT_OUT}=0", f"unset {LEFT_OUT}"
    if sys.platform != "linux":
        return "bubblewrap is for Linux", ""
    if os.geteuid() == 0:
        return "bubblewrap is not used as root, whose user its sessions would be", NEEDS_USER
    if shutil.which("bwrap") is None:
        return "there is no bubblewrap (bwrap)", NEEDS_BUBBLEWRAP
    problem = _tried()
    if not problem:
        return "", ""
    is_old = "nknown option" in problem
    return f"bubblewrap does not work here: {problem}", NEEDS_BUBBLEWRAP if is_old else NEEDS_NAMESPACES


@cache
def _tried() -> str:
    """What a bubble says in which a wall is raised; empty where it stands. Asked once a process."""
    with tempfile.TemporaryDirectory(prefix="tracegate-trial-") as folder:
        trial = around(Path(folder), [sys.executable, "-P", "-c", _TRIAL, folder])
        environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT)}
        try:
            ended = subprocess.run(
                trial,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=folder,
                env=environment,
                timeout=TRIAL_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"it could not be tried: {error}"
    if ended.returncode == 0:
        return ""
    said = ended.stderr.decode("utf-8", "replace").strip()
    return said.rpartition("\n")[2] or f"it ended with status {ended.returncode}"


def _namespaces() -> list[str]:
    user = str(USER)
    return [
        "--unshare-all", "--unshare-user", "--uid", user, "--gid", user, "--cap-drop", "ALL",
        "--hostname", "worker", "--die-with-parent", "--as-pid-1",
    ]  # fmt: skip


def _mounts(folder: Path) -> Iterator[str]:
    """What is there: all of it read-only, but for a folder in memory."""
    yield from ("--proc", "/proc")
    for path in _needed():
        kind = "--dev-bind" if path.is_char_device() else "--ro-bind"
        yield from (kind, str(path), str(path))
    # Its wall refuses it to a session, which is told the same as where there is no bubble.
    yield from ("--perms", "0700", "--size", "4096", "--tmpfs", "/dev/shm")  # noqa: S108  not ours to write to
    yield from ("--perms", "0700", "--size", str(DISK_BYTES), "--tmpfs", str(folder))
    yield from ("--remount-ro", "/", "--chdir", str(folder))


@cache
def _needed() -> tuple[Path, ...]:
    """The outermost of all paths that a worker or its sessions open, and where links lead from them."""
    given = (*shown(), *map(Path, WRITABLE), *map(Path, _READ_BEFORE), *_program())
    there = {one for path in given for one in (path, path.resolve()) if os.access(one, os.R_OK)}
    needed = sorted(path for path in (*there, *_interpreter()) if Path("/proc") not in path.parents)
    return tuple(path for path in needed if there.isdisjoint(path.parents))


def _program() -> Iterator[Path]:
    """What runs behind the wall, and no other file of ours."""
    for pattern in map(Path, PROGRAM):
        yield ROOT / (pattern.parent if "*" in pattern.name else pattern)


def _interpreter() -> Iterator[Path]:
    """The file that is started, at each name by which it is come to."""
    path = Path(sys.executable)
    while path.is_symlink():
        yield path
        path = Path(os.path.normpath(path.parent.resolve() / path.readlink()))
    yield path
