"""Where groups stand among each other: places, orders, and how far what leads is ahead."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Frame, Names, Number, Operator, Series
from actors.language.operators.axes import DDOF, MISSING_GROUP, SHARE_OF, SHARES
from actors.language.sums import exact_sum


class KthMost(Operator):
    """The group at a place from the second on, counted from the highest value; no two values are the same."""

    name = "kth_most"
    family = "rank"
    inputs = {"values": "by_group"}
    parameters = {"place": "place"}
    constants = {"place": (2, 3, 4)}
    demands = {"values": "untied"}
    result = "label"
    lifted = ("category",)
    phrases = ("the {category} with the {place} highest {values}",)
    asks = ("which {category} has the {place} highest {values}?",)
    plan = "find the {category} at that place from the top"
    variable = "runner"
    opposite = "kth_least"
    contrast = "the one with the {place} highest"

    @staticmethod
    def idiom(values: Frame, place: int) -> Any:
        return values.dropna().sort_values(ascending=False).index[place - 1]

    @staticmethod
    def arithmetic(values: dict[Any, float], place: int) -> Any:
        known = [key for key in values if not math.isnan(values[key])]
        return sorted(known, key=lambda key: -values[key])[place - 1]


class KthLeast(Operator):
    """The group at a place from the second on, counted from the lowest value; no two values are the same."""

    name = "kth_least"
    family = "rank"
    inputs = {"values": "by_group"}
    parameters = {"place": "place"}
    constants = {"place": (2, 3, 4)}
    demands = {"values": "untied"}
    result = "label"
    lifted = ("category",)
    phrases = ("the {category} with the {place} lowest {values}",)
    asks = ("which {category} has the {place} lowest {values}?",)
    plan = "find the {category} at that place from the bottom"
    variable = "runner"
    opposite = "kth_most"
    contrast = "the one with the {place} lowest"

    @staticmethod
    def idiom(values: Frame, place: int) -> Any:
        return values.dropna().sort_values().index[place - 1]

    @staticmethod
    def arithmetic(values: dict[Any, float], place: int) -> Any:
        known = [key for key in values if not math.isnan(values[key])]
        return sorted(known, key=lambda key: values[key])[place - 1]


class TopThree(Operator):
    """The three groups with the highest values, the highest first; there are more, no two the same."""

    name = "top_three"
    family = "rank"
    inputs = {"values": "by_group"}
    demands = {"values": "several"}
    result = "labels"
    lifted = ("category",)
    phrases = ("the three values of {the category} with the highest {values}",)
    asks = ("which three values of {the category} have the highest {values}, the highest first?",)
    plan = "find the three values of {the category} that lead"
    variable = "leaders"
    opposite = "bottom_three"

    @staticmethod
    def idiom(values: Frame) -> Names:
        return values.nlargest(3).index.tolist()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Names:
        known = [key for key in values if not math.isnan(values[key])]
        return sorted(known, key=lambda key: -values[key])[:3]


class BottomThree(Operator):
    """The three groups with the lowest values, the lowest first; there are more, no two the same."""

    name = "bottom_three"
    family = "rank"
    inputs = {"values": "by_group"}
    demands = {"values": "several"}
    result = "labels"
    lifted = ("category",)
    phrases = ("the three values of {the category} with the lowest {values}",)
    asks = ("which three values of {the category} have the lowest {values}, the lowest first?",)
    plan = "find the three values of {the category} that come last"
    variable = "trailers"
    opposite = "top_three"

    @staticmethod
    def idiom(values: Frame) -> Names:
        return values.nsmallest(3).index.tolist()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Names:
        known = [key for key in values if not math.isnan(values[key])]
        return sorted(known, key=lambda key: values[key])[:3]


class OrderOfGroups(Operator):
    """All groups, from three to six, from the highest value to the lowest; no two values are the same."""

    name = "order_of_groups"
    family = "rank"
    inputs = {"values": "by_group"}
    demands = {"values": "few"}
    result = "labels"
    lifted = ("category",)
    phrases = ()
    asks = ("how do the values of {the category} stand, from the highest to the lowest {values}?",)
    plan = "order the values of {the category} from the highest to the lowest"
    variable = "order"

    @staticmethod
    def idiom(values: Frame) -> Names:
        return values.dropna().sort_values(ascending=False).index.tolist()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Names:
        known = [key for key in values if not math.isnan(values[key])]
        return sorted(known, key=lambda key: -values[key])


class RatioOfExtremes(Operator):
    """The highest group's value divided by the lowest group's; all are positive."""

    name = "ratio_of_extremes"
    family = "rank"
    inputs = {"values": "by_group"}
    demands = {"values": "positive"}
    result = "number"
    lifted = ("category",)
    phrases = ("the ratio between the {category} with the highest and the one with the lowest {values}",)
    plan = "divide the highest {category} by the lowest"
    variable = "ratio"
    mistaken_for = "gap"

    @staticmethod
    def idiom(values: Frame) -> Number:
        return values.max() / values.min()

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> Number:
        ranked = sorted(value for value in values.values() if not math.isnan(value))
        return ranked[-1] / ranked[0]


class SpreadOfGroups(Operator):
    """The standard deviation of the groups' values, each group counted once."""

    name = "spread_of_groups"
    family = "rank"
    inputs = {"values": "by_group"}
    result = "number"
    axes = (DDOF,)
    lifted = ("category",)
    phrases = ("the {ddof} standard deviation, over the values of {the category}, of the {values}",)
    plan = "take the standard deviation of these figures"
    variable = "spread"
    mistaken_for = "gap"

    @staticmethod
    def idiom(values: Frame, ddof: int) -> Number:
        return values.std(ddof=ddof)

    @staticmethod
    def arithmetic(values: dict[Any, float], ddof: int) -> Number:
        known = [value for value in values.values() if not math.isnan(value)]
        center = exact_sum(known) / len(known)
        return math.sqrt(exact_sum((value - center) ** 2 for value in known) / (len(known) - ddof))


