"""What two runs of a cell printed, as far as it can be compared: of a long stream only parts are kept."""

from typing import NamedTuple

from actors.tracing.sameness import Sameness
from events.printed import Printed


class Stream(NamedTuple):
    """One stream of one run."""

    text: str
    """What is kept of it."""
    whole: Printed | None
    """All of it, where that is more."""
    cut: int
    """Characters that are not kept; a record of an older version tells nothing else of them."""

    @property
    def head(self) -> str:
        """Its beginning, as far as nothing is left out."""
        return "\n".join(self._lines[: self._gaps[0]])

    @property
    def tail(self) -> str:
        """Its end, as far as nothing is left out."""
        return "\n".join(self._lines[self._gaps[-1] + 1 :])

    @property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def _gaps(self) -> list[int]:
        gaps = self.whole.gaps if self.whole else ()
        return [gap.at for gap in gaps] or [len(self._lines)]


def parted(recorded: Stream, again: Stream, same: Sameness) -> tuple[str, str] | None:
    """What differs, of both sides; None where nothing does that can be known."""
    if recorded.whole is None and recorded.cut and again.whole:
        return _unless_same(recorded.text[: len(again.head)], again.head, same)
    if recorded.whole is None or again.whole is None:
        return _unless_same(recorded.text, again.text, same)
    if same.exact:
        return _unless_same(recorded.text, again.text, same) or _wholes(recorded, again)
    # Elsewhere a number may have a digit more, and what is kept may begin or end a line sooner.
    heads = [side.head.split("\n") for side in (recorded, again)]
    tails = [side.tail.split("\n") for side in (recorded, again)]
    first, last = min(map(len, heads)), min(map(len, tails))
    left, right = ("\n".join(head[:first]) for head in heads)
    left_end, right_end = ("\n".join(tail[len(tail) - last :]) for tail in tails)
    return _unless_same(left, right, same) or _unless_same(left_end, right_end, same)


def _unless_same(left: str, right: str, same: Sameness) -> tuple[str, str] | None:
    return None if same.of_texts(left, right) else (left, right)


def _wholes(recorded: Stream, again: Stream) -> tuple[str, str] | None:
    """What can be said of two streams that differ in what is not kept.

    Nothing can where the kept parts differ in addresses of objects: so may the rest.
    """
    wholes = [side.whole for side in (recorded, again) if side.whole]
    if wholes[0] == wholes[-1] or recorded.text != again.text:
        return None
    return _told(wholes[0]), _told(wholes[-1])


def _told(whole: Printed) -> str:
    return f"{whole.lines:,} lines, {whole.bytes:,} bytes, digest {whole.digest}"
