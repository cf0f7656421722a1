"""Which lines of an excerpt matter: what went wrong and where, and what a table is."""

from collections.abc import Sequence
from itertools import groupby

from actors.teaching.excerpt import Excerpt, Line
from events.telling import Rank, Tracebacks, noted

LEAST_ROWS = 12
"""Lines of one width that are taken for a table."""
FIRST_ROWS = 5
"""Lines at a table's beginning that are ranked: header, name of the index, rows."""
LAST_ROWS = 3
"""Lines at its end that are ranked."""


def tracebacks(lines: Excerpt) -> Excerpt:
    """Tracebacks lose the frames of libraries; what is left of them is ranked."""
    reader = Tracebacks()
    ranked = [(line, reader.rank(line.text)) for line in lines]
    return tuple(_ranked(line, rank) for line, rank in ranked if rank is not None)


def tables(lines: Excerpt) -> Excerpt:
    """Tables, which are many lines of one width: their header is ranked, and their first and last rows."""
    kept: list[Line] = []
    for _, run in groupby(lines, key=lambda line: len(line.text)):
        rows = list(run)
        kept += _sampled(rows) if _is_table(rows) else rows
    return tuple(kept)


def notables(lines: Excerpt) -> Excerpt:
    """Errors, warnings, shapes, headings and digests are ranked, wherever they stand."""
    return tuple(_ranked(line, noted(line.text)) for line in lines)


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


def _ranked(line: Line, rank: Rank) -> Line:
    return line if line.rank >= rank else line._replace(rank=rank)
