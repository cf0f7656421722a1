"""The state of the table itself: its columns and what they lack."""

from collections.abc import Mapping

import numpy as np

from actors.language.coded import Known, Measure, Places
from actors.language.operator import Frame, Names, Operator
from actors.language.operators.axes import WHICH_COLUMNS


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
    plan = "count the columns with too many missing values"
    variable = "total"

    @staticmethod
    def idiom(rows: Frame, share: float) -> int:
        return int((rows.isna().mean() > share).sum())

    @staticmethod
    def arithmetic(rows: Places, known: Mapping[str, Known], share: float) -> int:
        lacking = [rows.size - np.count_nonzero(there[rows]) for there in known.values()]
        return sum(1 for count in lacking if count > share * rows.size)
