"""What the bytes of the log come to: batches that hold, faults where they do not, and places between them."""

from dataclasses import dataclass
from functools import cached_property

from store.log.lines import START, Head
from store.log.segments import Place


@dataclass(frozen=True)
class Batch:
    """Events that were appended together and are whole."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte of its first line, in the segment as it is when not compressed."""
    end: int
    """Byte after its commit line."""
    before: Head
    """The log's head before it."""
    count: int
    """How many events it holds."""
    data: memoryview
    """Its event lines with their line ends."""
    head: Head
    """The log's head after it."""

    @property
    def first(self) -> int:
        """The place of its first event."""
        return self.before.seq + 1

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """Its event lines, each with its line end."""
        return tuple(bytes(self.data).splitlines(keepends=True))

    @property
    def place(self) -> Place:
        """Where the next batch begins."""
        return Place(int(self.segment[:8]), self.end)


@dataclass(frozen=True)
class Fault:
    """Bytes that are not a batch."""

    segment: str
    """File name of the segment."""
    start: int
    """Byte at which it begins, in the file as it stands."""
    end: int
    """Byte after it."""
    seq: int
    """The place that its first event should have; 0 when a fault before it leaves that unknown."""
    what: str
    """What is wrong."""
    torn: bool = False
    """Whether it is the tail that an interrupted writer leaves."""
    newer: bool = False
    """Whether nothing is damaged: a newer version of tracegate wrote it."""
    beside: bool = False
    """Whether no batch is damaged: it is a file that has to be seen to, as `what` says."""
    disputed: bool = False
    """Whether it holds by itself and is not what `log/head` tells: either of the two may be foreign."""
    foreign: bool = False
    """Whether its digests hold and a line in it is none that tracegate wrote: no repair would cut it."""


@dataclass(frozen=True)
class Point:
    """A place between two batches, and the head there."""

    place: Place
    """The segment, and the byte in it."""
    head: Head
    """The last event before it, and the chain."""


BEGINNING = Point(Place(1, 0), START)
