"""What columns are to each other, exactly and in every row: copies, other names for the same groups, sums."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from actors.profiling.column import Column
from events.dataset import Relation

_FEWEST_ROWS = 8
_FEWEST_VALUES = 5
_MOST_IN_SUMS = 40
_MOST_PAIRED = 400
_EXACT = 1e-9
_PROBES = 3

Array = Any
"""Of floats, a row for each column."""
Relations = dict[str, tuple[Relation, ...]]


def relations_of(columns: Sequence[Column]) -> Relations:
    """What each column is to others, by name; of two copies the later one tells of the earlier."""
    found: dict[str, list[Relation]] = {}
    for name, relation in (*_same_groups(columns), *_linear(columns)):
        found.setdefault(name, []).append(relation)
    copies = set(found)
    sums = [column for column in columns if _is_amount(column) and column.name not in copies]
    for name, relation in _totals(sums[:_MOST_IN_SUMS]):
        found.setdefault(name, []).append(relation)
    return {name: tuple(relations) for name, relations in found.items()}


def _same_groups(columns: Sequence[Column]) -> Iterator[tuple[str, Relation]]:
    """Columns whose values divide the rows as those of an earlier column do."""
    seen: dict[bytes, list[Column]] = {}
    for column in columns:
        if column.distinct < 2:
            continue
        earlier = seen.setdefault(_partition(column), [])
        equal = next(
            (one for one in earlier if one.values == column.values and _same_codes(one, column)), None
        )
        if equal is not None:
            yield column.name, Relation("equal", (equal.name,))
        elif earlier and 2 * column.distinct <= column.known:
            yield column.name, Relation("relabels", (earlier[0].name,))
        earlier.append(column)


def _partition(column: Column) -> bytes:
    """The groups of rows with one value each, numbered as they first come up."""
    first = np.full(column.distinct, column.rows)
    present = column.codes >= 0
    np.minimum.at(first, column.codes[present], np.flatnonzero(present))
    order = np.empty(column.distinct, dtype=np.int64)
    order[np.argsort(first)] = np.arange(column.distinct)
    return np.where(present, order[column.codes], -1).tobytes()


def _same_codes(one: Column, other: Column) -> bool:
    return bool((one.codes == other.codes).all())


def _linear(columns: Sequence[Column]) -> Iterator[tuple[str, Relation]]:
    """Columns of numbers that are an earlier one times a factor, plus an offset."""
    able = [one for one in columns if one.numeric and one.distinct >= _FEWEST_VALUES and _spread(one)]
    known: dict[tuple[int, int], list[Column]] = {}
    for column in able[:_MOST_PAIRED]:
        earlier = known.setdefault((column.distinct, column.known), [])
        for one in earlier:
            if (relation := _line(column, one)) is not None:
                yield column.name, relation
                break
        else:
            earlier.append(column)


def _spread(column: Column) -> bool:
    """Whether its span is a number that can be reckoned with."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite(column.numbers[-1] - column.numbers[0]))


def _line(column: Column, other: Column) -> Relation | None:
    """How one follows from the other by a straight line; None when it does not, or is the same."""
    given, from_ = column.numbers, other.numbers
    for sign in (1, -1):
        factor = sign * (given[-1] - given[0]) / (from_[-1] - from_[0])
        offset = (given[0] if sign > 0 else given[-1]) - factor * from_[0]
        if not np.isfinite(factor * from_[-1] + offset) or (factor, offset) == (1, 0):
            continue
        line = np.sort(factor * from_ + offset)
        if _near(line, given) and _near(factor * other.cells + offset, column.cells):
            return Relation("linear", (other.name,), _rounded(factor), _rounded(offset))
    return None


def _rounded(value: float) -> float:
    """Without the noise of the last digits."""
    return float(f"{value:.12g}") + 0.0


def _near(found: Array, given: Array) -> bool:
    """Whether they agree wherever both are numbers, and lack a number in the same places."""
    scale = np.nanmax(np.abs(given))
    return bool(
        (np.isnan(found) == np.isnan(given)).all() and np.nanmax(np.abs(found - given)) <= _EXACT * scale
    )


def _is_amount(column: Column) -> bool:
    return (
        column.numeric and column.distinct >= _FEWEST_VALUES and float(np.abs(column.numbers).max()) < 1e150
    )


def _totals(columns: Sequence[Column]) -> Iterator[tuple[str, Relation]]:
    """Columns that are the sum of two or three others, or of a run of neighbours."""
    if len(columns) < 3:
        return
    cells = np.array([column.cells for column in columns])
    probes = _probed(cells)
    kept = np.flatnonzero(~np.isnan(probes).any(axis=1))
    cells, probes = cells[kept], probes[kept]
    slack = _EXACT * np.abs(cells, where=~np.isnan(cells), out=np.zeros_like(cells)).max(axis=1, initial=0)
    taken: set[frozenset[int]] = set()
    for parts in _candidates(len(kept)):
        off = np.abs(probes - probes[list(parts)].sum(axis=0)).max(axis=1)
        for total in map(int, np.flatnonzero(off <= slack)):
            group = frozenset((*parts, total))
            if total not in parts and group not in taken and _is_sum(cells, total, parts, slack[total]):
                taken.add(group)
                names = tuple(columns[kept[part]].name for part in parts)
                yield columns[kept[total]].name, Relation("total", names)


def _probed(cells: Array) -> Array:
    """A few rows in which most columns have values: what does not hold there need not be looked at."""
    lacking = np.isnan(cells).sum(axis=0)
    fullest = np.flatnonzero(lacking == lacking.min())
    return cells[:, fullest[np.linspace(0, len(fullest) - 1, _PROBES).astype(int)]]


def _candidates(count: int) -> Iterator[tuple[int, ...]]:
    yield from combinations(range(count), 2)
    yield from combinations(range(count), 3)
    for length in range(4, count):
        yield from (tuple(range(start, start + length)) for start in range(count - length + 1))


def _is_sum(cells: Array, total: int, parts: Sequence[int], slack: float) -> bool:
    """Whether it holds in every row that has them all, and most rows do."""
    sums = cells[list(parts)].sum(axis=0)
    known = ~np.isnan(sums + cells[total])
    if known.sum() < max(_FEWEST_ROWS, len(known) / 2):
        return False
    return bool(np.abs(sums - cells[total])[known].max() <= slack)
