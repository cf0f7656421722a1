"""How two measures go together."""

import math
from collections.abc import Mapping

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Names, Number, Operator, Series
from actors.language.operators.axes import CORRELATIONS, MISSING_PAIRS
from actors.language.sums import exact_sum


class Pearson(Operator):
    """The Pearson correlation of two measures, over the records that have both."""

    name = "pearson"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("the Pearson correlation between {the measure} and {the other}",)
    within = CORRELATIONS
    plan = "correlate {measure} with {other}"
    mistaken_for = "spearman"
    variable = "correlation"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        return measure.corr(other)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
        right = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
        return exact_sum(left * right) / math.sqrt(exact_sum(left**2) * exact_sum(right**2))


class Spearman(Operator):
    """The Spearman rank correlation of two measures, over the records that have both."""

    name = "spearman"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("the Spearman rank correlation between {the measure} and {the other}",)
    within = CORRELATIONS
    plan = "correlate the ranks of {measure} with those of {other}"
    mistaken_for = "pearson"
    variable = "correlation"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        return measure.corr(other, method="spearman")

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        ranks = []
        for amounts in (measure[both], other[both]):
            _, place, times = np.unique(amounts, return_inverse=True, return_counts=True)
            ranks.append((np.cumsum(times) - (times - 1) / 2)[place] - (amounts.size + 1) / 2)
        return exact_sum(ranks[0] * ranks[1]) / math.sqrt(exact_sum(ranks[0] ** 2) * exact_sum(ranks[1] ** 2))


class Slope(Operator):
    """The slope of the least-squares line of one measure on another."""

    name = "slope"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("the slope of the least-squares line that predicts {the measure} from {the other}",)
    plan = "fit a line that predicts {the measure} from {the other}"
    mistaken_for = "pearson"
    variable = "slope"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        both = measure.notna() & other.notna()
        return np.polyfit(other[both], measure[both], 1)[0]

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        outcome = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
        predictor = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
        return exact_sum(outcome * predictor) / exact_sum(predictor**2)


class StrongestPair(Operator):
    """The two columns, of those considered, with the largest absolute Pearson correlation."""

    name = "strongest_pair"
    family = "associate"
    inputs = {"rows": "table", "columns": "columns"}
    result = "pair"
    axes = (MISSING_PAIRS,)
    phrases = ("the pair of {columns} with the strongest Pearson correlation",)
    searchable = False
    plan = "find the two columns that correlate most strongly"
    mistaken_for = "weakest_pair"
    variable = "pair"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], missing_pairs: str) -> Names:
        strength = rows[columns].dropna(how=missing_pairs).corr().abs().to_numpy(copy=True)
        strength[np.tril_indices(len(columns))] = np.nan
        first, second = np.unravel_index(np.nanargmax(strength), strength.shape)
        return [columns[first], columns[second]]

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], missing_pairs: str
    ) -> Names:
        amounts = np.column_stack([numbers[name][rows] for name in columns])
        if missing_pairs == "any":
            amounts = amounts[~np.isnan(amounts).any(axis=1)]
        strongest, best = -1.0, []
        for first in range(len(columns)):
            for second in range(first + 1, len(columns)):
                both = amounts[~np.isnan(amounts[:, first]) & ~np.isnan(amounts[:, second])]
                if both.shape[0] < 2:
                    continue
                left = both[:, first] - np.add.reduce(both[:, first]) / both.shape[0]
                right = both[:, second] - np.add.reduce(both[:, second]) / both.shape[0]
                scale = math.sqrt(np.dot(left, left) * np.dot(right, right))
                if scale > 0 and abs(np.dot(left, right)) / scale > strongest * (1 + 1e-12):
                    strongest, best = abs(np.dot(left, right)) / scale, [columns[first], columns[second]]
        return best


class PairCorrelation(Operator):
    """The Pearson correlation of a pair of columns that an earlier step decided on."""

    name = "pair_correlation"
    family = "associate"
    inputs = {"rows": "table", "pair": "pair"}
    result = "number"
    axes = ()
    phrases = ("the Pearson correlation of {pair}",)
    searchable = False
    plan = "correlate the two"
    variable = "correlation"

    @staticmethod
    def idiom(rows: Frame, pair: list[str]) -> Number:
        return rows[pair[0]].corr(rows[pair[1]])

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], pair: list[str]) -> Number:
        first, second = numbers[pair[0]][rows], numbers[pair[1]][rows]
        both = ~np.isnan(first) & ~np.isnan(second)
        left = first[both] - exact_sum(first[both]) / np.count_nonzero(both)
        right = second[both] - exact_sum(second[both]) / np.count_nonzero(both)
        return exact_sum(left * right) / math.sqrt(exact_sum(left**2) * exact_sum(right**2))
