"""A table as the second implementations hold it: arrays, with categories as codes, and records as places.

A table of records is an array of places in the dataset. A measure is an array of float64, NaN where there is
no value; a category is a pair of codes, -1 where there is none, and the levels that they count; a date is an
array of days since 1970, NaN where there is none.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from events.dataset import ColumnProfile

Places = Any
"""An array of int64: places of records in the dataset, in order."""
Measure = Any
"""An array of float64, NaN where there is no value."""
Category = tuple[Any, list[Any]]
"""An array of codes, -1 where there is no value, and the levels."""
Known = Any
"""An array of bool: where there is a value."""
Codes = Any
"""An array of int64 in which equal values have equal codes; -1 where there is none."""
Days = Any
"""An array of float64, days since 1970, NaN where there is none."""
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  a day in a table is in no zone


def number_forms(columns: Sequence[ColumnProfile]) -> dict[str, dict[str, str]]:
    """The columns of which every value is a number written as text, with the marks in it."""
    return {
        column.name: {
            "thousands": column.number.thousands.strip(),
            "decimal": column.number.decimal,
            "before": column.number.before,
            "after": column.number.after,
        }
        for column in columns
        if column.number and not column.number.unread
    }


class Coded:
    """One table; columns are coded when they are first asked for.

    Args:
        frame: the table as pandas holds it.
        columns: its profile, which says how days are spelled.
    """

    def __init__(self, frame: Any, columns: Sequence[ColumnProfile] = ()) -> None:
        self._frame = frame
        self._forms = day_forms(columns)
        self._found: dict[tuple[str, str], Any] = {}

    @cached_property
    def table(self) -> Places:
        """All records."""
        return np.arange(len(self._frame))

    @cached_property
    def numbers(self) -> dict[str, Measure]:
        """Every column of numbers, whole, by name."""
        names = [name for name in self._frame if self._frame[name].dtype.kind in "iuf"]
        return {name: self.column(name, "measure") for name in names}

    @cached_property
    def known(self) -> dict[str, Known]:
        """Where each column has a value, by name."""
        return {name: self.column(name, "column") for name in self._frame}

    @cached_property
    def alike(self) -> dict[str, Codes]:
        """Every column as codes, by name: records with equal codes are alike."""
        return {name: self.column(name, "text")[0] for name in self._frame}

    def column(self, name: str, kind: str) -> Any:
        """A whole column: a measure, a category, a date, a text, or where any column is known."""
        if kind == "order":
            kind = "date" if name in self._forms else "measure"
        key = (name, kind)
        if key not in self._found:
            series = self._frame[name]
            self._found[key] = _days(series, self._forms[name]) if kind == "date" else _CODERS[kind](series)
        return self._found[key]


def day_forms(columns: Sequence[ColumnProfile]) -> dict[str, str]:
    """The columns of which every value is a day, with how it is spelled, in `strptime` codes."""
    return {
        column.name: column.date.form
        for column in columns
        if column.date and column.date.grain == "day" and not column.numeric
        if not (column.date.part or column.date.unread)
    }


def restricted(column: Any, places: Places) -> Any:
    """A column's values for some records only."""
    if isinstance(column, tuple):
        codes, levels = column
        return codes[places], levels
    return column[places]


def spread(values: Any, places: Places, size: int) -> Any:
    """Values for some records as a whole column, which has none for the others."""
    if isinstance(values, tuple):
        codes, levels = values
        whole = np.full(size, -1)
        whole[places] = codes
        return whole, levels
    whole = np.full(size, np.nan)
    whole[places] = values
    return whole


def _measure(series: Any) -> Measure:
    return series.to_numpy(dtype=float, na_value=np.nan)


def _category(series: Any) -> Category:
    values = series.to_numpy(dtype=object, na_value=None).tolist()
    levels = sorted(series.dropna().unique().tolist())
    place = {None: -1} | {level: code for code, level in enumerate(levels)}
    return np.fromiter(map(place.__getitem__, values), dtype=np.int64, count=len(values)), levels


def _days(series: Any, form: str) -> Days:
    days = {text: (datetime.strptime(text, form) - _EPOCH).days for text in series.dropna().unique()}  # noqa: DTZ007
    return series.map(days).to_numpy(dtype=float)


def _known(series: Any) -> Known:
    return series.notna().to_numpy()


_CODERS: dict[str, Callable[[Any], Any]] = {
    "measure": _measure,
    "category": _category,
    "text": _category,
    "numeral": _category,
    "column": _known,
}
