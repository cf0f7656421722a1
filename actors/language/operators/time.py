"""How a measure runs over days or another order; where two records come at once there is no value."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import CORRELATIONS, GAPS, LAGGED
from actors.language.sums import exact_sum


class TrendPerStep(Operator):
    """The slope of the least-squares line of a measure on the place of each record in order."""

    name = "trend_per_step"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "number"
    phrases = (
        (
            "the slope of the least-squares line of {the measure} on the place of each {record} in order of"
            " {order}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {order} and fit a line to {measure}"
    mistaken_for = "change_over_period"
    variable = "trend"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Number:
        known = measure.notna() & order.notna()
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        ordered = measure[known].loc[when.sort_values().index]
        return np.polyfit(range(len(ordered)), ordered, 1)[0]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn]
        steps = np.arange(ordered.size) - (ordered.size - 1) / 2
        level = exact_sum(ordered) / ordered.size
        return exact_sum((ordered - level) * steps) / exact_sum(steps**2)


class ChangeOverPeriod(Operator):
    """The value of a measure in the last record less that in the first, among records that have both."""

    name = "change_over_period"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "number"
    phrases = ("the change in {the measure} from its earliest to its latest known value by {order}",)
    plan = "take the first and the last {measure} by {order} and subtract"
    mistaken_for = "trend_per_step"
    variable = "change"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Number:
        known = measure.notna() & order.notna()
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        return measure.loc[when.idxmax()] - measure.loc[when.idxmin()]

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn]
        return float(ordered[-1] - ordered[0])


class LargestStep(Operator):
    """The largest change of a measure, up or down, from one record to the next in order."""

    name = "largest_step"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "number"
    phrases = (
        (
            "the size of the largest change, up or down, in {the measure} from one {record} to the next in"
            " order of {order}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {order} and find the largest change of {measure}"
    variable = "step"

    @staticmethod
    def idiom(measure: Series, order: Series) -> Number:
        known = measure.notna() & order.notna()
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        return measure[known].loc[when.sort_values().index].diff().abs().max()

    @staticmethod
    def arithmetic(measure: Measure, order: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn]
        return float(np.sort(np.fabs(ordered[1:] - ordered[:-1]))[-1])


class LongestRun(Operator):
    """The most records in a row, in order, whose measure lies above its mean."""

    name = "longest_run_above_mean"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "count"
    axes = (GAPS,)
    phrases = (
        (
            "the number of {records} in the longest unbroken run, in order of {order}, in which {measure}"
            " stays above its mean"
        ),
    )
    plan = "put the {records} in order of {order} and find the longest run with {measure} above its mean"
    variable = "run"

    @staticmethod
    def idiom(measure: Series, order: Series, gaps: bool) -> int:
        known = order.notna() & (measure.notna() if gaps else True)
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        above = measure.loc[when.sort_values().index] > measure[known].mean()
        return int(above.groupby((~above).cumsum()).sum().max())

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, gaps: bool) -> int:
        there = ~np.isnan(order)
        if gaps:
            there = there & ~np.isnan(measure)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn]
        known = ordered[~np.isnan(ordered)]
        level = exact_sum(known) / known.size
        longest = current = 0
        for value in ordered.tolist():
            current = current + 1 if value > level else 0
            longest = max(longest, current)
        return longest


class Autocorrelation(Operator):
    """How a measure goes together with itself one record earlier in order."""

    name = "autocorrelation"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "order": "order"}
    result = "number"
    axes = (LAGGED,)
    phrases = (
        (
            "the autocorrelation of {the measure} at a lag of one {record} in order of {order}, counting only"
            " those with both known"
        ),
    )
    within = CORRELATIONS
    plan = "put the {records} in order of {order} and correlate {measure} with the one before it"
    variable = "memory"

    @staticmethod
    def idiom(measure: Series, order: Series, lagged: bool) -> Number:
        known = measure.notna() & order.notna()
        when = order[known]
        if not when.is_unique:
            raise ValueError("two records come at once")
        ordered = measure[known].loc[when.sort_values().index]
        apart = ordered - ordered.mean()
        return ordered.autocorr() if lagged else (apart * apart.shift()).sum() / (apart**2).sum()

    @staticmethod
    def arithmetic(measure: Measure, order: Measure, lagged: bool) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(order)
        turn = np.argsort(order[there])
        if not np.all(order[there][turn][1:] > order[there][turn][:-1]):
            raise ValueError("two records come at once")
        ordered = measure[there][turn]
        overall = exact_sum(ordered) / ordered.size
        earlier, later = ordered[:-1] - overall, ordered[1:] - overall
        scale = exact_sum((ordered - overall) ** 2)
        if lagged:
            earlier = earlier - exact_sum(earlier) / earlier.size
            later = later - exact_sum(later) / later.size
            scale = math.sqrt(exact_sum(earlier**2) * exact_sum(later**2))
        return exact_sum(earlier * later) / scale
