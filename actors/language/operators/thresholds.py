"""Selecting records by where a value lies: above or below a share of the values, a round number, two days."""

import math

import numpy as np

from actors.language.coded import Days, Measure, Places
from actors.language.operator import Frame, Operator, Series
from actors.language.operators.axes import QUANTILE
from events.question import Scalar


def round_values(amounts: Measure) -> tuple[Scalar, ...]:
    """A few numbers that a person would name, each with many values on both sides.

    They are multiples of 1, 2 or 5 times a power of ten, between the lowest and the highest fifth.
    """
    known = amounts[~np.isnan(amounts)]
    low, high = np.quantile(known, [0.2, 0.8]) if known.size else (0.0, 0.0)
    if not 0 < high - low < math.inf:
        return ()
    wanted = (high - low) / 3
    if (known == np.rint(known)).all():
        wanted = max(1.0, wanted)
    power = math.floor(math.log10(wanted))
    step = next((nice for nice in (5, 2, 1) if nice * 10.0**power <= wanted), 1)
    places = range(math.ceil(low / (step * 10.0**power)), math.floor(high / (step * 10.0**power)) + 1)
    spelled = [round(place * step * 10.0**power, max(0, -power)) for place in places]
    return tuple(int(value) if value == int(value) else float(value) for value in spelled)


def round_distances(amounts: Measure) -> tuple[Scalar, ...]:
    """A few such numbers, none of them nothing, for how near a value lies to another."""
    known = amounts[~np.isnan(amounts)]
    return tuple(value for value in round_values(np.fabs(known - np.median(known))) if value)


def first_days(days: Days) -> tuple[Scalar, ...]:
    """First days of months in the earlier half of the days."""
    return _days_of_months(days, 0.1, 0.45, 0)


def last_days(days: Days) -> tuple[Scalar, ...]:
    """Last days of months in the later half of the days."""
    return _days_of_months(days, 0.55, 0.9, -1)


def _days_of_months(days: Days, low: float, high: float, offset: int) -> tuple[Scalar, ...]:
    known = days[~np.isnan(days)]
    if not known.size:
        return ()
    first, last = np.quantile(known, [low, high]).astype("datetime64[D]").astype("datetime64[M]")
    months = np.arange(first + 1, last + 1).astype("datetime64[D]") + offset
    return tuple(str(day) for day in months)


class AboveQuantile(Operator):
    """Records whose measure lies above a quantile of it over the records at hand."""

    name = "above_quantile"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "share": "share"}
    constants = {"share": (0.75, 0.6, 0.8, 0.9)}
    result = "table"
    axes = (QUANTILE,)
    phrases = (
        "whose {measure} is above the {share} quantile",
        "whose {measure} exceeds the {share} quantile",
    )
    refers = True
    plan = "keep the records above that quantile of {measure}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, share: float, quantile: str) -> Frame:
        return rows[measure > measure.quantile(share, interpolation=quantile)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, share: float, quantile: str) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        place = share * (ranked.size - 1)
        below = int(place)
        part = place - below if quantile == "linear" else 0.5 * (place > below)
        limit = ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below])
        return rows[measure > limit]


class BelowQuantile(Operator):
    """Records whose measure lies below a quantile of it over the records at hand."""

    name = "below_quantile"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "share": "share"}
    constants = {"share": (0.25, 0.4, 0.2, 0.1)}
    result = "table"
    axes = (QUANTILE,)
    phrases = (
        "whose {measure} is below the {share} quantile",
        "whose {measure} falls short of the {share} quantile",
    )
    refers = True
    plan = "keep the records below that quantile of {measure}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, share: float, quantile: str) -> Frame:
        return rows[measure < measure.quantile(share, interpolation=quantile)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, share: float, quantile: str) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        place = share * (ranked.size - 1)
        below = int(place)
        part = place - below if quantile == "linear" else 0.5 * (place > below)
        limit = ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below])
        return rows[measure < limit]


class AboveValue(Operator):
    """Records whose measure lies above a round number."""

    name = "above_value"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "limit": "number"}
    constants = {"limit": round_values}
    columns_only = True
    result = "table"
    phrases = ("whose {measure} is above {limit}", "whose {measure} exceeds {limit}")
    plan = "keep the records with {measure} above the limit"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, limit: float) -> Frame:
        return rows[measure > limit]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, limit: float) -> Places:
        return rows[np.greater(measure, limit)]


class BelowValue(Operator):
    """Records whose measure lies below a round number."""

    name = "below_value"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "limit": "number"}
    constants = {"limit": round_values}
    columns_only = True
    result = "table"
    phrases = ("whose {measure} is below {limit}", "whose {measure} is less than {limit}")
    plan = "keep the records with {measure} below the limit"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, measure: Series, limit: float) -> Frame:
        return rows[measure < limit]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, limit: float) -> Places:
        return rows[np.less(measure, limit)]


class InSpan(Operator):
    """Records of the days from one to another, both included."""

    name = "in_span"
    family = "span"
    inputs = {"rows": "table"}
    parameters = {"date": "date", "start": "day", "end": "day"}
    constants = {"start": first_days, "end": last_days}
    result = "table"
    phrases = (
        "whose {date} lies between {start} and {end}, both days included",
        "whose {date} is a day from {start} to {end}, both included",
    )
    plan = "keep the records of that span of {date}"
    variable = "kept"

    @staticmethod
    def idiom(rows: Frame, date: Series, start: str, end: str) -> Frame:
        return rows[date.between(start, end)]

    @staticmethod
    def arithmetic(rows: Places, date: Days, start: str, end: str) -> Places:
        first, last = np.array([start, end], dtype="datetime64[D]").astype(float)
        return rows[(date >= first) & (date <= last)]
