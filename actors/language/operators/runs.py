"""Runs of records in order, against a round number, and how a measure grew over a part of the table."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import DDOF, GAPS
from actors.language.operators.axes_of_scope import PERIOD_START
from actors.language.operators.thresholds import round_values


class LongestRunBelow(Operator):
    """The most records in a row, in order, whose measure lies below a round number."""

    name = "longest_run_below"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order", "limit": "number"}
    constants = {"limit": round_values}
    columns_only = True
    result = "count"
    axes = (GAPS,)
    phrases = (
        (
            "the number of {records} in the longest unbroken run, in order of {order}, in which {measure}"
            " stays below {limit}"
        ),
    )
    plan = "put the {records} in order of {order} and find the longest run with {measure} below the limit"
    variable = "run"

    @staticmethod
    def idiom(measure: Series, order: Series, limit: float, gaps: bool) -> int:
        known = order.notna() & (measure.notna() if gaps else True)
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        below = measure.loc[when.sort_values().index] < limit
        return int(below.groupby((~below).cumsum()).sum().max())

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, limit: float, gaps: bool) -> int:
        there = ~np.isnan(order)
        if gaps:
            there = there & ~np.isnan(measure)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        longest = current = 0
        for value in measure[there][turn].tolist():
            current = current + 1 if value < limit else 0
            longest = max(longest, current)
        return longest


class NumberOfRuns(Operator):
    """How many unbroken runs of records, in order, have a measure at or above a round number."""

    name = "number_of_runs"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order", "limit": "number", "least": "whole"}
    constants = {"limit": round_values, "least": (2, 3, 5)}
    columns_only = True
    result = "count"
    axes = (GAPS,)
    phrases = (
        (
            "the number of unbroken runs of at least {least} {records}, in order of {order}, with"
            " {measure} at {limit} or more"
        ),
    )
    plan = "put the {records} in order of {order} and count the runs with {measure} at the limit or above"
    variable = "runs"

    @staticmethod
    def idiom(measure: Series, order: Series, limit: float, least: int, gaps: bool) -> int:
        known = order.notna() & (measure.notna() if gaps else True)
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        high = measure.loc[when.sort_values().index] >= limit
        return int((high.groupby((~high).cumsum()).sum() >= least).sum())

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, limit: float, least: int, gaps: bool) -> int:
        there = ~np.isnan(order)
        if gaps:
            there = there & ~np.isnan(measure)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        found = current = 0
        for value in measure[there][turn].tolist():
            current = current + 1 if value >= limit else 0
            found += current == least
        return found


class RollingDeviation(Operator):
    """The standard deviation of a measure over a record and those before it, in an order."""

    name = "rolling_deviation"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order", "window": "whole"}
    constants = {"window": (4, 8, 12, 20)}
    demands = {"order": "distinct"}
    result = "measure"
    axes = (DDOF,)
    phrases = ("{ddof} standard deviation of {measure} over {window} {records} in order of {order}",)
    refers = True
    explained = (
        "A standard deviation over several records in an order belongs to the last of them and exists only"
        " where all of them have a value."
    )
    plan = "put the {records} in order of {order} and take rolling standard deviations of {measure}"
    variable = "unrest"
    called = "rolling standard deviation"

    @staticmethod
    def idiom(measure: Series, order: Series, window: int, ddof: int) -> Series:
        return measure.loc[order.sort_values().index].rolling(window).std(ddof=ddof).loc[order.index]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, window: int, ddof: int) -> Measure:
        places = np.argsort(order)
        spread = np.full(measure.size, np.nan)
        if places.size >= window:
            spans = np.lib.stride_tricks.sliding_window_view(measure[places], window)
            centers = np.add.reduce(spans, axis=1, keepdims=True) / window
            squares = np.add.reduce((spans - centers) ** 2, axis=1)
            spread[places[window - 1 :]] = np.sqrt(squares / (window - ddof))
        return spread


class FirstValue(Operator):
    """The value of a measure in the first record that has one, in order."""

    name = "first_value"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    columns_only = True
    result = "number"
    phrases = ("the earliest known {measure} by {order}",)
    plan = "put the {records} in order of {order} and take the first {measure}"
    mistaken_for = "last_value"
    variable = "first"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Number:
        when = order[measure.notna() & order.notna()]
        if not when.is_unique:
            raise ValueError("two records come at once")
        return measure.loc[when.idxmin()]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        return float(measure[there][turn][0])


class LastValue(Operator):
    """The value of a measure in the last record that has one, in order."""

    name = "last_value"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    columns_only = True
    result = "number"
    phrases = ("the latest known {measure} by {order}",)
    plan = "put the {records} in order of {order} and take the last {measure}"
    mistaken_for = "first_value"
    variable = "latest"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Number:
        when = order[measure.notna() & order.notna()]
        if not when.is_unique:
            raise ValueError("two records come at once")
        return measure.loc[when.idxmax()]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        return float(measure[there][turn][-1])


class GrowthOver(Operator):
    """By what share of its start a measure grew, in an order, up to the last record with a level."""

    name = "growth_over"
    family = "run"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order", "category": "category", "level": "level"}
    demands = {"order": "distinct"}
    result = "number"
    axes = (PERIOD_START,)
    phrases = (
        (
            "the share by which {the measure} in the last {record}, in order of {order}, with {level} as"
            " {category} exceeds that in {period_start} these"
        ),
    )
    plan = "put the {records} in order of {order} and hold the last {measure} of the named part to its start"
    variable = "growth"

    @staticmethod
    def idiom(measure: Series, order: Series, category: Series, level: Any, period_start: int) -> Number:
        turn = order.sort_values().index
        inside = np.flatnonzero((category.loc[turn] == level).to_numpy())
        if not len(inside) or inside[0] < period_start:
            raise ValueError("there is no start")
        ends = measure.loc[turn].iloc[[inside[0] - period_start, inside[-1]]]
        return ends.pct_change().iloc[-1]

    @staticmethod
    def arithmetic(
        measure: Measure, order: Measure, category: Category, level: Any, period_start: int
    ) -> Number:
        codes, levels = category
        places = np.argsort(order)
        inside = [at for at, code in enumerate(codes[places]) if code >= 0 and levels[code] == level]
        if not inside or inside[0] < period_start:
            raise ValueError("there is no start")
        start, end = float(measure[places[inside[0] - period_start]]), float(measure[places[inside[-1]]])
        return (end - start) / start if start and not math.isnan(start) else math.nan
