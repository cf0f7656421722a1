"""A table rebuilt from the original by kind and seed, to see which values follow the data.

Only integers and IEEE products leave the generator, so a table is the same on every platform. A column of
at most 20 different whole numbers may be a code: `spiked` and `rescaled` leave it alone.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

CODES = 20
BLANKED_SHARE = 0.05
_ROWS_PER_DUPLICATE = 10
_ROWS_PER_SPIKE = 50

Rng = np.random.Generator


def perturb(frame: pd.DataFrame, kind: str, seed: int) -> pd.DataFrame:
    """A new table with the same columns; the one given is not touched.

    Args:
        frame: the original table, with a RangeIndex.
        kind: `bootstrap` (rows drawn with replacement), `blanked` (one cell in 20 without a value),
            `duplicated` (one row in 10 repeated at the end), `spiked` (one number in 50 multiplied by 5 to
            15) or `rescaled` (each column of numbers multiplied by its own factor).
        seed: 0 or more; the same seed gives the same table.

    Raises:
        ValueError: there is no such kind.
    """
    rebuild = _KINDS.get(kind)
    if rebuild is None:
        message = f"no perturbation {kind!r}; there are {', '.join(_KINDS)}"
        raise ValueError(message)
    if frame.empty:
        return frame.copy()
    return rebuild(frame, np.random.Generator(np.random.PCG64(seed)))


def _bootstrap(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    return _rows(frame, rng.integers(0, len(frame), size=len(frame)))


def _duplicated(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    count = max(1, len(frame) // _ROWS_PER_DUPLICATE)
    again = rng.integers(0, len(frame), size=count)
    return _rows(frame, np.concatenate([np.arange(len(frame)), again]))


def _blanked(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    columns = {}
    for name in frame.columns:
        lost = rng.random(len(frame)) < BLANKED_SHARE
        lost[rng.integers(0, len(frame))] = True
        # `mask` turns whole numbers into floats and keeps every other dtype.
        columns[name] = frame[name].mask(lost)
    return pd.DataFrame(columns)


def _spiked(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    def spike(values: Any) -> Any:
        candidates = np.flatnonzero(np.isfinite(values) & (values != 0))
        if not len(candidates):
            return values
        hit = candidates[rng.integers(0, len(candidates), size=max(1, len(values) // _ROWS_PER_SPIKE))]
        factors = np.ones(len(values), dtype=values.dtype)
        factors[hit] = rng.integers(5, 16, size=len(hit))
        return _finite(values * factors, values)

    return _measured(frame, spike)


def _rescaled(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    def rescale(values: Any) -> Any:
        factor = 1.25 + 1.75 * rng.random()
        shrink = rng.integers(0, 2) == 1
        original = values.astype(np.float64)
        return _finite(original / factor if shrink else original * factor, original)

    return _measured(frame, rescale)


def _measured(frame: pd.DataFrame, change: Callable[[Any], Any]) -> pd.DataFrame:
    """The table with each column of numbers that is no code put through `change`, in column order."""
    columns = {}
    for name in frame.columns:
        series = frame[name]
        if series.dtype.kind in "iuf" and not _may_be_code(series):
            with np.errstate(over="ignore"):
                series = pd.Series(change(series.to_numpy()), index=frame.index)
        columns[name] = series
    return pd.DataFrame(columns)


def _may_be_code(series: pd.Series) -> bool:
    values = series.dropna().to_numpy()
    return bool(len(np.unique(values)) <= CODES and (values == np.trunc(values)).all())


def _finite(changed: Any, original: Any) -> Any:
    """What would overflow stays as it was: a table never holds an infinity."""
    return np.where(np.isinf(changed), original, changed)


def _rows(frame: pd.DataFrame, positions: Any) -> pd.DataFrame:
    return frame.take(positions).reset_index(drop=True)


_KINDS: dict[str, Callable[[pd.DataFrame, Rng], pd.DataFrame]] = {
    "bootstrap": _bootstrap,
    "blanked": _blanked,
    "duplicated": _duplicated,
    "spiked": _spiked,
    "rescaled": _rescaled,
}
