"""What a cell prints: kept up to a bound, told beyond it; and the end of one that prints too much."""

import io
import signal
from codecs import getincrementaldecoder
from collections.abc import Callable
from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask
from typing import Any

from actors.workers.sandbox.keeping import Keeper, Kept

INTERRUPTS = (signal.SIGINT, signal.SIGUSR1)
"""The signals that end a cell."""
PIECE = 2**16
"""Bytes, about, that are looked at together, of a long write or of many short ones."""
_Decoder = getincrementaldecoder("utf-8")


class Meter:
    """Counts the bytes a cell prints on all its streams, and calls for the end past the limit."""

    def __init__(self, limit: int, stop: Callable[[], None]) -> None:
        self._limit = limit
        self._stop = stop
        self._used = 0

    def start(self) -> None:
        """Count anew, for the next cell."""
        self._used = 0

    def add(self, size: int) -> None:
        """Count `size` bytes."""
        self._used += size
        if self._used > self._limit:
            self._stop()


class Capture(io.RawIOBase):
    """The bytes below a session's stdout or stderr; the object is the same from cell to cell."""

    def __init__(self, most: int, meter: Meter) -> None:
        super().__init__()
        self._most = most
        self._meter = meter
        self._start()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Take it; bytes that are not UTF-8 are replaced, a character may come in two writes."""
        raw = bytes(data)
        if len(raw) > PIECE:
            return sum(self.write(raw[at : at + PIECE]) for at in range(0, len(raw), PIECE))
        self._waiting.append(raw)
        self._size += len(raw)
        if self._size >= PIECE:
            self._pass_on()
        self._meter.add(len(raw))
        return len(raw)

    def take(self) -> Kept:
        """What was written since the last time, which is forgotten here."""
        self._pass_on()
        keeper, rest = self._keeper, self._decoder.decode(b"", final=True)
        self._start()
        keeper.add(rest)
        return keeper.kept()

    def _start(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._keeper = Keeper(self._most)
        self._decoder = _Decoder("replace")

    def _pass_on(self) -> None:
        """Look at some writes together: most are of a word. An interrupt waits, so that none is lost."""
        held = pthread_sigmask(SIG_BLOCK, INTERRUPTS)
        try:
            waiting, self._waiting, self._size = self._waiting, [], 0
            self._keeper.add(self._decoder.decode(b"".join(waiting)))
        finally:
            pthread_sigmask(SIG_SETMASK, held)


def text_stream(below: Capture) -> io.TextIOWrapper:
    """A text stream over a capture, like `sys.stdout` of a process whose output is piped."""
    raw: Any = below
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", newline="\n", write_through=True)
