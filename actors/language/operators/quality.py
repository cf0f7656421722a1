"""The state of the table itself: its columns and what they lack."""

import numpy as np

from actors.language.operator import Arrays, Frame, Names, Operator
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
    def arithmetic(rows: Arrays, which_columns: list[str]) -> Names:
        return [name for name in rows if rows[name].dtype != object and name not in which_columns]


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
    def arithmetic(rows: Arrays, share: float) -> int:
        lacking = [np.count_nonzero(values != values) for values in rows.values()]
        return sum(
            1 for count, values in zip(lacking, rows.values(), strict=True) if count > share * values.size
        )
