"""How the values of a measure are distributed."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import BIAS, DDOF, P_VALUES, QUANTILE
from actors.language.operators.later import stats
from actors.language.sums import exact_sum


class ShapiroWilk(Operator):
    """The p-value of the Shapiro-Wilk test of normality, of at most 5000 values."""

    name = "shapiro_wilk"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the p-value of the Shapiro-Wilk test of normality for {the measure}",)
    within = P_VALUES
    outside = "extreme_p"
    plan = "test {measure} for normality"
    mistaken_for = "jarque_bera"
    variable = "normality"

    @staticmethod
    def idiom(measure: Series) -> Number:
        known = measure.dropna()
        if not 12 <= len(known) <= 5000 or known.nunique() == 1:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        return stats.shapiro(known).pvalue

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        # Royston's approximation, algorithm AS R94 of Applied Statistics (1995).
        ranked = np.sort(measure[~np.isnan(measure)])
        size, half = ranked.size, ranked.size // 2
        if not 11 < size <= 5000 or ranked[0] == ranked[-1]:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        # Normal quantiles of the lower half, by algorithm AS 111 as the test's authors have them.
        off = (np.arange(1, half + 1) - 0.375) / (size + 0.25) - 0.5
        tail, square = np.sqrt(-np.log(off + 0.5)), off**2
        inner = np.polyval([-25.44106049637, 41.39119773534, -18.61500062529, 2.50662823884], square)
        inner = inner / np.polyval([3.13082909833, -21.06224101826, 23.08336743743, -8.4735109309, 1], square)
        outer = np.polyval([2.32121276858, 4.85014127135, -2.29796479134, -2.78718931138], tail)
        outer = outer / np.polyval([1.63706781897, 3.54388924762, 1], tail)
        expected = np.where(square <= 0.42**2, off * inner, -outer)
        scale, root = 2 * exact_sum(expected**2), 1 / math.sqrt(size)
        last = np.polyval([-2.706056, 4.434685, -2.07119, -0.147981, 0.221157, 0], root)
        next_to_last = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0], root)
        last = last - expected[0] / math.sqrt(scale)
        next_to_last = next_to_last - expected[1] / math.sqrt(scale)
        rest = scale - 2 * expected[0] ** 2 - 2 * expected[1] ** 2
        weights = -expected / math.sqrt(rest / (1 - 2 * last**2 - 2 * next_to_last**2))
        weights[0], weights[1] = last, next_to_last
        # Tails of 1 less the squared correlation are reached by the distance itself, not by 1 - w.
        center = exact_sum(ranked) / size
        reach = exact_sum(weights * (ranked[::-1][:half] - ranked[:half]))
        total = exact_sum((ranked - center) ** 2)
        length = math.sqrt(2 * exact_sum(weights**2) * total)
        lack = (length - reach) * (length + reach) / length**2
        log = math.log(size)
        middle = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], log)
        spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], log))
        return math.erfc((math.log(lack) - middle) / spread / math.sqrt(2)) / 2


class JarqueBera(Operator):
    """The p-value of the Jarque-Bera test of normality."""

    name = "jarque_bera"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the p-value of the Jarque-Bera test of normality for {the measure}",)
    within = P_VALUES
    outside = "extreme_p"
    least_records = 30
    plan = "hold skewness and kurtosis of {measure} against those of a normal distribution"
    mistaken_for = "shapiro_wilk"
    variable = "normality"

    @staticmethod
    def idiom(measure: Series) -> Number:
        return stats.jarque_bera(measure.dropna()).pvalue

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        known = measure[~np.isnan(measure)]
        if known.min() == known.max():
            raise ValueError("all values are the same")
        apart = known - exact_sum(known) / known.size
        spread = math.sqrt(exact_sum(apart**2) / known.size)
        skewness = exact_sum((apart / spread) ** 3) / known.size
        excess = exact_sum((apart / spread) ** 4) / known.size - 3
        return math.exp(-known.size / 12 * (skewness**2 + excess**2 / 4))


class OutlierCount(Operator):
    """How many values lie beyond Tukey's fences."""

    name = "outlier_count"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "count"
    axes = (QUANTILE,)
    phrases = ("the number of outliers in {the measure} by the 1.5 interquartile range rule",)
    asks = (
        "how many values of {the measure} are outliers by the 1.5 interquartile range rule?",
        "how many values of {the measure} lie more than 1.5 interquartile ranges beyond the quartiles?",
    )
    plan = "count the values of {measure} beyond the fences"
    variable = "outliers"

    @staticmethod
    def idiom(measure: Series, quantile: str) -> int:
        if measure.count() == 0:
            raise ValueError("no value is known")
        low = measure.quantile(0.25, interpolation=quantile)
        high = measure.quantile(0.75, interpolation=quantile)
        reach = (1.5 + 1e-9) * (high - low)
        return int(((measure < low - reach) | (measure > high + reach)).sum())

    @staticmethod
    def arithmetic(measure: Measure, quantile: str) -> int:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        fence = (1.5 + 1e-9) * (quarters[1] - quarters[0])
        outside = (ranked < quarters[0] - fence) | (ranked > quarters[1] + fence)
        return int(np.count_nonzero(outside))


