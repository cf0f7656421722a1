"""Which character divides the cells, and which line names the columns."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from actors.profiling.table import TableRefused, is_blank, number_of

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
_SAMPLE = 500_000
_ROWS_LOOKED_AT = 1_000
_PREAMBLE = 10

Records = Sequence[Sequence[str]]


def delimiter_of(text: str) -> tuple[str, str]:
    """The delimiter by which most records have one width, and the evidence as a sentence.

    Raises:
        TableRefused: `one_column`.
    """
    sample = text[:_SAMPLE]
    if len(sample) < len(text):
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    widths = {mark: _widths(sample, mark) for mark in DELIMITERS}
    usual = {mark: _usual(found) for mark, found in widths.items()}
    able = [mark for mark in DELIMITERS if usual[mark] > 1]
    if not able:
        detail = (
            f"None of {', '.join(DELIMITERS.values())} divides most lines into columns. Name the delimiter,"
            " or check the file: a table of one column allows no questions."
        )
        raise TableRefused("one_column", detail)

    def merit(mark: str) -> tuple[float, bool, int]:
        share = widths[mark].count(usual[mark]) / len(widths[mark])
        return share, widths[mark][0] == usual[mark], usual[mark]

    best = max(able, key=merit)
    same = widths[best].count(usual[best])
    return best, (
        f"Delimiter {DELIMITERS[best]}: {same:,} of the {len(widths[best]):,} records looked at have"
        f" {usual[best]} cells."
    )


def header_of(records: Records) -> tuple[int, tuple[str, ...]]:
    """Index of the line that names the columns, with a note when it is not the first.

    Raises:
        TableRefused: `no_header` or `second_header`, when the names cannot be told from the data.
    """
    width = _usual([len(row) for row in records[:_ROWS_LOOKED_AT]])
    header = 0
    notes: tuple[str, ...] = ()
    above = _preamble(records, width)
    if above and _names_columns(records[above], width):
        header = above
        notes = (f"The {above} line(s) above the names were left out: they name no columns.",)
    body = records[header + 1 : header + 1 + _ROWS_LOOKED_AT]
    _refuse_data_as_names(records[header], body)
    _refuse_second_header(records[header], body)
    return header, notes


def _widths(sample: str, delimiter: str) -> list[int]:
    """Cells in each record; what cannot be parsed counts as one record of none."""
    widths: list[int] = []
    try:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
        widths.extend(len(row) for row in rows if not is_blank(row))
    except csv.Error:
        widths.append(0)
    return widths


def _usual(widths: Sequence[int]) -> int:
    counted = Counter(widths)
    return max(counted, key=lambda width: (counted[width], width), default=0)


def _preamble(records: Records, width: int) -> int:
    """How many lines at the top are titles or comments: at most one cell in use, or a leading #."""
    count = 0
    for row in records[:_PREAMBLE]:
        cells = sum(1 for cell in row if cell.strip())
        if not row[0].lstrip().startswith("#") and (cells > 1 or (len(row) == width and width < 3)):
            break
        count += 1
    return count if count < len(records) else 0


def _names_columns(row: Sequence[str], width: int) -> bool:
    used = [cell for cell in row if cell.strip()]
    texts = all(number_of(cell.strip()) is None for cell in used)
    return len(row) == width and len(used) > 1 and texts and len(set(used)) == len(used)


def _refuse_data_as_names(head: Sequence[str], body: Records) -> None:
    """A first line that continues the columns below it is data: the file has no names."""
    signs = [_continues(name.strip(), _column(body, place)) for place, name in enumerate(head)]
    certain = any(sign == "certain" for sign in signs)
    if certain or 2 * sum(sign == "likely" for sign in signs) > len(signs):
        detail = (
            f"The first line looks like data, not like names ({_shown(head)}). Put a line with the names of"
            f" the {len(head)} columns first."
        )
        raise TableRefused("no_header", detail)


def _continues(name: str, cells: Sequence[str]) -> str:
    """Whether a name looks like one more value of its column: "certain", "likely" or ""."""
    if not cells or not name:
        return ""
    number, numbers = number_of(name), [number_of(cell) for cell in cells]
    if number is None:
        return "likely" if name in cells and len(set(cells)) < len(cells) else ""
    known = [value for value in numbers if value is not None]
    if len(known) < len(numbers):
        return "likely" if name in cells else ""
    if isinstance(number, float) and not number.is_integer():
        return "certain"
    steps_on = len(known) > 1 and number + (known[1] - known[0]) == known[0] and known[0] != known[1]
    return "likely" if steps_on or min(known) <= number <= max(known) else ""


def _refuse_second_header(head: Sequence[str], body: Records) -> None:
    """A first row of sub-names or units would be read as data and turn columns of numbers into text."""
    if len(body) < 3:
        return
    first = [cell.strip() for cell in body[0]]
    names = {name.strip() for name in head if name.strip()}
    repeated = sum(1 for cell in first if cell in names and number_of(cell) is None)
    nameless = [place for place, name in enumerate(head) if not name.strip() and any(_column(body, place))]
    named_below = [
        place for place in nameless if _cell(first, place) and number_of(_cell(first, place)) is None
    ]
    if (
        repeated > 1
        or _units(first, body)
        or (len(nameless) > 2 and len(named_below) * 10 >= 9 * len(nameless))
    ):
        detail = (
            f"The line below the names names or explains the columns again ({_shown(first)}). Make one line"
            " of names of the two, or remove the second."
        )
        raise TableRefused("second_header", detail)


def _units(first: Sequence[str], body: Records) -> bool:
    """Whether the first row has text over every column that is numbers below, at least two of them."""
    over = []
    for place, cell in enumerate(first):
        below = _column(body[1:], place)
        if len(below) > 1 and all(number_of(value) is not None for value in below):
            over.append(bool(cell) and number_of(cell) is None)
    return len(over) > 1 and all(over)


def _column(rows: Records, place: int) -> list[str]:
    """The cells of one column that are not empty, trimmed."""
    return [cell for row in rows if (cell := _cell(row, place))]


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _shown(cells: Sequence[str]) -> str:
    """The first cells of a line for a message: escaped, and cut when long."""
    text = ", ".join(repr(cell[:20]) for cell in cells[:4])
    return text + (", …" if len(cells) > 4 else "")
