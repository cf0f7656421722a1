"""A third table of our own: days, flags, measures that are skewed and others that are not, a few outliers."""

import numpy as np
import pandas as pd

from actors.language.subject import Subject
from events.dataset import ColumnProfile, DateForm
from tests.birds import READER


def sightings(rows: int = 180, seed: int = 0) -> pd.DataFrame:
    """Birds seen, one a day; no two on the same day."""
    rng = np.random.default_rng(seed)
    days = rng.choice(4 * rows, rows, replace=False)
    site = rng.choice(["marsh", "shore", "wood"], rows, p=[0.5, 0.3, 0.2])
    depth = np.where(site == "shore", 6.0, 5.0) + rng.normal(0, 1, rows) + days / rows / 4
    wingspan = 40 + 3 * depth + rng.normal(0, 4 + 2 * (site == "wood"), rows)
    frame = pd.DataFrame(
        {
            "day": (pd.Timestamp("2019-03-01") + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d"),
            "site": site,
            "ringed": np.where(rng.random(rows) < 0.3 + 0.2 * (site == "shore"), "yes", "no"),
            "sex": rng.choice(["f", "m"], rows),
            "depth": depth,
            "wingspan": wingspan,
            "distance": np.round(np.exp(rng.normal(1, 0.9, rows)), 3),
            "wind": rng.integers(0, 12, rows).astype(float),
            "weight": 20 + rng.normal(0, 2, rows) + (rng.random(rows) < 0.02) * 15,
        }
    )
    frame.loc[::9, "wingspan"] = np.nan
    frame.loc[::41, "wind"] = np.nan
    for name in ("ringed", "day"):
        frame.loc[3 :: 37 if name == "ringed" else 90, name] = None
        frame[name] = frame[name].astype("str")
    return frame


def _columns() -> tuple[ColumnProfile, ...]:
    frame = sightings()
    found = []
    for name in frame:
        missing, distinct = int(frame[name].isna().sum()), int(frame[name].nunique())
        if name == "day":
            form = DateForm("%Y-%m-%d", "day")
            found.append(ColumnProfile(name, "date", False, missing, distinct, date=form))
        elif frame[name].dtype.kind == "f":
            found.append(ColumnProfile(name, "measure", True, missing, distinct))
        else:
            levels = tuple(sorted(frame[name].dropna().unique()))
            found.append(ColumnProfile(name, "category", False, missing, distinct, levels))
    return tuple(found)


COLUMNS = _columns()


def subject_of(frame: pd.DataFrame) -> Subject:
    """The table, which has the columns of `sightings`."""
    return Subject("f" * 32, READER, COLUMNS, frame)


SUBJECT = subject_of(sightings())
"""Nobody changes it."""
