"""Cleaning: records without a value, and records far from the rest."""

import numpy as np

from actors.language.coded import Known, Measure, Places
from actors.language.operator import Frame, Operator, Series
from actors.language.operators.axes import DDOF, QUANTILE


class Recorded(Operator):
    """Records that have a value in a column."""

    name = "recorded"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"column": "column"}
    result = "table"
    phrases = ("for which {column} is known",)
    turns_on_missing = True
    plan = "leave out the records without {column}"
    variable = "complete"

    @staticmethod
    def idiom(rows: Frame, column: Series) -> Frame:
        return rows[column.notna()]

    @staticmethod
    def arithmetic(rows: Places, column: Known) -> Places:
        return rows[column]


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
    def idiom(rows: Frame, measure: Series, quantile: str) -> Frame:
        low = measure.quantile(0.25, interpolation=quantile)
        high = measure.quantile(0.75, interpolation=quantile)
        reach = 1.5 * (high - low)
        return rows[measure.between(low - reach, high + reach)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, quantile: str) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        reach = 1.5 * (quarters[1] - quarters[0])
        chosen = (measure >= quarters[0] - reach) & (measure <= quarters[1] + reach)
        return rows[chosen]


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
    def idiom(rows: Frame, measure: Series, ddof: int) -> Frame:
        distance = (measure - measure.mean()).abs()
        return rows[distance <= 2 * measure.std(ddof=ddof)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, ddof: int) -> Places:
        known = measure[~np.isnan(measure)]
        center = np.add.reduce(known) / known.size
        spread = np.sqrt(np.dot(known - center, known - center) / (known.size - ddof))
        chosen = np.abs(measure - center) <= 2 * spread
        return rows[chosen]
