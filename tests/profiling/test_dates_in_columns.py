"""Dates are read in the form that they are in, and in none where two would do."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from actors.profiling.date_forms import read_by
from actors.profiling.profile import profile
from events.dataset import ColumnProfile, DateForm

DAYS = [date(1998, 1, 3) + timedelta(days=29 * n) for n in range(120)]


def one(name: str, values: Sequence[object]) -> ColumnProfile:
    text = pd.StringDtype("python", na_value=float("nan"))
    dtype = text if any(isinstance(value, str) for value in values) else None
    (column,) = profile(pd.DataFrame({name: pd.Series(values, dtype=dtype)}))
    return column


@pytest.mark.parametrize(
    ("form", "grain"),
    [
        ("%Y-%m-%d", "day"), ("%Y/%m/%d", "day"), ("%d/%m/%Y", "day"), ("%m/%d/%Y", "day"), ("%d.%m.%Y", "day"),
        ("%m-%d-%y", "day"), ("%d %b %Y", "day"), ("%B %d, %Y", "day"), ("%d-%b-%y", "day"), ("%Y-%m", "month"),
        ("%b %Y", "month"), ("%B %Y", "month"), ("%m/%Y", "month"), ("%b-%y", "month"),
        ("%Y-%m-%d %H:%M", "instant"), ("%Y-%m-%dT%H:%M:%S", "instant"), ("%m/%d/%Y %I:%M %p", "instant"),
    ],
)  # fmt: skip
def test_each_form_is_found_and_reads_every_value(form: str, grain: str) -> None:
    values = [datetime.combine(day, time(5 + day.day % 12, 30)).strftime(form) for day in DAYS]
    column = one("when", values)
    assert (column.kind, column.date) == ("date", DateForm(form, grain))  # type: ignore[arg-type]
    assert form in column.why
    assert all(datetime.strptime(value, form) for value in values)  # noqa: DTZ007  a form without a zone


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m-%d-%y"])
def test_days_and_months_that_could_be_exchanged_are_said_to_be_and_stay_text(form: str) -> None:
    early = [day.replace(day=1 + day.day % 12) for day in DAYS]
    column = one("when", [day.strftime(form) for day in early])
    assert (column.kind, column.date) == ("text", None)
    assert "could be exchanged" in column.why
    assert "`dates`" in column.why


def test_years_of_two_digits_that_could_be_days_are_not_taken_for_either() -> None:
    assert one("when", [f"{day:%d}-11-{1 + day.day % 28:02}" for day in DAYS]).kind == "text"
    assert "days or years" in one("when", [f"{day:%b} {1 + day.day % 28:02}" for day in DAYS]).why


@given(st.dates(date(1, 1, 1)))
def test_a_day_is_read_by_its_own_form_and_by_another_order_only_where_the_calendar_allows(day: date) -> None:
    written = f"{day.day:02}/{day.month:02}/{day.year:04}"
    assert read_by("%d/%m/%Y", [written]) == {written}
    assert (read_by("%m/%d/%Y", [written]) == {written}) == (day.day <= 12)


def test_a_day_that_no_calendar_has_is_no_date() -> None:
    assert read_by("%Y-%m-%d", ["2023-02-29", "2024-02-29", "2023-13-01", "0000-01-01"]) == {"2024-02-29"}


def test_words_among_dates_are_counted_and_shown() -> None:
    column = one("end", [*(f"{day:%m/%d/%y}" for day in DAYS), *["still in office"] * 4])
    assert column.date == DateForm("%m/%d/%y", "day", unread=4)
    assert "'still in office'" in column.why
    assert "1969 to 2068" in column.why


@pytest.mark.parametrize(
    ("name", "values", "form"),
    [
        ("year", [1900 + n % 90 for n in range(120)], DateForm("%Y", "year")),
        ("Founded", [1802 + n for n in range(120)], DateForm("%Y", "year")),
        ("month", [190001 + n % 12 + 100 * (n // 12) for n in range(120)], DateForm("%Y%m", "month")),
        ("date", [int(f"{day:%Y%m%d}") for day in DAYS], DateForm("%Y%m%d", "day")),
        ("created_at", [1_600_000_000_000 + 7 * n for n in range(120)], DateForm("%Q", "instant")),
        ("period", [f"{1990 + n // 4}Q{n % 4 + 1}" for n in range(120)], DateForm("%YQ%q", "quarter")),
        ("week", [f"2020-W{1 + n % 52:02}" for n in range(120)], DateForm("%G-W%V", "week")),
        ("taken", [f"{1566 + n}-05-01" for n in range(120)], DateForm("%Y-%m-%d", "day")),
    ],
)
def test_years_months_quarters_and_old_dates(name: str, values: list[object], form: DateForm) -> None:
    column = one(name, values)
    assert (column.kind, column.date) == ("date", form)


@pytest.mark.parametrize(
    ("name", "values", "form"),
    [
        ("month", [n % 12 + 1 for n in range(120)], DateForm("%m", "month", part=True)),
        ("quarter", [n % 4 + 1 for n in range(120)], DateForm("%q", "quarter", part=True)),
        ("hour", [n % 24 for n in range(120)], DateForm("%H", "hour", part=True)),
        ("day", ["Tue", "Mon", "Wed", "Sun"] * 30, DateForm("%a", "day", part=True)),
    ],
)
def test_parts_of_dates_are_in_an_order_and_no_dates(name: str, values: list[object], form: DateForm) -> None:
    column = one(name, values)
    assert (column.kind, column.date) == ("ordinal", form)


def test_names_of_months_stand_in_the_order_of_the_calendar() -> None:
    assert one("month", ["May", "March", "April", "Unknown"] * 30).levels == (
        "March",
        "April",
        "May",
        "Unknown",
    )


def test_what_only_looks_like_a_date_is_none() -> None:
    draw = random.Random(3)
    assert one("ratio", [f"{draw.randint(1, 99)}/{draw.randint(100, 999)}" for _ in range(120)]).date is None
    assert one("season", [f"{2000 + n % 20}-{(n + 1) % 20:02}" for n in range(120)]).date is None
    assert one("size", [20_000_000 + 997 * n for n in range(120)]).date is None
