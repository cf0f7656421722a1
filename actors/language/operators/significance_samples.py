"""Tests of whether two measures differ record by record, and of whether several groups do."""

import math
from itertools import combinations

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series, Test
from actors.language.operators.axes import CONTINUITY_SIGNED, LEVENE_CENTER, SIGNED_RANKS, VARIANCES
from actors.language.operators.later import special, stats
from actors.language.sums import exact_sum


class PairedT(Operator):
    """The paired t-test of two measures, over the records that have both."""

    name = "paired_t"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    compares = ("measure", "other")
    result = "test"
    phrases = ("a two-sided paired t-test of {the measure} against {the other}",)
    plan = "test whether {measure} and {other} differ within the same {record}"
    mistaken_for = "wilcoxon"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Test:
        both = measure.notna() & other.notna()
        return tuple(stats.ttest_rel(measure[both], other[both]))

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Test:
        apart = (measure - other)[~np.isnan(measure) & ~np.isnan(other)]
        center = exact_sum(apart) / apart.size
        ratio = center / math.sqrt(exact_sum((apart - center) ** 2) / (apart.size - 1) / apart.size)
        freedom = apart.size - 1
        return ratio, float(special.betainc(freedom / 2, 0.5, freedom / (freedom + ratio**2)))


class SignedRank(Operator):
    """The Wilcoxon signed-rank test of two measures; of over 50 differences, so that it is never exact."""

    name = "wilcoxon"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    compares = ("measure", "other")
    result = "test"
    axes = (CONTINUITY_SIGNED, SIGNED_RANKS)
    phrases = (
        (
            "a two-sided Wilcoxon signed-rank test of {the measure} against {the other} that drops zero"
            " differences"
        ),
    )
    least_records = 51
    plan = "rank how far {measure} and {other} lie apart within the same {record}"
    mistaken_for = "paired_t"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, other: Series, continuity_signed: bool, signed_ranks: bool) -> Test:
        apart = (measure - other).dropna()
        apart = apart[apart != 0]
        if len(apart) < 51:
            raise ValueError("fewer than 51 records differ")
        smaller, p_value = stats.wilcoxon(apart, correction=continuity_signed, method="asymptotic")
        positive = apart.abs().rank()[apart > 0].sum()
        return positive if signed_ranks else smaller, p_value

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, continuity_signed: bool, signed_ranks: bool) -> Test:
        apart = measure - other
        apart = apart[~np.isnan(apart) & (apart != 0)]
        size = apart.size
        if size < 51:
            raise ValueError("fewer than 51 records differ")
        _, place, times = np.unique(np.abs(apart), return_inverse=True, return_counts=True)
        ranks = (np.cumsum(times) - (times - 1) / 2)[place]
        positive = exact_sum(ranks[apart > 0])
        smaller = min(positive, size * (size + 1) / 2 - positive)
        ties = exact_sum(times.astype(float) ** 3 - times) / 2
        spread = math.sqrt((size * (size + 1) * (2 * size + 1) - ties) / 24)
        distance = size * (size + 1) / 4 - smaller
        distance = distance - (0.5 * (distance > 0) if continuity_signed else 0)
        return positive if signed_ranks else smaller, math.erfc(distance / spread / math.sqrt(2))


class AnalysisOfVariance(Operator):
    """The one-way analysis of variance of a measure over the groups of a category."""

    name = "anova"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    phrases = (
        "a one-way analysis of variance of {the measure} across {category}",
        "a classical one-way ANOVA of {the measure} across {category}",
    )
    plan = "test whether the mean {measure} differs between any {category}"
    mistaken_for = "kruskal"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, category: Series) -> Test:
        known = measure.dropna()
        samples = [sample for _, sample in known.groupby(category.loc[known.index])]
        if known.nunique() < 2:
            raise ValueError("all values are the same")
        return tuple(stats.f_oneway(*samples))

    @staticmethod
    def arithmetic(measure: Measure, category: Category) -> Test:
        codes, _ = category
        known = (codes >= 0) & ~np.isnan(measure)
        amounts, groups = measure[known], codes[known]
        if amounts.min() == amounts.max():
            raise ValueError("all values are the same")
        samples = [amounts[groups == group] for group in range(groups.max() + 1)]
        samples = [sample for sample in samples if sample.size]
        center = exact_sum(amounts) / amounts.size
        centers = [exact_sum(sample) / sample.size for sample in samples]
        pairs = list(zip(samples, centers, strict=True))
        between = exact_sum(sample.size * (middle - center) ** 2 for sample, middle in pairs)
        inside = exact_sum(exact_sum((sample - middle) ** 2) for sample, middle in pairs)
        above, below = len(samples) - 1, amounts.size - len(samples)
        ratio = (between / above) / (inside / below)
        return ratio, float(special.betainc(below / 2, above / 2, below / (below + above * ratio)))


