"""A table of a few records written out by hand, and what a step comes to on it by both implementations."""

import math
from typing import Any

import pandas as pd
import pytest

from actors.language.evaluation import Undefined
from actors.language.subject import Subject
from actors.language.term import Input, Term
from events.dataset import ColumnProfile, DateForm
from events.values import close, value_of
from tests.birds import READER


def table(**columns: list[Any]) -> Subject:
    """The table; words are categories, those that look like days in ISO form are days."""
    frame = pd.DataFrame({name: pd.Series(cells, dtype=_dtype(cells)) for name, cells in columns.items()})
    return Subject("a" * 32, READER, tuple(_profile(name, frame[name]) for name in frame), frame)


def both(subject: Subject, node: Term) -> Any:
    """What both implementations give for a step, in plain Python; records are their places."""
    first, second = subject.idioms.value(node), subject.arithmetic.value(node)
    if node.kind == "table":
        assert first.index.tolist() == second.tolist()
        return second.tolist()
    if node.kind in ("measure", "category"):
        return _column(first, _spelled(second), node.rows(), subject)
    assert close(value_of(first), value_of(second)), (first, second)
    if node.kind == "by_group":
        return dict(second)
    return tuple(second) if isinstance(second, list) else second


def undefined(subject: Subject, node: Term) -> None:
    """Nothing, where neither implementation gives a value."""
    for evaluation in (subject.idioms, subject.arithmetic):
        try:
            value = evaluation.value(node)
        except Undefined:
            continue
        assert isinstance(value, float), value
        assert math.isnan(value), value


def _column(first: Any, second: list[Any], rows: Input, subject: Subject) -> list[Any]:
    """One value a record at hand; None where there is none."""
    there = subject.arithmetic.value(rows).tolist()
    left = [None if pd.isna(value) else value for value in first.tolist()]
    right = [second[place] for place in there]
    assert left == pytest.approx(right)
    return right


def _spelled(column: Any) -> list[Any]:
    if isinstance(column, tuple):
        codes, levels = column
        return [levels[code] if code >= 0 else None for code in codes]
    return [None if math.isnan(value) else value for value in column.tolist()]


def _dtype(cells: list[Any]) -> str:
    if any(isinstance(cell, str) for cell in cells):
        return "str"
    return "float64" if None in cells or any(isinstance(cell, float) for cell in cells) else "int64"


def _profile(name: str, series: Any) -> ColumnProfile:
    known = series.dropna()
    numeric, missing, distinct = series.dtype.kind in "if", len(series) - len(known), known.nunique()
    if numeric:
        return ColumnProfile(name, "measure", True, missing, distinct)
    levels = tuple(sorted(known.unique()))
    if all(len(level) == 10 and level[4] == level[7] == "-" for level in levels):
        return ColumnProfile(name, "date", False, missing, distinct, date=DateForm("%Y-%m-%d", "day"))
    return ColumnProfile(name, "category", False, missing, distinct, levels)
