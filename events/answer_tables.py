"""Tables as answers: rows of named columns, told apart by their keys or by their order."""

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from events.answer_cells import cell
from events.answer_contract import AnswerField, Part, columns_of
from events.answer_kind import Kind, Unreadable
from events.answer_labels import Rank, rank
from events.answer_lists import rows as rows_of

Row = tuple[Any, ...]
_MOST_WRITTEN = 100_000
"""Characters of a text at most that is read as a table."""


class Table(Kind):
    """Rows of cells. Read: a tuple of tuples, columns in the order of the contract."""

    def told(self, field: AnswerField) -> str:
        """Its columns, what tells rows apart, and their order."""
        columns = "; ".join(f"{one.name}, {cell(one).told(one)}" for one in columns_of(field))
        return f"a list of rows, each an object of exactly these fields: {columns}; {_arranged(field)}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """An array of objects."""
        columns = columns_of(field)
        row = {
            "type": "object",
            "properties": {one.name: cell(one).schema(one) for one in columns},
            "required": [one.name for one in columns],
            "additionalProperties": False,
        }
        return {"type": "array", "items": row}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """Rows as objects or lists; columns as lists by name; one other column by the one key."""
        found = _raw_rows(field, value)
        if found is None:
            return Unreadable()
        return self._checked(
            field, [_each(field, row, lambda one, at: cell(one).read(one, at)) for row in found]
        )

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """Values by key as `{key: value, …}`; or cells between commas, rows between semicolons."""
        if text.strip().startswith("{"):
            return self._from_mapping(field, text)
        found, wide = rows_of(text), len(columns_of(field))
        if wide == 1 and len(found) == 1:
            found = [[one] for one in found[0]]
        if any(len(row) != wide for row in found):
            return Unreadable(f"each row has {wide} cells")
        return self._checked(
            field, [_each(field, row, lambda one, at: cell(one).spelled(one, at)) for row in found]
        )

    def written(self, field: AnswerField, value: Any) -> str:
        """Cells with commas between them, semicolons between rows; of a single column commas alone."""
        between = ", " if len(columns_of(field)) == 1 else "; "
        found = (_each(field, row, lambda one, at: cell(one).written(one, at)) for row in value)
        return between.join(", ".join(row) for row in found)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """The same cells in rows of the same keys, or in turn where the order of rows counts."""
        if len(value) != len(gold):
            return False
        pairs = zip(_aligned(field, value), _aligned(field, gold), strict=True)
        return all(_same_row(field, one, other, half=half) for one, other in pairs)

    def rounded(self, field: AnswerField, value: Any) -> Any:
        """Each cell is."""
        return tuple(_each(field, row, lambda one, at: cell(one).rounded(one, at)) for row in value)

    def canonical(self, field: AnswerField, value: Any) -> Any:
        """Its rows; by key where their order is free."""
        found = _aligned(field, value)
        return [_each(field, row, lambda one, at: cell(one).canonical(one, at)) for row in found]

    def _from_mapping(self, field: AnswerField, text: str) -> Part | Unreadable:
        """A dictionary as Python or JSON writes it; its values may be texts of what the column holds."""
        try:
            found = ast.literal_eval(text.strip()) if len(text) <= _MOST_WRITTEN else None
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return Unreadable("it is no dictionary of keys and values")
        return self.read(field, found)

    def _checked(self, field: AnswerField, table: list[Row]) -> Part | Unreadable:
        columns = columns_of(field)
        for row in table:
            for one, at in zip(columns, row, strict=True):
                if isinstance(at, Unreadable):
                    return Unreadable(f"{one.name} must be {cell(one).told(one)}")
        if (twice := _repeated(field, table)) is not None:
            return Unreadable(f"two rows have the key {twice!r}")
        if not _in_order(field, table):
            return Unreadable("its rows are not sorted as asked for")
        return tuple(table)


def _each(field: AnswerField, row: Sequence[Any], make: Callable[[AnswerField, Any], Any]) -> Row:
    """What is made of each cell of a row, and of its column."""
    return tuple(make(one, at) for one, at in zip(columns_of(field), row, strict=True))


def _raw_rows(field: AnswerField, value: Any) -> list[Sequence[Any]] | None:
    """The cells of each row as they are given; None when this is no table of these columns."""
    names = [one.name for one in columns_of(field)]
    if isinstance(value, Mapping):
        return _by_name(names, value) if value.keys() == set(names) else _by_key(field, value)
    if not isinstance(value, list | tuple):
        return None
    found = [_raw_row(names, row) for row in value]
    return None if any(row is None for row in found) else [row for row in found if row is not None]


def _raw_row(names: list[str], row: Any) -> Sequence[Any] | None:
    if isinstance(row, Mapping):
        return [row[name] for name in names] if row.keys() == set(names) else None
    if isinstance(row, list | tuple):
        return row if len(row) == len(names) else None
    return [row] if len(names) == 1 else None


def _by_name(names: list[str], value: Mapping[str, Any]) -> list[Sequence[Any]] | None:
    """The rows of columns that are given as lists of one length."""
    columns = [value[name] for name in names]
    if not all(isinstance(column, list | tuple) for column in columns):
        return None
    return list(zip(*columns, strict=True)) if len({len(column) for column in columns}) == 1 else None


def _by_key(field: AnswerField, value: Mapping[Any, Any]) -> list[Sequence[Any]] | None:
    """The rows of values that are given by key: of a table of one key and one other column."""
    columns = columns_of(field)
    if len(columns) != 2 or len(field.form.keys) != 1:
        return None
    key = next(one for one in columns if one.name in field.form.keys)
    pairs = ([_as_key(key, name), held] for name, held in value.items())
    return list(pairs) if columns[0] is key else [[held, name] for name, held in pairs]


def _as_key(column: AnswerField, name: Any) -> Any:
    """A key of an object is text, whatever it was before."""
    if not isinstance(name, str):
        return name
    found = cell(column).spelled(column, name)
    return name if isinstance(found, Unreadable) else found


def _aligned(field: AnswerField, table: Sequence[Row]) -> Sequence[Row]:
    return table if field.ordered else sorted(table, key=lambda row: _key_rank(field, row))


def _key_rank(field: AnswerField, row: Row) -> list[Rank]:
    pairs = zip(columns_of(field), row, strict=True)
    return [rank(at, any_case=one.form.any_case) for one, at in pairs if one.name in field.form.keys]


def _repeated(field: AnswerField, table: list[Row]) -> Row | None:
    """The key of two rows, if there is one."""
    if not field.form.keys:
        return None
    keys = [one for one in columns_of(field) if one.name in field.form.keys]
    ranked = sorted(table, key=lambda row: _key_rank(field, row))
    for row, other in itertools.pairwise(ranked):
        left, right = (_only(field, one) for one in (row, other))
        if all(cell(one).same(one, *pair, half=True) for one, *pair in zip(keys, left, right, strict=True)):
            return left
    return None


def _only(field: AnswerField, row: Row) -> Row:
    """The keys of a row."""
    pairs = zip(columns_of(field), row, strict=True)
    return tuple(at for one, at in pairs if one.name in field.form.keys)


def _in_order(field: AnswerField, table: list[Row]) -> bool:
    names = [one.name for one in columns_of(field)]
    places = [names.index(name) for name in field.form.order]
    held = [tuple(row[place] for place in places) for row in table]
    pairs = itertools.pairwise(held)
    return all(one >= other if field.form.falling else one <= other for one, other in pairs)


def _same_row(field: AnswerField, row: Row, gold: Row, *, half: bool) -> bool:
    cells: Iterator[tuple[AnswerField, Any, Any]] = zip(columns_of(field), row, gold, strict=True)
    return all(cell(one).same(one, at, wanted, half=half) for one, at, wanted in cells)


def _arranged(field: AnswerField) -> str:
    form = field.form
    order = f"sorted by {', '.join(form.order)}, {'falling' if form.falling else 'rising'}"
    keys = f"no two with the same {', '.join(form.keys)}"
    free = "in order" if field.ordered else "in any order"
    return ", ".join([*([keys] if form.keys else []), order if form.order else free])
