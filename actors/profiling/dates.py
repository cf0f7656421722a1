"""Dates in the many forms in which people write them; where two forms fit, none is taken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from actors.profiling.column import Column
from actors.profiling.date_forms import LONG_MONTHS, MONTHS, forms, read_by
from events.dataset import DateForm, DateGrain

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CYCLES: tuple[tuple[str, DateGrain, tuple[str, ...]], ...] = (
    ("%B", "month", LONG_MONTHS),
    ("%b", "month", MONTHS),
    ("%A", "day", _LONG_DAYS),
    ("%a", "day", _DAYS),
)
"""Names that come again with each year or week, in their order."""
_LOOKED_AT = 60
_NEARLY_ALL = 0.9
_LAST_DAY = 31
_CENTURY = "; years of two digits are 1969 to 2068"
_SETTLE = "settle it by `dates` in its settings"


@dataclass(frozen=True)
class Dated:
    """What is known of a column's values as dates."""

    form: DateForm | None
    """How they are read; None where they look like dates and cannot be read surely."""
    why: str
    """The evidence."""


@dataclass(frozen=True)
class _Fit:
    """A form, and which of the values it reads."""

    form: str
    grain: DateGrain
    read: frozenset[str]


def dated_text(column: Column) -> Dated | None:
    """What a column of text is as dates; None when it does not look like any."""
    values = [str(value).strip() for value in column.values]
    sample = values[:: max(1, len(values) // _LOOKED_AT)]
    clocked = any(":" in value for value in sample)
    fits = [
        _Fit(form, grain, read)
        for form, grain in forms(clocked=clocked)
        if len(read_by(form, sample)) >= _NEARLY_ALL * len(sample) - 1
        and len(read := read_by(form, values)) >= _NEARLY_ALL * len(values)
    ]
    if not fits:
        return None
    best = max(fits, key=lambda fit: len(fit.read))
    rivals = [form for form in _other_orders(best.form) if not read_by(form, values) < best.read]
    if rivals:
        told = " or ".join(sorted((best.form, *rivals)))
        return Dated(None, f"dates whose parts could be exchanged, {told}: {_SETTLE}")
    if "%y" in best.form and "%d" not in best.form and _may_be_days(best, values):
        return Dated(None, f"months with numbers that may be days or years: {_SETTLE}")
    return _told(column, values, best)


def _told(column: Column, values: Sequence[str], fit: _Fit) -> Dated:
    unread = sum(count for value, count in zip(values, column.counts, strict=True) if value not in fit.read)
    strange = next((value for value in values if value not in fit.read), "")
    rest = f", but for {unread} such as {strange[:30]!r}" if unread else ""
    century = _CENTURY if "%y" in fit.form else ""
    return Dated(DateForm(fit.form, fit.grain, unread=unread), f"dates as {fit.form}{rest}{century}")


def _other_orders(form: str) -> tuple[str, ...]:
    """The forms that differ from one by the order of its numbers alone."""
    if not {"%d", "%m"} <= set(re.findall("%.", form)) or form.startswith("%Y"):
        return ()
    orders = ("mdy", "dmy", "ymd") if "%y" in form else ("mdY", "dmY")
    mark, rest = form[2], form[8:]
    others = (mark.join(f"%{code}" for code in order) + rest for order in orders)
    return tuple(other for other in others if other != form)


def _may_be_days(fit: _Fit, values: Sequence[str]) -> bool:
    """Whether the years of two digits might be days of the month as well."""
    ends = [re.findall("[0-9]{2}", value)[-1] for value in values if value in fit.read]
    return all(1 <= int(end) <= _LAST_DAY for end in ends)


def cycle_of(values: Sequence[str]) -> tuple[DateForm, tuple[str, ...]] | None:
    """Names of months or weekdays, and how they follow on each other; None when they are others."""
    for form, grain, names in CYCLES:
        places = {value: value.strip().rstrip(".").lower() for value in values}
        if len(places) > 2 and set(places.values()) <= set(names):
            order = sorted(places, key=lambda value: (names.index(places[value]), value))
            return DateForm(form, grain, part=True), tuple(order)
    return None
