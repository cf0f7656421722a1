"""Forms of a known answer that must match it: other types, free orders, roundings, allowed spellings."""

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from events.answer_contract import AnswerField, FieldKind, columns_of

Forms = Iterator[tuple[str, Any]]
_NEAR = Fraction(98, 100)


def same_forms(field: AnswerField, value: Any) -> Forms:
    """Values that say the same as a field's, each with the name of its form.

    Args:
        field: what the field must be.
        value: the known value, as read.
    """
    yield "itself", value
    if not field.form.nothing or value != field.form.nothing:
        yield from _BY_KIND[field.kind](field, value)


def allowed(field: AnswerField, value: Any) -> Fraction:
    """How far from the gold a number may be, by the definition: in fractions, apart from the matcher."""
    own = Fraction(field.absolute) + Fraction(field.relative) * abs(Fraction(value))
    if field.kind == "integer":
        return own
    step = Fraction(0) if field.decimals is None else Fraction(1, 2 * 10**field.decimals)
    return step + abs(Fraction(value)) / 10**9 + own


def _number(field: AnswerField, value: Any) -> Forms:
    if value == int(value):
        yield "dtype", int(value)
    if not value:
        yield "zero", -0.0
    if field.decimals is not None:
        yield "rounded", round(float(value), field.decimals)
        yield "rounded", Fraction(round(Fraction(value) * 10**field.decimals), 10**field.decimals).__float__()
    for sign in (1, -1):
        near = float(Fraction(value) + sign * _NEAR * allowed(field, value))
        if abs(Fraction(near) - Fraction(value)) <= _NEAR * allowed(field, value) and math.isfinite(near):
            yield "inside", near
    yield from _as_text(field, repr(float(value)))


def _integer(field: AnswerField, value: Any) -> Forms:
    if int(float(value)) == value:
        yield "dtype", float(value)
    if slack := math.floor(_NEAR * allowed(field, value)):
        yield from (("inside", value + slack), ("inside", value - slack))
    yield from _as_text(field, str(value))


def _as_text(field: AnswerField, text: str) -> Forms:
    """The number as text, in each spelling that the contract allows."""
    form = field.form
    if form.written or form.thousands or form.percent:
        yield "spelled", text
    if form.written and field.unit:
        yield "spelled", f"{text} {field.unit}"
    if form.percent == "points" and "e" not in text:
        yield "spelled", f"{text}%"
    whole, point, rest = text.partition(".")
    if form.thousands and whole.lstrip("-").isdigit() and "e" not in rest:
        yield "spelled", f"{int(whole):,}".replace(",", form.thousands) + point + rest


def _label(field: AnswerField, value: Any) -> Forms:
    if not isinstance(value, str):
        yield "spelled", str(value)
        return
    yield "accents", unicodedata.normalize("NFD", value)
    if value.isascii() and value.isdigit() and not field.form.options:
        yield "dtype", int(value)
    if field.form.any_case:
        yield from (("case", value.upper()), ("case", value.lower()))


def _labels(field: AnswerField, value: Any) -> Forms:
    yield "shape", list(value)
    if all(isinstance(one, str) for one in value):
        yield "accents", [unicodedata.normalize("NFD", one) for one in value]
    if not field.ordered:
        yield from (("order", value[::-1]), ("order", value[1:] + value[:1]))


def _flag(field: AnswerField, value: Any) -> Forms:
    if field.form.yes:
        yield "spelled", field.form.yes if value else field.form.no


def _date(field: AnswerField, value: Any) -> Forms:
    if field.form.grain == "day":
        yield from (("spelled", f"{value}T00:00:00"), ("spelled", f"{value} 00:00:00"))
    if field.form.grain == "year":
        yield "dtype", int(value)


def _interval(_: AnswerField, value: Any) -> Forms:
    yield "shape", list(value)


def _table(field: AnswerField, value: Any) -> Forms:
    names = [one.name for one in columns_of(field)]
    yield "shape", [dict(zip(names, row, strict=True)) for row in value]
    yield "shape", {name: [row[at] for row in value] for at, name in enumerate(names)}
    if field.form.keys and not field.ordered and not field.form.order:
        yield "order", value[::-1]
    yield from in_cells(field, value, same_forms)


def in_cells(field: AnswerField, table: Any, forms: Callable[[AnswerField, Any], Forms]) -> Forms:
    """The table with a form of a cell of its first row, for each column that sorts nothing."""
    if not table:
        return
    for at, column in enumerate(columns_of(field)):
        if column.name not in field.form.order:
            for form, other in forms(column, table[0][at]):
                row = [other if place == at else held for place, held in enumerate(table[0])]
                yield f"cell, {form}", [row, *map(list, table[1:])]


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
