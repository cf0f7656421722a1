"""How measures go together otherwise than two by their values: by rank, beside a third, as best partners."""

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Names, Number, Operator, Series
from actors.language.operators.axes import COPIES, CORRELATIONS, MISSING_PAIRS, WHICH_COLUMNS
from actors.language.sums import exact_sum


class Kendall(Operator):
    """Kendall's tau-b of two measures, over the records that have both."""

    name = "kendall"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    phrases = ("Kendall's tau-b between {the measure} and {the other}",)
    within = CORRELATIONS
    plan = "compare how {measure} and {other} order each pair of {records}"
    mistaken_for = "spearman"
    variable = "concordance"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Number:
        return measure.corr(other, method="kendall")

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        _, first = np.unique(measure[both], return_inverse=True)
        names, second = np.unique(other[both], return_inverse=True)
        tied = [0, 0, 0]
        for place, codes in enumerate((first, second, first * names.size + second)):
            _, times = np.unique(codes, return_counts=True)
            tied[place] = int(np.add.reduce(times * (times - 1) // 2))
        # Pairs in the wrong order, bit by bit of the rank: in each group of equal higher bits, how many
        # records with the bit stand before one without it.
        ranks, crossed = second[np.lexsort((second, first))], 0
        for bit in range(names.size.bit_length() - 1, -1, -1):
            ones = (ranks >> bit) & 1
            group = ranks >> (bit + 1)
            before = np.cumsum(ones) - ones
            before = before - before[np.searchsorted(group, group)]
            crossed += int(np.dot(before, 1 - ones))
            ranks = ranks[np.argsort(ranks >> bit, kind="stable")]
        pairs = first.size * (first.size - 1) // 2
        balance = pairs - tied[0] - tied[1] + tied[2] - 2 * crossed
        return balance / (math.sqrt(pairs - tied[0]) * math.sqrt(pairs - tied[1]))


class PartialCorrelation(Operator):
    """The Pearson correlation of two measures with a third held fixed, over records that have all three."""

    name = "partial_correlation"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure"}
    result = "number"
    phrases = (
        "the partial Pearson correlation between {the measure} and {the other} with {the third} held fixed",
    )
    within = CORRELATIONS
    plan = "correlate what {third} leaves unexplained of {measure} and of {other}"
    mistaken_for = "standardised_coefficient"
    variable = "correlation"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna()
        fixed = third[known] - third[known].mean()
        lines = [np.polyfit(fixed, column[known], 1) for column in (measure, other)]
        left = measure[known] - np.polyval(lines[0], fixed)
        return left.corr(other[known] - np.polyval(lines[1], fixed))

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure) -> Number:
        known = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third)
        columns = [column[known] for column in (measure, other, third)]
        first, second, fixed = (column - exact_sum(column) / column.size for column in columns)
        scale = exact_sum(fixed**2)
        first = first - fixed * (exact_sum(first * fixed) / scale)
        second = second - fixed * (exact_sum(second * fixed) / scale)
        return exact_sum(first * second) / math.sqrt(exact_sum(first**2) * exact_sum(second**2))


class StrongestPartner(Operator):
    """The numeric column with the strongest Pearson correlation with a measure; itself and copies aside."""

    name = "strongest_partner"
    family = "associate"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "header"
    axes = (WHICH_COLUMNS,)
    explained = COPIES
    phrases = ("the other numeric variable with the strongest Pearson correlation with {the measure}",)
    asks = (
        (
            "which other numeric variable has the strongest Pearson correlation with {the measure}, whatever"
            " its sign?"
        ),
        (
            "with which other numeric variable does {the measure} have its strongest Pearson correlation,"
            " whatever its sign?"
        ),
    )
    plan = "correlate {measure} with every other numeric variable"
    variable = "partner"

    @staticmethod
    def idiom(rows: Frame, measure: Series, which_columns: list[str]) -> str:
        others = rows.select_dtypes("number").drop(columns=which_columns)
        strength = others.corrwith(measure).abs()
        return str(strength[strength < 0.9999].idxmax())

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], measure: Measure, which_columns: list[str]
    ) -> str:
        found = {}
        for name in numbers:
            if name not in which_columns:
                both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
                left, right = measure[both], numbers[name][rows][both]
                if left.size > 1:
                    left = left - exact_sum(left) / left.size
                    right = right - exact_sum(right) / right.size
                    scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                    found[name] = abs(exact_sum(left * right)) / scale if scale > 0 else 1.0
        partners = {name: strength for name, strength in found.items() if strength < 0.9999}
        return max(partners, key=lambda name: partners[name])

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], measure: Measure, which_columns: list[str]
    ) -> tuple[str, float]:
        """The strongest must lead the next by more than rounding."""
        strengths = []
        for name in numbers:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            if name not in which_columns and np.count_nonzero(both) > 1:
                found = abs(np.corrcoef(measure[both], numbers[name][rows][both])[0, 1])
                strengths.append(found if found < 0.9999 else 0.0)
        ranked = sorted((one for one in strengths if one > 0), reverse=True)
        return "strongest", ranked[0] / ranked[1] - 1 if len(ranked) > 1 else math.inf


class WeakestPair(Operator):
    """The two columns, of those considered, whose Pearson correlation is closest to zero."""

    name = "weakest_pair"
    family = "associate"
    inputs = {"rows": "table", "columns": "columns"}
    result = "pair"
    axes = (MISSING_PAIRS,)
    phrases = ("the pair of {columns} with the Pearson correlation closest to zero",)
    searchable = False
    plan = "find the two variables that correlate least"
    mistaken_for = "strongest_pair"
    variable = "pair"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], missing_pairs: str) -> Names:
        strength = rows[columns].dropna(how=missing_pairs).corr().abs().to_numpy(copy=True)
        strength[np.tril_indices(len(columns))] = np.nan
        first, second = np.unravel_index(np.nanargmin(strength), strength.shape)
        return [columns[first], columns[second]]

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], missing_pairs: str
    ) -> Names:
        amounts = np.column_stack([numbers[name][rows] for name in columns])
        if missing_pairs == "any":
            amounts = amounts[~np.isnan(amounts).any(axis=1)]
        weakest, best = math.inf, []
        for first in range(len(columns)):
            for second in range(first + 1, len(columns)):
                both = amounts[~np.isnan(amounts[:, first]) & ~np.isnan(amounts[:, second])]
                if both.shape[0] > 1:
                    left = both[:, first] - exact_sum(both[:, first]) / both.shape[0]
                    right = both[:, second] - exact_sum(both[:, second]) / both.shape[0]
                    scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                    if scale > 0 and abs(exact_sum(left * right)) / scale < weakest:
                        weakest = abs(exact_sum(left * right)) / scale
                        best = [columns[first], columns[second]]
        if not best:
            raise ValueError("no two columns correlate")
        return best

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], missing_pairs: str
    ) -> tuple[str, float]:
        """By what share the pair closest to zero falls short of the next."""
        amounts = np.column_stack([numbers[name][rows] for name in columns])
        if missing_pairs == "any":
            amounts = amounts[~np.isnan(amounts).any(axis=1)]
        strengths = []
        for first, second in combinations(range(len(columns)), 2):
            both = ~np.isnan(amounts[:, first]) & ~np.isnan(amounts[:, second])
            strengths.append(abs(np.corrcoef(amounts[both, first], amounts[both, second])[0, 1]))
        ranked = np.sort(strengths)
        return "weakest", float(1 - ranked[0] / ranked[1])
