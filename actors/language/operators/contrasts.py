"""One figure or record held against another: ratios, odds, effect sizes, neighbours."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes_of_scope import COUNTS_ITSELF, EFFECT_SCALE
from actors.language.operators.thresholds import round_distances
from actors.language.sums import exact_sum


class RatioOfFigures(Operator):
    """How many times as large one number is as another."""

    name = "ratio_of_figures"
    family = "contrast"
    inputs = {"after": "number", "before": "number"}
    searchable = False
    result = "number"
    phrases = ("the ratio of {after} to {before}",)
    plan = "divide the one by the other"
    mistaken_for = "change"
    variable = "ratio"

    @staticmethod
    def idiom(after: float, before: float) -> Number:
        return after / before

    @staticmethod
    def arithmetic(after: float, before: float) -> Number:
        return float(np.divide(after, before)) if before else math.nan


class RelativeChange(Operator):
    """By what percentage of a number another exceeds it."""

    name = "relative_change"
    family = "contrast"
    inputs = {"after": "number", "before": "number"}
    searchable = False
    result = "number"
    phrases = ("the percentage by which {after} exceeds {before}",)
    plan = "take the excess of the one in per cent of the other"
    mistaken_for = "change"
    variable = "change"

    @staticmethod
    def idiom(after: float, before: float) -> Number:
        return 100 * (after - before) / before

    @staticmethod
    def arithmetic(after: float, before: float) -> Number:
        return 100 * (float(np.divide(after, before)) - 1) if before else math.nan


class OddsRatio(Operator):
    """The odds of one share divided by those of another."""

    name = "odds_ratio"
    family = "contrast"
    inputs = {"after": "number", "before": "number"}
    searchable = False
    result = "number"
    phrases = ("the odds ratio of {after} and {before}",)
    plan = "divide the odds of the one by those of the other"
    mistaken_for = "ratio_of_figures"
    variable = "ratio"

    @staticmethod
    def idiom(after: float, before: float) -> Number:
        if not 0 < before < 1 or not 0 <= after < 1:
            raise ValueError("one of the two is no share")
        return after / (1 - after) / (before / (1 - before))

    @staticmethod
    def arithmetic(after: float, before: float) -> Number:
        if not (0 < before < 1 and 0 <= after < 1):
            raise ValueError("one of the two is no share")
        return (after - after * before) / (before - after * before)


class EffectSize(Operator):
    """How far the means of two groups lie apart, in standard deviations."""

    name = "effect_size"
    family = "contrast"
    inputs = {"rows": "table", "first": "label", "second": "label"}
    parameters = {"measure": "measure", "category": "category"}
    result = "number"
    axes = (EFFECT_SCALE,)
    phrases = (
        (
            "the amount by which the mean {measure} of {first} exceeds that of {second}, counted in"
            " {effect_scale}"
        ),
    )
    plan = "take the distance of the mean {measure} of the two in standard deviations"
    variable = "effect"

    @staticmethod
    def idiom(first: Any, second: Any, measure: Series, category: Series, effect_scale: str) -> Number:
        one = measure[category == first].dropna()
        two = measure[category == second].dropna()
        freedom = len(one) + len(two) - 2
        pooled = (((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()) / freedom
        scale = {"first": one.std(), "second": two.std()}.get(effect_scale, pooled**0.5)
        smaller = 1 - 3 / (4 * freedom - 1) if effect_scale == "hedges" else 1
        return (one.mean() - two.mean()) / scale * smaller

    @staticmethod
    def arithmetic(
        first: Any, second: Any, measure: Measure, category: Category, effect_scale: str
    ) -> Number:
        codes, levels = category
        members = [codes == levels.index(group) for group in (first, second)]
        samples = [measure[member & ~np.isnan(measure)] for member in members]
        centers = [exact_sum(sample) / sample.size for sample in samples]
        squares = [exact_sum((sample - center) ** 2) for sample, center in zip(samples, centers, strict=True)]
        freedom = [sample.size - 1 for sample in samples]
        scale = exact_sum(squares) / exact_sum(freedom)
        if effect_scale in ("first", "second"):
            side = int(effect_scale == "second")
            scale = squares[side] / freedom[side]
        apart = (centers[0] - centers[1]) / math.sqrt(scale)
        return apart - apart * 3 / (4 * exact_sum(freedom) - 1) if effect_scale == "hedges" else apart


class NeighboursOf(Operator):
    """How many records lie near one in two measures."""

    name = "neighbours_of"
    family = "contrast"
    inputs = {"rows": "table"}
    parameters = {
        "measure": "measure",
        "other": "measure",
        "category": "category",
        "level": "level",
        "distance": "number",
    }
    constants = {"distance": round_distances}
    compares = ("measure", "other")
    names_one = True
    result = "count"
    axes = (COUNTS_ITSELF,)
    phrases = (
        (
            "the number of {records} within {distance} of the one with {level} as {category}, both in"
            " {the measure} and in {the other}{counts_itself}"
        ),
    )
    plan = "count the {records} near the named {category} in {measure} and {other}"
    variable = "neighbours"

    @staticmethod
    def idiom(
        measure: Series, other: Series, category: Series, level: Any, distance: float, counts_itself: int
    ) -> int:
        (place,) = np.flatnonzero(category == level)
        near = (measure - measure.iloc[place]).abs() <= distance
        return int((near & ((other - other.iloc[place]).abs() <= distance)).sum()) - counts_itself

    @staticmethod
    def arithmetic(
        measure: Measure, other: Measure, category: Category, level: Any, distance: float, counts_itself: int
    ) -> int:
        codes, levels = category
        places = [at for at, code in enumerate(codes) if code >= 0 and levels[code] == level]
        if len(places) != 1:
            raise ValueError("there is not one such record")
        (place,) = places
        apart = np.maximum(np.fabs(measure - measure[place]), np.fabs(other - other[place]))
        return int(np.count_nonzero(apart <= distance)) - counts_itself


class StandingOf(Operator):
    """The share of records whose measure lies below that of one of them."""

    name = "standing_of"
    family = "contrast"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category", "level": "level"}
    names_one = True
    result = "number"
    axes = (COUNTS_ITSELF,)
    phrases = (
        (
            "the share, between 0 and 1, of the {records}{counts_itself} whose {measure} is lower than that"
            " of the one with {level} as {category}"
        ),
    )
    plan = "find how many {records} lie below the named {category} in {measure}"
    variable = "standing"

    @staticmethod
    def idiom(measure: Series, category: Series, level: Any, counts_itself: int) -> Number:
        (own,) = measure[category == level]
        return (measure < own).sum() / (measure.count() - counts_itself)

    @staticmethod
    def arithmetic(measure: Measure, category: Category, level: Any, counts_itself: int) -> Number:
        codes, levels = category
        places = [at for at, code in enumerate(codes) if code >= 0 and levels[code] == level]
        if len(places) != 1:
            raise ValueError("there is not one such record")
        below = np.count_nonzero(measure < measure[places[0]])
        return below / (np.count_nonzero(~np.isnan(measure)) - counts_itself)


class RecordWithMost(Operator):
    """What a category is in the one record with the highest value of a measure."""

    name = "record_with_most"
    family = "contrast"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    result = "label"
    phrases = ()
    asks = ("which {category} does the {record} with the highest {measure} have?",)
    plan = "find the {record} with the highest {measure} and read off its {category}"
    variable = "leader"

    @staticmethod
    def idiom(measure: Series, category: Series) -> Any:
        leaders = category[measure == measure.max()]
        if len(leaders) != 1 or leaders.isna().any():
            raise ValueError("it is not one record, or it has no such value")
        return leaders.iloc[0]

    @staticmethod
    def arithmetic(measure: Measure, category: Category) -> Any:
        codes, levels = category
        ranked = np.sort(measure[~np.isnan(measure)])
        places = np.flatnonzero(measure == ranked[-1])
        if places.size != 1 or codes[places[0]] < 0:
            raise ValueError("it is not one record, or it has no such value")
        return levels[codes[places[0]]]
