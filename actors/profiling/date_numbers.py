"""Whole numbers that are dates, or parts of dates."""

from actors.profiling.column import Column
from actors.profiling.date_forms import is_day
from actors.profiling.names import INSTANT, YEAR, YEAR_OF, words
from events.dataset import DateForm, DateGrain

_PARTS: tuple[tuple[frozenset[str], str, DateGrain, int, int], ...] = (
    (words("month mon monat mois mes"), "%m", "month", 1, 12),
    (words("quarter qtr quartal trimestre"), "%q", "quarter", 1, 4),
    (words("week kw"), "%V", "week", 1, 53),
    (words("weekday dow wochentag"), "%w", "day", 0, 7),
    (words("day tag dia jour"), "%d", "day", 1, 31),
    (words("hour stunde hr"), "%H", "hour", 0, 24),
)
_FIRST_YEAR, _LAST_YEAR = 1000, 2200
_SECONDS, _MILLISECONDS = (10**8, 10**10), (10**11, 10**13)
_NEAR = (1500, 2100)
_MOST_CHECKED = 200_000


def date_number(column: Column) -> tuple[DateForm, str] | None:
    """How whole numbers are dates, with the evidence; None when they are not."""
    low, high = int(column.numbers[0]), int(column.numbers[-1])
    if column.words & YEAR and low >= _FIRST_YEAR and high <= _LAST_YEAR:
        return DateForm("%Y", "year"), "years: named so, with values of four digits"
    if column.words & YEAR_OF and low >= _NEAR[0] and high <= _NEAR[1]:
        return DateForm("%Y", "year"), f"years: named as when something began or ended, from {low} to {high}"
    if low >= 10_000_101 and high <= 99_991_231 and _are_days(column):
        return DateForm("%Y%m%d", "day"), "whole numbers that are all days of the calendar, as %Y%m%d"
    if _named_in_time(column) and low >= 100_001 and high <= 220_012 and _are_months(column):
        return DateForm("%Y%m", "month"), "named as dates, and all are months as %Y%m"
    if column.words & INSTANT and low >= _SECONDS[0] and high < _SECONDS[1]:
        return DateForm("%s", "instant"), "named as a time, with values like seconds since 1970"
    if column.words & INSTANT and low >= _MILLISECONDS[0] and high < _MILLISECONDS[1]:
        return DateForm("%Q", "instant"), "named as a time, with values like milliseconds since 1970"
    return None


def part_of_date(column: Column) -> tuple[DateForm, str] | None:
    """Which part of a date whole numbers are, with the evidence; None when they are none."""
    low, high = int(column.numbers[0]), int(column.numbers[-1])
    for named, form, grain, first, last in _PARTS:
        if column.words & named and first <= low and high <= last:
            return DateForm(form, grain, part=True), f"a part of dates: named so, from {low} to {high}"
    return None


def _named_in_time(column: Column) -> bool:
    return bool(column.words & (INSTANT | words("month period yearmonth yyyymm monat")))


def _are_days(column: Column) -> bool:
    given = column.values[:_MOST_CHECKED]
    return all(is_day(int(v) // 10_000, int(v) // 100 % 100, int(v) % 100) for v in given)


def _are_months(column: Column) -> bool:
    return all(1 <= int(value) % 100 <= 12 for value in column.values)
