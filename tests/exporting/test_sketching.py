"""A copied table is known whatever was done to hide it, and tables that only resemble each other are not copies."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from actors.exporting.sketching import sketch_of
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from store.sketch import KEPT, alike, shared

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.csv"))
Change = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


def read(path: Path) -> pd.DataFrame:
    data = path.read_bytes()
    event = inspect_bytes(data, path)
    assert isinstance(event, DatasetRegistered)
    return read_table(data, event.reader)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {path.stem: read(path) for path in EXAMPLES}


def shuffled(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.iloc[rng.permutation(len(table))].reset_index(drop=True)


def renamed(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.set_axis([f"v{at}" for at in range(table.shape[1])], axis=1)


def reordered(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.iloc[:, rng.permutation(table.shape[1])]


def five_percent(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Another value in every column of one row in twenty."""
    changed = table.astype(object)
    for at in rng.choice(len(table), size=max(1, len(table) // 20), replace=False):
        changed.iloc[at] = [
            float(one) + 0.123 if isinstance(one, int | float) else f"{one}?" for one in changed.iloc[at]
        ]
    return changed.infer_objects()


def all_at_once(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return five_percent(renamed(reordered(shuffled(table, rng), rng), rng), rng)


def half(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.iloc[: len(table) * 6 // 10]


def numbered(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A column more, so that no row is what it was."""
    return table.assign(row=range(len(table)))


CHANGES: list[Change] = [shuffled, renamed, reordered, five_percent, all_at_once, half, numbered]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: str(one.__name__))
def test_a_copy_is_known_again(change: Change, tables: dict[str, pd.DataFrame]) -> None:
    unknown = [
        name
        for name, table in tables.items()
        if not alike(sketch_of(table), sketch_of(change(table, np.random.default_rng(5))))
    ]
    assert not unknown


def test_different_tables_are_not_alike(tables: dict[str, pd.DataFrame]) -> None:
    sketches = {name: sketch_of(table) for name, table in tables.items()}
    assert not [(one, two) for one, two in pairs(list(sketches)) if alike(sketches[one], sketches[two])]


def pairs(names: list[str]) -> Iterator[tuple[str, str]]:
    return ((one, two) for at, one in enumerate(names) for two in names[at + 1 :])


def test_tables_that_share_years_alone_are_not_alike() -> None:
    rng = np.random.default_rng(1)
    years = list(range(1960, 2020))
    one, two = (sketch_of(pd.DataFrame({"year": years, "rate": rng.normal(size=60)})) for _ in range(2))
    assert not alike(one, two)


def test_a_sketch_of_more_than_it_keeps_estimates_what_is_shared() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=12_000)
    one, two = (sketch_of(pd.DataFrame({"x": part})) for part in (values[:8000], values[4000:]))
    assert len(one.rows) == KEPT
    assert shared(one.rows, two.rows) == pytest.approx(1 / 3, abs=0.1)


def test_small_sets_are_compared_exactly() -> None:
    assert shared((1, 2, 3), (2, 3, 4)) == 0.5
    assert shared((), ()) == 0.0


def test_whole_numbers_are_the_same_when_a_missing_value_makes_them_floats() -> None:
    one = pd.DataFrame({"a": range(2000, 2400), "b": range(5000, 5400)})
    two = pd.concat([one.astype(float), pd.DataFrame({"a": [np.nan], "b": [1.5]})])
    assert alike(sketch_of(one), sketch_of(two))
