"""Tests of whether two groups differ."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series, Test
from actors.language.operators.axes import CONTINUITY_RANKS, U_COUNTS, VARIANCES
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class TComparison(Operator):
    """The t-test between two groups of a category."""

    name = "t_comparison"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (VARIANCES,)
    phrases = (
        "{variances} two-sided t-test on {the measure} between {first} and {second}",
        "{variances} two-sided t-test that compares the mean {measure} of {first} with that of {second}",
    )
    plan = "test whether the mean {measure} differs between the two"
    mistaken_for = "mann_whitney"
    variable = "comparison"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, variances: bool) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        return tuple(stats.ttest_ind(one, two, equal_var=variances))

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
        return ratio, float(special.betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2)))


class MannWhitney(Operator):
    """The Mann-Whitney test between two groups of a category; of 9 or more, so that it is never exact."""

    name = "mann_whitney"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (CONTINUITY_RANKS, U_COUNTS)
    phrases = ("a two-sided Mann-Whitney test on {the measure} between {first} and {second}",)
    least_in_group = 9
    plan = "compare the ranks of {measure} in the two"
    mistaken_for = "t_comparison"
    variable = "comparison"

    @staticmethod
    def idiom(
        first: Any,
        second: Any,
        measure: Series,
        category: Series,
        continuity_ranks: bool,
        u_counts: bool,
    ) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if min(len(one), len(two)) < 9:
            raise ValueError("a group has fewer than 9 values")
        if len({*one, *two}) == 1:
            raise ValueError("all values are the same")
        u_value, p_value = stats.mannwhitneyu(
            one, two, use_continuity=continuity_ranks, alternative="two-sided", method="asymptotic"
        )
        return u_value if u_counts else len(one) * len(two) - u_value, p_value

    @staticmethod
    def arithmetic(
        first: Any,
        second: Any,
        measure: Measure,
        category: Category,
        continuity_ranks: bool,
        u_counts: bool,
    ) -> Test:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        sizes = [sample.size for sample in samples]
        if sizes[0] < 9 or sizes[1] < 9:
            raise ValueError("a group has fewer than 9 values")
        total = sizes[0] + sizes[1]
        _, place, times = np.unique(np.concatenate(samples), return_inverse=True, return_counts=True)
        ranks = (np.cumsum(times) - (times - 1) / 2)[place]
        pairs = sizes[0] * sizes[1]
        wins = exact_sum(ranks[: sizes[0]]) - sizes[0] * (sizes[0] + 1) / 2
        ties = exact_sum(times.astype(float) ** 3 - times) / (total * (total - 1))
        spread = math.sqrt(pairs / 12 * (total + 1 - ties))
        distance = max(wins, pairs - wins) - pairs / 2 - (0.5 if continuity_ranks else 0)
        p_value = min(1.0, math.erfc(distance / spread / math.sqrt(2)))
        return wins if u_counts else pairs - wins, p_value


class KolmogorovSmirnov(Operator):
    """The exact two-sample Kolmogorov-Smirnov test between two groups of a category."""

    name = "kolmogorov_smirnov"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    phrases = (
        (
            "an exact two-sided Kolmogorov-Smirnov test on the distribution of {the measure} between {first}"
            " and {second}"
        ),
    )
    plan = "compare the whole distribution of {measure} in the two"
    mistaken_for = "mann_whitney"
    variable = "comparison"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if max(len(one), len(two)) > 3000:
            raise ValueError("a group has more than 3000 values")
        return tuple(stats.ks_2samp(one, two, method="exact"))

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category) -> Test:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        one, two = (np.sort(measure[member & ~np.isnan(measure)]) for member in members)
        if not 0 < one.size <= 3000 or not 0 < two.size <= 3000:
            raise ValueError("a group has no value or more than 3000")
        every = np.concatenate([one, two])
        apart = np.searchsorted(one, every, side="right") * two.size
        apart = np.abs(apart - np.searchsorted(two, every, side="right") * one.size)
        furthest = int(apart.max())
        # The chance that a walk of as many steps of each kind stays nearer to the diagonal, step by step.
        there = np.arange(two.size + 1)
        chances = (there * one.size < furthest).astype(float)
        for taken in range(1, one.size + 1):
            near = np.abs(taken * two.size - there * one.size) < furthest
            chances = np.where(near, chances * (taken / (taken + two.size)), 0.0)
            chances = np.where(near, np.cumsum(chances), 0.0)
        return furthest / (one.size * two.size), float(1 - chances[-1])
