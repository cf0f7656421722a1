"""What depends on what the data are like: one of two ways is gone, and the text says on which evidence."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series, Way
from actors.language.operators.axes import BIAS, DDOF, QUANTILE
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum
from events.question import Scalar

ROUND_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


def shares_about(measure: Measure) -> tuple[Scalar, ...]:
    """The round shares next below and next above that of the missing values: either way can be gone."""
    missing = float(np.mean(np.isnan(measure)))
    below = [share for share in ROUND_SHARES if share < missing]
    above = [share for share in ROUND_SHARES if share > missing]
    return (*above[:1], *below[-1:])


class CenterBySkew(Operator):
    """The mean of a measure, or its median if it is clearly skewed."""

    name = "centre_by_skew"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (BIAS,)
    phrases = (
        (
            "the center of {the measure}, taken as the median if its {bias} skewness lies beyond 0.5 in"
            " either direction and as the mean if not"
        ),
    )
    plan = "decide by the skewness of {measure} whether the mean or the median stands for it"
    mistaken_for = "mean"
    variable = "center"
    branches = {"skewed": Way("median"), "not skewed": Way("mean")}

    @staticmethod
    def idiom(measure: Series, bias: bool) -> Number:
        skewness = stats.skew(measure.dropna(), bias=bias)
        if np.isnan(skewness) or measure.count() < 3:
            raise ValueError("too few different values")
        return measure.median() if abs(skewness) > 0.5 else measure.mean()

    @staticmethod
    def arithmetic(measure: Measure, bias: bool) -> Number:
        amounts = np.sort(measure[~np.isnan(measure)])
        size = amounts.size
        if size < 3 or amounts[0] == amounts[-1]:
            raise ValueError("too few different values")
        center = exact_sum(amounts) / size
        skewness = exact_sum((amounts - center) ** 3) / size
        skewness = skewness / (exact_sum((amounts - center) ** 2) / size) ** 1.5
        if not bias:
            skewness = skewness * math.sqrt(size * (size - 1)) / (size - 2)
        middle = float((amounts[(size - 1) // 2] + amounts[size // 2]) / 2)
        return center if -0.5 <= skewness <= 0.5 else middle

    @staticmethod
    def branch(measure: Measure, bias: bool) -> tuple[str, float]:
        """By how much the skewness lies off 0.5 in size."""
        found = abs(float(stats.skew(measure[~np.isnan(measure)], bias=bias)))
        return "skewed" if found > 0.5 else "not skewed", abs(found / 0.5 - 1)


class SpreadByNormality(Operator):
    """The standard deviation of a measure, or its interquartile range if it fails the Shapiro-Wilk test."""

    name = "spread_by_normality"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    axes = (DDOF, QUANTILE)
    phrases = (
        (
            "the spread of {the measure}, taken as the {ddof} standard deviation if it passes the"
            " Shapiro-Wilk test at the 5% level and as the interquartile range if not"
        ),
    )
    plan = (
        "decide by a test for normality whether the deviation or the quartiles tell the spread of {measure}"
    )
    mistaken_for = "standard_deviation"
    variable = "spread"
    branches = {"normal": Way("standard_deviation"), "not normal": Way("interquartile_range")}

    @staticmethod
    def idiom(measure: Series, ddof: int, quantile: str) -> Number:
        known = measure.dropna()
        if not 12 <= len(known) <= 5000 or known.nunique() == 1:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        high = known.quantile(0.75, interpolation=quantile)
        reach = high - known.quantile(0.25, interpolation=quantile)
        return known.std(ddof=ddof) if stats.shapiro(known).pvalue >= 0.05 else reach

    @staticmethod
    def arithmetic(measure: Measure, ddof: int, quantile: str) -> Number:
        # Royston's approximation, algorithm AS R94 of Applied Statistics (1995); see `shapiro_wilk`.
        ranked = np.sort(measure[~np.isnan(measure)])
        size, half = ranked.size, ranked.size // 2
        if not 11 < size <= 5000 or ranked[0] == ranked[-1]:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        expected = special.ndtri((np.arange(1, half + 1) - 0.375) / (size + 0.25))
        scale, root = 2 * exact_sum(expected**2), 1 / math.sqrt(size)
        last = np.polyval([-2.706056, 4.434685, -2.07119, -0.147981, 0.221157, 0], root)
        next_to_last = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0], root)
        last = last - expected[0] / math.sqrt(scale)
        next_to_last = next_to_last - expected[1] / math.sqrt(scale)
        rest = scale - 2 * expected[0] ** 2 - 2 * expected[1] ** 2
        weights = -expected / math.sqrt(rest / (1 - 2 * last**2 - 2 * next_to_last**2))
        weights[0], weights[1] = last, next_to_last
        reach = exact_sum(weights * (ranked[::-1][:half] - ranked[:half]))
        total = exact_sum((ranked - exact_sum(ranked) / size) ** 2)
        length = math.sqrt(2 * exact_sum(weights**2) * total)
        lack = math.log((length - reach) * (length + reach) / length**2)
        middle = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
        spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
        chance = math.erfc((lack - middle) / spread / math.sqrt(2)) / 2
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, size - 1)] - ranked[below]))
        return float(quarters[1] - quarters[0]) if chance < 0.05 else math.sqrt(total / (size - ddof))

    @staticmethod
    def branch(measure: Measure) -> tuple[str, float]:
        """By how much the p-value lies off 5%."""
        chance = float(stats.shapiro(measure[~np.isnan(measure)]).pvalue)
        return "normal" if chance >= 0.05 else "not normal", abs(chance / 0.05 - 1)


class CenterByNormality(Operator):
    """The mean of a measure, or its median if it fails the Shapiro-Wilk test."""

    name = "centre_by_normality"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "number"
    phrases = (
        (
            "the center of {the measure}, taken as the mean if it passes the Shapiro-Wilk test at the 5%"
            " level and as the median if not"
        ),
    )
    plan = "decide by a test for normality whether the mean or the median stands for {measure}"
    mistaken_for = "mean"
    variable = "center"
    branches = {"normal": Way("mean"), "not normal": Way("median")}

    @staticmethod
    def idiom(measure: Series) -> Number:
        known = measure.dropna()
        if not 12 <= len(known) <= 5000 or known.nunique() == 1:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        return known.mean() if stats.shapiro(known).pvalue >= 0.05 else known.median()

    @staticmethod
    def arithmetic(measure: Measure) -> Number:
        # Royston's approximation, algorithm AS R94 of Applied Statistics (1995); see `shapiro_wilk`.
        ranked = np.sort(measure[~np.isnan(measure)])
        size, half = ranked.size, ranked.size // 2
        if not 11 < size <= 5000 or ranked[0] == ranked[-1]:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        expected = special.ndtri((np.arange(1, half + 1) - 0.375) / (size + 0.25))
        scale, root = 2 * exact_sum(expected**2), 1 / math.sqrt(size)
        last = np.polyval([-2.706056, 4.434685, -2.07119, -0.147981, 0.221157, 0], root)
        next_to_last = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0], root)
        last = last - expected[0] / math.sqrt(scale)
        next_to_last = next_to_last - expected[1] / math.sqrt(scale)
        rest = scale - 2 * expected[0] ** 2 - 2 * expected[1] ** 2
        weights = -expected / math.sqrt(rest / (1 - 2 * last**2 - 2 * next_to_last**2))
        weights[0], weights[1] = last, next_to_last
        reach = exact_sum(weights * (ranked[::-1][:half] - ranked[:half]))
        center = exact_sum(ranked) / size
        length = math.sqrt(2 * exact_sum(weights**2) * exact_sum((ranked - center) ** 2))
        lack = math.log((length - reach) * (length + reach) / length**2)
        usual = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
        spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
        middle = float((ranked[(size - 1) // 2] + ranked[half]) / 2)
        return middle if math.erfc((lack - usual) / spread / math.sqrt(2)) / 2 < 0.05 else center

    @staticmethod
    def branch(measure: Measure) -> tuple[str, float]:
        """By how much the p-value lies off 5%."""
        chance = float(stats.shapiro(measure[~np.isnan(measure)]).pvalue)
        return "normal" if chance >= 0.05 else "not normal", abs(chance / 0.05 - 1)


class FilledIfFewMissing(Operator):
    """A measure with its gaps, if it has any, filled by its median if they are few, else left as is."""

    name = "filled_if_few_missing"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "share": "share"}
    constants = {"share": shares_about}
    demands = {"measure": "lacking"}
    result = "measure"
    phrases = (
        (
            "imputed {measure} (missing values replaced by the median, provided that at most {share} are"
            " missing)"
        ),
    )
    turns_on_missing = True
    refers = True
    plan = "decide by the share of missing values whether to fill {measure} with its median"
    variable = "filled"
    called = "imputed measure"
    branches = {"filled": Way("filled_with_median"), "left": Way("measure")}

    @staticmethod
    def idiom(measure: Series, share: float) -> Series:
        return measure.fillna(measure.median()) if measure.isna().mean() <= share else measure

    @staticmethod
    def arithmetic(measure: Measure, share: float) -> Measure:
        ranked = np.sort(measure[~np.isnan(measure)])
        middle = (ranked[(ranked.size - 1) // 2] + ranked[ranked.size // 2]) / 2
        few = measure.size - ranked.size <= share * measure.size
        return np.where(np.isnan(measure) & few, middle, measure)

    @staticmethod
    def branch(measure: Measure, share: float) -> tuple[str, float]:
        """By how much the share of missing values lies off the limit."""
        missing = float(np.mean(np.isnan(measure)))
        return "filled" if missing <= share else "left", abs(missing / share - 1)
