"""Processes forked off ours before it has a thread: what we have loaded, they have loaded."""

import gc
import os
import pickle
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from anyio import wait_readable, wait_writable

NOT_THEIRS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that ask us to end, or to read again."""
_LENGTH = struct.Struct(">Q")


class ForkLostError(Exception):
    """The process ended before it answered."""


class Fork:
    """One of them, as seen from here; it ends when its socket is closed, by us or by our end.

    Args:
        pid: its id; it is our child, so the id stays its own until it is waited for here.
        ours: our end of the socket, non-blocking.
    """

    def __init__(self, pid: int, ours: socket.socket) -> None:
        self._pid = pid
        self._ours = ours

    async def call(self, function: Callable[..., object], args: tuple[object, ...]) -> Any:
        """What the function gives there; a process that was not waited for to the end must be killed.

        Args:
            function: one of a module.
            args: what it is called with; they and the result travel pickled.

        Raises:
            ForkLostError: the process ended before it answered.
        """
        request = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
        try:
            await self._send(_LENGTH.pack(len(request)) + request)
            (length,) = _LENGTH.unpack(await self._receive(_LENGTH.size))
            return pickle.loads(await self._receive(length))  # noqa: S301  our own process wrote it
        except OSError as error:
            raise ForkLostError(str(error)) from error

    def kill(self) -> None:
        """End it at once, whatever it does, and wait for that."""
        self._ours.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    async def _send(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._ours.send(left) :]
            except BlockingIOError:
                await wait_writable(self._ours)

    async def _receive(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            try:
                part = self._ours.recv(min(size - len(found), 1 << 20))
            except BlockingIOError:
                await wait_readable(self._ours)
                continue
            if not part:
                message = "it closed its socket"
                raise ForkLostError(message)
            found += part
        return bytes(found)


@contextmanager
def forks(count: int) -> Iterator[list[Fork]]:
    """That many of them; those that are still in the list in the end are ended.

    None where a thread runs besides ours: a lock that it holds would be held for ever in the fork.
    """
    made: list[Fork] = []
    alone = threading.active_count() == 1
    try:
        gc.freeze()  # else a collection in a fork would copy every page that it has from us
        made += [_fork() for _ in range(count if alone else 0)]
        gc.unfreeze()
        yield made
    finally:
        for fork in made:
            fork.kill()


def _fork() -> Fork:
    """One more; deaf from its very start to what asks us to end."""
    ours, theirs = socket.socketpair()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, NOT_THEIRS)
    try:
        if (pid := os.fork()) == 0:
            _live(theirs)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    ours.setblocking(False)
    return Fork(pid, ours)


def _live(channel: socket.socket) -> None:
    """Serve calls until the socket ends; never comes back."""
    try:
        for number in NOT_THEIRS:
            signal.signal(number, signal.SIG_IGN)
        _keep_only(channel.fileno())
        with suppress(OSError, EOFError), channel.makefile("rwb") as stream:
            while True:
                (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
                function, args = pickle.loads(_exactly(stream, length))  # noqa: S301  whom we were forked from
                reply = pickle.dumps(function(*args), protocol=pickle.HIGHEST_PROTOCOL)
                stream.write(_LENGTH.pack(len(reply)) + reply)
                stream.flush()
    finally:
        os._exit(0)


def _exactly(stream: Any, size: int) -> bytes:
    found: bytes = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found


def _keep_only(number: int) -> None:
    """Leave the streams of the one we were forked from, and whatever else it had open."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    for other in sorted({int(name) for name in os.listdir("/dev/fd")} - {0, 1, 2, number}):  # noqa: PTH208
        with suppress(OSError):  # that of the listing is closed by now
            os.close(other)
