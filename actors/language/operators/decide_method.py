"""Which method is taken, depending on what the data are like; the text says on which evidence."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series, Test, Way
from actors.language.operators.axes import (
    CONTINUITY_RANKS,
    CORRELATIONS,
    KNOWN_IN,
    LEVENE_CENTER,
    QUANTILE,
    U_COUNTS,
)
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class ComparisonByNormality(Operator):
    """The test between two groups: Welch's if both pass the Shapiro-Wilk test at 5%, else Mann-Whitney."""

    name = "test_by_normality"
    family = "decide"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (CONTINUITY_RANKS, U_COUNTS)
    phrases = (
        (
            "a two-sided comparison of {the measure} between {first} and {second}, by Welch's t-test if both"
            " pass the Shapiro-Wilk test at 5% and by the Mann-Whitney test if not"
        ),
    )
    least_in_group = 12
    plan = "decide by tests for normality how to test whether {measure} differs between the two"
    mistaken_for = "t_comparison"
    variable = "comparison"
    branches = {"normal": Way("t_comparison"), "not normal": Way("mann_whitney")}

    @staticmethod
    def idiom(
        first: Any, second: Any, measure: Series, category: Series, continuity_ranks: bool, u_counts: bool
    ) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if not 12 <= min(len(one), len(two)) <= max(len(one), len(two)) <= 5000:
            raise ValueError("a group has fewer than 12 values or more than 5000")
        if one.nunique() == 1 or two.nunique() == 1:
            raise ValueError("the values of a group are all the same")
        if min(stats.shapiro(one).pvalue, stats.shapiro(two).pvalue) >= 0.05:
            found = tuple(stats.ttest_ind(one, two, equal_var=False))
        else:
            u_value, p_value = stats.mannwhitneyu(
                one, two, use_continuity=continuity_ranks, method="asymptotic"
            )
            found = (u_value if u_counts else len(one) * len(two) - u_value, p_value)
        return found

    @staticmethod
    def arithmetic(
        first: Any, second: Any, measure: Measure, category: Category, continuity_ranks: bool, u_counts: bool
    ) -> Test:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [np.sort(measure[member & ~np.isnan(measure)]) for member in members]
        sizes = [sample.size for sample in samples]
        if not all(12 <= size <= 5000 for size in sizes):
            raise ValueError("a group has fewer than 12 values or more than 5000")
        if samples[0][0] == samples[0][-1] or samples[1][0] == samples[1][-1]:
            raise ValueError("the values of a group are all the same")
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        chances = []
        for sample, total in zip(samples, squares, strict=True):
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
            length = math.sqrt(2 * exact_sum(weights**2) * total)
            lack = math.log((length - reach) * (length + reach) / length**2)
            middle = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], math.log(size))
            spread = math.exp(np.polyval([0.0030302, -0.082676, -0.4803], math.log(size)))
            chances.append(math.erfc((lack - middle) / spread / math.sqrt(2)) / 2)
        if chances[0] >= 0.05 and chances[1] >= 0.05:
            parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
            error = parts[0] + parts[1]
            freedom = error**2 / (parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1))
            ratio = (centers[0] - centers[1]) / math.sqrt(error)
            found = (ratio, float(special.betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2))))
        else:
            count, pairs = sizes[0] + sizes[1], sizes[0] * sizes[1]
            _, place, times = np.unique(np.concatenate(samples), return_inverse=True, return_counts=True)
            ranks = (np.cumsum(times) - (times - 1) / 2)[place]
            wins = exact_sum(ranks[: sizes[0]]) - sizes[0] * (sizes[0] + 1) / 2
            ties = exact_sum(times.astype(float) ** 3 - times) / (count * (count - 1))
            error = math.sqrt(pairs / 12 * (count + 1 - ties))
            distance = abs(wins - pairs / 2) - (0.5 if continuity_ranks else 0)
            wins = wins if u_counts else pairs - wins
            found = (wins, 1.0 if distance < 0 else math.erfc(distance / error / math.sqrt(2)))
        return found

    @staticmethod
    def branch(first: Any, second: Any, measure: Measure, category: Category) -> tuple[str, float]:
        """By how much the smaller p-value lies off 5%."""
        codes, levels = category
        members = [(codes == levels.index(group)) & ~np.isnan(measure) for group in (first, second)]
        chance = min(float(stats.shapiro(measure[member]).pvalue) for member in members)
        return "normal" if chance >= 0.05 else "not normal", abs(chance / 0.05 - 1)


