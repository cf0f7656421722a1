"""Which of two tests is taken, on evidence that an earlier step gathered."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series, Test, Way
from actors.language.operators.axes import CONTINUITY_RANKS
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class BothNormal(Operator):
    """Whether a measure passes the Shapiro-Wilk test at 5% in each of two groups."""

    name = "both_normal"
    family = "choose"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "flag"
    phrases = ()
    searchable = False
    least_in_group = 12
    plan = "test {measure} for normality in both"
    variable = "are_normal"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series) -> bool:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if not 12 <= min(len(one), len(two)) <= max(len(one), len(two)) <= 5000:
            raise ValueError("a group has fewer than 12 values or more than 5000")
        if one.nunique() == 1 or two.nunique() == 1:
            raise ValueError("the values of a group are all the same")
        return bool(min(stats.shapiro(one).pvalue, stats.shapiro(two).pvalue) >= 0.05)

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category) -> bool:
        codes, levels = category
        passing = True
        for group in (first, second):
            # Royston's approximation, algorithm AS R94 of Applied Statistics (1995); see `shapiro_wilk`.
            ranked = np.sort(measure[(codes == levels.index(group)) & ~np.isnan(measure)])
            size, half = ranked.size, ranked.size // 2
            if not 11 < size <= 5000 or ranked[0] == ranked[-1]:
                raise ValueError("fewer than 12 values, more than 5000, or all the same")
            expected = special.ndtri((np.arange(1, half + 1) - 0.375) / (size + 0.25))
            scale, root = 2 * exact_sum(expected**2), 1 / math.sqrt(size)
            last = np.polyval([-2.706056, 4.434685, -2.07119, -0.147981, 0.221157, 0], root)
            near = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0], root)
            last, near = last - expected[0] / math.sqrt(scale), near - expected[1] / math.sqrt(scale)
            rest = scale - 2 * expected[0] ** 2 - 2 * expected[1] ** 2
            weights = -expected / math.sqrt(rest / (1 - 2 * last**2 - 2 * near**2))
            weights[0], weights[1] = last, near
            reach = exact_sum(weights * (ranked[::-1][:half] - ranked[:half]))
            total = exact_sum((ranked - exact_sum(ranked) / size) ** 2)
            length = math.sqrt(2 * exact_sum(weights**2) * total)
            lack = math.log((length - reach) * (length + reach) / length**2)
            middle = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
            spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
            passing = passing and not math.erfc((lack - middle) / spread / math.sqrt(2)) / 2 < 0.05
        return passing

    @staticmethod
    def branch(first: Any, second: Any, measure: Measure, category: Category) -> tuple[str, float]:
        """By how much the smaller p-value lies off 5%."""
        codes, levels = category
        members = [(codes == levels.index(group)) & ~np.isnan(measure) for group in (first, second)]
        chance = min(float(stats.shapiro(measure[member]).pvalue) for member in members)
        return "normal" if chance >= 0.05 else "not normal", abs(chance / 0.05 - 1)


class AdaptiveComparison(Operator):
    """The test between two groups that normality and spread call for: Student's, Welch's or Mann-Whitney."""

    name = "adaptive_comparison"
    family = "choose"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (CONTINUITY_RANKS,)
    phrases = ()
    searchable = False
    least_in_group = 12
    plan = "decide by normality and spread how to test whether {measure} differs between the two"
    variable = "comparison"
    branches = {
        "equal": Way("t_comparison", {"variances": "student"}),
        "unequal": Way("t_comparison", {"variances": "welch"}),
        "not normal": Way("mann_whitney"),
    }

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, continuity_ranks: bool) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if not 12 <= min(len(one), len(two)) <= max(len(one), len(two)) <= 5000:
            raise ValueError("a group has fewer than 12 values or more than 5000")
        if one.nunique() == 1 or two.nunique() == 1:
            raise ValueError("the values of a group are all the same")
        if min(stats.shapiro(one).pvalue, stats.shapiro(two).pvalue) >= 0.05:
            equal = stats.levene(one, two, center="median").pvalue >= 0.05
            found = tuple(stats.ttest_ind(one, two, equal_var=equal))
        else:
            found = tuple(stats.mannwhitneyu(one, two, use_continuity=continuity_ranks, method="asymptotic"))
        return found

    @staticmethod
    def arithmetic(
        first: Any, second: Any, measure: Measure, category: Category, continuity_ranks: bool
    ) -> Test:
        codes, levels = category
        groups = [codes == levels.index(group) for group in (first, second)]
        samples = [np.sort(measure[group & ~np.isnan(measure)]) for group in groups]
        sizes = [sample.size for sample in samples]
        if any(not 12 <= sample.size <= 5000 or sample[0] == sample[-1] for sample in samples):
            raise ValueError("a group has fewer than 12 values, more than 5000, or all the same")
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        chances, apart = [], []
        for sample, square in zip(samples, squares, strict=True):
            # Royston's approximation, algorithm AS R94 of Applied Statistics (1995); see `shapiro_wilk`.
            size, half = sample.size, sample.size // 2
            expected = special.ndtri((np.arange(1, half + 1) - 0.375) / (size + 0.25))
            scale, root = 2 * exact_sum(expected**2), 1 / math.sqrt(size)
            last = np.polyval([-2.706056, 4.434685, -2.07119, -0.147981, 0.221157, 0], root)
            near = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0], root)
            last, near = last - expected[0] / math.sqrt(scale), near - expected[1] / math.sqrt(scale)
            rest = scale - 2 * expected[0] ** 2 - 2 * expected[1] ** 2
            weights = -expected / math.sqrt(rest / (1 - 2 * last**2 - 2 * near**2))
            weights[0], weights[1] = last, near
            reach = exact_sum(weights * (sample[::-1][:half] - sample[:half]))
            lack = math.log(1 - reach**2 / (2 * exact_sum(weights**2) * square))
            usual = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
            spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
            chances.append(math.erfc((lack - usual) / spread / math.sqrt(2)) / 2)
            apart.append(np.abs(sample - (sample[(size - 1) // 2] + sample[half]) / 2))
        count, pairs, freedom = sizes[0] + sizes[1], sizes[0] * sizes[1], float(sizes[0] + sizes[1] - 2)
        if chances[0] >= 0.05 and chances[1] >= 0.05:
            wide = [exact_sum(distance) / distance.size for distance in apart]
            inside = [exact_sum((distance - mean) ** 2) for distance, mean in zip(apart, wide, strict=True)]
            square = (wide[0] - wide[1]) ** 2 / ((inside[0] + inside[1]) / freedom * count / pairs)
            error = (squares[0] + squares[1]) / freedom * count / pairs
            if special.betainc(freedom / 2, 0.5, freedom / (freedom + square)) < 0.05:
                parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
                error = parts[0] + parts[1]
                freedom = error**2 / (parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1))
            ratio = (centers[0] - centers[1]) / math.sqrt(error)
            found = (ratio, float(special.betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2))))
        else:
            _, place, times = np.unique(np.concatenate(samples), return_inverse=True, return_counts=True)
            ranks = (np.cumsum(times) - (times - 1) / 2)[place]
            wins = exact_sum(ranks[: sizes[0]]) - sizes[0] * (sizes[0] + 1) / 2
            ties = exact_sum(times.astype(float) ** 3 - times) / (count * (count - 1))
            error = math.sqrt(pairs / 12 * (count + 1 - ties))
            distance = abs(wins - pairs / 2) - (0.5 if continuity_ranks else 0)
            found = (wins, 1.0 if distance < 0 else math.erfc(distance / error / math.sqrt(2)))
        return found

    @staticmethod
    def branch(first: Any, second: Any, measure: Measure, category: Category) -> tuple[str, float]:
        """By how much the p-values that decide lie off 5%."""
        codes, levels = category
        members = [(codes == levels.index(group)) & ~np.isnan(measure) for group in (first, second)]
        chance = min(float(stats.shapiro(measure[member]).pvalue) for member in members)
        off = abs(chance / 0.05 - 1)
        if chance < 0.05:
            return "not normal", off
        chance = float(stats.levene(*(measure[member] for member in members), center="median").pvalue)
        return "equal" if chance >= 0.05 else "unequal", min(off, abs(chance / 0.05 - 1))
