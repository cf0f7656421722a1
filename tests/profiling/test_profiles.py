import random
from collections.abc import Sequence

import pandas as pd
import pytest

from actors.profiling.profile import profile
from events.dataset import ColumnProfile

DRAW = random.Random(5)
N = 200


def one(name: str, values: Sequence[object]) -> ColumnProfile:
    text = pd.StringDtype("python", na_value=float("nan"))
    dtype = text if any(isinstance(value, str) for value in values) else None
    (column,) = profile(pd.DataFrame({name: pd.Series(values, dtype=dtype)}))
    return column


def whole(low: int, high: int) -> list[int]:
    return [low, high] + [DRAW.randint(low, high) for _ in range(N - 2)]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("length", [n * 1.37 for n in range(N)], "measure"),
        ("Median", [DRAW.randrange(20_000, 90_000) for _ in range(N)], "measure"),
        ("Total", DRAW.sample(range(100_000), N), "measure"),
        ("age", whole(15, 22), "measure"),
        ("1960", [1 + n / 7 for n in range(N)], "measure"),
        ("elapsedyrs", whole(20, 63), "measure"),
        ("min", whole(900, 980), "measure"),
        ("energy", [1.7e308, -1.7e308, 3.0] * 60, "measure"),
        ("absences", whole(0, 75), "count"),
        ("Number of children", whole(0, 6), "count"),
        ("Medu", whole(0, 4), "ordinal"),
        ("famrel", whole(1, 5), "ordinal"),
        ("income", whole(1, 24), "ordinal"),
        ("quarter", [1, 2, 3, 4] * 50, "ordinal"),
        ("dose", [4, 6, 8, 5] * 50, "ordinal"),
        ("cylinders", [4, 6, 8, 5] * 50, "count"),
        ("sex_code", [1, 2, 3] * 60, "category"),
        ("zip", DRAW.sample(range(10_000, 99_999), N), "identifier"),
        ("RespondentID", DRAW.sample(range(10**9), N), "identifier"),
        ("Major_code", DRAW.sample(range(1000, 9000), N), "identifier"),
        ("Rank", range(1, N + 1), "identifier"),
        ("Unnamed: 0", range(N), "identifier"),
        ("unnamed_1", [n * 3 for n in range(N)], "identifier"),
        ("x", range(N), "identifier"),
        ("Sample Number", [n % 90 + 1 for n in range(N)], "identifier"),
        ("YEAR", range(1900, 1900 + N), "date"),
        ("año", range(1900, 1900 + N), "date"),
        ("date", [19580329 + n % 3 for n in range(N)], "date"),
        ("epoch", [1_600_000_000 + n * 86_400 for n in range(N)], "date"),
        ("deny", [0, 1] * 100, "flag"),
        ("deny", [0.0, 1.0, None, 1.0] * 50, "flag"),
        ("k", [5] * N, "constant"),
        ("empty", [float("nan")] * N, "constant"),
    ],
)
def test_numbers_are_what_name_form_and_spacing_say(name: str, values: Sequence[object], kind: str) -> None:
    column = one(name, values)
    assert (column.kind, column.numeric) == (kind, True)
    assert column.why


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("sex", ["MALE", "FEMALE", None, "MALE"] * 50, "flag"),
        ("Species", ["Adelie Penguin (Pygoscelis adeliae)", "Gentoo", "Chinstrap"] * 60, "category"),
        ("ages_code", ["07", "10", "65"] * 60, "category"),
        ("Region_Id", ["00", "01", "02", "03"] * 50, "category"),
        ("day", [f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(N)], "date"),
        ("at", [f"2020-01-01T{n % 24:02}:30:00+01:00" for n in range(N)], "date"),
        ("Year", [f"{1850 + n // 12}-{n % 12 + 1:02}" for n in range(N)], "date"),
        ("start", [f"{n % 12 + 1}/{n % 28 + 1}/77" for n in range(N)], "date"),
        ("start", [f"{n % 28 + 1}.{n % 12 + 1}.1977" for n in range(N)], "date"),
        ("month", [f"APR {1900 + n % 90}" for n in range(N)], "date"),
        ("when", [f"Jan {n % 28 + 1}, 2021" for n in range(N)], "date"),
        ("period", [f"{1900 + n % 90}Q{n % 4 + 1}" for n in range(N)], "date"),
        ("month", ["March", "April", "May"] * 60, "ordinal"),
        ("Number", [f"{n:04}-001" for n in range(N)], "identifier"),
        ("Individual ID", [f"N{n * 2 // 3}A" for n in range(N)], "identifier"),
        ("Symbol", [f"{chr(65 + n % 26)}{chr(65 + n // 26)}X" for n in range(N)], "identifier"),
        ("Country Name", [f"Land of {chr(97 + n % 26)} {chr(97 + n // 26)}" for n in range(N)], "text"),
        ("Comments", ["Not enough blood.", "Nest never seen with full clutch.", "No sample was taken."] * 60, "text"),
        ("payload", ["x" * 200 + str(n % 3) for n in range(N)], "text"),
        ("same", ["US"] * N, "constant"),
    ],
)  # fmt: skip
def test_texts_are_what_form_and_repetition_say(name: str, values: Sequence[object], kind: str) -> None:
    column = one(name, values)
    assert (column.kind, column.numeric) == (kind, False)
    assert column.why


def test_distinctness_alone_makes_no_identifier() -> None:
    frame = pd.DataFrame({name: DRAW.sample(range(1_000_000), N) for name in ("Men", "Women", "Employed")})
    assert {column.kind for column in profile(frame)} == {"count"}


def test_levels_are_spelled_as_in_the_file_and_sorted() -> None:
    assert one("g", ["b", "A", "a ", "b"] * 9).levels == ("A", "a ", "b")
    assert one("group", [10, 2, 1] * 9).levels == ("1", "2", "10")
    assert one("deny", [1.0, 0.0, None] * 9).levels == ("0", "1")
    assert one("length", [0.5 * n for n in range(N)]).levels == ()


def test_missing_and_different_values_are_counted() -> None:
    column = one("v", [1.5, None, 2.5, 2.5, None, 3.5])
    assert (column.missing, column.distinct) == (2, 3)


def test_a_long_hostile_text_takes_no_time() -> None:
    assert one("s", ["a" * 5000 + "!" + str(n) for n in range(20)]).kind == "text"
