"""Cleaning: records without a value, and records far from the rest."""

import numpy as np

from actors.language.operator import Arrays, Frame, Operator
from actors.language.operators.axes import DDOF, QUANTILE


class Recorded(Operator):
    """Records that have a value in a column."""

    name = "recorded"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"column": "column"}
    result = "table"
    phrases = ("for which {column} is known",)
    plan = "leave out the records without {column}"
    variable = "complete"

    @staticmethod
    def idiom(rows: Frame, column: str) -> Frame:
        return rows.dropna(subset=[column])

    @staticmethod
    def arithmetic(rows: Arrays, column: str) -> Arrays:
        known = rows[column] == rows[column]
        return {name: values[known] for name, values in rows.items()}


class WithinFences(Operator):
    """Records whose measure lies within Tukey's fences: 1.5 interquartile ranges beyond the quartiles."""

    name = "within_fences"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (QUANTILE,)
    phrases = (
        "whose {measure} lies at most 1.5 interquartile ranges beyond the quartiles",
        "whose {measure} is no outlier by the 1.5 interquartile range rule",
    )
    refers = True
    plan = "leave out the outliers of {measure}"
    variable = "usual"

    @staticmethod
    def idiom(rows: Frame, measure: str, quantile: str) -> Frame:
        low = rows[measure].quantile(0.25, interpolation=quantile)
        high = rows[measure].quantile(0.75, interpolation=quantile)
        reach = 1.5 * (high - low)
        return rows[rows[measure].between(low - reach, high + reach)]

    @staticmethod
    def arithmetic(rows: Arrays, measure: str, quantile: str) -> Arrays:
        ranked = np.sort(rows[measure][~np.isnan(rows[measure])])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        reach = 1.5 * (quarters[1] - quarters[0])
        chosen = (rows[measure] >= quarters[0] - reach) & (rows[measure] <= quarters[1] + reach)
        return {name: values[chosen] for name, values in rows.items()}


class WithinDeviations(Operator):
    """Records whose measure lies within two standard deviations of its mean."""

    name = "within_deviations"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (DDOF,)
    phrases = ("whose {measure} lies within two {ddof} standard deviations of the mean",)
    refers = True
    plan = "leave out the records far from the mean of {measure}"
    variable = "usual"

    @staticmethod
    def idiom(rows: Frame, measure: str, ddof: int) -> Frame:
        distance = (rows[measure] - rows[measure].mean()).abs()
        return rows[distance <= 2 * rows[measure].std(ddof=ddof)]

    @staticmethod
    def arithmetic(rows: Arrays, measure: str, ddof: int) -> Arrays:
        known = rows[measure][~np.isnan(rows[measure])]
        center = np.add.reduce(known) / known.size
        spread = np.sqrt(np.dot(known - center, known - center) / (known.size - ddof))
        chosen = np.abs(rows[measure] - center) <= 2 * spread
        return {name: values[chosen] for name, values in rows.items()}
