"""Whether a measure is as a method asks for."""

import math

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import LEVENE_CENTER
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class Normal(Operator):
    """Whether a measure passes the Shapiro-Wilk test at 5%."""

    name = "normal"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "flag"
    phrases = (
        "whether {the measure} passes for normally distributed by the Shapiro-Wilk test at the 5% level",
    )
    asks = ("does {the measure} pass for normally distributed by the Shapiro-Wilk test at the 5% level?",)
    plan = "test {measure} for normality and hold the p-value against the level"
    variable = "is_normal"

    @staticmethod
    def idiom(measure: Series) -> bool:
        known = measure.dropna()
        if not 12 <= len(known) <= 5000 or known.nunique() == 1:
            raise ValueError("fewer than 12 values, more than 5000, or all the same")
        return bool(stats.shapiro(known).pvalue >= 0.05)

    @staticmethod
    def arithmetic(measure: Measure) -> bool:
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
        length = math.sqrt(2 * exact_sum(weights**2) * exact_sum((ranked - exact_sum(ranked) / size) ** 2))
        lack = math.log((length - reach) * (length + reach) / length**2)
        middle = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
        spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
        return not math.erfc((lack - middle) / spread / math.sqrt(2)) / 2 < 0.05

    @staticmethod
    def branch(measure: Measure) -> tuple[str, float]:
        """By how much the p-value lies off 5%."""
        chance = float(stats.shapiro(measure[~np.isnan(measure)]).pvalue)
        return "normal" if chance >= 0.05 else "not normal", abs(chance / 0.05 - 1)


class EqualVariances(Operator):
    """Whether a measure spreads equally in the groups of a category, by Levene's test at 5%."""

    name = "equal_variances"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "flag"
    axes = (LEVENE_CENTER,)
    phrases = (
        (
            "whether {the measure} passes for equally spread across {category} by Levene's test"
            " {levene_center} at the 5% level"
        ),
    )
    asks = (
        (
            "does {the measure} pass for equally spread across {category} by Levene's test {levene_center} at"
            " the 5% level?"
        ),
    )
    plan = "test whether {measure} spreads equally in every {category} and hold the p-value against the level"
    variable = "is_equal"

    @staticmethod
    def idiom(measure: Series, category: Series, levene_center: str) -> bool:
        known = measure.dropna()
        samples = [sample for _, sample in known.groupby(category.loc[known.index])]
        found = stats.levene(*samples, center=levene_center)
        if not np.isfinite(found.statistic):
            raise ValueError("the groups do not vary")
        return bool(found.pvalue >= 0.05)

    @staticmethod
    def arithmetic(measure: Measure, category: Category, levene_center: str) -> bool:
        codes, _ = category
        there = (codes >= 0) & ~np.isnan(measure)
        amounts, groups = measure[there], codes[there]
        parts = [np.sort(amounts[groups == group]) for group in range(groups.max() + 1)]
        parts = [part for part in parts if part.size]
        middles = [
            (part[(part.size - 1) // 2] + part[part.size // 2]) / 2
            if levene_center == "median"
            else exact_sum(part) / part.size
            for part in parts
        ]
        apart = [np.abs(part - middle) for part, middle in zip(parts, middles, strict=True)]
        centers = [exact_sum(distance) / distance.size for distance in apart]
        center = exact_sum(exact_sum(distance) for distance in apart) / amounts.size
        pairs = list(zip(apart, centers, strict=True))
        between = exact_sum(distance.size * (middle - center) ** 2 for distance, middle in pairs)
        inside = exact_sum(exact_sum((distance - middle) ** 2) for distance, middle in pairs)
        above, below = len(parts) - 1, amounts.size - len(parts)
        ratio = (between / above) / (inside / below)
        return not special.betainc(below / 2, above / 2, below / (below + above * ratio)) < 0.05

    @staticmethod
    def branch(measure: Measure, category: Category, levene_center: str) -> tuple[str, float]:
        """By how much the p-value lies off 5%."""
        codes, _ = category
        samples = [measure[(codes == group) & ~np.isnan(measure)] for group in range(codes.max() + 1)]
        samples = [sample for sample in samples if sample.size]
        chance = float(stats.levene(*samples, center=levene_center).pvalue)
        return "equal" if chance >= 0.05 else "unequal", abs(chance / 0.05 - 1)
