"""A measure against the normal distribution, and how far two groups lie apart in deviations."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series, Test
from actors.language.operators.axes import DDOF
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class NormalDistance(Operator):
    """The Kolmogorov-Smirnov test of a measure against a normal distribution with its mean and deviation."""

    name = "ks_normality"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "test"
    axes = (DDOF,)
    phrases = ()
    searchable = False
    plan = "hold the distribution of {measure} against a normal one with its mean and deviation"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Test:
        known = measure.dropna()
        usual = (known.mean(), known.std(ddof=ddof))
        if known.nunique() < 2:
            raise ValueError("the values do not vary")
        return tuple(stats.kstest(known, "norm", args=usual, method="asymp"))

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Test:
        ranked = np.sort(measure[~np.isnan(measure)])
        size = ranked.size
        if size < 2 or ranked[0] == ranked[-1]:
            raise ValueError("the values do not vary")
        center = exact_sum(ranked) / size
        spread = math.sqrt(exact_sum((ranked - center) ** 2) / (size - ddof))
        expected = special.ndtr((ranked - center) / spread)
        places = np.arange(1, size + 1) / size
        distance = float(max((places - expected).max(), (expected - places + 1 / size).max()))
        # Kolmogorov's limiting distribution, as a theta series that converges fast for small arguments.
        reach = math.sqrt(size) * distance
        terms = [math.exp(-((2 * k - 1) ** 2) * math.pi**2 / (8 * reach**2)) for k in range(1, 60)]
        return distance, 1 - math.sqrt(2 * math.pi) / reach * exact_sum(terms)


class CohensD(Operator):
    """The difference in means between two groups in pooled standard deviations."""

    name = "cohens_d"
    family = "significance"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "number"
    explained = "Cohen's d divides the difference in means by the pooled sample standard deviation of both."
    phrases = ()
    searchable = False
    plan = "divide the difference in mean {measure} by the pooled standard deviation of the two"
    variable = "effect"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series) -> Number:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        squares = ((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()
        pooled = squares / (len(one) + len(two) - 2)
        return (one.mean() - two.mean()) / pooled**0.5

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category) -> Number:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        centers = [exact_sum(sample) / sample.size for sample in samples]
        inside = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        if samples[0].size < 2 or samples[1].size < 2:
            raise ValueError("a group has fewer than 2 values")
        freedom = samples[0].size + samples[1].size - 2
        return (centers[0] - centers[1]) / math.sqrt((inside[0] + inside[1]) / freedom)
