"""How the values at hand are spread: one number for their scatter, their shape, their unevenness."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import BIAS, DDOF, GINI_BIAS, MAD_SCALE, QUANTILE
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class Variance(Operator):
    """The variance of a measure."""

    name = "variance"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (DDOF,)
    phrases = ("the {ddof} variance of {the measure}",)
    plan = "take the variance of {the measure}"
    variable = "variance"
    mistaken_for = "standard_deviation"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Number:
        return measure.var(ddof=ddof)

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Number:
        known = measure[~np.isnan(measure)]
        center = exact_sum(known) / known.size
        return exact_sum((known - center) ** 2) / (known.size - ddof)


class RangeBetween(Operator):
    """How far the largest value of a measure lies above the smallest."""

    name = "range_between"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the distance between the lowest and the highest {measure}",)
    plan = "take the distance between the lowest and the highest {measure}"
    variable = "reach"
    mistaken_for = "standard_deviation"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return measure.max() - measure.min()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        ranked = np.sort(measure[~np.isnan(measure)])
        return float(ranked[-1] - ranked[0])


class Quantile(Operator):
    """The value that a share of the known values of a measure does not exceed."""

    name = "quantile"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "share": "share"}
    constants = {"share": (0.9, 0.1, 0.75, 0.25, 0.95)}
    result = "number"
    axes = (QUANTILE,)
    phrases = ("the {share} quantile of {the measure}",)
    plan = "take that quantile of {the measure}"
    variable = "limit"

    @staticmethod
    def idiom(measure: Series, share: float, quantile: str) -> Number:
        return measure.quantile(share, interpolation=quantile)

    @staticmethod
    def arithmetic(measure: Measure, share: float, quantile: str) -> Number:
        ranked = np.sort(measure[~np.isnan(measure)])
        place = share * (ranked.size - 1)
        below = int(place)
        part = place - below if quantile == "linear" else 0.5 * (place > below)
        return float(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))


class MedianAbsoluteDeviation(Operator):
    """The median distance of a measure from its median."""

    name = "median_absolute_deviation"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (MAD_SCALE,)
    phrases = ("the {mad_scale} median absolute deviation of {the measure}",)
    plan = "take the median distance of {the measure} from its median"
    variable = "spread"
    mistaken_for = "standard_deviation"

    @staticmethod
    def idiom(measure: Series, mad_scale: float) -> Number:
        return mad_scale * (measure - measure.median()).abs().median()

    @staticmethod
    def arithmetic(measure: Measure, mad_scale: float) -> Number:
        known = np.sort(measure[~np.isnan(measure)])
        middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
        distance = np.sort(np.maximum(known - middle, middle - known))
        return float(mad_scale * (distance[(known.size - 1) // 2] + distance[known.size // 2]) / 2)


class Skewness(Operator):
    """The skewness of a measure, from its third moment."""

    name = "skewness"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (BIAS,)
    phrases = ("the {bias} skewness of {the measure}",)
    plan = "take the skewness of {the measure}"
    variable = "skewness"

    @staticmethod
    def idiom(measure: Series, bias: bool) -> Number:
        return stats.skew(measure.dropna(), bias=bias)

    @staticmethod
    def arithmetic(measure: Measure, bias: bool) -> Number:
        known = measure[~np.isnan(measure)]
        size = known.size
        apart = known - exact_sum(known) / size
        plain = exact_sum(apart**3) / size / (exact_sum(apart**2) / size) ** 1.5
        return plain if bias else plain * math.sqrt(size * (size - 1)) / (size - 2)


class ExcessKurtosis(Operator):
    """The kurtosis of a measure, from its fourth moment, less that of a normal distribution."""

    name = "excess_kurtosis"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (BIAS,)
    phrases = ("the {bias} excess kurtosis of {the measure}",)
    plan = "take the excess kurtosis of {the measure}"
    variable = "kurtosis"

    @staticmethod
    def idiom(measure: Series, bias: bool) -> Number:
        return stats.kurtosis(measure.dropna(), bias=bias)

    @staticmethod
    def arithmetic(measure: Measure, bias: bool) -> Number:
        known = measure[~np.isnan(measure)]
        size = known.size
        apart = known - exact_sum(known) / size
        plain = exact_sum(apart**4) / size / (exact_sum(apart**2) / size) ** 2 - 3
        return plain if bias else ((size + 1) * plain + 6) * (size - 1) / ((size - 2) * (size - 3))


class Gini(Operator):
    """The Gini coefficient of a measure that is never negative: 0 when all values are equal."""

    name = "gini"
    family = "aggregate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    adds = ("measure",)
    demands = {"measure": "not_negative"}
    result = "number"
    axes = (GINI_BIAS,)
    phrases = ("the {gini_bias} Gini coefficient of {the measure}",)
    plan = "take the Gini coefficient of {the measure}"
    variable = "inequality"
    mistaken_for = "coefficient_of_variation"

    @staticmethod
    def idiom(measure: Series, gini_bias: bool) -> Number:
        known = measure.dropna()
        weights = 2 * known.rank() - len(known) - 1
        return (weights * known).sum() / known.sum() / (len(known) - 1 if gini_bias else len(known))

    @staticmethod
    def arithmetic(measure: Measure, gini_bias: bool) -> Number:
        ranked = np.sort(measure[~np.isnan(measure)])
        held = np.add.accumulate(ranked) / exact_sum(ranked)
        plain = 1 - (2 * exact_sum(held) - 1) / ranked.size
        return plain * ranked.size / (ranked.size - 1) if gini_bias else plain
