"""Percentages, numbers written for people, doubtful values, scales, copies and totals: told where exact, with why."""

import random
import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from actors.profiling.profile import profile
from events.dataset import ColumnProfile, Doubtful, NumberForm, Relation, profile_digest

DRAW = random.Random(11)
N = 200
AMOUNTS = [DRAW.randint(1, 9_999_999) for _ in range(N)]
TEXT = pd.StringDtype("python", na_value=float("nan"))


def table(columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=TEXT if any(isinstance(value, str) for value in values) else None)
            for name, values in columns.items()
        }
    )


def told(**columns: Sequence[object]) -> dict[str, ColumnProfile]:
    return {column.name: column for column in profile(table(columns))}


def one(name: str, values: Sequence[object]) -> ColumnProfile:
    return told(**{name: values})[name]


@pytest.mark.parametrize(
    ("name", "values", "proportion", "unit"),
    [
        ("share_women", [n / 250 for n in range(N)], "share", ""),
        ("share_women", [n / 2.5 for n in range(N)], "percent", "%"),
        ("unemployment rate", [n / 8 for n in range(N)], "percent", "%"),
        ("PctWhite", [n / 2 for n in range(N)], "percent", "%"),
        ("growth (%)", [n - 20.5 for n in range(N)], "percent", "%"),
        ("answered", [f"{n / 2}%" for n in range(N)], "percent", "%"),
        ("heart rate", [60 + n / 8 for n in range(N)], "", ""),
        ("ratio", [n / 2 for n in range(N)], "", ""),
        ("accurate", [n / 250 for n in range(N)], "", ""),
    ],
)
def test_parts_of_a_whole_are_told_by_name_value_and_range(
    name: str, values: Sequence[object], proportion: str, unit: str
) -> None:
    column = one(name, values)
    assert (column.proportion, column.unit) == (proportion, unit)
    assert bool(proportion) == ("percentages" in column.why or "shares" in column.why)


def test_percentages_that_may_be_shares_are_not_taken_for_either() -> None:
    column = one("pct_white", [n / 250 for n in range(N)])
    assert column.proportion == ""
    assert "cannot be told" in column.why


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([f"{n:,}" for n in [7, 41, 902, *AMOUNTS]], NumberForm(thousands=",")),
        ([f"${n:,}.50" for n in AMOUNTS], NumberForm(thousands=",", before="$")),
        ([f"{n:,}.25".translate(str.maketrans(",.", ".,")) for n in AMOUNTS], NumberForm(".", ",")),
        ([f"{n % 90},{n % 10}" for n in AMOUNTS], NumberForm(decimal=",")),
        ([f"€ {n:,}.25" for n in AMOUNTS], NumberForm(thousands=",", before="€")),
        ([f"{n} kg" for n in AMOUNTS], NumberForm(after="kg")),
        ([f"{n % 1000 / 10}%" for n in AMOUNTS], NumberForm(after="%")),
        ([*map(str, AMOUNTS), "Unknown", "Unknown"], NumberForm(unread=2)),
        ([f"{n:,}".replace(",", " ") for n in AMOUNTS], NumberForm(thousands=" ")),
    ],
)
def test_numbers_written_for_people_stay_text_and_it_is_said_how_to_read_them(
    values: list[str], form: NumberForm
) -> None:
    column = one("v", values)
    assert (column.kind, column.numeric, column.number) == ("text", False, form)
    assert "numbers written as text" in column.why


def test_a_sign_that_may_divide_thousands_or_decimals_is_not_guessed() -> None:
    column = one("v", [f"{n % 9 + 1},{n % 1000:03}" for n in AMOUNTS])
    assert (column.number, column.kind) == (None, "text")
    assert "thousands or decimals" in column.why


@pytest.mark.parametrize("value", ["A{}", "{} Main Street", "0{}", "{}-{}", "{} and more", "+49 {}"])
def test_codes_and_words_with_digits_are_no_numbers(value: str) -> None:
    assert one("v", [value.replace("{}", str(n)) for n in AMOUNTS]).number is None


