"""One number a group."""

import math

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import DDOF, MISSING_GROUP
from actors.language.sums import exact_sum

# In the second implementation the records without a group are one more group when asked for, under the key
# None; a group of which there is no record at hand is none.


class MeanByGroup(Operator):
    """The mean of a measure in each group."""

    name = "mean_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("mean {measure}", "average {measure}")
    plan = "take the mean of {measure} for each {category}"
    variable = "means"
    mistaken_for = "median_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).mean()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        known = (codes >= 0) & ~np.isnan(measure)
        there = np.bincount(codes[codes >= 0], minlength=len(levels))
        sizes = np.bincount(codes[known], minlength=len(levels))
        means = np.bincount(codes[known], weights=measure[known], minlength=len(levels)) / sizes
        return {levels[group]: float(means[group]) for group in np.flatnonzero(there)}


class MedianByGroup(Operator):
    """The median of a measure in each group."""

    name = "median_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("median {measure}",)
    plan = "take the median of {measure} for each {category}"
    variable = "medians"
    mistaken_for = "mean_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).median()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        result = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            known = np.sort(measure[(codes == group) & ~np.isnan(measure)])
            middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2 if known.size else math.nan
            result[levels[group]] = float(middle)
        return result


class DeviationByGroup(Operator):
    """The standard deviation of a measure in each group."""

    name = "deviation_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (DDOF, MISSING_GROUP)
    phrases = ("{ddof} standard deviation of {the measure}",)
    plan = "take the standard deviation of {measure} for each {category}"
    variable = "deviations"
    mistaken_for = "mean_by_group"

    @staticmethod
    def idiom(measure: Series, category: Series, ddof: int, missing: bool) -> Series:
        return measure.groupby(category, dropna=missing).std(ddof=ddof)

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
                result[levels[group]] = math.sqrt(exact_sum((known - center) ** 2) / (known.size - ddof))
        return result


class CountByGroup(Operator):
    """The number of records in each group."""

    name = "count_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("number of records",)
    plan = "count the records of each {category}"
    variable = "counts"

    @staticmethod
    def idiom(category: Series, missing: bool) -> Series:
        return category.groupby(category, dropna=missing).size()

    @staticmethod
    def arithmetic(category: Category, missing: bool) -> dict[object, int]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        sizes = np.bincount(codes[codes >= 0])
        return {levels[group]: int(sizes[group]) for group in np.flatnonzero(sizes)}
