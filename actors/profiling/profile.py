"""What each column of a table is to a person, with the evidence.

Distinctness alone proves nothing: nearly every measure is distinct in nearly every row. So an identifier is
known by its name, its type, its spacing (a counter) and its form; a code by small whole numbers without gaps.
"""

import pandas as pd

from actors.profiling import numbers, texts
from actors.profiling.verdict import Verdict, as_whole
from events.dataset import ColumnProfile


def profile(frame: pd.DataFrame) -> tuple[ColumnProfile, ...]:
    """One profile for each column, in column order; the frame is one that `read_table` made."""
    return tuple(_column(str(name), frame[name]) for name in frame.columns)


def _column(name: str, series: pd.Series) -> ColumnProfile:
    values = series.dropna()
    numeric = series.dtype.kind in "iuf"
    distinct = int(values.nunique())
    verdict = _verdict(name, values, distinct, len(series), numeric=numeric)
    return ColumnProfile(
        name=name,
        kind=verdict.kind,
        numeric=numeric,
        missing=len(series) - len(values),
        distinct=distinct,
        levels=_levels(values) if verdict.kind in ("category", "flag") else (),
        why=verdict.why,
    )


def _verdict(name: str, values: pd.Series, distinct: int, rows: int, *, numeric: bool) -> Verdict:
    if distinct == 0:
        return Verdict("constant", "it has no values")
    if distinct == 1:
        return Verdict("constant", "all its values are equal")
    if numeric:
        return numbers.judge(name, values, distinct)
    return texts.judge(name, values, distinct, rows)


def _levels(values: pd.Series) -> tuple[str, ...]:
    """Levels in order, whole numbers without a decimal point."""
    return tuple(str(as_whole(level)) for level in sorted(values.unique().tolist()))
