"""Forms of a known answer in the wrappers of NumPy and pandas, which code that computes will submit."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from actors.gating.same_forms import Forms, allowed, in_cells
from events.answer_contract import AnswerField, FieldKind, columns_of

_WIDEST = 2**63


def wrapped_forms(field: AnswerField, value: Any) -> Forms:
    """Values that say the same as a field's, in wrappers.

    Args:
        field: what the field must be.
        value: the known value, as read.
    """
    if not field.form.nothing or value != field.form.nothing:
        yield from _BY_KIND[field.kind](field, value)


def _number(field: AnswerField, value: Any) -> Forms:
    yield "wrapped", np.float64(value)
    if abs(Fraction(float(np.float32(value))) - Fraction(value)) < allowed(field, value) * Fraction(98, 100):
        yield "wrapped", np.float32(value)


def _integer(_: AnswerField, value: Any) -> Forms:
    if -_WIDEST <= value < _WIDEST:
        yield from (
            ("wrapped", np.int64(value)),
            ("wrapped", np.array(value)),
            ("wrapped", pd.array([value])[0]),
        )


def _label(_: AnswerField, value: Any) -> Forms:
    yield "wrapped", np.str_(value) if isinstance(value, str) else np.array(value)[()]


def _labels(_: AnswerField, value: Any) -> Forms:
    yield "wrapped", np.array(value, dtype=object)
    yield "wrapped", pd.Series(value, index=range(len(value), 0, -1), dtype=object)


def _flag(_: AnswerField, value: Any) -> Forms:
    yield "wrapped", np.bool_(value)


def _date(field: AnswerField, value: Any) -> Forms:
    if field.form.grain == "day":
        yield "wrapped", np.datetime64(value)
    if field.form.grain == "day" and pd.Timestamp.min.year < int(value[:4]) < pd.Timestamp.max.year:
        yield "wrapped", pd.Timestamp(value)


def _interval(field: AnswerField, value: Any) -> Forms:
    yield "wrapped", np.array(value, dtype=object)
    if field.form.ends == "number":
        yield "wrapped", pd.Interval(*map(float, value), closed="both")


def _table(field: AnswerField, value: Any) -> Forms:
    names = [one.name for one in columns_of(field)]
    frame = pd.DataFrame(list(value), columns=names, dtype=object)
    yield "wrapped", frame
    if field.form.keys:
        yield "wrapped", frame.set_index(list(field.form.keys))
    yield from in_cells(field, value, wrapped_forms)


_BY_KIND: Mapping[FieldKind, Callable[[AnswerField, Any], Forms]] = {
    "number": _number,
    "integer": _integer,
    "label": _label,
    "labels": _labels,
    "flag": _flag,
    "date": _date,
    "interval": _interval,
    "table": _table,
}
