"""A table as the second implementations hold it: arrays, with categories as codes, and records as places.

A table of records is an array of places in the dataset. A measure is an array of float64, NaN where there is
no value; a category is a pair of codes, -1 where there is none, and the levels that they count; a date is an
array of days since 1970, NaN where there is none.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

Places = Any
"""An array of int64: places of records in the dataset, in order."""
Measure = Any
"""An array of float64, NaN where there is no value."""
Category = tuple[Any, list[Any]]
"""An array of codes, -1 where there is no value, and the levels."""
Known = Any
"""An array of bool: where there is a value."""


class Coded:
    """One table; columns are coded when they are first asked for.

    Args:
        frame: the table as pandas holds it.
    """

    def __init__(self, frame: Any) -> None:
        self._frame = frame
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

    def column(self, name: str, kind: str) -> Any:
        """A whole column: a measure, a category, a date, or where any column is known."""
        key = (name, kind)
        if key not in self._found:
            self._found[key] = _CODERS[kind](self._frame[name])
        return self._found[key]


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
    values = series.to_numpy(dtype=object, na_value=None)
    levels = sorted(series.dropna().unique().tolist())
    place = {level: code for code, level in enumerate(levels)}
    return np.array([place.get(value, -1) for value in values], dtype=np.int64), levels


def _known(series: Any) -> Known:
    return series.notna().to_numpy()


def _date(series: Any) -> Measure:
    """Days since 1970 of ISO dates; a year is its first day."""
    days = series.map(lambda day: np.datetime64(str(day), "s").astype(float) / 86400, na_action="ignore")
    return days.to_numpy(dtype=float)


_CODERS: dict[str, Callable[[Any], Any]] = {
    "measure": _measure,
    "category": _category,
    "column": _known,
    "date": _date,
}
