"""One share a group: of all records, of those with a label, of those without a value, of outliers."""

from typing import Any

import numpy as np

from actors.language.coded import Category, Known, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import MISSING_GROUP, QUANTILE, SHARE_OF


class ShareByGroup(Operator):
    """The share of the records that belong to each group."""

    name = "share_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    sizes = True
    result = "by_group"
    axes = (MISSING_GROUP, SHARE_OF)
    phrases = ("share of the {records}, between 0 and 1",)
    plan = "find the share of {records} of each {category}"
    variable = "shares"

    @staticmethod
    def idiom(category: Series, missing: bool, share_of: bool) -> Series:
        sizes = category.groupby(category, dropna=missing).size()
        return sizes / (sizes.sum() if share_of else len(category))

    @staticmethod
    def arithmetic(category: Category, missing: bool, share_of: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        sizes = np.bincount(codes[codes >= 0])
        whole = np.count_nonzero(codes >= 0) if share_of else codes.shape[0]
        return {levels[group]: float(sizes[group] / whole) for group in np.flatnonzero(sizes)}


class LevelShareByGroup(Operator):
    """The share of records, in each group, with one level of another category."""

    name = "level_share_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "trait": "category", "level": "level"}
    result = "by_group"
    axes = (MISSING_GROUP, SHARE_OF)
    phrases = ("share, between 0 and 1, of {records} with {level} as {trait}",)
    plan = "find the share of {records} with the named {trait} for each {category}"
    variable = "shares"

    @staticmethod
    def idiom(category: Series, trait: Series, level: Any, missing: bool, share_of: bool) -> Series:
        marked = (trait == level).astype(float)
        counted = marked.mask(trait.isna()) if share_of else marked
        return counted.groupby(category, dropna=missing).mean()

    @staticmethod
    def arithmetic(
        category: Category, trait: Category, level: Any, missing: bool, share_of: bool
    ) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        counted = (codes >= 0) & (trait[0] >= 0) if share_of else codes >= 0
        marked = counted & (trait[0] == (trait[1].index(level) if level in trait[1] else -2))
        sizes = np.bincount(codes[counted], minlength=len(levels))
        shares = np.bincount(codes[marked], minlength=len(levels)) / sizes
        there = np.bincount(codes[codes >= 0], minlength=len(levels))
        return {levels[group]: float(shares[group]) for group in np.flatnonzero(there)}


class MissingShareByGroup(Operator):
    """The share of records without a value in a column, in each group."""

    name = "missing_share_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"column": "column", "category": "category"}
    demands = {"column": "lacking"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("share, between 0 and 1, of {records} without a known {column}",)
    turns_on_missing = True
    plan = "find the share of {records} without {column} for each {category}"
    variable = "gaps"

    @staticmethod
    def idiom(column: Series, category: Series, missing: bool) -> Series:
        return column.isna().groupby(category, dropna=missing).mean()

    @staticmethod
    def arithmetic(column: Known, category: Category, missing: bool) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
        shares = np.bincount(codes[(codes >= 0) & ~column], minlength=len(levels)) / sizes
        return {levels[group]: float(shares[group]) for group in np.flatnonzero(sizes)}


class OutlierShareByGroup(Operator):
    """The share of each group's known values that lie beyond the fences of the group itself."""

    name = "outlier_share_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP, QUANTILE)
    phrases = ()
    searchable = False
    plan = "find the share of outliers in {measure} within each {category}"
    variable = "shares"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool, quantile: str) -> Series:
        groups = measure.groupby(category, dropna=missing)
        low = groups.transform("quantile", 0.25, interpolation=quantile)
        high = groups.transform("quantile", 0.75, interpolation=quantile)
        beyond = (measure < low - 1.5 * (high - low)) | (measure > high + 1.5 * (high - low))
        return beyond.groupby(category, dropna=missing).sum() / groups.count()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool, quantile: str) -> dict[object, float]:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        shares = {}
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            ranked = np.sort(measure[(codes == group) & ~np.isnan(measure)])
            quarters = []
            for quarter in (0.25, 0.75) if ranked.size else ():
                place = quarter * (ranked.size - 1)
                below = int(place)
                part = place - below if quantile == "linear" else 0.5 * (place > below)
                quarters.append(
                    ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below])
                )
            reach = 1.5 * (quarters[1] - quarters[0]) if quarters else np.nan
            beyond = [(ranked < quarters[0] - reach) | (ranked > quarters[1] + reach)] if quarters else []
            shares[levels[group]] = np.count_nonzero(beyond) / ranked.size if ranked.size else np.nan
        return shares
