"""Tests that stand beside the usual ones: one-sided, of a correlation, of a trend."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series, Test
from actors.language.operators.axes import VARIANCES
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class OneSidedT(Operator):
    """The t-test of whether the first of two groups has the higher mean."""

    name = "one_sided_t"
    family = "further_test"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (VARIANCES,)
    phrases = (
        "{variances} one-sided t-test on whether the mean {measure} is higher in {first} than in {second}",
    )
    plan = "test whether the mean {measure} is higher in the first"
    mistaken_for = "t_comparison"
    variable = "comparison"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, variances: bool) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        return tuple(stats.ttest_ind(one, two, equal_var=variances, alternative="greater"))

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category, variances: bool) -> Test:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        sizes = [sample.size for sample in samples]
        freedom = sizes[0] + sizes[1] - 2
        error = (squares[0] + squares[1]) / freedom * (1 / sizes[0] + 1 / sizes[1])
        if not variances:
            parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
            error = parts[0] + parts[1]
            freedom = error**2 / (parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1))
        ratio = (centers[0] - centers[1]) / math.sqrt(error)
        return ratio, float(special.stdtr(freedom, -ratio))


class CorrelationTest(Operator):
    """The test of whether a Pearson correlation is other than zero."""

    name = "correlation_test"
    family = "further_test"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "test"
    phrases = ("a two-sided test on the Pearson correlation between {the measure} and {the other}",)
    plan = "test the correlation between {measure} and {other}"
    variable = "tested"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Test:
        both = measure.notna() & other.notna()
        return tuple(stats.pearsonr(measure[both], other[both]))

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Test:
        both = ~np.isnan(measure) & ~np.isnan(other)
        left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
        right = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
        strength = exact_sum(left * right) / math.sqrt(exact_sum(left**2) * exact_sum(right**2))
        return strength, float(special.betainc(left.size / 2 - 1, 0.5, (1 - strength) * (1 + strength)))


class TrendTest(Operator):
    """The test of the slope of a measure's least-squares line on the place of each record in order."""

    name = "trend_test"
    family = "further_test"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "test"
    phrases = (
        (
            "a two-sided least-squares test on the trend of {the measure} over the {records} in order of"
            " {order}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {order} and test the slope of {measure}"
    mistaken_for = "rank_trend_test"
    variable = "trend"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Test:
        known = measure.notna() & order.notna()
        if not order[known].is_unique:
            raise ValueError("two records come at once")
        line = stats.linregress(order[known].rank(), measure[known])
        return line.slope, line.pvalue

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Test:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn] - exact_sum(measure[there]) / turn.size
        steps = np.arange(turn.size) - (turn.size - 1) / 2
        slope = exact_sum(ordered * steps) / exact_sum(steps**2)
        strength = slope * math.sqrt(exact_sum(steps**2) / exact_sum(ordered**2))
        return slope, float(special.betainc(turn.size / 2 - 1, 0.5, (1 - strength) * (1 + strength)))


class RankTrendTest(Operator):
    """The test of Kendall's tau between a measure and an order; of over 50 records, so it is never exact."""

    name = "rank_trend_test"
    family = "further_test"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "test"
    least_records = 51
    phrases = (
        (
            "a two-sided test on Kendall's tau-b between {the measure} and the place of each {record} in"
            " order of {order}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {order} and test whether the ranks of {measure} rise or fall"
    mistaken_for = "trend_test"
    variable = "trend"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Test:
        known = measure.notna() & order.notna()
        if not order[known].is_unique:
            raise ValueError("two records come at once")
        if known.sum() < 51:
            raise ValueError("there are fewer than 51 records")
        return tuple(stats.kendalltau(order[known].rank(), measure[known], method="asymptotic"))

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Test:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        size = turn.size
        if size < 51:
            raise ValueError("there are fewer than 51 records")
        ordered = measure[there][turn]
        balance = float(np.triu(np.sign(ordered[None, :] - ordered[:, None]), 1).sum())
        _, times = np.unique(ordered, return_counts=True)
        tied = times.astype(float)
        pairs = size * (size - 1) / 2
        untied = pairs - exact_sum(tied * (tied - 1)) / 2
        spread = size * (size - 1) * (2 * size + 5) - exact_sum(tied * (tied - 1) * (2 * tied + 5))
        return balance / math.sqrt(pairs * untied), math.erfc(abs(balance) / math.sqrt(spread / 9))
