"""One column as its judges see it: its different values, sorted, and how often each stands in it.

Nothing here follows from the order of the rows, so no judgement does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from actors.profiling.names import words


@dataclass(frozen=True, eq=False)
class Column:
    """A column of a table that `read_table` made."""

    name: str
    """The header."""
    numeric: bool
    """Whether the reader holds it as numbers."""
    first: bool
    """Whether it is the table's first column."""
    codes: Any
    """For each row the place of its value among the different ones; -1 where it has none."""
    values: Sequence[Any]
    """The different values, sorted."""
    counts: Sequence[int]
    """In how many rows each of them stands."""

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the header, in lower case."""
        return words(self.name)

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.values)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.codes)

    @cached_property
    def known(self) -> int:
        """How many rows have a value."""
        return sum(self.counts)

    @property
    def unique(self) -> bool:
        """Whether every row has a value, and no two the same."""
        return self.distinct == self.known == self.rows

    @cached_property
    def numbers(self) -> Any:
        """The different values of a column of numbers as floats, sorted."""
        return np.array(self.values, dtype=np.float64)

    @cached_property
    def cells(self) -> Any:
        """A column of numbers row by row, NaN where there is none."""
        return np.append(self.numbers, np.nan)[self.codes]

    @cached_property
    def whole(self) -> bool:
        """Whether it is numbers without decimals, all of them exact."""
        given = self.numbers
        return bool((given == np.trunc(given)).all() and (np.abs(given) <= _EXACT).all())

    def without(self, values: Collection[Any]) -> "Column":
        """The column with some of its values taken for missing."""
        if not values:
            return self
        kept = np.array([value not in values for value in self.values])
        places = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        return replace(
            self,
            codes=places[self.codes],
            values=[value for value in self.values if value not in values],
            counts=[count for count, keep in zip(self.counts, kept, strict=True) if keep],
        )


_EXACT = 2**53


def columns_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    """The columns of a table, in file order."""
    return tuple(
        _column(str(name), frame[name], first=place == 0) for place, name in enumerate(frame.columns)
    )


def _column(name: str, series: pd.Series, *, first: bool) -> Column:
    codes, values = pd.factorize(series, sort=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).tolist()
    return Column(name, series.dtype.kind in "iuf", first, codes, values.tolist(), counts)
