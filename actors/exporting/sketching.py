"""A table's sketch from its cells: blind to names and order of columns, and to the order of rows."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from actors.profiling.table import read_table
from events.dataset import ReaderSettings
from store.blobs import Blobs
from store.home import Home
from store.sketch import KEPT, ColumnSketch, Hashes, TableSketch

FEW_VALUES = 20
"""A column of fewer different values tells little."""
SMALL = 1000
"""Whole numbers below it are equal by chance too often."""
_MASK_ODD = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=512)
def sketch_kept(root: Path, blob: str, reader: ReaderSettings) -> TableSketch:
    """The sketch of a table of a home; what was sketched once is known by its digest.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: the table's bytes cannot be had.
    """
    return sketch_of(read_table(Blobs(Home(root)).get(blob), reader))


def sketch_of(table: pd.DataFrame) -> TableSketch:
    """The sketch of a table."""
    columns = [table.iloc[:, at] for at in range(table.shape[1])]
    hashed = [_hashed(column) for column in columns]
    rows = np.zeros(len(table), dtype=np.uint64)
    for hashes in hashed:
        rows += _mixed(hashes)  # a sum, since columns may stand in any order
    kept = (
        ColumnSketch(_smallest(hashes), _tells(column))
        for hashes, column in zip(hashed, columns, strict=True)
    )
    return TableSketch(_smallest(_mixed(rows)), tuple(kept))


def _hashed(column: Any) -> Any:
    """A hash of each cell: numbers as they are, whole or not, and texts trimmed."""
    if is_numeric_dtype(column):
        return pd.util.hash_array(column.to_numpy(dtype=np.float64) + 0.0)
    return pd.util.hash_array(column.astype(object).map(_trimmed).to_numpy(dtype=object))


def _trimmed(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else "\0"


def _mixed(hashes: Any) -> Any:
    """Each hash spread over all 64 bits (the finalizer of splitmix64)."""
    spread = hashes + _MASK_ODD
    spread = (spread ^ (spread >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    spread = (spread ^ (spread >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return spread ^ (spread >> np.uint64(31))


def _smallest(hashes: Any) -> Hashes:
    """The smallest of the hashes of all members, each with its number among its equals."""
    number = pd.Series(hashes).groupby(hashes).cumcount().to_numpy(dtype=np.uint64)
    return tuple(np.unique(_mixed(hashes + number * _MASK_ODD))[:KEPT].tolist())


def _tells(column: Any) -> bool:
    """Whether it has many values, and most of them are not often equal by chance."""
    values = column.dropna()
    if values.nunique() < FEW_VALUES:
        return False
    if not is_numeric_dtype(values):
        return True
    numbers = values.to_numpy(dtype=np.float64)
    small = (np.abs(numbers) < SMALL) & (numbers == np.floor(numbers))
    return bool(2 * small.sum() < len(numbers))
