"""One number for all the records at hand."""

import math

import numpy as np

from actors.language.coded import Known, Measure, Places
from actors.language.operator import Frame, Number, Operator, Series
from actors.language.operators.axes import DDOF, QUANTILE, SHARES
from actors.language.sums import exact_sum


class CountRecords(Operator):
    """How many records there are."""

    name = "count_records"
    family = "aggregate"
    inputs = {"rows": "table"}
    result = "count"
    phrases = ("the number of records",)
    asks = ("how many {records} are there?",)
    plan = "count the records"
    variable = "total"

    @staticmethod
    def idiom(rows: Frame) -> int:
        return len(rows)

    @staticmethod
    def arithmetic(rows: Places) -> int:
        return int(rows.size)


class Mean(Operator):
    """The mean of a measure."""

    name = "mean"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the mean {measure}", "the average {measure}")
    plan = "take the mean of {measure}"
    variable = "center"
    mistaken_for = "median"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.mean()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        known = measure[~np.isnan(measure)]
        return exact_sum(known) / known.size


class Median(Operator):
    """The median of a measure."""

    name = "median"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the median {measure}",)
    plan = "take the median of {measure}"
    variable = "center"
    mistaken_for = "mean"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.median()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        known = np.sort(measure[~np.isnan(measure)])
        return float((known[(known.size - 1) // 2] + known[known.size // 2]) / 2)


class StandardDeviation(Operator):
    """The standard deviation of a measure."""

    name = "standard_deviation"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (DDOF,)
    phrases = ("the {ddof} standard deviation of {the measure}",)
    plan = "take the standard deviation of {the measure}"
    variable = "spread"
    mistaken_for = "variance"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Number:
        return measure.std(ddof=ddof)

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Number:
        known = measure[~np.isnan(measure)]
        center = exact_sum(known) / known.size
        return math.sqrt(exact_sum((known - center) ** 2) / (known.size - ddof))


class CoefficientOfVariation(Operator):
    """The standard deviation of a measure as a multiple of its mean."""

    name = "coefficient_of_variation"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    demands = {"measure": "not_negative"}
    result = "number"
    axes = (DDOF,)
    phrases = ("the {ddof} standard deviation of {the measure} relative to its mean",)
    plan = "relate the standard deviation of {the measure} to its mean"
    variable = "unevenness"
    mistaken_for = "standard_deviation"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Number:
        return measure.std(ddof=ddof) / measure.mean()

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Number:
        known = measure[~np.isnan(measure)]
        center = exact_sum(known) / known.size
        return math.sqrt(exact_sum((known - center) ** 2) / (known.size - ddof)) / center


class InterquartileRange(Operator):
    """The distance between the quartiles of a measure."""

    name = "interquartile_range"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (QUANTILE,)
    phrases = ("the interquartile range of {the measure}",)
    plan = "take the interquartile range of {the measure}"
    variable = "spread"
    mistaken_for = "standard_deviation"

    @staticmethod
    def idiom(measure: Series, quantile: str) -> Number:
        high = measure.quantile(0.75, interpolation=quantile)
        return high - measure.quantile(0.25, interpolation=quantile)

    @staticmethod
    def arithmetic(measure: Measure, quantile: str) -> Number:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        return float(quarters[1] - quarters[0])


class Largest(Operator):
    """The largest value of a measure."""

    name = "largest"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the highest {measure}",)
    plan = "look up the highest {measure}"
    variable = "peak"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.max()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        return float(np.sort(measure[~np.isnan(measure)])[-1])


class Smallest(Operator):
    """The smallest value of a measure."""

    name = "smallest"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the lowest {measure}",)
    plan = "look up the lowest {measure}"
    variable = "bottom"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.min()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        return float(np.sort(measure[~np.isnan(measure)])[0])


class Total(Operator):
    """The sum of the known values of a measure."""

    name = "total"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    adds = ("measure",)
    columns_only = True
    result = "number"
    phrases = ("the total {measure}", "the sum of {the measure}")
    plan = "add {measure} up"
    variable = "total"
    mistaken_for = "mean"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.sum()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        return exact_sum(measure[~np.isnan(measure)])


class MissingShare(Operator):
    """The share of records without a value in a column."""

    name = "missing_share"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"column": "column"}
    result = "number"
    phrases = ("the share of records, between 0 and 1, without a known {column}",)
    within = SHARES
    turns_on_missing = True
    plan = "find the share of records without {column}"
    variable = "share"

    @staticmethod
    def idiom(column: Series) -> Number:
        return column.isna().mean()

    @staticmethod
    def arithmetic(column: Known) -> Number:
        return float(np.count_nonzero(~column) / column.size)
