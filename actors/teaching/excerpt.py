"""Which lines of a text are shown, and the notes that tell what is not: no line is left out unsaid.

Whoever abridges a text only leaves lines of an excerpt out, shortens one and says by how much, or ranks them.
What is missing is counted against the whole when it is written down: no note can be wrong or forgotten.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from events.identity import digest_of

LONGEST_PERIOD = 5
"""Lines at most of a block whose repeats are told as such."""
NOTE_BYTES = 80
"""Bytes that a note of left out lines takes at most, its line end included."""
SUMMARY_BYTES = 140
"""The same for the summary."""


class Budget(NamedTuple):
    """What a text may take."""

    bytes: int
    """In UTF-8."""
    lines: int
    """Those of the notes included."""

    def holds(self, text: str) -> bool:
        """Whether a text is within it."""
        return text.count("\n") < self.lines and bytes_of(text) <= self.bytes


class Rank(IntEnum):
    """How much a line matters."""

    ANY = 0
    """It is one of many."""
    SAMPLE = 1
    """It stands for many: a table's first or last row."""
    TELLING = 2
    """It says where something went wrong, or what something is: a frame, a header, a shape, a digest."""
    WRONG = 3
    """It says what went wrong."""


class Line(NamedTuple):
    """A line of an excerpt."""

    number: int
    """Where it stands in the whole, from 0."""
    text: str
    """What is shown of it."""
    cut: int = 0
    """Bytes of it that are not shown."""
    rank: Rank = Rank.ANY
    """How much it matters."""
    note: str = ""
    """What is told behind it of bytes that are not shown."""

    @property
    def written(self) -> str:
        """The line with its note."""
        return f"{self.text} {self.note}" if self.note else self.text


Excerpt = tuple[Line, ...]
"""Lines in order."""


class Whole:
    """A text by lines, with its digest.

    Args:
        text: all of it that there is.
    """

    def __init__(self, text: str) -> None:
        self.lines = text.removesuffix("\n").split("\n")
        self._digest = digest_of(text.encode())
        self._sizes = [bytes_of(line) + 1 for line in self.lines]
        self._sizes[-1] -= not text.endswith("\n")

    def excerpt(self) -> Excerpt:
        """All lines."""
        return tuple(Line(number, text) for number, text in enumerate(self.lines))

    def shown(self, kept: Sequence[Line]) -> str:
        """The lines kept, notes in the gaps, and a summary with the digest of all."""
        written: list[str] = []
        numbers = {line.number for line in kept}
        following = 0
        for line in kept:
            written += [*self._gap(following, line.number, numbers), line.written]
            following = line.number + 1
        written += self._gap(following, len(self.lines), numbers)
        return "\n".join([*written, self._summary(kept)])

    def _gap(self, start: int, end: int, kept: set[int]) -> list[str]:
        """The note in the place of lines that are left out, as repeats of those above where they are."""
        if start == end:
            return []
        size = sum(self._sizes[start:end])
        for period in range(1, LONGEST_PERIOD + 1):
            if kept.issuperset(range(start - period, start)) and self._repeats(start, end, period):
                above = "line" if period == 1 else f"{period} lines"
                return [f"[cut: the {above} above {(end - start) // period:,} more times, {size:,} bytes]"]
        return [f"[cut: {end - start:,} lines, {size:,} bytes]"]

    def _repeats(self, start: int, end: int, period: int) -> bool:
        lines = self.lines
        return (end - start) % period == 0 and all(
            lines[at] == lines[at - period] for at in range(start, end)
        )

    def _summary(self, kept: Sequence[Line]) -> str:
        lines, size = len(self.lines), sum(self._sizes)
        shown = sum(self._sizes[line.number] - line.cut for line in kept)
        return (
            f"[cut: {lines - len(kept):,} of {lines:,} lines, {size - shown:,} of {size:,} bytes; "
            f"digest of the whole: {self._digest}]"
        )


def bytes_of(text: str) -> int:
    """Its size in UTF-8."""
    return len(text.encode())
