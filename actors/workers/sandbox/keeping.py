"""What is kept of a stream: its beginning, its end, and between them lines that tell something.

All of it is counted and digested as it goes; no more than some times what is kept is ever in memory.
"""

from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from events.identity import new_digest
from events.printed import Gap, Printed
from events.telling import Rank, Tracebacks, noted

MAX_GAPS = 32
"""Places at most where something is left out."""
MARK = 80
"""Characters at most of the line that says so, line ends around it included."""
SEARCHED_LINES, SEARCHED = 100_000, 2_000_000
"""Lines and characters behind a stream's beginning among which lines are sought that tell something: about a
second of CPU time at most."""
LONGEST = 1000
"""Characters at most that such a line keeps."""
OTHERS = 0.6
"""Share of the room for them, and of the gaps, that lines may take which belong to no error."""


class Kept(NamedTuple):
    """What one cell wrote to one stream."""

    text: str
    """All of it, or what is kept."""
    cut: int = 0
    """Characters that are not kept."""
    whole: Printed | None = None
    """All of it, where some is not kept."""


class Keeper:
    """Takes a stream piece by piece.

    Args:
        most: characters that are kept; the lines that tell of gaps come on top.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._digest = new_digest()
        self._characters = self._bytes = self._line_ends = 0
        self._head = ""
        self._middle: _Middle | None = None
        self._tail: list[str] = []
        self._waiting = 0

    def add(self, text: str) -> None:
        """Take the next piece."""
        data = text.encode()
        self._digest.update(data)
        self._bytes += len(data)
        self._characters += len(text)
        self._line_ends += text.count("\n")
        self._tail.append(text)
        self._waiting += len(text)
        if self._waiting > 2 * self._most:
            self._settle()

    def kept(self) -> Kept:
        """What is left of all pieces. Threads may go on printing meanwhile: the bound holds nonetheless."""
        text = "".join(self._tail)
        if self._characters <= self._most:
            return Kept(text)
        middle = self._settle()
        tail = "".join(self._tail)
        room = self._most - len(self._head) - middle.used
        text, gaps = _joined([self._head, *middle.pieces, tail[max(len(tail) - room, 0) :]])
        kept = len(self._head) + middle.used + min(len(tail), room)
        lines = self._line_ends + (not tail.endswith("\n"))
        whole = Printed(lines, self._bytes, self._digest.hexdigest(), gaps)
        return Kept(text, self._characters - kept, whole)

    def _settle(self) -> "_Middle":
        """Leave at the end no more than there is room for."""
        text = "".join(self._tail)
        if self._middle is None:
            half = self._most // 2
            cut = text.rfind("\n", half // 2, half) + 1 or half
            self._head, text = text[:cut], text[cut:]
            self._middle = _Middle(self._most // 4, self._head)
        while (over := len(text) + len(self._head) + self._middle.used - self._most) > 0:
            room = len(text) - over
            cut = text.find("\n", over - 1, over + room // 2) + 1 or over
            self._middle.let_pass(text[:cut])
            text = text[cut:]
        self._tail, self._waiting = [text], len(text)
        return self._middle


@dataclass
class _Left:
    """What is left out in one place."""

    lines: int = 0
    characters: int = 0
    bytes: int = 0

    def told(self) -> str:
        lines = f"{self.lines:,} lines, " if self.lines else ""
        return f"[cut: {lines}{self.characters:,} characters never kept]\n"


class _Middle:
    """Keeps of what passes by the lines that tell something, those of errors before others.

    Args:
        room: characters for them.
        head: what stands before.
    """

    def __init__(self, room: int, head: str) -> None:
        self.pieces: list[str | _Left] = []
        self.used = 0
        self._room = room
        self._gaps = 0
        self._known: set[str] = set()
        self._lines = self._characters = 0
        self._is_inside = not f"\n{head}".endswith("\n")
        self._is_kept = self._is_inside
        self._tracebacks = Tracebacks()
        for line in head.removesuffix("\n").split("\n"):
            self._tracebacks.rank(line[:LONGEST])

    def let_pass(self, text: str) -> None:
        """Take what is neither beginning nor end."""
        self._characters += len(text)
        if self._lines < SEARCHED_LINES and self._characters < SEARCHED:
            for line in StringIO(text, newline="\n"):
                self._line(line)
            return
        ends = text.count("\n")
        self._leave(text, ends - (self._is_kept and ends > 0))
        self._is_kept = self._is_kept and not ends
        self._is_inside = not text.endswith("\n")

    def _line(self, line: str) -> None:
        """Take a line, or a part of one."""
        begins, ends = not self._is_inside, line.endswith("\n")
        if begins:
            self._is_kept = self._tells(line[:LONGEST])
            if self._is_kept:
                self.pieces.append(line[:LONGEST])
                self.used += min(len(line), LONGEST)
                line = line[LONGEST:]
        if line:
            self._leave(line, int(ends and not self._is_kept))
        self._is_inside = not ends

    def _leave(self, text: str, lines: int) -> None:
        last = self.pieces[-1] if self.pieces else ""
        if isinstance(last, str):
            last = _Left()
            self.pieces.append(last)
            self._gaps += 1
        last.lines += lines
        last.characters += len(text)
        last.bytes += len(text.encode())

    def _tells(self, line: str) -> bool:
        """Whether a line tells something, and there is room for it."""
        self._lines += 1
        text = line.removesuffix("\n")
        of_traceback, own = self._tracebacks.rank(text), noted(text)
        if not text:
            return self._parts_blocks()
        if of_traceback is None or max(of_traceback, own) < Rank.TELLING:
            return False
        if of_traceback >= Rank.TELLING or own is Rank.WRONG:
            return self._fits(line, 1.0)
        is_kept = text not in self._known and self._fits(line, OTHERS)
        self._known |= {text} if is_kept else set()
        return is_kept

    def _fits(self, line: str, share: float) -> bool:
        return self.used + len(line) <= share * self._room and self._gaps < share * MAX_GAPS

    def _parts_blocks(self) -> bool:
        """Whether an empty line follows one that is kept: to tell that it is left out would take more."""
        last = self.pieces[-1] if self.pieces else _Left()
        return isinstance(last, str) and last != "\n" and self._fits("\n", 1.0)


def _joined(pieces: list[str | _Left]) -> tuple[str, tuple[Gap, ...]]:
    """The kept text, with a line in the place of each gap."""
    text: list[str] = []
    gaps: list[Gap] = []
    at, is_within = 0, False
    for piece in pieces:
        if isinstance(piece, str):
            text.append(piece)
            at += piece.count("\n")
            is_within = not f"\n{piece}".endswith("\n")
        else:
            at += is_within
            gaps.append(Gap(at, piece.lines, piece.bytes, is_within))
            text.append("\n" * is_within + piece.told())
            at, is_within = at + 1, False
    return "".join(text), tuple(gaps)
