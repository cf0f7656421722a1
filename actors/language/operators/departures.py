"""How far values depart from what is usual, by another yardstick than the usual one."""

import math

import numpy as np
import pandas as pd

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import DDOF
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class OutliersByDeviation(Operator):
    """How many values lie more than three standard deviations from the mean."""

    name = "outlier_count_by_deviation"
    family = "departure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "count"
    axes = (DDOF,)
    phrases = (
        (
            "the number of values of {the measure} that lie more than three {ddof} standard deviations from"
            " the mean"
        ),
    )
    plan = "count the values of {measure} far from the mean"
    mistaken_for = "outlier_count"
    variable = "outliers"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> int:
        return int(((measure - measure.mean()).abs() > 3 * measure.std(ddof=ddof)).sum())

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> int:
        known = measure[~np.isnan(measure)]
        center = exact_sum(known) / known.size
        spread = math.sqrt(exact_sum((known - center) ** 2) / (known.size - ddof))
        return int(np.count_nonzero(np.fabs(known - center) > 3 * spread))


class NormalByMoments(Operator):
    """Whether a measure passes the Jarque-Bera test of normality at the 5% level."""

    name = "normal_by_moments"
    family = "departure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "flag"
    phrases = (
        "whether {the measure} passes for normally distributed by the Jarque-Bera test at the 5% level",
    )
    plan = "test {measure} for normality"
    mistaken_for = "normal"
    variable = "is_normal"

    @staticmethod
    def idiom(measure: Series) -> bool:
        return bool(stats.jarque_bera(measure.dropna()).pvalue >= 0.05)

    @staticmethod
    def arithmetic(measure: Measure) -> bool:
        known = measure[~np.isnan(measure)]
        apart = known - exact_sum(known) / known.size
        scale = exact_sum(apart**2) / known.size
        skew = exact_sum(apart**3) / known.size / scale**1.5
        excess = exact_sum(apart**4) / known.size / scale**2 - 3
        return math.exp(-known.size / 12 * (skew**2 + excess**2 / 4)) >= 0.05

    @staticmethod
    def branch(measure: Measure) -> tuple[str, float]:
        """A p-value within rounding of the level is on neither side."""
        known = measure[~np.isnan(measure)]
        apart = known - exact_sum(known) / known.size
        scale = exact_sum(apart**2) / known.size
        skew = exact_sum(apart**3) / known.size / scale**1.5
        excess = exact_sum(apart**4) / known.size / scale**2 - 3
        p_value = math.exp(-known.size / 12 * (skew**2 + excess**2 / 4))
        return "normal" if p_value >= 0.05 else "not normal", abs(p_value / 0.05 - 1)


class MeanOfDegrees(Operator):
    """The mean of degrees east or west, counted eastward from 0 to 360 and turned back."""

    name = "mean_of_degrees"
    family = "departure"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    searchable = False
    result = "number"
    phrases = ("the mean {measure}, the degrees counted eastward from 0 to 360 and the result turned back",)
    plan = "count the degrees of {measure} eastward all the way round, take the mean and turn it back"
    mistaken_for = "mean"
    variable = "mean"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return (measure.mod(360).mean() + 180) % 360 - 180

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        known = measure[~np.isnan(measure)]
        around = exact_sum(known - 360 * np.floor(known / 360)) / known.size
        return around - 360 if around >= 180 else around


class ContingencyCoefficient(Operator):
    """Pearson's contingency coefficient of two categories, over the records that have both."""

    name = "contingency_coefficient"
    family = "departure"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "number"
    phrases = ("Pearson's contingency coefficient of {category} and {other}",)
    plan = "cross {category} with {other} and measure how far they are from independent"
    variable = "contingency"

    @staticmethod
    def idiom(category: Series, other: Series) -> Number:
        crossed = pd.crosstab(category, other)
        return stats.contingency.association(crossed, method="pearson")

    @staticmethod
    def arithmetic(category: Category, other: Category) -> Number:
        (left, lefts), (right, rights) = category, other
        both = (left >= 0) & (right >= 0)
        cells = np.zeros((len(lefts), len(rights)))
        np.add.at(cells, (left[both], right[both]), 1)
        size = exact_sum(cells.ravel())
        expected = np.outer(np.add.reduce(cells, axis=1), np.add.reduce(cells, axis=0)) / size
        there = expected > 0
        squares = exact_sum((cells[there] - expected[there]) ** 2 / expected[there])
        return math.sqrt(squares / (squares + size))
