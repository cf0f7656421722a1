"""The state of the table itself: its columns and what they lack."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from actors.language.coded import Codes, Known, Measure, Places
from actors.language.operator import Frame, Names, Operator
from actors.language.operators.axes import REPEATS, TIES, WHICH_COLUMNS

NAMELESS = "A column of the file that has neither a name nor a value is none."


class NumericColumns(Operator):
    """The columns that count as numeric."""

    name = "numeric_columns"
    family = "quality"
    inputs = {"rows": "table"}
    result = "columns"
    axes = (WHICH_COLUMNS,)
    phrases = ("numeric columns",)
    searchable = False
    plan = "take the numeric columns that measure something"
    variable = "columns"

    @staticmethod
    def idiom(rows: Frame, which_columns: list[str]) -> Names:
        return rows.select_dtypes("number").columns.drop(which_columns).tolist()

    @staticmethod
    def arithmetic(numbers: Mapping[str, Measure], which_columns: list[str]) -> Names:
        return [name for name in numbers if name not in which_columns]


class CountMissingOver(Operator):
    """How many columns lack more than a share of their values."""

    name = "count_missing_over"
    family = "quality"
    inputs = {"rows": "table"}
    parameters = {"share": "share"}
    result = "count"
    phrases = ("the number of columns that lack more than {share} of their values",)
    asks = ("how many columns lack more than {share} of their values?",)
    searchable = False
    turns_on_missing = True
    explained = NAMELESS
    plan = "count the columns with too many missing values"
    variable = "total"

    @staticmethod
    def idiom(rows: Frame, share: float) -> int:
        return int((rows.isna().mean() > share).sum())

    @staticmethod
    def arithmetic(rows: Places, known: Mapping[str, Known], share: float) -> int:
        lacking = [rows.size - np.count_nonzero(there[rows]) for there in known.values()]
        return sum(1 for count in lacking if count > share * rows.size)


class DuplicateCount(Operator):
    """How many records are the same as another in every column."""

    name = "duplicate_count"
    family = "quality"
    inputs = {"rows": "table"}
    result = "count"
    axes = (REPEATS,)
    phrases = ("the number of {records} that are, in every respect, {repeats}",)
    asks = ("how many {records} are, in every respect, {repeats}?",)
    explained = NAMELESS
    plan = "count the {records} that are there more than once"
    variable = "repeated"

    @staticmethod
    def idiom(rows: Frame, repeats: str) -> int:
        return int(rows.duplicated(keep=repeats).sum())

    @staticmethod
    def arithmetic(rows: Places, alike: Mapping[str, Codes], repeats: str) -> int:
        spelled = np.column_stack([alike[name][rows] for name in alike])
        _, times = np.unique(spelled, axis=0, return_counts=True)
        return rows.size - times.size if repeats == "first" else int(np.add.reduce(times[times > 1]))


class ConstantColumns(Operator):
    """How many columns have one and the same value wherever they have any."""

    name = "constant_columns"
    family = "quality"
    inputs = {"rows": "table"}
    result = "count"
    phrases = ("the number of columns in which all known values are the same",)
    asks = ("in how many columns are all known values the same?",)
    explained = NAMELESS
    plan = "count the columns that never vary"
    variable = "unvaried"

    @staticmethod
    def idiom(rows: Frame) -> int:
        return int((rows.nunique() == 1).sum())

    @staticmethod
    def arithmetic(rows: Places, alike: Mapping[str, Codes]) -> int:
        codes = [alike[name][rows] for name in alike]
        return sum(1 for column in codes if len(set(column[column >= 0].tolist())) == 1)


class IdentifierLike(Operator):
    """How many columns have a different value in every record."""

    name = "identifier_like"
    family = "quality"
    inputs = {"rows": "table"}
    result = "count"
    phrases = ("the number of columns in which every {record} has a value that no other has",)
    asks = ("in how many columns does every {record} have a value that no other has?",)
    explained = NAMELESS
    plan = "count the columns that tell all {records} apart"
    variable = "telling"

    @staticmethod
    def idiom(rows: Frame) -> int:
        return int((rows.nunique() == len(rows)).sum())

    @staticmethod
    def arithmetic(rows: Places, alike: Mapping[str, Codes]) -> int:
        codes = [alike[name][rows] for name in alike]
        return sum(1 for column in codes if len(set(column[column >= 0].tolist())) == rows.size)


class RowsWithAnyMissing(Operator):
    """How many records lack a value in at least one column."""

    name = "rows_with_any_missing"
    family = "quality"
    inputs = {"rows": "table"}
    result = "count"
    phrases = ("the number of {records} that lack a value in at least one column",)
    asks = ("how many {records} lack a value in at least one column?",)
    turns_on_missing = True
    explained = NAMELESS
    plan = "count the {records} that are not complete"
    variable = "incomplete"

    @staticmethod
    def idiom(rows: Frame) -> int:
        return int(rows.isna().any(axis=1).sum())

    @staticmethod
    def arithmetic(rows: Places, known: Mapping[str, Known]) -> int:
        complete = np.logical_and.reduce([there[rows] for there in known.values()])
        return int(np.count_nonzero(~complete))


class MostMissingColumn(Operator):
    """The column that lacks the most values, if any lacks one."""

    name = "most_missing_column"
    family = "quality"
    inputs = {"rows": "table"}
    result = "header"
    axes = (TIES,)
    phrases = ()
    asks = ("which column lacks the most values?", "in which column are the most values missing?")
    turns_on_missing = True
    explained = NAMELESS
    plan = "find the column that lacks the most values"
    variable = "emptiest"

    @staticmethod
    def idiom(rows: Frame, ties: bool) -> Any:
        lacking = rows.isna().sum()
        return lacking[lacking > 0].sort_index(ascending=ties).idxmax()

    @staticmethod
    def arithmetic(rows: Places, known: Mapping[str, Known], ties: bool) -> str:
        lacking = {name: int(np.count_nonzero(~known[name][rows])) for name in known}
        names = sorted((name for name in lacking if lacking[name]), reverse=not ties)
        return max(names, key=lambda name: lacking[name])
