"""The one CSV reader: bytes and settings give a table, the same on every machine, or a refusal with a reason.

What becomes of a cell is a rule, never a guess:
- an empty cell has no value; so has one that, trimmed, is a spelling in `reader.missing`, except in the
  columns named in `reader.kept`;
- a column is numbers when every value in it is a finite decimal number in ASCII digits. It is int64 when all
  are whole and none is missing, else float64, the nearest. Leading zeros (`007`), a plus sign on every whole
  number (telephone numbers), whole numbers beyond 2^53 and what is too large or small for float64 (`1e400`,
  `1e-400`) make it text, for as numbers they would be changed;
- all else is text exactly as spelled: dates, `True`, `5%`, `1,000`, `inf`.

Nothing of ours but `events` is imported here: the program inside the wall reads its table with this file.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from events.dataset import ReaderSettings

MAX_CELLS = 20_000_000
MAX_COLUMNS = 2_000
MAX_CELL = 1_000_000

# The limit is the csv module's own global; there is no other way to set it.
csv.field_size_limit(MAX_CELL)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
_EXACT = 2**53
# Text without pyarrow, so that a table does not depend on whether that is installed.
_HAS_TEXT = "na_value" in signature(pd.StringDtype.__init__).parameters
_TEXT: Any = pd.StringDtype("python", na_value=np.nan) if _HAS_TEXT else "object"
"""Text with NaN for what is missing; pandas before 2.3 knows it as objects alone."""


class TableRefused(Exception):
    """Bytes that cannot be read as a table, or not safely.

    Args:
        reason: a short stable word, such as ragged or encoding.
        detail: what is wrong and what to do about it.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Grid:
    """Names and cells as spelled in the file, before any cell is understood."""

    names: tuple[str, ...]
    """One for each column, unique."""
    columns: tuple[tuple[str, ...], ...]
    """The cells of each column, top to bottom."""
    notes: tuple[str, ...]
    """What had to be decided about names and columns."""


def read_table(data: bytes, reader: ReaderSettings) -> pd.DataFrame:
    """The table that these bytes are under these settings: RangeIndex, int64, float64 and `str` columns.

    Raises:
        TableRefused: the bytes are no table under these settings.
    """
    return frame_of(
        grid_of(records_of(decoded(data, reader.encoding), reader.delimiter), reader.header), reader
    )


def frame_of(grid: Grid, reader: ReaderSettings) -> pd.DataFrame:
    """The grid with its cells understood, by the rules at the top of this file."""
    missing = frozenset(reader.missing)
    return pd.DataFrame(
        {
            name: _typed(cells, frozenset() if name in reader.kept else missing)
            for name, cells in zip(grid.names, grid.columns, strict=True)
        }
    )


def decoded(data: bytes, encoding: str) -> str:
    """The bytes as text, byte-order marks removed.

    Raises:
        TableRefused: `encoding` or `nul_bytes`.
    """
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        detail = f"The file is not {encoding} ({error}). Save it as UTF-8, or name its encoding."
        raise TableRefused("encoding", detail) from None
    if "\0" in text:
        detail = "The file has NUL characters in its text. Remove them, or export the table again as UTF-8."
        raise TableRefused("nul_bytes", detail)
    return text.lstrip("\ufeff")


