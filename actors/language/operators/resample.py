"""Figures from seeded draws; the text says how many, and the format note how they are drawn."""

from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import COUNTED_OBSERVED, P_VALUES
from actors.language.sums import exact_sum

# The sequence that a seed stands for is NumPy's: both implementations have to draw it from there. What
# is drawn from is sorted first, so that the order of the rows decides nothing.
RESAMPLES = (
    "Resamples are numpy.random.default_rng(seed).choice(values, size=(resamples, len(values))) of the known"
    " values sorted from lowest to highest; the ends are quantiles of their means, interpolated linearly."
)
PERMUTATIONS = (
    "Permutations are drawn one after the other as rng.permutation(values), with rng ="
    " numpy.random.default_rng(seed), of the known values of both groups sorted together from lowest to"
    " highest; the first so many values stand for the group named first."
)


class BootstrapLow(Operator):
    """The lower end of the 95% percentile bootstrap interval of a mean."""

    name = "bootstrap_low"
    family = "resample"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "draws": "whole", "seed": "whole"}
    constants = {"draws": (500, 1000), "seed": (0, 1, 42)}
    result = "number"
    explained = RESAMPLES
    phrases = (
        (
            "the lower end of the 95% percentile bootstrap interval of the mean of {the measure}, from"
            " {draws} resamples with seed {seed}"
        ),
    )
    plan = "draw the values of {measure} again and again and look where the means lie"
    mistaken_for = "bootstrap_high"
    variable = "low"

    @staticmethod
    def idiom(measure: Series, draws: int, seed: int) -> Number:
        known = measure.dropna().sort_values()
        if len(known) > 5000:
            raise ValueError("more than 5000 values")
        means = np.random.default_rng(seed).choice(known, size=(draws, len(known))).mean(axis=1)
        return np.quantile(means, 0.025)

    @staticmethod
    def arithmetic(measure: Measure, draws: int, seed: int) -> Number:
        amounts = np.sort(measure[~np.isnan(measure)])
        if not 0 < amounts.size <= 5000:
            raise ValueError("no value or more than 5000")
        source = np.random.Generator(np.random.PCG64(seed))
        taken = source.integers(0, amounts.size, (draws, amounts.size))
        means = sorted((amounts[taken] @ np.ones(amounts.size) / amounts.size).tolist())
        place = 0.025 * (draws - 1)
        below = int(place)
        return means[below] + (place - below) * (means[below + 1] - means[below])


class BootstrapHigh(Operator):
    """The upper end of the 95% percentile bootstrap interval of a mean."""

    name = "bootstrap_high"
    family = "resample"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "draws": "whole", "seed": "whole"}
    constants = {"draws": (500, 1000), "seed": (0, 1, 42)}
    result = "number"
    explained = RESAMPLES
    phrases = (
        (
            "the upper end of the 95% percentile bootstrap interval of the mean of {the measure}, from"
            " {draws} resamples with seed {seed}"
        ),
    )
    plan = "draw the values of {measure} again and again and look where the means lie"
    mistaken_for = "bootstrap_low"
    variable = "high"

    @staticmethod
    def idiom(measure: Series, draws: int, seed: int) -> Number:
        known = measure.dropna().sort_values()
        if len(known) > 5000:
            raise ValueError("more than 5000 values")
        means = np.random.default_rng(seed).choice(known, size=(draws, len(known))).mean(axis=1)
        return np.quantile(means, 0.975)

    @staticmethod
    def arithmetic(measure: Measure, draws: int, seed: int) -> Number:
        amounts = np.sort(measure[~np.isnan(measure)])
        if not 0 < amounts.size <= 5000:
            raise ValueError("no value or more than 5000")
        source = np.random.Generator(np.random.PCG64(seed))
        taken = source.integers(0, amounts.size, (draws, amounts.size))
        means = sorted((amounts[taken] @ np.ones(amounts.size) / amounts.size).tolist())
        place = 0.975 * (draws - 1)
        below = int(place)
        return means[below] + (place - below) * (means[below + 1] - means[below])


class PermutationP(Operator):
    """The two-sided p-value of a permutation test of the difference in means between two groups."""

    name = "permutation_p"
    family = "resample"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category", "draws": "whole", "seed": "whole"}
    constants = {"draws": (499, 999), "seed": (0, 1, 42)}
    result = "number"
    axes = (COUNTED_OBSERVED,)
    explained = PERMUTATIONS
    phrases = (
        (
            "the two-sided p-value of a permutation test of the difference in mean {measure} between {first}"
            " and {second}, from {draws} permutations with seed {seed}"
        ),
    )
    within = P_VALUES
    outside = "extreme_p"
    plan = "mix the values of {measure} of the two and look how often their means lie as far apart"
    variable = "chance"

    @staticmethod
    def idiom(
        first: Any,
        second: Any,
        measure: Series,
        category: Series,
        draws: int,
        seed: int,
        counted_observed: int,
    ) -> Number:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        if min(len(one), len(two)) == 0 or len(one) + len(two) > 5000:
            raise ValueError("a group without values or more than 5000 values")
        rng = np.random.default_rng(seed)
        pooled = np.sort(np.append(one, two))
        mixed = np.array([rng.permutation(pooled) for _ in range(draws)])
        apart = abs(mixed[:, : len(one)].mean(axis=1) - mixed[:, len(one) :].mean(axis=1))
        as_far = (apart >= abs(one.mean() - two.mean()) * (1 - 1e-9)).sum()
        return (as_far + counted_observed) / (draws + counted_observed)

    @staticmethod
    def arithmetic(
        first: Any,
        second: Any,
        measure: Measure,
        category: Category,
        draws: int,
        seed: int,
        counted_observed: int,
    ) -> Number:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        size, total = samples[0].size, samples[0].size + samples[1].size
        if size in (0, total) or total > 5000:
            raise ValueError("a group without values or more than 5000 values")
        ranked = np.concatenate(samples)
        ranked = ranked[np.argsort(ranked, kind="stable")]
        center = exact_sum(ranked) / total
        # The means lie as far apart as the first group's sum lies off its share of the whole.
        least = abs(exact_sum(samples[0]) - size * center) * (1 - 1e-9)
        source = np.random.Generator(np.random.PCG64(seed))
        as_far = counted_observed
        for _ in range(draws):
            drawn = ranked.copy()
            source.shuffle(drawn)
            as_far += abs(exact_sum(drawn[:size]) - size * center) >= least
        return as_far / (draws + counted_observed)
