"""Sketches of tables, which find near-duplicates whatever columns are called and however rows are ordered.

A sketch of a set keeps its smallest hashes; among the smallest of two sets together, the share that both have
estimates what share of all their members they have in common (Broder, 1997; bottom-k sketches).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

KEPT = 256
"""Hashes kept of a set; the estimate is off by about 0.02 where nine in ten members are shared."""
ALIKE_ROWS = 0.4
"""Share of rows in common from which two tables are near-duplicates: half of a table is one of the whole."""
ALIKE_COLUMN = 0.6
"""Share of values in common from which two columns are the same."""
ALIKE_COLUMNS = 0.5
"""Share of the columns of the one that has fewer from which two tables are near-duplicates."""
FEWEST_TELLING = 2
"""Columns that tell tables apart which must be the same at least: one, of years, is no evidence."""
FEWEST_OTHER = 4
"""Columns that must be the same where too few tell tables apart."""
_MARKS = 16
"""Smallest hashes of each set of which near-duplicates share at least one, but for chances below 0.001."""

Hashes = tuple[int, ...]


@dataclass(frozen=True)
class ColumnSketch:
    """The values of one column."""

    values: Hashes
    """Of each value with its number among its equals, so that a value counts as often as it stands there."""
    telling: bool
    """Whether it has many values that are not often equal by chance."""


@dataclass(frozen=True)
class TableSketch:
    """The rows and columns of one table; no name of a column enters."""

    rows: Hashes
    """Of each row, in whatever order its cells stand, with its number among its equals."""
    columns: tuple[ColumnSketch, ...]
    """In file order."""

    @cached_property
    def marks(self) -> frozenset[int]:
        """What a near-duplicate surely has something of."""
        sets = (self.rows, *(one.values for one in self.columns))
        return frozenset(one for hashes in sets for one in hashes[:_MARKS])


def shared(left: Hashes, right: Hashes) -> float:
    """What share of all members of two sets both have, from 0 to 1; exact where both are small."""
    smallest = sorted({*left, *right})[:KEPT]
    both = {*left} & {*right}
    return sum(one in both for one in smallest) / len(smallest) if smallest else 0.0


def alike(one: TableSketch, other: TableSketch) -> bool:
    """Whether two tables are near-duplicates: by their rows, or by their columns."""
    if one.marks.isdisjoint(other.marks):
        return False
    return shared(one.rows, other.rows) >= ALIKE_ROWS or _overlap(one.columns, other.columns)


def _overlap(one: Sequence[ColumnSketch], other: Sequence[ColumnSketch]) -> bool:
    telling = [[column for column in columns if column.telling] for columns in (one, other)]
    if min(map(len, telling)) >= FEWEST_TELLING:
        fewer, more = sorted(telling, key=len)
        return _same(fewer, more) >= max(FEWEST_TELLING, ALIKE_COLUMNS * len(fewer))
    fewer, more = sorted((list(one), list(other)), key=len)
    return _same(fewer, more) >= max(FEWEST_OTHER, ALIKE_COLUMNS * len(fewer))


def _same(fewer: Sequence[ColumnSketch], more: Sequence[ColumnSketch]) -> int:
    """How many of these columns are also among the others."""
    return sum(any(_is_same(one, two) for two in more) for one in fewer)


def _is_same(one: ColumnSketch, other: ColumnSketch) -> bool:
    """Whether two columns hold the same; most differ in their smallest hashes, or in size, already."""
    left, right = one.values, other.values
    small, large = sorted((len(left), len(right)))
    if large < KEPT and small < ALIKE_COLUMN * large:
        return False
    if {*left[:_MARKS]}.isdisjoint(right[:_MARKS]):
        return False
    return shared(left, right) >= ALIKE_COLUMN