def records_of(text: str, delimiter: str) -> list[list[str]]:
    """The records of the text; lines with nothing but white space are no records.

    Line ends may be LF, CR or CRLF, also mixed; inside quotes they belong to the cell.

    Raises:
        TableRefused: `delimiter`, `too_large` or `quoting`.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise TableRefused(
            "delimiter", f"{delimiter!r} cannot divide cells: name one character such as ; or ,"
        )
    if text.count(delimiter) > MAX_CELLS:
        detail = f"The file has more than {MAX_CELLS:,} cells. Keep the rows and columns that matter."
        raise TableRefused("too_large", detail)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [row for row in lines if not is_blank(row)]
    except csv.Error as error:
        detail = (
            f"Quotes do not match at line {lines.line_num} ({error}). A quote inside a quoted cell is written"
            f" twice, and no cell may be longer than {MAX_CELL:,} characters."
        )
        raise TableRefused("quoting", detail) from None


def is_blank(row: Sequence[str]) -> bool:
    """Whether a record comes from a line with nothing but white space."""
    return len(row) < 2 and not any(map(str.strip, row))


def grid_of(records: Sequence[list[str]], header: int) -> Grid:
    """The records under the names that the header gives them.

    Raises:
        TableRefused: `header_only`, `header_short`, `ragged`, `one_column` or `too_wide`.
    """
    head, body = _headed(records, header)
    if len(head) > MAX_COLUMNS:
        detail = f"The file has {len(head):,} columns, more than {MAX_COLUMNS:,}. Keep those that matter."
        raise TableRefused("too_wide", detail)
    columns = tuple(zip(*_squared(head, body), strict=True))
    # A delimiter at the end of each line, or a doubled one, makes a column with neither name nor value.
    used = [place for place, name in enumerate(head) if name.strip() or any(map(str.strip, columns[place]))]
    if len(used) < 2:
        detail = "Only one column was found. Check the delimiter; questions need at least two columns."
        raise TableRefused("one_column", detail)
    names, notes = _unique_names([(place, head[place]) for place in used])
    if len(used) < len(head):
        notes.append(f"Columns without name and value were left out: {len(head) - len(used)}.")
    if uneven := sum(len(row) != len(head) for row in body):
        notes.append(f"{uneven:,} rows differ from the line of names by empty cells at their end.")
    return Grid(names, tuple(columns[place] for place in used), tuple(notes))


def _headed(records: Sequence[list[str]], header: int) -> tuple[list[str], Sequence[list[str]]]:
    """The line of names and those below it; a header below 0 makes names where no line has them."""
    body = records[header + 1 :] if header >= 0 else records[-header - 1 :]
    if not body or header >= len(records):
        detail = "No row of data stands below the line of names. Check the file, or which line is its header."
        raise TableRefused("header_only", detail)
    if header >= 0:
        return records[header], body
    width = Counter(map(len, body)).most_common(1)[0][0]
    return [f"column_{place}" for place in range(1, width + 1)], body


def number_of(spelling: str) -> int | float | None:
    """The finite number that a trimmed spelling is, read as a column of numbers reads it; else None."""
    if _NUMBER.fullmatch(spelling) is None or _LEADING_ZERO.match(spelling):
        return None
    if _WHOLE.fullmatch(spelling):
        # Digits are counted first: Python refuses to convert very long ones.
        whole = int(spelling) if len(spelling) < 20 else None
        return whole if whole is not None and abs(whole) <= _EXACT else None
    value = float(spelling)
    vanishes = value == 0 and any(digit in "123456789" for digit in spelling.lower().partition("e")[0])
    return None if vanishes or abs(value) == float("inf") else value


def _squared(head: list[str], body: Sequence[list[str]]) -> list[list[str]]:
    """Rows of the header's length; cells are added or taken away only where neither name nor value is."""
    width = len(head)
    named = max((place for place, name in enumerate(head, 1) if name.strip()), default=0)
    rows, odd = [], []
    for number, row in enumerate(body, 1):
        if len(row) == width:
            rows.append(row)
        elif named <= len(row) and not any(map(str.strip, row[width:])):
            rows.append(row[:width] + [""] * (width - len(row)))
        else:
            odd.append(number)
    if odd:
        raise _uneven(width, body, odd)
    return rows


def _uneven(width: int, body: Sequence[list[str]], odd: Sequence[int]) -> TableRefused:
    longer = [len(body[number - 1]) for number in odd if len(body[number - 1]) > width]
    if 2 * len(longer) > len(body):
        return TableRefused(
            "header_short",
            f"The line of names has {width} cells, the rows have {max(longer)}: which name belongs to which"
            f" column cannot be known. Begin the file with a line of {max(longer)} names; or say header = -2"
            " in its settings, if its first line is none of names.",
        )
    return TableRefused(
        "ragged",
        f"{len(odd)} of {len(body)} rows do not have the header's {width} cells; the first is row {odd[0]}"
        f" below the header, with {len(body[odd[0] - 1])}. Quote cells that hold the delimiter, and remove"
        " titles and totals.",
    )


def _unique_names(given: Sequence[tuple[int, str]]) -> tuple[tuple[str, ...], list[str]]:
    """Names made unique, and what was done: a repeated `a` becomes the first free of `a.1`, `a.2`, …"""
    taken = {name for _, name in given}
    seen: set[str] = set()
    names, notes = [], []
    for place, name in given:
        unique = name
        if not name.strip():
            unique = _free(f"unnamed_{place + 1}", taken)
            notes.append(f"Column {place + 1} has no name and is called {unique!r}.")
        elif name in seen:
            unique = _free(name, taken)
            notes.append(f"Column {place + 1} repeats the name {name!r} and is called {unique!r}.")
        seen.add(name)
        taken.add(unique)
        names.append(unique)
    return tuple(names), notes


def _free(name: str, taken: Collection[str]) -> str:
    free, number = name, 0
    while free in taken:
        number += 1
        free = f"{name}.{number}"
    return free


def _typed(cells: Sequence[str], missing: Collection[str]) -> Any:
    """The cells of one column as int64, float64 or text; each different spelling is judged once."""
    spellings = set(cells)
    absent = {spelling for spelling in spellings if not (trimmed := spelling.strip()) or trimmed in missing}
    numbers = _numbers(spellings - absent)
    if numbers is None:
        gap = None if _HAS_TEXT else np.nan
        return pd.array([gap if cell in absent else cell for cell in cells], dtype=_TEXT)
    if not absent and all(isinstance(value, int) for value in numbers.values()):
        return np.array([numbers[cell] for cell in cells], dtype=np.int64)
    return np.array([numbers.get(cell, np.nan) for cell in cells], dtype=np.float64)


def _numbers(spellings: Collection[str]) -> dict[str, int | float] | None:
    """Each spelling's number, or None when the column is text."""
    numbers = {}
    for spelling in spellings:
        value = number_of(spelling.strip())
        if value is None:
            return None
        numbers[spelling] = value
    signed = [spelling.strip().startswith("+") and isinstance(numbers[spelling], int) for spelling in numbers]
    return None if numbers and all(signed) else numbers
