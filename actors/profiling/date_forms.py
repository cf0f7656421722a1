"""The forms of dates that are known, as `strptime` codes, and which texts each of them reads.

Three codes are added that `strptime` lacks: %q is a quarter, %s and %Q are seconds and milliseconds since
1970.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, date
from itertools import product

from events.dataset import DateGrain

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_CODES = {
    "%Y": "(?P<year>[0-9]{4})", "%y": "(?P<short>[0-9]{2})", "%m": "(?P<month>[0-9]{1,2})",
    "%d": "(?P<day>[0-9]{1,2})", "%b": f"(?P<named>{'|'.join(MONTHS)})", "%q": "[1-4]",
    "%B": f"(?P<named>{'|'.join(LONG_MONTHS)})", "%G": "(?P<year>[0-9]{4})",
    "%V": "(?:0[1-9]|[1-4][0-9]|5[0-3])", "%H": "(?:[01]?[0-9]|2[0-3])", "%I": "(?:0?[1-9]|1[0-2])",
    "%M": "[0-5][0-9]", "%S": "(?:[0-5][0-9]|6[01])", "%f": "[0-9]{1,6}", "%p": "[ap]m",
    "%z": "(?:Z|[+-][0-9]{2}:?[0-9]{2})",
}  # fmt: skip
_CLOCKS = (
    "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M%z", "%H:%M:%S%z", "%H:%M:%S.%f%z", "%H:%M:%S %z", "%I:%M %p",
    "%I:%M:%S %p", "%I:%M%p",
)  # fmt: skip
_BY_GRAIN: Mapping[DateGrain, tuple[str, ...]] = {
    "day": (
        "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y",
        "%d %b %y", "%d-%B-%Y",
        "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d. %B %Y", "%b-%d-%Y", "%d/%b/%Y", "%b. %d, %Y",
    ),
    "month": (
        "%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%b %Y", "%B %Y", "%b-%Y", "%B-%Y", "%b/%Y", "%Y %b",
        "%Y %B", "%Y-%b", "%YM%m", "%b. %Y", "%b-%y", "%b %y", "%B %y", "%B-%y",
    ),
    "quarter": ("%YQ%q", "%Y-Q%q", "%Y Q%q", "Q%q %Y", "Q%q-%Y", "Q%q/%Y", "%qQ%Y", "%Y:Q%q", "%Y:%q"),
    "week": ("%G-W%V", "%GW%V"),
}  # fmt: skip
_DAY_FIRST = [f"%d{mark}%m{mark}{year}" for year in ("%Y", "%y") for mark in "/-."]
_MONTH_FIRST = [f"%m{mark}%d{mark}{year}" for year in ("%Y", "%y") for mark in "/-."]
_LAST_DAY = 31


def is_form(form: str) -> bool:
    """Whether all codes of a form are known, and a year is among them."""
    used = re.findall("%.", form)
    return all(code in _CODES for code in used) and bool({"%Y", "%y", "%G"} & set(used))


def grain_of(form: str) -> DateGrain:
    """What one value in this form is."""
    for code, grain in _GRAINS:
        if code in form:
            return grain
    return "year"


_GRAINS: tuple[tuple[str, DateGrain], ...] = (
    ("%H", "instant"), ("%I", "instant"), ("%d", "day"), ("%V", "week"), ("%m", "month"), ("%b", "month"),
    ("%B", "month"), ("%q", "quarter"),
)  # fmt: skip


def forms(*, clocked: bool) -> Iterator[tuple[str, DateGrain]]:
    """All forms, those with a time of day only where there may be one."""
    days = (*_BY_GRAIN["day"], *_MONTH_FIRST, *_DAY_FIRST)
    yield from (
        (form, grain) for grain, forms in _BY_GRAIN.items() for form in (days if grain == "day" else forms)
    )
    if clocked:
        stamps = product(days, (" ", "T", ", "), _CLOCKS)
        yield from ((f"{day}{mark}{clock}", "instant") for day, mark, clock in stamps)


def read_by(form: str, values: Sequence[str]) -> frozenset[str]:
    """Those of the texts that are dates in this form, and days that the calendar has."""
    pattern = _pattern(form)
    return frozenset(
        value for value in values if (found := pattern.fullmatch(value)) and _is_real(found.groupdict())
    )


def _compiled() -> Callable[[str], re.Pattern[str]]:
    made: dict[str, re.Pattern[str]] = {}

    def pattern(form: str) -> re.Pattern[str]:
        if form not in made:
            parts = re.split("(%.)", form)
            source = "".join(_CODES.get(part, re.escape(part)) for part in parts)
            made[form] = re.compile(source, re.IGNORECASE)
        return made[form]

    return pattern


_pattern = _compiled()


def _is_real(found: Mapping[str, str | None]) -> bool:
    """Whether the calendar has this day."""
    named = found.get("named")
    month = MONTHS.index(named[:3].lower()) + 1 if named else int(found.get("month") or 1)
    short = found.get("short")
    year = int(found.get("year") or 0) if short is None else int(short) + (2000 if int(short) < 69 else 1900)
    return is_day(year, month, int(found.get("day") or 1))


def is_day(year: int, month: int, day: int) -> bool:
    """Whether the calendar has this day."""
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12 and 1 <= day <= _LAST_DAY):
        return False
    if day <= 28:
        return True
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
