"""A new column from records in an order: what came before a record, up to it, around it."""

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import WINDOW


class ChangeFromPrevious(Operator):
    """How much a measure rose since the record before, in an order."""

    name = "change_from_previous"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    demands = {"order": "distinct"}
    result = "measure"
    phrases = ("change in {measure} since the {record} before it in order of {order}",)
    refers = True
    explained = (
        "In an order the lowest or earliest comes first. The first has no change; nor has any other where one"
        " of the two values is missing."
    )
    plan = "put the {records} in order of {order} and take the change of {measure} from each to the next"
    variable = "change"
    called = "change"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Series:
        return measure.loc[order.sort_values().index].diff().loc[order.index]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Measure:
        places = np.argsort(order)
        changes = np.full(measure.size, np.nan)
        changes[places[1:]] = measure[places[1:]] - measure[places[:-1]]
        return changes


class RollingMean(Operator):
    """The mean of a measure over a few neighbouring records, in an order."""

    name = "rolling_mean"
    family = "derive"
    version = 2
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order", "window": "whole"}
    constants = {"window": (3, 5, 7)}
    demands = {"order": "distinct"}
    result = "measure"
    axes = (WINDOW,)
    phrases = ("{window_side} rolling mean of {measure} over {window} {records} in order of {order}",)
    refers = True
    explained = (
        "In an order the lowest or earliest comes first. A rolling mean exists only where all that it is over"
        " are there and have a value; a preceding one is over those before a record alone."
    )
    plan = "put the {records} in order of {order} and take rolling means of {measure}"
    variable = "rolling"
    called = "rolling mean"

    @staticmethod
    def idiom(measure: Series, order: Series, window: int, window_side: str) -> Series:
        ranked = measure.loc[order.sort_values().index]
        means = ranked.rolling(window, center=window_side == "centred").mean()
        return means.shift(int(window_side == "preceding")).loc[order.index]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, window: int, window_side: str) -> Measure:
        places = np.argsort(order)
        means = np.full(measure.size, np.nan)
        if places.size >= window:
            spans = np.lib.stride_tricks.sliding_window_view(measure[places], window)
            first = window // 2 if window_side == "centred" else window - (window_side == "trailing")
            there = places[first : first + spans.shape[0]]
            means[there] = np.add.reduce(spans[: there.size], axis=1) / window
        return means


class CumulativeTotal(Operator):
    """The total of a measure over all records up to one, in an order."""

    name = "cumulative_total"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    adds = ("measure",)
    demands = {"order": "distinct"}
    result = "measure"
    phrases = ("running total of {measure} in order of {order}",)
    refers = True
    explained = (
        "In an order the lowest or earliest comes first. A running total passes over missing values; where a"
        " value is missing, so is the total."
    )
    plan = "put the {records} in order of {order} and add {measure} up"
    variable = "running"
    called = "running total"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Series:
        return measure.loc[order.sort_values().index].cumsum().loc[order.index]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Measure:
        places = np.argsort(order)
        ranked = measure[places]
        totals = np.full(measure.size, np.nan)
        totals[places] = np.add.accumulate(np.where(np.isnan(ranked), 0, ranked)) + ranked * 0
        return totals
