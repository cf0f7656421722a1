"""Whether a column's numbers are parts of a whole: shares from 0 to 1, or percentages."""

from actors.profiling.column import Column
from actors.profiling.names import words
from events.dataset import NumberForm

_PERCENT = words("pct percent percentage perc prozent")
_SHARE = words("share shares proportion prop fraction frac prob probability anteil quota")
_RATE = words("rate quote")
_OF_A_WHOLE = words(
    "unemployment employment interest poverty literacy inflation tax participation response dropout vacancy"
    " graduation completion attendance turnout survival mortality occupancy conversion tbill humidity unemp"
)
_WHOLE = 100


def proportion_of(column: Column, unit: str, number: NumberForm | None) -> tuple[str, str]:
    """`share`, `percent` or nothing, and the evidence."""
    if number is not None and number.after == "%":
        return "percent", "percentages: its values end in %"
    if not column.numeric or column.distinct < 2:
        return "", ""
    if unit == "%":
        return _percent(column, "its unit is %")
    if column.words & _PERCENT:
        return _percent(column, "named as percentages")
    if column.words & (_SHARE | _RATE):
        return _named(column)
    return "", ""


def _percent(column: Column, evidence: str) -> tuple[str, str]:
    if column.numbers[0] >= 0 and column.numbers[-1] <= 1:
        return "", f"{evidence}, yet none is above 1: whether 1 is all or one in a hundred cannot be told"
    return "percent", f"percentages: {evidence}"


def _named(column: Column) -> tuple[str, str]:
    low, high = column.numbers[0], column.numbers[-1]
    if low >= 0 and high <= 1 and not column.whole:
        return "share", "shares of a whole: so named, from 0 to 1"
    of_a_whole = column.words & _SHARE or column.words & _OF_A_WHOLE
    if of_a_whole and low >= 0 and 1 < high <= _WHOLE:
        return "percent", f"percentages: named as parts of a whole, from {low:g} to {high:g}"
    return "", ""
