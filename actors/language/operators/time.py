"""How a measure runs over dates; where two records share a date there is no order, and no value."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import CORRELATIONS, GAPS, LAGGED
from actors.language.operators.libraries import pd


class TrendPerStep(Operator):
    """The slope of the least-squares line of a measure on the place of each record in order of date."""

    name = "trend_per_step"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "date": "date"}
    result = "number"
    phrases = (
        (
            "the slope of the least-squares line of {the measure} on the place of each {record} in order of"
            " {date}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {date} and fit a line to {measure}"
    variable = "trend"

    @staticmethod
    def idiom(measure: Series, date: Series) -> Number:
        known = measure.notna() & date.notna()
        when = pd.to_datetime(date[known].astype("str"), format="ISO8601")
        if not when.is_unique:
            raise ValueError("two records share a date")
        ordered = measure[known].loc[when.sort_values().index]
        return np.polyfit(range(len(ordered)), ordered, 1)[0]

    @staticmethod
    def arithmetic(measure: Measure, date: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(date)
        order = np.argsort(date[there])
        if not np.diff(date[there][order]).all():
            raise ValueError("two records share a date")
        ordered = measure[there][order]
        steps = np.arange(ordered.size) - (ordered.size - 1) / 2
        level = math.fsum(ordered) / ordered.size
        return math.fsum((ordered - level) * steps) / math.fsum(steps**2)


class ChangeOverPeriod(Operator):
    """The value of a measure on the latest date less that on the earliest, among records that have both."""

    name = "change_over_period"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "date": "date"}
    result = "number"
    phrases = ("the change in {the measure} from its earliest to its latest known value by {date}",)
    plan = "take the first and the last {measure} by {date} and subtract"
    variable = "change"

    @staticmethod
    def idiom(measure: Series, date: Series) -> Number:
        known = measure.notna() & date.notna()
        when = pd.to_datetime(date[known].astype("str"), format="ISO8601")
        if not when.is_unique:
            raise ValueError("two records share a date")
        return measure.loc[when.idxmax()] - measure.loc[when.idxmin()]

    @staticmethod
    def arithmetic(measure: Measure, date: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(date)
        order = np.argsort(date[there])
        if not np.diff(date[there][order]).all():
            raise ValueError("two records share a date")
        ordered = measure[there][order]
        return float(ordered[-1] - ordered[0])


class LargestStep(Operator):
    """The largest change of a measure, up or down, from one record to the next in order of date."""

    name = "largest_step"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "date": "date"}
    result = "number"
    phrases = (
        (
            "the size of the largest change, up or down, in {the measure} from one {record} to the next in"
            " order of {date}, counting only those with both known"
        ),
    )
    plan = "put the {records} in order of {date} and find the largest change of {measure}"
    variable = "step"

    @staticmethod
    def idiom(measure: Series, date: Series) -> Number:
        known = measure.notna() & date.notna()
        when = pd.to_datetime(date[known].astype("str"), format="ISO8601")
        if not when.is_unique:
            raise ValueError("two records share a date")
        return measure[known].loc[when.sort_values().index].diff().abs().max()

    @staticmethod
    def arithmetic(measure: Measure, date: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(date)
        order = np.argsort(date[there])
        if not np.diff(date[there][order]).all():
            raise ValueError("two records share a date")
        ordered = measure[there][order]
        return float(np.sort(np.fabs(ordered[1:] - ordered[:-1]))[-1])


class LongestRun(Operator):
    """The most records in a row, in order of date, whose measure lies above its mean."""

    name = "longest_run_above_mean"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "date": "date"}
    result = "count"
    axes = (GAPS,)
    phrases = (
        (
            "the number of {records} in the longest unbroken run, in order of {date}, with a {measure} above"
            " the mean"
        ),
    )
    plan = "put the {records} in order of {date} and find the longest run with {measure} above its mean"
    variable = "run"

    @staticmethod
    def idiom(measure: Series, date: Series, gaps: bool) -> int:
        known = date.notna() & (measure.notna() if gaps else True)
        when = pd.to_datetime(date[known].astype("str"), format="ISO8601")
        if not when.is_unique:
            raise ValueError("two records share a date")
        above = measure.loc[when.sort_values().index] > measure[known].mean()
        return int(above.groupby((~above).cumsum()).sum().max())

    @staticmethod
    def arithmetic(measure: Measure, date: Measure, gaps: bool) -> int:
        there = ~np.isnan(date)
        if gaps:
            there = there & ~np.isnan(measure)
        order = np.argsort(date[there])
        if not np.diff(date[there][order]).all():
            raise ValueError("two records share a date")
        ordered = measure[there][order]
        known = ordered[~np.isnan(ordered)]
        level = math.fsum(known) / known.size
        longest = current = 0
        for value in ordered.tolist():
            current = current + 1 if value > level else 0
            longest = max(longest, current)
        return longest


class Autocorrelation(Operator):
    """How a measure goes together with itself one record earlier in order of date."""

    name = "autocorrelation"
    family = "time"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "date": "date"}
    result = "number"
    axes = (LAGGED,)
    phrases = (
        (
            "the autocorrelation of {the measure} at a lag of one {record} in order of {date}, counting only"
            " those with both known"
        ),
    )
    within = CORRELATIONS
    plan = "put the {records} in order of {date} and correlate {measure} with the one before it"
    variable = "memory"

    @staticmethod
    def idiom(measure: Series, date: Series, lagged: bool) -> Number:
        known = measure.notna() & date.notna()
        when = pd.to_datetime(date[known].astype("str"), format="ISO8601")
        if not when.is_unique:
            raise ValueError("two records share a date")
        ordered = measure[known].loc[when.sort_values().index]
        apart = ordered - ordered.mean()
        return ordered.autocorr() if lagged else (apart * apart.shift()).sum() / (apart**2).sum()

    @staticmethod
    def arithmetic(measure: Measure, date: Measure, lagged: bool) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(date)
        order = np.argsort(date[there])
        if not np.diff(date[there][order]).all():
            raise ValueError("two records share a date")
        ordered = measure[there][order]
        overall = math.fsum(ordered) / ordered.size
        earlier, later = ordered[:-1] - overall, ordered[1:] - overall
        scale = math.fsum((ordered - overall) ** 2)
        if lagged:
            earlier = earlier - math.fsum(earlier) / earlier.size
            later = later - math.fsum(later) / later.size
            scale = math.sqrt(math.fsum(earlier**2) * math.fsum(later**2))
        return math.fsum(earlier * later) / scale
