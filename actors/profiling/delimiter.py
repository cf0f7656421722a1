"""Which character divides the cells of a file."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from actors.profiling.table import TableRefused, is_blank

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
_SAMPLE = 500_000


def delimiter_of(text: str) -> tuple[str, str]:
    """The delimiter by which most records have one width, and the evidence as a sentence.

    Raises:
        TableRefused: `one_column`.
    """
    sample = text[:_SAMPLE]
    if len(sample) < len(text):
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    widths = {mark: _widths(sample, mark) for mark in DELIMITERS}
    usual = {mark: usual_width(found) for mark, found in widths.items()}
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


def _widths(sample: str, delimiter: str) -> list[int]:
    """Cells in each record; what cannot be parsed counts as one record of none."""
    widths: list[int] = []
    try:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
        widths.extend(len(row) for row in rows if not is_blank(row))
    except csv.Error:
        widths.append(0)
    return widths


def usual_width(widths: Sequence[int]) -> int:
    """The number of cells that most records have, the larger of equals; 0 without records."""
    counted = Counter(widths)
    return max(counted, key=lambda width: (counted[width], width), default=0)
