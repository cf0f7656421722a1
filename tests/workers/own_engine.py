"""A true Docker Engine that a test may kill: in namespaces of its own, so that nothing of it can be left.

It has its own processes, mounts, network and `/run`; the engine of the machine never hears of it. A shell is
the first process in there and does what it is told on a pipe. The pipe ends with whoever holds it, the shell
with the pipe, and the kernel ends with the shell all that was started there: engine, containers, mounts.
"""

import os
import select
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

PROGRAMS = ("bash", "unshare", "pgrep", "dockerd", "containerd", "docker")
ALONE = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
WITHIN = 90.0
"""Seconds that anything that it is told to do may take."""
CGROUPS = Path("/sys/fs/cgroup")
WORKER = "[s]andbox --patience"
"""What the command line of a worker matches, and that of whoever looks for it does not."""
Signal = Literal["KILL", "TERM"]


def why_none() -> str | None:
    """Why no engine of one's own can be started here; None where one can."""
    missing = [one for one in PROGRAMS if shutil.which(one) is None]
    if missing:
        return f"there is no {', no '.join(missing)}"
    return None if os.geteuid() == 0 else "only root can start an engine"


class OwnEngine:
    """An engine that is started and ended at will, and keeps its images meanwhile."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tracegate-engine-"))
        self.socket = self.folder / "docker.sock"
        self.address = f"unix://{self.socket}"
        self._log = self.folder / "log"
        with self._log.open("wb") as log:
            self.shell = subprocess.Popen(
                [*ALONE, "bash"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        # In memory an image is loaded and forgotten sooner, and by nobody but the kernel.
        self._do(
            "mount -t tmpfs tmpfs /run",
            f"mkdir {self.folder}/data",
            f"mount -t tmpfs tmpfs {self.folder}/data",
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        try:
            with suppress(BrokenPipeError):
                self.shell.stdin.close()
            self.shell.wait(WITHIN)
        finally:
            self.shell.kill()
            self.shell.wait()
            self.shell.stdout.close()
            self._clear()

    def start(self, *, live_restore: bool) -> None:
        """Have it answer.

        Args:
            live_restore: whether containers are to outlive it; then containerd is a service beside it.
        """
        if live_restore:
            self._have_containerd()
        beside = "--live-restore --containerd /run/c.sock" if live_restore else ""
        self._do(
            f"dockerd --data-root {self.folder}/data --exec-root /run/own --pidfile /run/own.pid"
            f" -H {self.address} --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false"
            f" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent /{self.folder.name} {beside}"
            " >&2 </dev/null & dockerd=$!",
            f"until docker -H {self.address} version </dev/null >/dev/null 2>&1; do"
            " kill -0 $dockerd || exit 1; sleep 0.02; done",
        )

    def end(self, signal: Signal) -> None:
        """Have it end by a signal, and wait until it did."""
        self._do(f"kill -{signal} $dockerd", "wait $dockerd")

    def await_workers_end(self) -> None:
        """Wait until none of its containers has a worker that runs, whether the engine does or not."""
        self._do(f"while pgrep -f '{WORKER}' >&2; do sleep 0.02; done")

    def load(self, image: str) -> None:
        """Give it an image of the engine that this process asks."""
        passed_on = f"set -o pipefail; docker save {image} | docker -H {self.address} load"
        subprocess.run(["bash", "-c", passed_on], check=True, capture_output=True, timeout=WITHIN)

    def _have_containerd(self) -> None:
        settings = self.folder / "containerd.toml"
        settings.write_text('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
        places = f"--root {self.folder}/data/service --state /run/containerd --address /run/c.sock"
        self._do(
            f"kill -0 $containerd || {{ containerd --config {settings} {places} >&2 & containerd=$!; }}",
            "until [ -S /run/c.sock ]; do sleep 0.02; done",
        )

    def _do(self, *script: str) -> None:
        """Have the shell do it all.

        Raises:
            AssertionError: it ended, or took too long.
        """
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(("\n".join((*script, "echo done")) + "\n").encode())
        self.shell.stdin.flush()
        ready, _, _ = select.select([self.shell.stdout], [], [], WITHIN)
        said = self.shell.stdout.readline() if ready else b"nothing"
        log = self._log.read_text("utf-8", "replace")
        assert said == b"done\n", f"{script}: {said!r}; the end of its log: {log[-2000:]}"

    def _clear(self) -> None:
        shutil.rmtree(self.folder)
        for top in (CGROUPS, *CGROUPS.glob("*")):
            for folder in sorted(top.glob(f"{self.folder.name}/**/"), reverse=True):
                folder.rmdir()
