"""One number a group: totals, extremes, unevenness, and how two measures go together."""

import math

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import CORRELATIONS, DDOF, MISSING_GROUP
from actors.language.sums import exact_sum


class TotalByGroup(Operator):
    """The sum of a measure in each group."""

    name = "total_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    adds = ("measure",)
    columns_only = True
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("total {measure}",)
    plan = "add up {measure} for each {category}"
    variable = "totals"
    mistaken_for = "mean_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).sum()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        known = (codes >= 0) & ~np.isnan(measure)
        there = np.bincount(codes[codes >= 0], minlength=len(levels))
        totals = np.bincount(codes[known], weights=measure[known], minlength=len(levels))
        return {levels[group]: float(totals[group]) for group in np.flatnonzero(there)}


class LargestByGroup(Operator):
    """The largest value of a measure in each group."""

    name = "largest_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("maximum {measure}",)
    plan = "look up the maximum of {measure} for each {category}"
    variable = "peaks"
    mistaken_for = "mean_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).max()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        result = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            known = np.sort(measure[(codes == group) & ~np.isnan(measure)])
            result[levels[group]] = float(known[-1]) if known.size else math.nan
        return result


class SmallestByGroup(Operator):
    """The smallest value of a measure in each group."""

    name = "smallest_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("minimum {measure}",)
    plan = "look up the minimum of {measure} for each {category}"
    variable = "bottoms"
    mistaken_for = "mean_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).min()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        result = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            known = np.sort(measure[(codes == group) & ~np.isnan(measure)])
            result[levels[group]] = float(known[0]) if known.size else math.nan
        return result


class VariationByGroup(Operator):
    """The standard deviation of a measure as a multiple of its mean, in each group."""

    name = "variation_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    demands = {"measure": "not_negative"}
    result = "by_group"
    axes = (DDOF, MISSING_GROUP)
    phrases = ("{ddof} standard deviation of {the measure} relative to its mean",)
    plan = "relate the standard deviation of {measure} to its mean for each {category}"
    variable = "variation"
    mistaken_for = "deviation_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, ddof: int, missing: bool) -> Series:
        groups = measure.groupby(category, dropna=missing)
        return groups.std(ddof=ddof) / groups.mean()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, ddof: int, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        result = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            known = measure[(codes == group) & ~np.isnan(measure)]
            result[levels[group]] = math.nan
            if known.size > ddof:
                center = exact_sum(known) / known.size
                deviation = math.sqrt(exact_sum((known - center) ** 2) / (known.size - ddof))
                result[levels[group]] = float(np.divide(deviation, center))
        return result


class CorrelationByGroup(Operator):
    """The Pearson correlation of two measures in each group, over the records that have both."""

    name = "correlation_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("Pearson correlation between {the measure} and {the other}",)
    within = CORRELATIONS
    plan = "correlate {measure} with {other} for each {category}"
    variable = "correlations"

    @staticmethod
    def idiom(measure: Series, other: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).corr(other)

    @staticmethod
    def arithmetic(
        measure: Measure, other: Measure, category: Category, missing: bool
    ) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        result = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            both = (codes == group) & ~np.isnan(measure) & ~np.isnan(other)
            result[levels[group]] = math.nan
            if np.count_nonzero(both) > 1:
                left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
                right = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
                scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                result[levels[group]] = float(np.divide(exact_sum(left * right), scale))
        return result
