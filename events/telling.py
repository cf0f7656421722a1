"""Which printed lines matter: what went wrong and where, and what a table is.

It is guessed from printed text, and decides about nothing but what is kept and shown of it.
"""

import re
from enum import IntEnum

MESSAGE_LINES = 4
"""Lines at most that are taken for more of an error's message."""
SEARCHED = 1000
"""Characters of a line that are looked at: not many more of it can be shown."""

# None of these takes longer than a line is long, whatever it holds: session and host wait for them.
_TRACEBACK = re.compile(r"(?P<margin>[ |+-]*)(?:Exception Group )?Traceback \(most recent call last\):$")
_FRAME = '  File "'
_USER_FRAME = re.compile(r'  File "<cell \d+>"')
_ERROR = re.compile(r"\s*(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)(?::|$)")
_NOTABLE = re.compile(
    r"""Warning:\s                                       # a warning's kind and message
      | \b(?:ERROR|CRITICAL|FATAL)\b                      # levels of logs
      | ^(?:During\ handling\ of|The\ above\ exception)   # what joins nested tracebacks
      | ^\[\d+\ rows\ x\ \d+\ columns\]$ | \bdtype:\s | \bshape\b | ^\(\d+(?:,\ \d+)*,?\)$
      | ^RangeIndex:\s | ^Data\ columns\s                 # what a table is
      | ^\s*(?:={3,}|-{3,}|\#{2,}|\*{3,})\s*\w            # headings that the code printed
      | \b[0-9a-f]{32,128}\b                              # digests
    """,
    re.VERBOSE,
)


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


class Tracebacks:
    """Knows the lines of tracebacks, as text is read line by line."""

    def __init__(self) -> None:
        self._margin: int | None = None
        self._is_user = True
        self._message = 0

    def rank(self, text: str) -> Rank | None:
        """How much the next line matters as one of a traceback; None for one of a library's frame."""
        if head := _TRACEBACK.match(text):
            self._margin, self._is_user, self._message = len(head["margin"]), True, 0
            return Rank.TELLING
        if self._margin is None:
            self._message = self._message - 1 if text.strip() else 0
            return Rank.TELLING if self._message > 0 else Rank.ANY
        told = text[self._margin :]
        if not told.startswith("  "):
            self._margin, self._message = None, MESSAGE_LINES
            return Rank.WRONG
        if told.startswith(_FRAME):
            self._is_user = _USER_FRAME.match(told) is not None
        return Rank.TELLING if self._is_user else None


def noted(text: str) -> Rank:
    """How much a line matters by its form, wherever it stands."""
    if _ERROR.match(text):
        return Rank.WRONG
    return Rank.TELLING if _NOTABLE.search(text, 0, SEARCHED) else Rank.ANY
