"""What a cell prints: kept up to a bound, counted beyond it; and the end of one that prints too much."""

import io
from collections.abc import Callable
from typing import Any, NamedTuple


class Printed(NamedTuple):
    """What one cell wrote to one stream."""

    text: str
    cut: int


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

    def __init__(self, keep: int, meter: Meter) -> None:
        super().__init__()
        self._keep = keep
        self._meter = meter
        self._parts: list[str] = []
        self._kept = 0
        self._cut = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep what fits, count the rest; bytes that are not UTF-8 are replaced."""
        raw = bytes(data)
        text = raw.decode("utf-8", "replace")
        fits = text[: self._keep - self._kept]
        if fits:
            self._parts.append(fits)
        self._kept += len(fits)
        self._cut += len(text) - len(fits)
        self._meter.add(len(raw))
        return len(raw)

    def take(self) -> Printed:
        """What was written since the last time, which is forgotten here."""
        printed = Printed("".join(self._parts), self._cut)
        self._parts, self._kept, self._cut = [], 0, 0
        return printed


def text_stream(below: Capture) -> io.TextIOWrapper:
    """A text stream over a capture, like `sys.stdout` of a process whose output is piped."""
    raw: Any = below
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", newline="\n", write_through=True)
