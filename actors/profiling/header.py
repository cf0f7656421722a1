"""Which line names the columns; files whose names cannot be told from their data are refused."""

import itertools
from collections.abc import Sequence

from actors.profiling.delimiter import usual_width
from actors.profiling.missing import ALWAYS, BY_EVIDENCE
from actors.profiling.table import TableRefused, number_of

_ROWS_LOOKED_AT = 1_000
_LONGEST_PREAMBLE = 10
_NO_VALUE = frozenset(("", *ALWAYS, *BY_EVIDENCE))

Records = Sequence[Sequence[str]]
Columns = Sequence[Sequence[str]]


def header_of(records: Records) -> tuple[int, tuple[str, ...]]:
    """Index of the line that names the columns, with a note when it is not the first.

    Raises:
        TableRefused: `no_header` or `second_header`.
    """
    if len(records) < 2:
        return 0, ()
    width = usual_width([len(row) for row in records[:_ROWS_LOOKED_AT]])
    above = _preamble(records, width)
    header = above if _names_columns(records[above], width) else 0
    head, body = records[header], records[header + 1 : header + 1 + _ROWS_LOOKED_AT]
    columns = [_column(body, place) for place in range(len(head))]
    if body:
        _refuse_data_as_names(head, columns)
        _refuse_second_header(head, body, columns)
    notes = (f"Lines above the names that were left out, for they name no columns: {header}.",)
    return header, notes if header else ()


def _preamble(records: Records, width: int) -> int:
    """How many lines at the top are titles or comments: at most one cell in use, or a leading #."""
    count = 0
    for row in records[: min(_LONGEST_PREAMBLE, len(records) - 1)]:
        used = sum(1 for cell in row if cell.strip())
        if not row[0].lstrip().startswith("#") and (used > 1 or (len(row) == width and width < 3)):
            break
        count += 1
    return count


def _names_columns(row: Sequence[str], width: int) -> bool:
    used = [cell.strip() for cell in row if cell.strip()]
    texts = all(number_of(cell) is None for cell in used)
    return len(row) == width and len(used) > 1 and texts and len(set(used)) == len(used)


def _refuse_data_as_names(head: Sequence[str], columns: Columns) -> None:
    """A first line whose cells mostly continue the columns below them is data."""
    pairs = [
        (name.strip(), cells) for name, cells in zip(head, columns, strict=True) if name.strip() and cells
    ]
    if any(number_of(name) is None and _all_numbers(cells) for name, cells in pairs) or _is_series(head):
        return
    if 2 * sum(_continues(name, cells) for name, cells in pairs) > len(head):
        detail = (
            f"The first line looks like data, not like names ({_shown(head)}). Put a line with the names of"
            f" the {len(head)} columns first, or say which line is the header."
        )
        raise TableRefused("no_header", detail)


def _is_series(head: Sequence[str]) -> bool:
    """Whether the numbers among the names go up in even steps, as years do in a wide table."""
    values = [value for name in head if (value := number_of(name.strip())) is not None]
    if any(isinstance(value, float) for value in values):
        return False
    steps = {right - left for left, right in itertools.pairwise(values)}
    years = all(1000 <= value <= 2200 for value in values)
    return len(steps) == 1 and steps.pop() > 0 and (years or len(values) > 2)


def _continues(name: str, cells: Sequence[str]) -> bool:
    """Whether a name looks like one more value of its column."""
    number = number_of(name)
    if number is None or not _all_numbers(cells):
        return name in cells and len(set(cells)) < len(cells)
    values = [value for cell in cells if (value := number_of(cell)) is not None]
    if min(values) <= number <= max(values) or number != int(number):
        return True
    return len(values) > 1 and 0 != values[1] - values[0] == values[0] - number


def _refuse_second_header(head: Sequence[str], body: Records, columns: Columns) -> None:
    """A first row of sub-names or units would be read as data and turn columns of numbers into text."""
    first = [_cell(body[0], place) for place in range(len(head))]
    texts = [cell not in _NO_VALUE and number_of(cell) is None for cell in first]
    repeated = sum(texts[place] and first[place] == name.strip() for place, name in enumerate(head))
    nameless = [texts[place] for place, name in enumerate(head) if not name.strip() and columns[place]]
    # Text wherever something stands over numbers further down: units, or names once more.
    numbers = [
        texts[place]
        for place, cells in enumerate(columns)
        if first[place] not in _NO_VALUE and _numbers_after_first(cells, first[place])
    ]
    if (
        repeated > 1
        or (len(numbers) > 1 and all(numbers))
        or (len(nameless) > 2 and 10 * sum(nameless) >= 9 * len(nameless))
    ):
        detail = (
            f"The line below the names names or explains the columns again ({_shown(first)}). Make one line"
            " of names of the two, or remove the second."
        )
        raise TableRefused("second_header", detail)


def _numbers_after_first(cells: Sequence[str], first: str) -> bool:
    below = cells[1:] if first not in _NO_VALUE else cells
    return len(below) > 1 and _all_numbers(below)


def _all_numbers(cells: Sequence[str]) -> bool:
    return all(number_of(cell) is not None for cell in cells)


def _column(rows: Records, place: int) -> list[str]:
    """The values of one column, trimmed, without cells that may mean no value."""
    return [cell for row in rows if (cell := _cell(row, place)) not in _NO_VALUE]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _shown(cells: Sequence[str]) -> str:
    """The first cells of a line for a message: escaped, and cut when long."""
    text = ", ".join(repr(cell[:20]) for cell in cells[:4])
    return text + (", …" if len(cells) > 4 else "")
