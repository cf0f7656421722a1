"""One number a group."""

import math

import numpy as np

from actors.language.operator import Arrays, Frame, Operator
from actors.language.operators.axes import DDOF, MISSING_GROUP

# In the second implementation a group is a mask; the records without a group are one more when asked
# for, under the key None. `keys == keys` is false for NaN alone.


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

    @staticmethod
    def idiom(rows: Frame, measure: str, category: str, missing: bool) -> Frame:
        return rows.groupby(category, dropna=missing)[measure].mean()

    @staticmethod
    def arithmetic(rows: Arrays, measure: str, category: str, missing: bool) -> dict[object, float]:
        keys, amounts = rows[category], rows[measure]
        members = {key: keys == key for key in sorted(set(keys[keys == keys]))}
        if not missing and np.any(keys != keys):
            members[None] = keys != keys
        result = {}
        for key, member in members.items():
            known = amounts[member & ~np.isnan(amounts)]
            result[key] = math.fsum(known) / known.size if known.size else math.nan
        return result


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

    @staticmethod
    def idiom(rows: Frame, measure: str, category: str, missing: bool) -> Frame:
        return rows.groupby(category, dropna=missing)[measure].median()

    @staticmethod
    def arithmetic(rows: Arrays, measure: str, category: str, missing: bool) -> dict[object, float]:
        keys, amounts = rows[category], rows[measure]
        members = {key: keys == key for key in sorted(set(keys[keys == keys]))}
        if not missing and np.any(keys != keys):
            members[None] = keys != keys
        result = {}
        for key, member in members.items():
            known = np.sort(amounts[member & ~np.isnan(amounts)])
            result[key] = (
                float((known[(known.size - 1) // 2] + known[known.size // 2]) / 2) if known.size else math.nan
            )
        return result


class DeviationByGroup(Operator):
    """The standard deviation of a measure in each group."""

    name = "deviation_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "by_group"
    axes = (DDOF, MISSING_GROUP)
    phrases = ("{ddof} standard deviation of {measure}",)
    plan = "take the standard deviation of {measure} for each {category}"
    variable = "deviations"

    @staticmethod
    def idiom(rows: Frame, measure: str, category: str, ddof: int, missing: bool) -> Frame:
        return rows.groupby(category, dropna=missing)[measure].std(ddof=ddof)

    @staticmethod
    def arithmetic(
        rows: Arrays, measure: str, category: str, ddof: int, missing: bool
    ) -> dict[object, float]:
        keys, amounts = rows[category], rows[measure]
        members = {key: keys == key for key in sorted(set(keys[keys == keys]))}
        if not missing and np.any(keys != keys):
            members[None] = keys != keys
        result = {}
        for key, member in members.items():
            known = amounts[member & ~np.isnan(amounts)]
            result[key] = math.nan
            if known.size > ddof:
                center = math.fsum(known) / known.size
                result[key] = math.sqrt(math.fsum((known - center) ** 2) / (known.size - ddof))
        return result


class CountByGroup(Operator):
    """The number of records in each group."""

    name = "count_by_group"
    family = "group"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    result = "by_group"
    axes = (MISSING_GROUP,)
    phrases = ("number of records",)
    plan = "count the records of each {category}"
    variable = "counts"

    @staticmethod
    def idiom(rows: Frame, category: str, missing: bool) -> Frame:
        return rows.groupby(category, dropna=missing).size()

    @staticmethod
    def arithmetic(rows: Arrays, category: str, missing: bool) -> dict[object, int]:
        keys = rows[category]
        result = {key: int(np.count_nonzero(keys == key)) for key in sorted(set(keys[keys == keys]))}
        if not missing and np.any(keys != keys):
            result[None] = int(np.count_nonzero(keys != keys))
        return result
