"""Tests of whether two categories go together."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category
from actors.language.operator import Operator, Series, Test
from actors.language.operators.axes import YATES
from actors.language.operators.later import pd, special, stats
from actors.language.sums import exact_sum


class ChiSquared(Operator):
    """The chi-squared test of independence of two categories, over the records that have both."""

    name = "chi_squared"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "test"
    axes = (YATES,)
    phrases = ("a chi-squared test of independence between {category} and {other}",)
    plan = "cross {category} with {other} and test whether they are independent"
    mistaken_for = "fisher"
    variable = "independence"

    @staticmethod
    def idiom(category: Series, other: Series, yates: bool) -> Test:
        found = stats.chi2_contingency(pd.crosstab(category, other), correction=yates)
        if found.expected_freq.min() < 5:
            raise ValueError("fewer than 5 records are expected somewhere")
        return found.statistic, found.pvalue

    @staticmethod
    def arithmetic(category: Category, other: Category, yates: bool) -> Test:
        both = (category[0] >= 0) & (other[0] >= 0)
        counts = np.zeros((len(category[1]), len(other[1])))
        np.add.at(counts, (category[0][both], other[0][both]), 1)
        counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
        expected = np.outer(np.add.reduce(counts, 1), np.add.reduce(counts, 0)) / np.count_nonzero(both)
        if not expected.size or expected[expected > 0].min() < 5:
            raise ValueError("fewer than 5 records are expected somewhere")
        apart = np.abs(counts - expected)
        freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
        if freedom == 0:
            raise ValueError("fewer than two groups are left")
        if yates:
            apart = np.where(freedom == 1, np.maximum(apart - 0.5, 0), apart)
        found = exact_sum((apart**2 / expected).ravel())
        return found, float(special.gammaincc(freedom / 2, found / 2))


class Fisher(Operator):
    """Fisher's exact test of two categories of two levels each; its statistic is the odds ratio."""

    name = "fisher"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "test"
    most_levels = 2
    phrases = ("Fisher's exact two-sided test of independence between {category} and {other}",)
    plan = "cross {category} with {other} and test exactly whether they are independent"
    mistaken_for = "chi_squared"
    variable = "independence"

    @staticmethod
    def idiom(category: Series, other: Series) -> Test:
        counts = pd.crosstab(category, other)
        if counts.shape != (2, 2):
            raise ValueError("a category has not two levels")
        return np.nan, stats.fisher_exact(counts).pvalue

    @staticmethod
    def arithmetic(category: Category, other: Category) -> Test:
        both = (category[0] >= 0) & (other[0] >= 0)
        across, down = category[0][both], other[0][both]
        first, second = np.flatnonzero(np.bincount(across)), np.flatnonzero(np.bincount(down))
        if first.size != 2 or second.size != 2:
            raise ValueError("a category has not two levels")
        size = across.size
        row, column = int(np.count_nonzero(across == first[0])), int(np.count_nonzero(down == second[0]))
        seen = int(np.count_nonzero((across == first[0]) & (down == second[0])))
        there = np.arange(max(0, row + column - size), min(row, column) + 1)
        ways = -(
            special.gammaln(there + 1)
            + special.gammaln(row - there + 1)
            + special.gammaln(column - there + 1)
            + special.gammaln(size - row - column + there + 1)
        )
        chances = np.exp(ways - ways.max())
        as_rare = chances <= chances[there == seen] * (1 + 1e-7)
        return math.nan, exact_sum(chances[as_rare]) / exact_sum(chances)


class TwoProportions(Operator):
    """The z-test, with pooled variance, of whether a level is equally frequent in two groups."""

    name = "two_proportions"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"category": "category", "outcome": "category", "level": "level"}
    result = "test"
    phrases = (
        (
            "a pooled two-sided z-test on the share of {records} whose {outcome} is {level} between {first}"
            " and {second}"
        ),
    )
    plan = "test whether the two have the named {outcome} equally often"
    variable = "comparison"

    @staticmethod
    def idiom(first: Any, second: Any, category: Series, outcome: Series, level: Any) -> Test:
        hits = (outcome == level)[outcome.notna()]
        where = category[outcome.notna()]
        one, two = hits[where == first], hits[where == second]
        pooled = (one.sum() + two.sum()) / (len(one) + len(two))
        error = (pooled * (1 - pooled) * (1 / len(one) + 1 / len(two))) ** 0.5
        z_value = (one.mean() - two.mean()) / error
        return z_value, 2 * stats.norm.sf(abs(z_value))

    @staticmethod
    def arithmetic(first: Any, second: Any, category: Category, outcome: Category, level: Any) -> Test:
        codes, levels = category
        known, names = outcome
        sizes, times = [], []
        for group in (first, second):
            member = (codes == levels.index(group)) & (known >= 0)
            sizes.append(int(np.count_nonzero(member)))
            times.append(int(np.count_nonzero(member & (known == names.index(level)))))
        hits, size = times[0] + times[1], sizes[0] + sizes[1]
        # (t0/s0 - t1/s1) over its error, as whole numbers as long as they are.
        apart = times[0] * sizes[1] - times[1] * sizes[0]
        ratio = apart / math.sqrt(hits * (size - hits) * sizes[0] * sizes[1] / size)
        return ratio, math.erfc(abs(ratio) / math.sqrt(2))
