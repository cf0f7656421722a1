"""How a text that is too long is abridged: by a chain of pure functions, each of which leaves something out.

The chain is left as soon as the rest fits, so that a text loses no more than it has to.
"""

from collections.abc import Callable, Iterator

from actors.teaching.excerpt import (
    LONGEST_PERIOD,
    NOTE_BYTES,
    SUMMARY_BYTES,
    Budget,
    Excerpt,
    Line,
    Whole,
    bytes_of,
)
from actors.teaching.ranking import notables, tables, tracebacks
from events.printed import Printed
from events.telling import Rank

LINE_BYTES = 300
"""Bytes that a long line keeps, two thirds of them from its front."""
TELLING_BYTES = 1000
"""The same for one that tells something, such as a table's header."""
SPARED_BYTES = 40
"""Bytes over that which a line may have: to cut them would save nothing."""
REPEATS = 3
"""Times that a block must stand in a row before it is shown once."""
UNRANKED_SHARE = 0.4
"""Of a budget, which ranked lines leave to the first and last ones."""
TAIL_SHARE = 1 / 3
"""Of what ranked lines leave."""

Step = Callable[[Excerpt], Excerpt]


def compress(text: str, budget: Budget, printed: Printed | None = None) -> str:
    """The text within the budget; untouched when it fits and is all that there was.

    Args:
        text: what is to be shown.
        budget: at least 300 bytes and 4 lines.
        printed: what there was, where a session kept only this text of it.
    """
    if printed is None and budget.holds(text):
        return text
    whole = Whole(text, printed)
    kept = whole.excerpt()
    for step in (all_of_it, *CHAIN):
        kept = step(kept)
        if len(kept) < budget.lines and budget.holds(shown := whole.shown(kept)):
            return shown
    return whole.shown(ends(kept, budget))


def all_of_it(lines: Excerpt) -> Excerpt:
    """Nothing is left out."""
    return lines


def overwritten(lines: Excerpt) -> Excerpt:
    """A line that was written over shows its last state, as a terminal does."""
    return tuple(map(_last_state, lines))


def repeats(lines: Excerpt) -> Excerpt:
    """What stands several times in a row, a line or a block of some, is shown once."""
    kept: list[Line] = []
    at = 0
    while at < len(lines):
        period, times = _repetition(lines, at)
        kept += lines[at : at + period]
        at += period * times
    return tuple(kept)


def long_lines(lines: Excerpt) -> Excerpt:
    """Long lines keep their beginning and their end, more of both where they tell something."""
    return tuple(
        _shortened(line, TELLING_BYTES if line.rank >= Rank.TELLING else LINE_BYTES) for line in lines
    )


def ends(lines: Excerpt, budget: Budget) -> Excerpt:
    """As much as fits: the first and last line, the ranked ones, and the others from both ends."""
    room = _Room(budget)
    for line in (lines[0], lines[-1]):
        room.take(line)
    for line in _by_rank(lines):
        room.take(line, leave=UNRANKED_SHARE)
    for line in lines:
        room.close(line)
    room.take_row(lines, leave=TAIL_SHARE * room.share)
    room.take_row(lines[::-1])
    return tuple(line for line in lines if line.number in room.taken)


CHAIN: tuple[Step, ...] = (overwritten, repeats, tracebacks, tables, notables, long_lines)
"""What comes before `ends`, which alone has to know the budget."""


class _Room:
    """What is left of a budget as lines are taken; each gap between them takes a note.

    Args:
        budget: for the lines, the notes and the summary.
    """

    def __init__(self, budget: Budget) -> None:
        self.taken = {-1}
        """The numbers of the lines, and of the one before the first, so that no gap lies there."""
        self._budget = budget
        self._bytes = budget.bytes - SUMMARY_BYTES - NOTE_BYTES
        self._lines = budget.lines - 2

    @property
    def share(self) -> float:
        """How much of the budget is left, of what is scarcer."""
        return min(self._bytes / self._budget.bytes, self._lines / self._budget.lines)

    def take(self, line: Line, leave: float = 0.0) -> bool:
        """Whether the line is in, or fits in so that this share of the budget is left."""
        if line.number in self.taken:
            return True
        # The gap in which it stands becomes two, one or none.
        notes = (line.number - 1 not in self.taken) + (line.number + 1 not in self.taken) - 1
        size = self._bytes - bytes_of(line.written) - 1 - notes * NOTE_BYTES
        lines = self._lines - 1 - notes
        if size < leave * self._budget.bytes or lines < leave * self._budget.lines:
            return False
        self.taken.add(line.number)
        self._bytes, self._lines = size, lines
        return True

    def close(self, line: Line) -> None:
        """Take a line that takes less than the note in its place."""
        is_between = line.number - 1 in self.taken and line.number + 1 in self.taken
        if is_between and bytes_of(line.written) < NOTE_BYTES:
            self.take(line)

    def take_row(self, lines: Excerpt, leave: float = 0.0) -> None:
        """Lines one after the other, up to the first that does not fit."""
        for line in lines:
            if not self.take(line, leave):
                break


def _by_rank(lines: Excerpt) -> Iterator[Line]:
    """The ranked lines, higher ones first, of one rank the last and the first in turn."""
    for rank in (Rank.WRONG, Rank.TELLING, Rank.SAMPLE):
        ranked = [line for line in lines if line.rank == rank]
        for count in range(len(ranked)):
            yield ranked[count // 2 if count % 2 else -1 - count // 2]


def _last_state(line: Line) -> Line:
    if "\r" not in line.text:
        return line
    states = [state for state in line.text.split("\r") if state]
    if len(states) < 2:
        return line
    cut = bytes_of(line.text) - bytes_of(states[-1])
    note = f"[cut: {len(states) - 1:,} earlier states of this line, {cut:,} bytes]"
    return line._replace(text=states[-1], cut=cut, note=note)


def _repetition(lines: Excerpt, at: int) -> tuple[int, int]:
    """Lines of the block that begins here and is repeated, and how often it stands."""
    for period in range(1, LONGEST_PERIOD + 1):
        end = at + period
        while end < len(lines) and lines[end].text == lines[end - period].text:
            end += 1
        if (times := (end - at) // period) >= REPEATS:
            return period, times
    return 1, 1


def _shortened(line: Line, most: int) -> Line:
    data = line.text.encode()
    if len(data) <= most + SPARED_BYTES:
        return line
    head, tail = (part.decode("utf-8", "ignore") for part in (data[: most * 2 // 3], data[-most // 3 :]))
    cut = len(data) - bytes_of(head) - bytes_of(tail)
    return line._replace(text=f"{head}[cut: {cut:,} bytes]{tail}", cut=line.cut + cut)
