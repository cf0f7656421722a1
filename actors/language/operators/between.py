"""Selecting records between two numbers, or as many as lead by a measure."""

import numpy as np

from actors.language.coded import Category, Measure, Places
from actors.language.operator import Frame, Operator, Series
from actors.language.operators.axes_of_scope import BOUNDS
from actors.language.operators.thresholds import round_values
from events.question import Scalar


def lower_values(amounts: Measure) -> tuple[Scalar, ...]:
    """The round numbers of the lower half."""
    found = round_values(amounts)
    return found[: len(found) // 2]


def upper_values(amounts: Measure) -> tuple[Scalar, ...]:
    """The round numbers of the upper half."""
    found = round_values(amounts)
    return found[len(found) // 2 :]


class BetweenValues(Operator):
    """Records whose measure lies between two round numbers."""

    name = "between_values"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "low": "number", "high": "number"}
    constants = {"low": lower_values, "high": upper_values}
    columns_only = True
    result = "table"
    axes = (BOUNDS,)
    phrases = (
        "whose {measure} lies between {low} and {high}{bounds}",
        "whose {measure} is from {low} to {high}{bounds}",
    )
    plan = "keep the {records} with {measure} between the two limits"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, low: float, high: float, bounds: str) -> Frame:
        return rows[measure.between(low, high, inclusive=bounds)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, low: float, high: float, bounds: str) -> Places:
        above = measure > low if bounds == "neither" else measure >= low
        below = measure <= high if bounds == "both" else measure < high
        return rows[above & below]


class TopRecords(Operator):
    """The so many records at hand with the highest values of a measure; no tie at the last place."""

    name = "top_records"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "number": "whole"}
    constants = {"number": (20, 50, 10, 100)}
    result = "table"
    phrases = ("that are among the {number} with the highest {measure}",)
    refers = True
    plan = "keep the {records} with the highest {measure}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, number: int) -> Frame:
        ranks = measure.rank(method="min", ascending=False)
        if (ranks <= number).sum() != number:
            raise ValueError("there is a tie at the last place, or there are too few records")
        return rows[ranks <= number]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, number: int) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        if ranked.size < number or (ranked.size > number and ranked[-number] == ranked[-number - 1]):
            raise ValueError("there is a tie at the last place, or there are too few records")
        return rows[measure >= ranked[-number]]


class KeepFrequent(Operator):
    """Records of the groups that have so many records at least."""

    name = "keep_frequent"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "least": "whole"}
    constants = {"least": (30, 20, 50)}
    result = "table"
    phrases = ("whose {category} occurs at least {least} times among them",)
    refers = True
    plan = "keep the {records} of every {category} that occurs often enough"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, category: Series, least: int) -> Frame:
        return rows[category.map(category.value_counts()) >= least]

    @staticmethod
    def arithmetic(rows: Places, category: Category, least: int) -> Places:
        codes, levels = category
        sizes = np.bincount(codes[codes >= 0], minlength=len(levels) + 1)
        return rows[np.where(codes < 0, 0, sizes[codes]) >= least]
