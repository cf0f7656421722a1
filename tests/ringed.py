"""The birds of `tests.birds` as they were ringed: with days, remarks, prices, and sites whose spellings differ."""

import numpy as np
import pandas as pd

from actors.language.subject import Subject
from events.dataset import ColumnProfile, DateForm, NumberForm
from tests.birds import COLUMNS as BIRDS, READER, birds

SITES = ("Bay", "Cliff", "Ridge", "Shore", "bay ")


def ringed(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    frame, rng = birds(rows, seed), np.random.default_rng(seed + 1)
    days = pd.Timestamp("2019-11-20") + pd.to_timedelta(rng.permutation(rows) * 3, "D")
    frame["ringed"] = pd.Series(days.strftime("%d/%m/%Y"), dtype="str")
    frame["remark"] = pd.Series(["x" * int(size) for size in rng.integers(3, 40, rows)], dtype="str")
    frame["site"] = pd.Series(rng.choice(SITES, rows, p=[0.25, 0.25, 0.2, 0.15, 0.15]), dtype="str")
    frame["sex"] = pd.Series(rng.choice(["female", "male"], rows), dtype="str")
    breeds = rng.random(rows) < 0.4 + 0.2 * (frame["sex"] == "male")
    frame["breeds"] = pd.Series(np.where(breeds, "yes", "no"), dtype="str")
    frame.loc[::37, "breeds"] = np.nan
    frame["eggs"] = rng.integers(0, 9, rows).astype(float)
    paid = rng.integers(100, 400_000, rows) / 100
    frame["paid"] = pd.Series([f"€ {amount:,.2f}" for amount in paid], dtype="str")
    finders = ["Ann", "Ben", "other", "unknown"]
    frame["finder"] = pd.Series(rng.choice(finders, rows, p=[0.4, 0.3, 0.2, 0.1]), dtype="str")
    frame.loc[5, "finder"] = "Cy"  # who found one alone
    frame["longitude"] = rng.uniform(-180, 180, rows)
    third = rows * 3 // 8
    tides = ["ebb"] * third + ["flood"] * third + ["slack"] * (rows - 2 * third)
    frame["tide"] = pd.Series(rng.permutation(tides), dtype="str")
    frame.loc[::37, "paid"] = np.nan
    frame.loc[::23, "eggs"] = np.nan
    frame.loc[::31, "remark"] = np.nan
    return frame


COLUMNS = (
    *BIRDS,
    ColumnProfile("ringed", "date", False, 0, 240, date=DateForm("%d/%m/%Y", "day")),
    ColumnProfile("remark", "text", False, 8, 200),
    ColumnProfile("site", "category", False, 0, 5, SITES),
    ColumnProfile("sex", "category", False, 0, 2, ("female", "male")),
    ColumnProfile("breeds", "flag", False, 7, 2, ("no", "yes")),
    ColumnProfile("paid", "text", False, 7, 233, number=NumberForm(",", ".", "€", "")),
    ColumnProfile("eggs", "count", True, 11, 9),
    ColumnProfile("finder", "category", False, 0, 5, ("Ann", "Ben", "Cy", "other", "unknown")),
    ColumnProfile("longitude", "measure", True, 0, 240, unit="degrees"),
    ColumnProfile("tide", "category", False, 0, 3, ("ebb", "flood", "slack")),
)


def ringed_subject(frame: pd.DataFrame) -> Subject:
    return Subject("f" * 32, READER, COLUMNS, frame)


RINGED = ringed_subject(ringed())
"""The table on which every operator has a value; nobody changes it."""
