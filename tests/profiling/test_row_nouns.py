"""What one row is, is said where something shows it, and `record` is said where nothing does."""

from collections.abc import Mapping, Sequence

import pandas as pd
import pytest

from actors.profiling.noun import noun_of, singular
from actors.profiling.profile import profile

TEXT = pd.StringDtype("python", na_value=float("nan"))
N = 48
WORDS = [f"{chr(97 + n % 26)}{'xyz'[n % 3]} land {n}" for n in range(N)]
KEYS = [f"K{n * 37}" for n in range(N)]


def noun(name: str, columns: Mapping[str, Sequence[object]]) -> tuple[str, str]:
    frame = pd.DataFrame(
        {
            header: pd.Series(values, dtype=TEXT if isinstance(values[0], str) else None)
            for header, values in columns.items()
        }
    )
    return noun_of(name, profile(frame), frame)


@pytest.mark.parametrize(
    ("name", "columns", "told"),
    [
        ("data", {"RespondentID": KEYS}, "respondent"),
        ("data", {"EPISODE": KEYS}, "episode"),
        ("data", {"Country Code": KEYS}, "country"),
        ("data", {"Major_code": KEYS, "Major": WORDS}, "major"),
        ("data", {"Country Name": WORDS}, "country"),
        ("penguins_raw", {"v": [n / 3 for n in range(N)]}, "penguin"),
        ("student_mat", {"v": [n / 3 for n in range(N)]}, "student"),
        ("geysers", {"Geyser Name": WORDS[:24] * 2}, "geyser"),
        ("data", {"day": [f"{2020 + n // 12}-{n % 12 + 1:02}-01" for n in range(N)]}, "day"),
        ("data", {"when": [f"{day:%Y%m%d}" for day in pd.date_range("2020-01-05", periods=N, freq="7D")]}, "record"),
        ("data", {"when": [f"{day:%Y-%m-%d}" for day in pd.date_range("2020-01-05", periods=N, freq="7D")]}, "week"),
        ("data", {"year": [1900 + n for n in range(N)]}, "year"),
        ("data", {"year": [1900 + n // 4 for n in range(N)], "quarter": [n % 4 + 1 for n in range(N)]}, "quarter"),
        ("data", {"year": [1900 + n // 8 for n in range(N)], "quarter": [n % 4 + 1 for n in range(N)]}, "record"),
        ("penguins", {"mass": [n / 3 for n in range(N)], "day": [20200101 + n for n in range(28)] + [20200201 + n for n in range(20)]}, "penguin"),
        ("sales", {"day": [20200101 + n for n in range(28)] + [20200201 + n for n in range(20)]}, "day"),
        ("control_chars", {"v": [n / 3 for n in range(N)]}, "record"),
        ("results_2020", {"id": KEYS}, "record"),
        ("data", {"Geoname ID": KEYS}, "record"),
        ("", {"v": [n / 3 for n in range(N)]}, "record"),
    ],
)  # fmt: skip
def test_a_row_is_called_after_what_differs_in_each_or_after_the_file(
    name: str, columns: Mapping[str, Sequence[object]], told: str
) -> None:
    found, why = noun(name, columns)
    assert found == told
    assert ("differs in every row" in why or "the file is called" in why or "together" in why) == (
        told != "record" or "neither" in why
    )


@pytest.mark.parametrize(
    ("plural", "one"),
    [("volcanoes", "volcano"), ("countries", "country"), ("boxes", "box"), ("people", "person"), ("glass", "glass"),
     ("species", "species"), ("status", "status"), ("houses", "house")],
)  # fmt: skip
def test_a_plural_has_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == one