@pytest.mark.parametrize(
    ("values", "doubtful"),
    [
        ([*range(18, 68), -999, -999], (Doubtful("-999", 2),)),
        ([*[1, 2, 3, 4, 5] * 20, 99], (Doubtful("99", 1),)),
        ([*[n / 3 for n in range(50)], 9999.0, -99.0], (Doubtful("-99", 1), Doubtful("9999", 1))),
        ([*["red", "blue", "green"] * 20, "?", "Unknown", "Unknown"], (Doubtful("?", 1), Doubtful("Unknown", 2))),
        ([*range(100)], ()),
        ([*range(900, 1000)], ()),
        ([*["None"] * 60, *["Minor", "Substantial"] * 10], ()),
        (["AF", "EU", "NA", "SA"] * 20, ()),
        (["A", "B", "NA"] * 20, (Doubtful("NA", 20),)),
    ],
)  # fmt: skip
def test_disguised_missing_values_are_noted_and_stay_values(
    values: Sequence[object], doubtful: tuple[Doubtful, ...]
) -> None:
    column = one("v", values)
    assert column.doubtful == doubtful
    assert column.missing == 0
    assert all(each.value in column.why for each in doubtful)


def test_a_scale_with_a_sentinel_is_still_a_scale() -> None:
    column = one("agreement", [*[1, 2, 3, 4, 5] * 20, 99])
    assert (column.kind, column.levels) == ("ordinal", ("1", "2", "3", "4", "5", "99"))


@pytest.mark.parametrize(
    "levels",
    [
        ("Small", "Medium", "Large"),
        ("never", "rarely", "often", "always"),
        ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
        ("18-29", "30-44", "45-60", "> 60"),
        ("under 5", "5-9", "10-14", "15+"),
        ("$0 - $24,999", "$25,000 - $49,999", "$50,000 - $99,999", "$100,000 - $149,999", "$150,000+"),
    ],
)
def test_levels_in_words_and_ranges_have_their_own_order(levels: tuple[str, ...]) -> None:
    shuffled = DRAW.sample(levels, len(levels))
    column = one("v", shuffled * 20)
    assert (column.kind, column.levels) == ("ordinal", levels)


@pytest.mark.parametrize(
    "levels", [("red", "small", "large"), ("1-2", "2-1", "3-3"), ("10-20", "15-30", "5-40")]
)
def test_other_levels_have_none(levels: tuple[str, ...]) -> None:
    assert one("v", levels * 20).kind == "category"


def test_copies_other_names_and_lines_are_told_of_by_the_later_column() -> None:
    place = [DRAW.choice("abc") for _ in range(N)]
    lengths = [DRAW.random() for _ in range(N)]
    columns = told(
        place=place,
        again=place,
        code=[ord(letter) for letter in place],
        metres=lengths,
        feet=[value / 0.3048 for value in lengths],
        below=[1 - value for value in lengths],
        other=[DRAW.random() for _ in range(N)],
    )
    assert {name: column.relations for name, column in columns.items()} == {
        "place": (),
        "again": (Relation("equal", ("place",)),),
        "code": (Relation("relabels", ("place",)),),
        "metres": (),
        "feet": (Relation("linear", ("metres",), factor=3.28083989501),),
        "below": (Relation("linear", ("metres",), factor=-1.0, offset=1.0),),
        "other": (),
    }


def test_near_copies_are_none() -> None:
    lengths = [DRAW.random() for _ in range(N)]
    columns = told(
        first=lengths,
        rounded=[round(3 * value, 2) for value in lengths],
        gaps=[None if n == 5 else value for n, value in enumerate(lengths)],
        moved=[*lengths[1:], lengths[0]],
    )
    assert not any(column.relations for column in columns.values())


