"""Tests of whether groups differ."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import P_VALUES, VARIANCES
from actors.language.operators.later import special, stats


class TTest(Operator):
    """The two-sided p-value of a t-test between two groups of a category."""

    name = "t_test"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "number"
    axes = (VARIANCES,)
    phrases = ("the two-sided p-value of {variances} t-test on {the measure} between {first} and {second}",)
    within = P_VALUES
    outside = "extreme_p"
    plan = "test whether {measure} differs between the two"
    variable = "p_value"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, variances: bool) -> Number:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        return stats.ttest_ind(one, two, equal_var=variances).pvalue

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category, variances: bool) -> Number:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        centers = [math.fsum(sample) / sample.size for sample in samples]
        squares = [math.fsum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        sizes = [sample.size for sample in samples]
        freedom = sizes[0] + sizes[1] - 2
        error = (squares[0] + squares[1]) / freedom * (1 / sizes[0] + 1 / sizes[1])
        if not variances:
            parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
            error = parts[0] + parts[1]
            freedom = error**2 / (parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1))
        distance = (centers[0] - centers[1]) ** 2 / error
        return float(special.betainc(freedom / 2, 0.5, freedom / (freedom + distance)))