class KruskalWallis(Operator):
    """The Kruskal-Wallis test of a measure over the groups of a category."""

    name = "kruskal"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    phrases = ("a Kruskal-Wallis test of {the measure} across {category}",)
    plan = "compare the ranks of {measure} between every {category}"
    mistaken_for = "anova"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, category: Series) -> Test:
        known = measure.dropna()
        samples = [sample for _, sample in known.groupby(category.loc[known.index])]
        if known.nunique() < 2:
            raise ValueError("all values are the same")
        return tuple(stats.kruskal(*samples))

    @staticmethod
    def arithmetic(measure: Measure, category: Category) -> Test:
        codes, _ = category
        known = (codes >= 0) & ~np.isnan(measure)
        groups, size = codes[known], int(np.count_nonzero(known))
        _, place, times = np.unique(measure[known], return_inverse=True, return_counts=True)
        ranks = (np.cumsum(times) - (times - 1) / 2)[place] - (size + 1) / 2
        parts = [ranks[groups == group] for group in range(groups.max() + 1)]
        parts = [part for part in parts if part.size]
        if len(parts) < 2:
            raise ValueError("fewer than two groups")
        between = exact_sum(exact_sum(part) ** 2 / part.size for part in parts)
        found = (size - 1) * between / exact_sum(ranks**2)
        return found, float(special.gammaincc((len(parts) - 1) / 2, found / 2))


class Levene(Operator):
    """Levene's test of equal spread of a measure over the groups of a category."""

    name = "levene"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "test"
    axes = (LEVENE_CENTER,)
    phrases = ("Levene's test {levene_center} for equal spread of {the measure} across {category}",)
    plan = "test whether {measure} spreads equally in every {category}"
    mistaken_for = "anova"
    variable = "comparison"

    @staticmethod
    def idiom(measure: Series, category: Series, levene_center: str) -> Test:
        known = measure.dropna()
        samples = [sample for _, sample in known.groupby(category.loc[known.index])]
        found = stats.levene(*samples, center=levene_center)
        if not np.isfinite(found.statistic):
            raise ValueError("the groups do not vary")
        return tuple(found)

    @staticmethod
    def arithmetic(measure: Measure, category: Category, levene_center: str) -> Test:
        codes, _ = category
        known = (codes >= 0) & ~np.isnan(measure)
        amounts, groups = measure[known], codes[known]
        samples = [np.sort(amounts[groups == group]) for group in range(groups.max() + 1)]
        samples = [sample for sample in samples if sample.size]
        middles = [
            (sample[(sample.size - 1) // 2] + sample[sample.size // 2]) / 2
            if levene_center == "median"
            else exact_sum(sample) / sample.size
            for sample in samples
        ]
        apart = [np.abs(sample - middle) for sample, middle in zip(samples, middles, strict=True)]
        centers = [exact_sum(distance) / distance.size for distance in apart]
        center = exact_sum(exact_sum(distance) for distance in apart) / amounts.size
        pairs = list(zip(apart, centers, strict=True))
        between = exact_sum(distance.size * (middle - center) ** 2 for distance, middle in pairs)
        inside = exact_sum(exact_sum((distance - middle) ** 2) for distance, middle in pairs)
        above, below = len(samples) - 1, amounts.size - len(samples)
        ratio = (between / above) / (inside / below)
        return ratio, float(special.betainc(below / 2, above / 2, below / (below + above * ratio)))


class DifferingPairs(Operator):
    """How many pairs of groups differ by t-tests with Holm's correction."""

    name = "differing_pairs"
    family = "significance"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "alpha": "share"}
    constants = {"alpha": (0.05, 0.01)}
    result = "count"
    axes = (VARIANCES,)
    phrases = (
        (
            "the number of pairs of {category} between which the mean {measure} differs significantly at the"
            " {alpha} level, by {variances} two-sided t-test on each pair alone with Holm's correction"
        ),
    )
    plan = "test every pair of {category} and correct for their number"
    variable = "pairs"

    @staticmethod
    def idiom(measure: Series, category: Series, alpha: float, variances: bool) -> int:
        known = measure.dropna()
        samples = [sample for _, sample in known.groupby(category.loc[known.index])]
        if len(samples) < 2 or any(sample.nunique() < 2 for sample in samples):
            raise ValueError("fewer than two groups, or one that does not vary")
        chances = sorted(
            stats.ttest_ind(one, two, equal_var=variances).pvalue for one, two in combinations(samples, 2)
        )
        passed = np.array(chances) < alpha / np.arange(len(chances), 0, -1)
        return int(passed.cumprod().sum())

    @staticmethod
    def arithmetic(measure: Measure, category: Category, alpha: float, variances: bool) -> int:
        codes, _ = category
        known = (codes >= 0) & ~np.isnan(measure)
        groups, amounts = codes[known], measure[known]
        samples = [amounts[groups == group] for group in range(groups.max() + 1)]
        samples = [sample for sample in samples if sample.size]
        if len(samples) < 2 or not all((sample != sample[0]).any() for sample in samples):
            raise ValueError("fewer than two groups, or one that does not vary")
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        chances = []
        for one in range(len(samples)):
            for two in range(one + 1, len(samples)):
                sizes = (samples[one].size, samples[two].size)
                freedom = sizes[0] + sizes[1] - 2
                error = (squares[one] + squares[two]) / freedom * (1 / sizes[0] + 1 / sizes[1])
                if not variances:
                    left = squares[one] / (sizes[0] - 1) / sizes[0]
                    right = squares[two] / (sizes[1] - 1) / sizes[1]
                    error = left + right
                    freedom = error**2 / (left**2 / (sizes[0] - 1) + right**2 / (sizes[1] - 1))
                distance = (centers[one] - centers[two]) ** 2 / error
                chances.append(float(special.betainc(freedom / 2, 0.5, freedom / (freedom + distance))))
        found = 0
        for chance in sorted(chances):
            if chance * (len(chances) - found) >= alpha:
                break
            found += 1
        return found
