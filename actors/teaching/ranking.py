"""Which lines of printed text matter: what went wrong and where, and what a table is.

It is guessed from printed text, and decides about nothing but what is shown.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from actors.teaching.excerpt import Excerpt, Line, Rank

LEAST_ROWS = 12
"""Lines of one width that are taken for a table."""
FIRST_ROWS = 5
"""Lines at a table's beginning that are ranked: header, name of the index, rows."""
LAST_ROWS = 3
"""Lines at its end that are ranked."""
MESSAGE_LINES = 4
"""Lines at most that are taken for more of an error's message."""

SEARCHED = 1000
"""Characters of a line that are looked at: not many more of it can be shown."""

# None of these takes longer than a line is long, whatever it holds: the host waits for them.
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


def tracebacks(lines: Excerpt) -> Excerpt:
    """Tracebacks lose the frames of libraries; what is left of them is ranked."""
    kept: list[Line] = []
    margin, is_user, message = None, True, 0
    for line in lines:
        if head := _TRACEBACK.match(line.text):
            margin, is_user, message = len(head["margin"]), True, 0
            kept.append(_ranked(line, Rank.TELLING))
        elif margin is None:
            message = message - 1 if line.text.strip() else 0
            kept.append(_ranked(line, Rank.TELLING) if message > 0 else line)
        elif (told := line.text[margin:]).startswith("  "):
            is_user = _USER_FRAME.match(told) is not None if told.startswith(_FRAME) else is_user
            kept += [_ranked(line, Rank.TELLING)] * is_user
        else:
            margin, message = None, MESSAGE_LINES
            kept.append(_ranked(line, Rank.WRONG))
    return tuple(kept)


def tables(lines: Excerpt) -> Excerpt:
    """Tables, which are many lines of one width: their header is ranked, and their first and last rows."""
    kept: list[Line] = []
    for _, run in groupby(lines, key=lambda line: len(line.text)):
        rows = list(run)
        kept += _sampled(rows) if _is_table(rows) else rows
    return tuple(kept)


def notables(lines: Excerpt) -> Excerpt:
    """Errors, warnings, shapes, headings and digests are ranked, wherever they stand."""
    return tuple(map(_noted, lines))


def _sampled(rows: list[Line]) -> list[Line]:
    header, *first = rows[:FIRST_ROWS]
    return [
        _ranked(header, Rank.TELLING),
        *(_ranked(row, Rank.SAMPLE) for row in first),
        *rows[FIRST_ROWS:-LAST_ROWS],
        *(_ranked(row, Rank.SAMPLE) for row in rows[-LAST_ROWS:]),
    ]


def _is_table(rows: Sequence[Line]) -> bool:
    return len(rows) >= LEAST_ROWS and 2 * sum("  " in row.text.strip() for row in rows) > len(rows)


def _noted(line: Line) -> Line:
    if _ERROR.match(line.text):
        return _ranked(line, Rank.WRONG)
    return _ranked(line, Rank.TELLING) if _NOTABLE.search(line.text, 0, SEARCHED) else line


def _ranked(line: Line, rank: Rank) -> Line:
    return line if line.rank >= rank else line._replace(rank=rank)