def test_a_total_is_told_of_with_its_parts_and_is_a_count_where_they_are() -> None:
    men, women = AMOUNTS[:], AMOUNTS[::-1]
    total: list[float | None] = [a + b for a, b in zip(men, women, strict=True)]
    total[3] = None
    columns = told(total=total, men=men, women=women, other=DRAW.sample(AMOUNTS, N))
    assert columns["total"].relations == (Relation("total", ("men", "women")),)
    assert [columns[name].kind for name in ("total", "men", "women")] == ["count"] * 3
    off = told(total=[(value or 1) + (n == 9) for n, value in enumerate(total)], men=men, women=women)
    assert off["total"].relations == ()


def test_what_is_added_up_has_the_unit_of_its_sum() -> None:
    parts = [[DRAW.randint(0, 999) * 100 for _ in range(N)] for _ in range(2)]
    sums = [a + b for a, b in zip(*parts, strict=True)]
    columns = told(**{"Cost Other": parts[0], "Cost Repair": parts[1], "Cost Total $": sums})
    assert {column.unit for column in columns.values()} == {"$"}
    assert "adds up with 'Cost Total $'" in columns["Cost Other"].why


def test_a_column_equal_to_an_identifier_is_one() -> None:
    keys = DRAW.sample(range(10_000), N)
    columns = told(**{"numeric iso": keys, "M49": keys, "v": AMOUNTS})
    assert (columns["M49"].kind, columns["v"].kind) == ("identifier", "measure")
    assert "'numeric iso'" in columns["M49"].why


MIXED = table(
    {
        "row": range(N),
        "Sample Number": [n % 90 + 1 for n in range(N)],
        "kept": [DRAW.choice(["a", "b", "Unknown", None]) for _ in range(N)],
        "when": [f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(N)],
        "price": [f"${value:,}" for value in AMOUNTS],
        "amount": [value if value % 7 else None for value in AMOUNTS],
        "twice": [2 * value if value % 7 else None for value in AMOUNTS],
    }
)
"""A table in which something is found out about every column."""


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(N)))
def test_the_digest_of_a_profile_does_not_depend_on_the_order_of_the_rows(order: list[int]) -> None:
    shuffled = MIXED.take(order).reset_index(drop=True)
    assert profile_digest(profile(shuffled)) == profile_digest(profile(MIXED))


def test_a_long_table_is_profiled_within_a_second() -> None:
    rng = np.random.default_rng(4)
    rows = 60_412
    frame = pd.DataFrame({f"v{n}": rng.integers(0, 30_000, rows) for n in range(5)})
    months = rng.integers(0, 12, rows)
    frame["month"] = pd.Series(
        [f"{1900 + n % 99}-{month + 1:02}" for n, month in enumerate(months)], dtype=TEXT
    )
    frame["code"] = pd.Series([f"{n % 31:02}" for n in range(rows)], dtype=TEXT)
    frame["note"] = pd.Series([f"note {n}" for n in range(rows)], dtype=TEXT)
    frame["rate"] = rng.random(rows)
    best = min(_seconds(frame) for _ in range(3))
    assert best < 1.0


def _seconds(frame: pd.DataFrame) -> float:
    begun = time.process_time()
    profile(frame)
    return time.process_time() - begun


@pytest.mark.parametrize(
    "values",
    [
        [float("nan")] * N,
        [1e308, -1e308, 5e-324, 0.0] * 50,
        [2.0**53 + 2 * n for n in range(N)],
        ["inf", "-inf", "nan", "1e999"] * 50,
        ["None", "NA", "nan", "1", "True", "@x[1]", "a\nb", "", "'", '"'] * 20,
        ["1", "a", "2020-01-01", "5%"] * 50,
        ["0099-12-31", "9999-12-31", "1582-10-10"] * 50,
        ["9" * 5000 + "x", "1" * 5000] * 100,
        ["\u202eabc", "🐧", "\x07"] * 50,
        [7] * N,
    ],
)
def test_no_value_stops_a_profile(values: Sequence[object]) -> None:
    column = one("@name[value]", values)
    assert column.why
    assert column.readable == ""