class NumberOfGroupsAbove(Operator):
    """How many groups have a value above the mean of the groups' values, each group counted once."""

    name = "number_of_groups_above"
    family = "rank"
    inputs = {"values": "by_group"}
    demands = {"values": "apart"}
    result = "count"
    lifted = ("category",)
    phrases = (
        (
            "the number of values of {the category} for which the {values} exceeds the mean of that figure"
            " over all of them, each counted once"
        ),
    )
    asks = (
        (
            "for how many values of {the category} does the {values} exceed the mean of that figure over all"
            " of them, each counted once?"
        ),
    )
    plan = "count the values of {the category} above the mean of these figures"
    variable = "above"

    @staticmethod
    def idiom(values: Frame) -> int:
        return int((values > values.mean()).sum())

    @staticmethod
    def arithmetic(values: dict[Any, float]) -> int:
        known = [value for value in values.values() if not math.isnan(value)]
        return int(np.count_nonzero(np.array(known) > exact_sum(known) / len(known)))


class ShareHeldByTop(Operator):
    """What share of a total falls to the group with the largest part of it."""

    name = "share_held_by_top"
    family = "rank"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    adds = ("measure",)
    demands = {"measure": "not_negative"}
    columns_only = True
    result = "number"
    axes = (MISSING_GROUP, SHARE_OF)
    phrases = (
        "the share, between 0 and 1, of the total {measure} that falls to the {category} with the most of it",
    )
    within = SHARES
    plan = "find what share of the total {measure} the leading {category} has"
    variable = "held"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool, share_of: bool) -> Number:
        totals = measure.groupby(category, dropna=missing).sum()
        return totals.max() / (totals.sum() if share_of else measure.sum())

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool, share_of: bool) -> Number:
        codes, levels = category
        if not missing:
            codes, levels = np.where(codes < 0, len(levels), codes), [*levels, None]
        known = (codes >= 0) & ~np.isnan(measure)
        totals = np.sort(np.bincount(codes[known], weights=measure[known]))
        whole = exact_sum(measure[known] if share_of else measure[~np.isnan(measure)])
        return float(totals[-1] / whole)
