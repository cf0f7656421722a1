"""A new column from others: one value a record."""

from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import DDOF, INDICATOR, MISSING_GROUP, PERCENTILE, RANK_FROM, RANK_TIES
from actors.language.sums import exact_sum


class Ratio(Operator):
    """One measure divided by another, record by record."""

    name = "ratio"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "measure"
    phrases = ("ratio of {measure} to {other}",)
    plan = "divide {measure} by {other} for each record"
    variable = "ratio"
    mistaken_for = "difference"
    called = "ratio"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return (measure / other).replace([np.inf, -np.inf], np.nan)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        quotient = np.full(measure.size, np.nan)
        np.divide(measure, other, out=quotient, where=other != 0)
        return quotient


class Difference(Operator):
    """One measure less another, record by record."""

    name = "difference"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    compares = ("measure", "other")
    result = "measure"
    phrases = ("excess of {measure} over {other}",)
    plan = "subtract {other} from {measure} for each record"
    variable = "excess"
    mistaken_for = "ratio"
    called = "excess"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return measure - other

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        return np.subtract(measure, other)


class Product(Operator):
    """One measure times another, record by record."""

    name = "product"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "measure"
    phrases = ("product of {measure} and {other}",)
    plan = "multiply {measure} by {other} for each {record}"
    variable = "product"
    called = "product"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return measure * other

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        return np.multiply(measure, other)


class ShareOfTotal(Operator):
    """What part of the total over the records at hand falls to a record."""

    name = "share_of_total"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    adds = ("measure",)
    demands = {"measure": "not_negative"}
    result = "measure"
    phrases = ("share, between 0 and 1, of the total {measure}",)
    refers = True
    plan = "divide {measure} by its total"
    variable = "part"
    called = "share of the total"

    @staticmethod
    def idiom(measure: Series) -> Series:
        return measure / measure.sum()

    @staticmethod
    def arithmetic(measure: Measure) -> Measure:
        return measure / exact_sum(measure[~np.isnan(measure)])


class Logarithm(Operator):
    """The natural logarithm of a measure whose values are all positive."""

    name = "logarithm"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    demands = {"measure": "positive"}
    result = "measure"
    phrases = ("natural logarithm of {measure}",)
    plan = "take the natural logarithm of {measure}"
    variable = "logarithm"
    called = "logarithm"

    @staticmethod
    def idiom(measure: Series) -> Series:
        return np.log(measure)

    @staticmethod
    def arithmetic(measure: Measure) -> Measure:
        return np.log2(measure) * 0.6931471805599453


class Indicator(Operator):
    """1 for records with one level of a category, 0 for the others."""

    name = "indicator"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "measure"
    axes = (INDICATOR,)
    phrases = ("indicator (1 or 0) for {category} being {level}",)
    plan = "mark the named {category} with one and the others with nought"
    variable = "indicator"
    called = "indicator"

    @staticmethod
    def idiom(category: Series, level: Any, indicator: bool) -> Series:
        marked = (category == level).astype(float)
        return marked.where(category.notna()) if indicator else marked

    @staticmethod
    def arithmetic(category: Category, level: Any, indicator: bool) -> Measure:
        codes, levels = category
        marks = np.array([*(float(name == level) for name in levels), np.nan if indicator else 0.0])
        return marks[codes]


class Standardised(Operator):
    """How many standard deviations a measure lies above its mean over the records at hand."""

    name = "standardised"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "measure"
    axes = (DDOF,)
    phrases = ("distance of {measure} from its mean in {ddof} standard deviations",)
    refers = True
    plan = "standardise {measure}"
    variable = "standardised"
    called = "distance from the mean"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Series:
        return (measure - measure.mean()) / measure.std(ddof=ddof)

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Measure:
        known = measure[~np.isnan(measure)]
        center = np.add.reduce(known) / known.size
        return (measure - center) / np.sqrt(np.dot(known - center, known - center) / (known.size - ddof))


class DeviationFromGroup(Operator):
    """How far a measure lies above its mean in the record's own group."""

    name = "deviation_from_group"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "measure"
    axes = (MISSING_GROUP,)
    phrases = ("deviation of {measure} from the mean of its own {category}",)
    refers = True
    plan = "subtract from {measure} the mean of its own {category}"
    variable = "deviation"
    called = "deviation"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure - measure.groupby(category, dropna=missing).transform("mean")

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> Measure:
        codes, levels = category
        codes = np.where(codes < 0, len(levels), codes)
        known = ~np.isnan(measure)
        sizes = np.bincount(codes[known], minlength=len(levels) + 1)
        usual = np.bincount(codes[known], weights=measure[known], minlength=len(levels) + 1) / sizes
        if missing:
            usual[-1] = np.nan
        return measure - usual[codes]


class RankOf(Operator):
    """The rank of a measure among the records at hand."""

    name = "rank_of"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "measure"
    axes = (RANK_FROM, RANK_TIES)
    phrases = ("rank of {measure} {rank_from}",)
    refers = True
    plan = "rank the {records} by {measure}"
    variable = "place"
    called = "rank"

    @staticmethod
    def idiom(measure: Series, rank_from: bool, rank_ties: str) -> Series:
        return measure.rank(ascending=rank_from, method=rank_ties)

    @staticmethod
    def arithmetic(measure: Measure, rank_from: bool, rank_ties: str) -> Measure:
        known = ~np.isnan(measure)
        amounts = measure[known] if rank_from else -measure[known]
        _, place, times = np.unique(amounts, return_inverse=True, return_counts=True)
        back = (times - 1) / 2 if rank_ties == "average" else times - 1
        ranks = np.full(measure.size, np.nan)
        ranks[known] = (np.cumsum(times) - back)[place]
        return ranks


class PercentileOf(Operator):
    """The percentile rank of a measure among the known values of the records at hand."""

    name = "percentile_of"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "measure"
    axes = (PERCENTILE,)
    phrases = ("percentile rank, from 0 to 100, of {measure} {percentile}",)
    refers = True
    plan = "find which percentage of the {records} lies below, by {measure}"
    variable = "percentile"
    called = "percentile rank"

    @staticmethod
    def idiom(measure: Series, percentile: str) -> Series:
        place = measure.rank(method=percentile)
        start = 0 if percentile == "max" else 1 if percentile == "min" else 0.5
        return 100 * (place - start) / measure.count()

    @staticmethod
    def arithmetic(measure: Measure, percentile: str) -> Measure:
        ranked = np.sort(measure[~np.isnan(measure)])
        lower = np.searchsorted(ranked, measure, side="left")
        no_higher = np.searchsorted(ranked, measure, side="right")
        passed = (
            no_higher if percentile == "max" else lower if percentile == "min" else (lower + no_higher) / 2
        )
        return np.where(np.isnan(measure), np.nan, 100 * passed / ranked.size)
