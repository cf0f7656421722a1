"""How much a result owes to one group or to a few outliers."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import KNOWN_IN, QUANTILE, TIES, UNNAMED
from actors.language.operators.later import pd
from actors.language.sums import exact_sum


class ChangeWithoutGroup(Operator):
    """By how much the mean of a measure changes when a group is left out."""

    name = "change_without_group"
    family = "sensitivity"
    inputs = {"rows": "table", "group": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "number"
    axes = (UNNAMED,)
    phrases = ("the change in the mean {measure} brought about by leaving out {group}",)
    asks = ("by how much does the mean {measure} change once {group} is left out?",)
    plan = "take the mean {measure} without that {category} and compare"
    variable = "change"

    @staticmethod
    def idiom(group: Any, measure: Series, category: Series, unnamed: bool) -> Number:
        if pd.isna(group):
            raise ValueError("a group without a name cannot be left out")
        counted = measure if unnamed else measure[category.notna()]
        return counted[category.loc[counted.index] != group].mean() - counted.mean()

    @staticmethod
    def arithmetic(group: Any, measure: Measure, category: Category, unnamed: bool) -> Number:
        codes, levels = category
        there = ~np.isnan(measure)
        if not unnamed:
            there = there & (codes >= 0)
        inside = there & (codes == levels.index(group))
        size, taken = np.count_nonzero(there), np.count_nonzero(inside)
        usual = exact_sum(measure[there]) / size
        return (usual * taken - exact_sum(measure[inside])) / (size - taken)


class ChangeWithoutOutliers(Operator):
    """By how much a Pearson correlation changes without the records beyond the fences of either measure."""

    name = "change_without_outliers"
    family = "sensitivity"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    axes = (QUANTILE, KNOWN_IN)
    phrases = (
        (
            "the change in the Pearson correlation between {the measure} and {the other} brought about by"
            " leaving out the {records} that are outliers in either by the 1.5 interquartile range rule"
        ),
    )
    plan = "correlate {measure} with {other} with and without the outliers of either"
    variable = "change"

    @staticmethod
    def idiom(measure: Series, other: Series, quantile: str, known_in: bool) -> Number:
        both = measure.notna() & other.notna()
        usual = both
        for column in (measure, other):
            held = column[both] if known_in else column
            low = held.quantile(0.25, interpolation=quantile)
            high = held.quantile(0.75, interpolation=quantile)
            reach = (1.5 + 1e-9) * (high - low)
            usual = usual & column.between(low - reach, high + reach)
        return measure[usual].corr(other[usual]) - measure.corr(other)

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, quantile: str, known_in: bool) -> Number:
        both = ~np.isnan(measure) & ~np.isnan(other)
        inside = both
        for column in (measure, other):
            held = np.sort(column[both] if known_in else column[~np.isnan(column)])
            quarters = []
            for quarter in (0.25, 0.75):
                place = quarter * (held.size - 1)
                below = int(place)
                part = place - below if quantile == "linear" else 0.5 * (place > below)
                quarters.append(held[below] + part * (held[min(below + 1, held.size - 1)] - held[below]))
            fence = (1.5 + 1e-9) * (quarters[1] - quarters[0])
            inside = inside & (column >= quarters[0] - fence) & (column <= quarters[1] + fence)
        strengths = []
        for chosen in (inside, both):
            left = measure[chosen] - exact_sum(measure[chosen]) / np.count_nonzero(chosen)
            right = other[chosen] - exact_sum(other[chosen]) / np.count_nonzero(chosen)
            scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
            strengths.append(exact_sum(left * right) / scale)
        return strengths[0] - strengths[1]


class LeaveOneGroupOut(Operator):
    """The group whose removal moves the mean of a measure farthest."""

    name = "leave_one_group_out"
    family = "sensitivity"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "label"
    axes = (UNNAMED, TIES)
    phrases = ("the {category} without which the mean {measure} moves farthest",)
    asks = ("leaving out which {category} would move the mean {measure} farthest?",)
    plan = "leave out one {category} after the other and see how far the mean {measure} moves"
    variable = "pivotal"

    @staticmethod
    def idiom(measure: Series, category: Series, unnamed: bool, ties: bool) -> Any:
        counted = (measure if unnamed else measure[category.notna()]).dropna()
        groups = counted.groupby(category.loc[counted.index])
        others = len(counted) - groups.count()
        rest = (counted.sum() - groups.sum())[others > 0] / others[others > 0]
        return (rest - counted.mean()).abs().sort_index(ascending=ties).idxmax()

    @staticmethod
    def arithmetic(measure: Measure, category: Category, unnamed: bool, ties: bool) -> Any:
        codes, levels = category
        there = ~np.isnan(measure)
        if not unnamed:
            there = there & (codes >= 0)
        usual = exact_sum(measure[there]) / np.count_nonzero(there)
        moves = {}
        for group in range(len(levels)):
            others = measure[there & (codes != group)]
            if 0 < others.size < np.count_nonzero(there):
                moves[levels[group]] = math.fabs(exact_sum(others) / others.size - usual)
        named = sorted(moves, reverse=not ties)
        return max(named, key=lambda level: moves[level])

    @staticmethod
    def branch(measure: Measure, category: Category, unnamed: bool) -> tuple[str, float]:
        """The farthest move must be farther than the next by more than rounding."""
        codes, _ = category
        there = ~np.isnan(measure) & (unnamed | (codes >= 0))
        parts = [there & (codes == group) for group in range(codes.max() + 1)]
        moves = sorted(
            abs(float(np.mean(measure[there & ~part]) - np.mean(measure[there])))
            for part in parts
            if part.any()
        )
        return "farthest", moves[-1] / moves[-2] - 1


class ReversalInsideGroups(Operator):
    """Whether the correlation of two measures has the other sign inside at least one group than over all."""

    name = "reversal_inside_groups"
    family = "sensitivity"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "category": "category"}
    result = "flag"
    phrases = (
        (
            "whether the Pearson correlation between {the measure} and {the other} has another sign inside at"
            " least one {category} than overall"
        ),
    )
    asks = (
        (
            "does the Pearson correlation between {the measure} and {the other} have another sign inside at"
            " least one {category} than overall?"
        ),
    )
    least_in_group = 8
    plan = "correlate {measure} with {other} inside each {category} and compare the signs"
    variable = "is_reversed"

    @staticmethod
    def idiom(measure: Series, other: Series, category: Series) -> bool:
        overall = measure.corr(other)
        if np.isnan(overall):
            raise ValueError("the two do not vary together")
        signs = [np.sign(part.corr(other.loc[part.index])) for _, part in measure.groupby(category)]
        return -np.sign(overall) in signs

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, category: Category) -> bool:
        codes, levels = category
        both = ~np.isnan(measure) & ~np.isnan(other)
        if len({*measure[both].tolist()}) < 2 or len({*other[both].tolist()}) < 2:
            raise ValueError("the two do not vary together")
        shared = []
        for chosen in (both, *(both & (codes == group) for group in range(len(levels)))):
            if chosen.any():
                level = exact_sum(measure[chosen]) / np.count_nonzero(chosen)
                center = exact_sum(other[chosen]) / np.count_nonzero(chosen)
                shared.append(exact_sum((measure[chosen] - level) * (other[chosen] - center)))
        return any(shared[0] * inside < 0 for inside in shared[1:])

    @staticmethod
    def branch(measure: Measure, other: Measure, category: Category) -> tuple[str, float]:
        """How strong the weakest correlation is whose sign decides."""
        codes, levels = category
        both = ~np.isnan(measure) & ~np.isnan(other)
        inside = [both & (codes == group) for group in range(len(levels))]
        found = [
            float(np.corrcoef(measure[part], other[part])[0, 1])
            for part in inside
            if np.count_nonzero(part) > 1
        ]
        overall = float(np.corrcoef(measure[both], other[both])[0, 1])
        lowest = min(one * np.sign(overall) for one in found)
        return "reversed" if lowest < 0 else "not reversed", min(abs(lowest), abs(overall))