class OutlierShare(Operator):
    """Which share of the known values lies beyond Tukey's fences."""

    name = "outlier_share"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (QUANTILE,)
    phrases = (
        (
            "the share, between 0 and 1, of the known values of {the measure} that are outliers by the"
            " 1.5 interquartile range rule"
        ),
    )
    within = (0.001, 0.5)
    plan = "find which share of the values of {measure} lies beyond the fences"
    variable = "outlying"

    @staticmethod
    def idiom(measure: Series, quantile: str) -> Number:
        known = measure.dropna()
        low, high = known.quantile(0.25, interpolation=quantile), known.quantile(0.75, interpolation=quantile)
        reach = (1.5 + 1e-9) * (high - low)
        return 1 - known.between(low - reach, high + reach).mean()

    @staticmethod
    def arithmetic(measure: Measure, quantile: str) -> Number:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        fence = (1.5 + 1e-9) * (quarters[1] - quarters[0])
        outside = (ranked < quarters[0] - fence) | (ranked > quarters[1] + fence)
        return np.count_nonzero(outside) / ranked.size


class PercentileOfMean(Operator):
    """Which share of the known values lies below their mean."""

    name = "percentile_of_mean"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = ("the share, between 0 and 1, of the known values of {the measure} that lie below their mean",)
    plan = "find which share of the values of {measure} lies below the mean"
    mistaken_for = "share_within_one_deviation"
    variable = "percentile"

    @staticmethod
    def idiom(measure: Series) -> Number:
        if measure.nunique() < 2:
            raise ValueError("all values are the same")
        return (measure.dropna() < measure.mean()).mean()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        known = measure[~np.isnan(measure)]
        if known.min() == known.max():
            raise ValueError("all values are the same")
        return np.count_nonzero(known < exact_sum(known) / known.size) / known.size


class WithinOneDeviation(Operator):
    """Which share of the known values lies within one standard deviation of their mean."""

    name = "share_within_one_deviation"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (DDOF,)
    phrases = (
        (
            "the share, between 0 and 1, of the known values of {the measure} that lie within one {ddof}"
            " standard deviation of their mean"
        ),
    )
    plan = "find which share of the values of {measure} lies near the mean"
    variable = "central"

    @staticmethod
    def idiom(measure: Series, ddof: int) -> Number:
        known = measure.dropna()
        return ((known - known.mean()).abs() <= known.std(ddof=ddof)).mean()

    @staticmethod
    def arithmetic(measure: Measure, ddof: int) -> Number:
        amounts = measure[~np.isnan(measure)]
        apart = amounts - exact_sum(amounts) / amounts.size
        reach = math.sqrt(exact_sum(apart**2) / (amounts.size - ddof))
        return np.count_nonzero(np.abs(apart) <= reach) / amounts.size


class IsSkewed(Operator):
    """Whether a measure's skewness exceeds 0.5 in size."""

    name = "is_skewed"
    family = "distribution"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "flag"
    axes = (BIAS,)
    phrases = (
        "whether {the measure} is clearly skewed, with a {bias} skewness beyond 0.5 in either direction",
    )
    asks = ("is {the measure} clearly skewed, with a {bias} skewness beyond 0.5 in either direction?",)
    plan = "hold the skewness of {measure} against the limit"
    variable = "is_skewed"

    @staticmethod
    def idiom(measure: Series, bias: bool) -> bool:
        skewness = stats.skew(measure.dropna(), bias=bias)
        if np.isnan(skewness) or measure.count() < 3:
            raise ValueError("too few different values")
        return bool(abs(skewness) > 0.5)

    @staticmethod
    def arithmetic(measure: Measure, bias: bool) -> bool:
        amounts = measure[~np.isnan(measure)]
        apart = amounts - exact_sum(amounts) / amounts.size
        size = amounts.size
        if size < 3 or amounts.min() == amounts.max():
            raise ValueError("too few different values")
        skewness = exact_sum(apart**3) / size / (exact_sum(apart**2) / size) ** 1.5
        if not bias:
            skewness = skewness * math.sqrt(size * (size - 1)) / (size - 2)
        return bool(skewness > 0.5 or skewness < -0.5)

    @staticmethod
    def branch(measure: Measure, bias: bool) -> tuple[str, float]:
        """By how much the skewness lies off 0.5 in size."""
        found = abs(float(stats.skew(measure[~np.isnan(measure)], bias=bias)))
        return "skewed" if found > 0.5 else "not skewed", abs(found / 0.5 - 1)
