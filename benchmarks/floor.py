"""What no worker can beat: a byte there and back, and a fork of a process with its imports.

Run as a program this is that process: it has imported what a worker imports, and does what the byte on its
stdin says. Its text alone is enough, so it runs in a container of the worker image as well.
"""

import gc
import os
import struct
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from actors.workers.sandbox.library import warm
from actors.workers.sandbox.pins import PINS

ECHO, FORK = b"e", b"f"
_SECONDS = struct.Struct(">d")

Ask = Callable[[bytes, int], Awaitable[bytes]]
"""Sends a byte, and gives so many that come back."""


class Floor:
    """The other end of a process that only echoes and forks.

    Args:
        ask: how it is spoken to.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def round_trip(self) -> float:
        """Seconds that one byte takes to the process and back."""
        began = time.perf_counter()
        await self._ask(ECHO, 1)
        return time.perf_counter() - began

    async def fork(self) -> float:
        """Seconds from the fork to the first byte of the child, as told by the process that forks."""
        (seconds,) = _SECONDS.unpack(await self._ask(FORK, _SECONDS.size))
        return float(seconds)


@contextmanager
def floor() -> Iterator[Floor]:
    """The process, ready; it ends with its stdin."""
    command = [sys.executable, "-m", "benchmarks.floor"]
    root, pipe, environment = Path(__file__).parents[1], subprocess.PIPE, os.environ | PINS
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=root, env=environment, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        inlet, outlet = process.stdin.fileno(), process.stdout.fileno()

        async def ask(order: bytes, length: int) -> bytes:
            os.write(inlet, order)
            return os.read(outlet, length)

        yield Floor(ask)


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
