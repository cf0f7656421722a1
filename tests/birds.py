"""A table of our own to ask about: three species on three islands, with gaps, a code and an identifier."""

from collections.abc import Mapping
from itertools import islice

import numpy as np
import pandas as pd

from actors.language.search import proposals
from actors.language.subject import Subject
from actors.language.term import Term
from events.dataset import ColumnProfile, ReaderSettings

READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=("NA",))


def birds(rows: int = 240, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    species = rng.choice(["Adelie", "Gentoo", "Chinstrap"], rows, p=[0.5, 0.3, 0.2])
    mass = np.where(species == "Gentoo", 5.1, 3.7) + rng.normal(0, 0.4, rows)
    bill = 30 + 3 * mass + rng.normal(0, 2, rows)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "species": species,
            'the "island"': rng.choice(["Biscoe", "Dream", "Torgersen"], rows),
            "mass (kg)": mass,
            "bill": bill,
            "flipper": 150 + 10 * mass + rng.normal(0, 3, rows),
            "year code": rng.integers(1, 4, rows),
        }
    )
    frame["species"] = frame["species"].astype("str")
    frame.loc[::17, "bill"] = np.nan
    frame.loc[::29, 'the "island"'] = None
    frame['the "island"'] = frame['the "island"'].astype("str")
    return frame


COLUMNS = (
    ColumnProfile("id", "identifier", True, 0, 240),
    ColumnProfile("species", "category", False, 0, 3, ("Adelie", "Chinstrap", "Gentoo")),
    ColumnProfile('the "island"', "category", False, 9, 3, ("Biscoe", "Dream", "Torgersen")),
    ColumnProfile("mass (kg)", "measure", True, 0, 240, unit="kg"),
    ColumnProfile("bill", "measure", True, 15, 225, unit="mm"),
    ColumnProfile("flipper", "measure", True, 0, 240, unit="mm"),
    ColumnProfile("year code", "category", True, 0, 3, ("1", "2", "3")),
)


def subject_of(frame: pd.DataFrame) -> Subject:
    return Subject("d" * 32, READER, COLUMNS, frame)


SUBJECT = subject_of(birds())
"""The table that most tests ask about; nobody changes it."""


_PROPOSED: dict[str, list[Mapping[str, Term]]] = {}


def proposed(key: str, index: int, most: int = 600) -> Mapping[str, Term]:
    """The program at a place of the stream of this key that search proposes for `SUBJECT`."""
    if key not in _PROPOSED:
        _PROPOSED[key] = list(islice(proposals(SUBJECT, key), most))
    return _PROPOSED[key][index]
