"""Frames on their way out of a supervisor: not copied on the way, and overwritten once they are gone."""

from collections import deque
from collections.abc import Callable, Sequence

from actors.workers.sandbox.framing import RawFrame, header, wipe

_AT_ONCE = 16
"""Buffers that one call of the system is handed at most."""


class Outbox:
    """Bytes that wait until a descriptor that never blocks takes them.

    Args:
        write: hands some buffers to it; how many bytes it took.
    """

    def __init__(self, write: Callable[[Sequence[memoryview]], int]) -> None:
        self._write = write
        self._waiting: deque[bytes | bytearray] = deque()
        self._gone = 0
        """How much of the first is gone."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, raw: RawFrame) -> None:
        """One more frame, whose body belongs to this from here on.

        Raises:
            FrameTooLong: the body is over the limit.
        """
        self._waiting += (header(raw), raw.body)

    def flush(self) -> bool:
        """Hand over what goes; whether all is gone.

        Raises:
            ConnectionError: nobody is at the other end.
        """
        try:
            while self._waiting:
                first, *more = (
                    memoryview(self._waiting[at]) for at in range(min(_AT_ONCE, len(self._waiting)))
                )
                self._part_with(self._write([first[self._gone :], *more]))
        except BlockingIOError:
            return False
        return True

    def clear(self) -> None:
        """Drop all, and leave nothing of it."""
        for data in self._waiting:
            wipe(data)
        self._waiting.clear()
        self._gone = 0

    def _part_with(self, took: int) -> None:
        took += self._gone
        while self._waiting and took >= len(self._waiting[0]):
            data = self._waiting.popleft()
            took -= len(data)
            wipe(data)
        self._gone = took
