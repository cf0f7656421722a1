"""A copy of a table stands on its original's side, whichever side its own bytes would have it on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from actors.exporting.licences import licences_of
from actors.exporting.sketching import sketch_of
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered, ReaderSettings
from events.identity import digest_of
from store.home import Home
from store.splits import held_out, place_tables
from tests.exporting.test_sketching import CHANGES, EXAMPLES, Change, all_at_once, read
from tests.history import told

PLAIN = ReaderSettings("utf-8", ",", 0, ())
"""How a file is read that pandas wrote."""
FIRST = sketch_of(pd.DataFrame({"year": range(60), "rate": np.random.default_rng(3).normal(size=60)}))
"""Of a table that is registered before, and like none of the others."""


@pytest.fixture(scope="module")
def originals() -> dict[str, pd.DataFrame]:
    return {path.name: read(path) for path in EXAMPLES}


@pytest.mark.parametrize(
    "change",
    [
        all_at_once,
        *(pytest.param(one, marks=pytest.mark.full) for one in CHANGES if one is not all_at_once),
    ],
    ids=lambda one: str(one.__name__),
)
def test_a_changed_copy_in_a_file_of_another_name_lands_on_the_same_side(
    change: Change, originals: dict[str, pd.DataFrame]
) -> None:
    for name, table in originals.items():
        copied = change(table, np.random.default_rng(8)).to_csv(index=False).encode()
        sketches = {"first": FIRST, name: sketch_of(table), "copy": sketch_of(read_table(copied, PLAIN))}
        for held in (True, False):
            digests = {"first": "", name: drawn(held, name.encode()), "copy": drawn(not held, copied)}
            places = place_tables(sketches, digests).tables
            assert places[name].side == ("held" if held else "train")
            assert places["copy"].side == places[name].side, places
            assert places["copy"].like == (name,)


def drawn(held: bool, data: bytes) -> str:
    """A digest that is held out, or is not: so that a side can be wished for."""
    digest = digest_of(data)
    while held_out("table", digest) is not held:
        digest = digest_of(digest.encode())
    return digest


def test_the_licence_of_each_example_is_told(tmp_path: Path) -> None:
    state = told(1).state()
    state.datasets.by_id.clear()
    for path in EXAMPLES:
        event = inspect_bytes(path.read_bytes(), path)
        assert isinstance(event, DatasetRegistered)
        state.datasets.by_id[event.dataset] = event
    licences = licences_of(Home(tmp_path), state)
    assert licences.keys() == state.datasets.by_id.keys()
    page = (EXAMPLES[0].parent / "LICENSES.md").read_text("utf-8").lower()
    for dataset, licence in licences.items():
        part = page.partition(f"## {licence.lower()}")[2].partition("\n## ")[0]
        assert f"**{Path(state.datasets.by_id[dataset].path).name.lower()}**" in part, licence
