"""How a category goes together with a measure or with another category."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import CORRELATIONS, CRAMER_BIAS, YATES
from actors.language.operators.later import pd, stats
from actors.language.sums import exact_sum


class CramersV(Operator):
    """Cramér's V of two categories, over the records that have both."""

    name = "cramers_v"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "number"
    axes = (CRAMER_BIAS, YATES)
    phrases = ("the {cramer_bias} Cramér's V of {category} and {other}",)
    within = (0.0005, 0.9999)
    plan = "cross {category} with {other} and take Cramér's V"
    variable = "association"

    @staticmethod
    def idiom(category: Series, other: Series, cramer_bias: bool, yates: bool) -> Number:
        counts = pd.crosstab(category, other)
        size = counts.to_numpy().sum()
        phi = stats.chi2_contingency(counts, correction=yates).statistic / size
        height, width = counts.shape
        if cramer_bias:
            phi = max(0, phi - (height - 1) * (width - 1) / (size - 1))
            height = height - (height - 1) ** 2 / (size - 1)
            width = width - (width - 1) ** 2 / (size - 1)
        return (phi / (min(height, width) - 1)) ** 0.5

    @staticmethod
    def arithmetic(category: Category, other: Category, cramer_bias: bool, yates: bool) -> Number:
        both = (category[0] >= 0) & (other[0] >= 0)
        counts = np.zeros((len(category[1]), len(other[1])))
        np.add.at(counts, (category[0][both], other[0][both]), 1)
        counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
        total = int(np.count_nonzero(both))
        expected = np.outer(np.add.reduce(counts, 1), np.add.reduce(counts, 0)) / total
        apart = np.abs(counts - expected)
        if yates:
            apart = np.where(counts.size == 4, np.maximum(apart - 0.5, 0), apart)
        share = exact_sum((apart**2 / expected).ravel()) / total
        sides = [float(side) for side in counts.shape]
        if cramer_bias:
            share = share - (sides[0] - 1) * (sides[1] - 1) / (total - 1)
            share = share if share > 0 else 0.0
            sides = [side - (side - 1) ** 2 / (total - 1) for side in sides]
        return math.sqrt(share / (sorted(sides)[0] - 1))


class PointBiserial(Operator):
    """The correlation of a measure with belonging to a level, over the records that have both columns."""

    name = "point_biserial"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "level": "level"}
    result = "number"
    phrases = ("the point-biserial correlation between {the measure} and whether {category} is {level}",)
    within = CORRELATIONS
    plan = "correlate {measure} with whether a {record} has the named {category}"
    mistaken_for = "logistic_auc"
    variable = "correlation"

    @staticmethod
    def idiom(measure: Series, category: Series, level: Any) -> Number:
        known = measure.notna() & category.notna()
        return stats.pointbiserialr(category[known] == level, measure[known]).statistic

    @staticmethod
    def arithmetic(measure: Measure, category: Category, level: Any) -> Number:
        codes, levels = category
        there = (codes >= 0) & ~np.isnan(measure)
        amounts, inside = measure[there], codes[there] == levels.index(level)
        center = exact_sum(amounts) / amounts.size
        spread = math.sqrt(exact_sum((amounts - center) ** 2) / amounts.size)
        share = np.count_nonzero(inside) / amounts.size
        apart = exact_sum(amounts[inside]) / np.count_nonzero(inside) - center
        return apart / spread * math.sqrt(share / (1 - share))


class EtaSquared(Operator):
    """The share of the variance of a measure that lies between the groups of a category."""

    name = "eta_squared"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "number"
    phrases = (
        "the eta squared of {the measure} across {category}",
        "the share of the variance of {the measure} that lies between the groups of {category} (eta squared)",
    )
    within = (0.0005, 0.9999)
    plan = "split the variance of {measure} into that between and that inside each {category}"
    variable = "share"

    @staticmethod
    def idiom(measure: Series, category: Series) -> Number:
        known = measure[category.notna()].dropna()
        usual = known.groupby(category.loc[known.index]).transform("mean")
        return usual.var() / known.var()

    @staticmethod
    def arithmetic(measure: Measure, category: Category) -> Number:
        codes, _ = category
        there = (codes >= 0) & ~np.isnan(measure)
        groups, amounts = codes[there], measure[there]
        amounts = amounts - exact_sum(amounts) / amounts.size
        parts = [amounts[groups == group] for group in range(groups.max() + 1)]
        between = exact_sum(exact_sum(part) ** 2 / part.size for part in parts if part.size)
        return between / exact_sum(amounts**2)
