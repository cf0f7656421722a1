"""What no worker can beat: a byte there and back through pipes, and a fork of a process with its imports.

Run as a program this is that process: it has imported what a worker imports, and does what the byte on its
stdin says.
"""

import gc
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from actors.workers.sandbox.library import warm
from actors.workers.sandbox.pins import PINS

ECHO, FORK = b"e", b"f"
_SECONDS = struct.Struct(">d")
_ROOT = Path(__file__).parents[1]


class Floor:
    """The other end of a process that only echoes and forks."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._inlet = process.stdin.fileno()
        self._outlet = process.stdout.fileno()

    async def round_trip(self) -> float:
        """Seconds that one byte takes to the process and back."""
        began = time.perf_counter()
        os.write(self._inlet, ECHO)
        os.read(self._outlet, 1)
        return time.perf_counter() - began

    async def fork(self) -> float:
        """Seconds from the fork to the first byte of the child, as told by the process that forks."""
        os.write(self._inlet, FORK)
        (seconds,) = _SECONDS.unpack(os.read(self._outlet, _SECONDS.size))
        return float(seconds)


@contextmanager
def floor() -> Iterator[Floor]:
    """The process, ready; it ends with its stdin."""
    command = [sys.executable, "-m", "benchmarks.floor"]
    pipe, environment = subprocess.PIPE, os.environ | PINS
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=_ROOT, env=environment, bufsize=0) as process:
        yield Floor(process)


def _serve() -> None:
    warm()
    gc.collect()
    gc.freeze()
    while order := os.read(0, 1):
        os.write(1, ECHO if order == ECHO else _SECONDS.pack(_forked()))


def _forked() -> float:
    ours, theirs = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.write(theirs, ECHO)
        os._exit(0)
    os.read(ours, 1)
    took = time.perf_counter() - began
    os.close(ours)
    os.close(theirs)
    os.waitpid(child, 0)
    return took


if __name__ == "__main__":
    _serve()
