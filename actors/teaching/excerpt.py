"""Which lines of a text are shown, and the notes that tell what is not: no line is left out unsaid.

Whoever abridges a text only leaves lines of an excerpt out, shortens one and says by how much, or ranks them.
What is missing is counted against the whole when it is written down: no note can be wrong or forgotten.
"""

from collections.abc import Sequence
from typing import NamedTuple

from events.identity import digest_of
from events.printed import Printed
from events.telling import Rank

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
    """A text by lines, with its digest; a place where a session left something out stands as one line.

    Args:
        text: all of it that there is.
        printed: what there was, where that is more.
    """

    def __init__(self, text: str, printed: Printed | None = None) -> None:
        self.lines = text.removesuffix("\n").split("\n")
        self._count = printed.lines if printed else len(self.lines)
        self._digest = printed.digest if printed else digest_of(text.encode())
        self._counts = [1] * len(self.lines)
        self._sizes = [bytes_of(line) + 1 for line in self.lines]
        self._sizes[-1] -= not text.endswith("\n")
        gaps = printed.gaps if printed else ()
        self._gaps = {gap.at for gap in gaps}
        for gap in gaps:
            self._counts[gap.at], self._sizes[gap.at] = gap.lines, gap.bytes
            self._sizes[gap.at - 1] -= gap.within

    def excerpt(self) -> Excerpt:
        """All lines that there are."""
        return tuple(Line(number, text) for number, text in enumerate(self.lines) if number not in self._gaps)

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
        if not (count := sum(self._counts[start:end])):
            return [f"[cut: {size:,} bytes]"]
        for period in range(1, LONGEST_PERIOD + 1):
            if kept.issuperset(range(start - period, start)) and self._repeats(start, end, period):
                above = "line" if period == 1 else f"{period} lines"
                return [f"[cut: the {above} above {(end - start) // period:,} more times, {size:,} bytes]"]
        return [f"[cut: {count:,} lines, {size:,} bytes]"]

    def _repeats(self, start: int, end: int, period: int) -> bool:
        lines = self.lines
        return (
            (end - start) % period == 0
            and self._gaps.isdisjoint(range(start, end))
            and all(lines[at] == lines[at - period] for at in range(start, end))
        )

    def _summary(self, kept: Sequence[Line]) -> str:
        cut, size = sum(self._counts) - len(kept), sum(self._sizes)
        shown = sum(self._sizes[line.number] - line.cut for line in kept)
        return (
            f"[cut: {cut:,} of {self._count:,} lines, {size - shown:,} of {size:,} bytes; "
            f"digest of the whole: {self._digest}]"
        )


def bytes_of(text: str) -> int:
    """Its size in UTF-8."""
    return len(text.encode())