class ComparisonByVariances(Operator):
    """The t-test between two groups: Student's if Levene's test finds equal spread at 5%, else Welch's."""

    name = "test_by_variances"
    family = "decide"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (LEVENE_CENTER,)
    phrases = (
        (
            "a two-sided comparison of {the measure} between {first} and {second}, by Student's t-test if"
            " Levene's test {levene_center} finds no difference in spread between the two at the 5% level and"
            " by Welch's if it does"
        ),
    )
    plan = "decide by the spread of both how to test whether {measure} differs between the two"
    mistaken_for = "t_comparison"
    variable = "comparison"
    branches = {"equal": Way("t_comparison", {"variances": "student"}), "unequal": Way("t_comparison")}

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, levene_center: str) -> Test:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        spread = stats.levene(one, two, center=levene_center)
        if not np.isfinite(spread.statistic):
            raise ValueError("the groups do not vary")
        equal = spread.pvalue >= 0.05
        return tuple(stats.ttest_ind(one, two, equal_var=equal))

    @staticmethod
    def arithmetic(first: Any, second: Any, measure: Measure, category: Category, levene_center: str) -> Test:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [np.sort(measure[member & ~np.isnan(measure)]) for member in members]
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        sizes = [sample.size for sample in samples]
        middles = [
            (sample[(sample.size - 1) // 2] + sample[sample.size // 2]) / 2
            if levene_center == "median"
            else exact_sum(sample) / sample.size
            for sample in samples
        ]
        apart = [np.abs(sample - middle) for sample, middle in zip(samples, middles, strict=True)]
        usual = [exact_sum(distance) / distance.size for distance in apart]
        inside = exact_sum(
            exact_sum((distance - middle) ** 2) for distance, middle in zip(apart, usual, strict=True)
        )
        freedom = float(sizes[0] + sizes[1] - 2)
        square = (usual[0] - usual[1]) ** 2 / (inside / freedom * (1 / sizes[0] + 1 / sizes[1]))
        equal = special.betainc(freedom / 2, 0.5, freedom / (freedom + square)) >= 0.05
        error = (squares[0] + squares[1]) / freedom * (1 / sizes[0] + 1 / sizes[1])
        if not equal:
            parts = [square / (size - 1) / size for square, size in zip(squares, sizes, strict=True)]
            error = parts[0] + parts[1]
            freedom = error**2 / (parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1))
        ratio = (centers[0] - centers[1]) / math.sqrt(error)
        return ratio, float(special.betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2)))

    @staticmethod
    def branch(
        first: Any, second: Any, measure: Measure, category: Category, levene_center: str
    ) -> tuple[str, float]:
        """By how much the p-value of Levene's test lies off 5%."""
        codes, levels = category
        members = [(codes == levels.index(group)) & ~np.isnan(measure) for group in (first, second)]
        chance = float(stats.levene(*(measure[member] for member in members), center=levene_center).pvalue)
        return "equal" if chance >= 0.05 else "unequal", abs(chance / 0.05 - 1)


class CorrelationByOutliers(Operator):
    """The correlation of two measures: Spearman's if over 2% of either are outliers, else Pearson's."""

    name = "correlation_by_outliers"
    family = "decide"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    axes = (QUANTILE, KNOWN_IN)
    phrases = (
        (
            "the correlation between {the measure} and {the other}, Spearman's if more than 2% of the values"
            " of either are outliers by the 1.5 interquartile range rule and Pearson's if not"
        ),
    )
    within = CORRELATIONS
    plan = "decide by the outliers of {measure} and {other} how to correlate them"
    mistaken_for = "pearson"
    variable = "correlation"
    branches = {"outliers": Way("spearman"), "few outliers": Way("pearson")}

    @staticmethod
    def idiom(measure: Series, other: Series, quantile: str, known_in: bool) -> Number:
        both = measure.notna() & other.notna()
        method = "pearson"
        for column in (measure, other):
            held = column[both] if known_in else column
            low = held.quantile(0.25, interpolation=quantile)
            high = held.quantile(0.75, interpolation=quantile)
            usual = held.between(low - (1.5 + 1e-9) * (high - low), high + (1.5 + 1e-9) * (high - low))
            if held.count() - usual.sum() > 0.02 * held.count():
                method = "spearman"
        return measure.corr(other, method=method)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, quantile: str, known_in: bool) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        outlying, parts = False, []
        for column in (measure, other):
            held = np.sort(column[both] if known_in else column[~np.isnan(column)])
            quarters = []
            for quarter in (0.25, 0.75):
                place = quarter * (held.size - 1)
                below = int(place)
                part = place - below if quantile == "linear" else 0.5 * (place > below)
                quarters.append(held[below] + part * (held[min(below + 1, held.size - 1)] - held[below]))
            fence = (1.5 + 1e-9) * (quarters[1] - quarters[0])
            beyond = np.count_nonzero((held > quarters[1] + fence) | (held < quarters[0] - fence))
            outlying = outlying or bool(beyond > 0.02 * held.size)
            parts.append(column[both])
        if outlying:
            for place in (0, 1):
                _, order, times = np.unique(parts[place], return_inverse=True, return_counts=True)
                parts[place] = (np.cumsum(times) - (times - 1) / 2)[order]
        left = parts[0] - exact_sum(parts[0]) / parts[0].size
        right = parts[1] - exact_sum(parts[1]) / parts[1].size
        return exact_sum(left * right) / math.sqrt(exact_sum(left**2) * exact_sum(right**2))

    @staticmethod
    def branch(measure: Measure, other: Measure, quantile: str, known_in: bool) -> tuple[str, float]:
        """By how much the larger share of outliers lies off 2%."""
        both = ~np.isnan(measure) & ~np.isnan(other)
        largest = 0.0
        for column in (measure, other):
            held = column[both] if known_in else column[~np.isnan(column)]
            method: Any = quantile
            low, high = np.quantile(held, (0.25, 0.75), method=method)
            fence = (1.5 + 1e-9) * (high - low)
            largest = max(largest, float(np.mean((held > high + fence) | (held < low - fence))))
        return "outliers" if largest > 0.02 else "few outliers", abs(largest / 0.02 - 1)
