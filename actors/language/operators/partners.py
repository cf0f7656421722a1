"""Which of several columns goes most closely with one, and how strongly all of them do together."""

import math
from collections.abc import Mapping

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Names, Number, Operator, Series
from actors.language.operators.axes import CORRELATIONS, MISSING_PAIRS, SHARES, WHICH_COLUMNS
from actors.language.operators.axes_of_scope import COUNTS_ITSELF
from actors.language.sums import exact_sum


class PartnerApart(Operator):
    """The numeric column with the strongest correlation with a measure, near copies of it left aside."""

    name = "strongest_partner_apart"
    family = "partner"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "header"
    axes = (WHICH_COLUMNS,)
    phrases = ()
    asks = (
        (
            "which other numeric variable has the strongest Pearson correlation with {the measure}, whatever"
            " its sign, if those beyond 0.8 are set aside as near copies of it?"
        ),
    )
    plan = "correlate {measure} with every other numeric variable that is no near copy of it"
    mistaken_for = "strongest_partner"
    variable = "partner"

    @staticmethod
    def idiom(rows: Frame, measure: Series, which_columns: list[str]) -> str:
        strength = rows.select_dtypes("number").drop(columns=which_columns).corrwith(measure).abs()
        return str(strength[strength <= 0.8].idxmax())

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], measure: Measure, which_columns: list[str]
    ) -> str:
        found = {}
        for name in numbers:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            if name not in which_columns and np.count_nonzero(both) > 1:
                left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
                right = numbers[name][rows][both]
                right = right - exact_sum(right) / right.size
                scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                if scale > 0 and abs(exact_sum(left * right)) <= 0.8 * scale:
                    found[name] = abs(exact_sum(left * right)) / scale
        return max(found, key=lambda name: found[name])


class MeanStrength(Operator):
    """How strongly a measure goes together with the numeric columns, on average."""

    name = "mean_strength"
    family = "partner"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    columns_only = True
    result = "number"
    axes = (WHICH_COLUMNS, COUNTS_ITSELF)
    phrases = (
        (
            "the mean absolute Pearson correlation between {the measure} and each numeric"
            " variable{counts_itself}"
        ),
    )
    within = SHARES
    plan = "correlate {measure} with every numeric variable and take the mean strength"
    variable = "strength"

    @staticmethod
    def idiom(rows: Frame, measure: Series, which_columns: list[str], counts_itself: int) -> Number:
        strength = rows.select_dtypes("number").drop(columns=which_columns).corrwith(measure).abs()
        return (strength.sum() - counts_itself) / (strength.count() - counts_itself)

    @staticmethod
    def arithmetic(
        rows: Places,
        numbers: Mapping[str, Measure],
        measure: Measure,
        which_columns: list[str],
        counts_itself: int,
    ) -> Number:
        found = []
        for name in numbers:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            if name not in which_columns and np.count_nonzero(both) > 1:
                left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
                right = numbers[name][rows][both]
                right = right - exact_sum(right) / right.size
                scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                if scale > 0:
                    found.append(abs(exact_sum(left * right)) / scale)
        return exact_sum([*found, -counts_itself]) / (len(found) - counts_itself)


class PairsAbove(Operator):
    """How many pairs of columns have a correlation above a number."""

    name = "pairs_above"
    family = "partner"
    searchable = False
    inputs = {"rows": "table", "columns": "columns"}
    parameters = {"limit": "number"}
    constants = {"limit": (0.5, 0.7, 0.9)}
    result = "count"
    axes = (MISSING_PAIRS,)
    phrases = ("the number of pairs of {columns} with a Pearson correlation above {limit}",)
    plan = "correlate every pair of them and count those above the limit"
    variable = "pairs"

    @staticmethod
    def idiom(rows: Frame, columns: Names, limit: float, missing_pairs: str) -> int:
        strength = rows[columns].dropna(how=missing_pairs).corr().to_numpy(copy=True)
        return int((strength[np.triu_indices(len(columns), 1)] > limit).sum())

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], columns: Names, limit: float, missing_pairs: str
    ) -> int:
        amounts = np.column_stack([numbers[name][rows] for name in columns])
        if missing_pairs == "any":
            amounts = amounts[~np.isnan(amounts).any(axis=1)]
        found = 0
        for first in range(len(columns)):
            for second in range(first + 1, len(columns)):
                both = amounts[~np.isnan(amounts[:, first]) & ~np.isnan(amounts[:, second])]
                if both.shape[0] > 1:
                    left = both[:, first] - exact_sum(both[:, first]) / both.shape[0]
                    right = both[:, second] - exact_sum(both[:, second]) / both.shape[0]
                    scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                    found += exact_sum(left * right) > limit * scale
        return int(found)


class MeanOverMedian(Operator):
    """How many columns have a mean above their median."""

    name = "mean_over_median"
    family = "partner"
    searchable = False
    inputs = {"rows": "table", "columns": "columns"}
    result = "count"
    phrases = ("the number of {columns} with a mean above the median",)
    plan = "hold the mean of each of them against its median"
    variable = "skewed"

    @staticmethod
    def idiom(rows: Frame, columns: Names) -> int:
        return int((rows[columns].mean() > rows[columns].median()).sum())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: Names) -> int:
        found = 0
        for name in columns:
            known = np.sort(numbers[name][rows])
            known = known[~np.isnan(known)]
            if known.size:
                half = known.size // 2
                middle = (known[half] + known[-half - 1]) / 2
                found += exact_sum(known) / known.size > middle
        return int(found)


class CorrelationOfChanges(Operator):
    """The Pearson correlation of two measures' changes from one record to the next, in order."""

    name = "correlation_of_changes"
    family = "partner"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "order": "order"}
    demands = {"order": "distinct"}
    result = "number"
    phrases = (
        (
            "the Pearson correlation between the changes in {the measure} and in {the other} from one"
            " {record} to the next in order of {order}"
        ),
    )
    within = CORRELATIONS
    plan = "put the {records} in order of {order} and correlate the changes of {measure} and {other}"
    variable = "correlation"

    @staticmethod
    def idiom(measure: Series, other: Series, order: Series) -> Number:
        turn = order.sort_values().index
        return measure.loc[turn].diff().corr(other.loc[turn].diff())

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, order: Measure) -> Number:
        turn = np.argsort(order)
        left = measure[turn][1:] - measure[turn][:-1]
        right = other[turn][1:] - other[turn][:-1]
        both = ~np.isnan(left) & ~np.isnan(right)
        left = left[both] - exact_sum(left[both]) / np.count_nonzero(both)
        right = right[both] - exact_sum(right[both]) / np.count_nonzero(both)
        return exact_sum(left * right) / math.sqrt(exact_sum(left**2) * exact_sum(right**2))
