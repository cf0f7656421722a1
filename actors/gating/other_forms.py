"""Forms of a known answer that must not match it: just outside, of another sign, swapped, lost, NaN."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from actors.gating.same_forms import Forms, allowed, in_cells
from events.answer_cells import SINGLE
from events.answer_contract import AnswerContract, AnswerField, FieldKind, columns_of

_FAR = Fraction(102, 100)


def other_forms(field: AnswerField, value: Any) -> Forms:
    """Values that say something else than a field's, or nothing at all, each with the name of its form.

    Args:
        field: what the field must be.
        value: the known value, as read.
    """
    yield from (("nan", math.nan), ("null", None), ("object", {"value": value}))
    if field.kind in SINGLE:
        yield "list", [value]
    if field.form.nothing and value == field.form.nothing:
        yield "nothing", 0
    else:
        yield from _BY_KIND[field.kind](field, value)


def other_answers(contract: AnswerContract, answer: Mapping[str, Any]) -> Forms:
    """Whole answers that are not the known one: a field lost, under another name, too many, two swapped."""
    first = contract.fields[0].name
    rest = {name: value for name, value in answer.items() if name != first}
    yield "extra field", {**answer, f"{first}_2": answer[first]}
    yield "lost field", rest
    yield "renamed field", {**rest, f"{first} ": answer[first]}
    yield "bare value", answer[first]
    for field, other in _pairs(contract.fields):
        left, right = answer[field.name], answer[other.name]
        if field.kind == other.kind and field.kind in SINGLE and _differs(field, right, left):
            yield "swapped fields", {**answer, field.name: right, other.name: left}


def _pairs(fields: Sequence[AnswerField]) -> Iterator[tuple[AnswerField, AnswerField]]:
    return ((one, other) for at, one in enumerate(fields) for other in fields[at + 1 :])


def _number(field: AnswerField, value: Any) -> Forms:
    far, exact = _FAR * allowed(field, value), Fraction(value)
    others = [("outside", exact + far), ("outside", exact - far), ("sign", -exact), ("scale", exact * 100),
              ("scale", exact / 100)]  # fmt: skip
    yield from (("flag", True), ("infinite", math.inf), ("text", "unknown"))
    for form, other in others:
        given = _as_float(other)
        if math.isfinite(given) and abs(Fraction(given) - exact) > allowed(field, value) * Fraction(101, 100):
            yield form, given
    if not (field.form.written or field.form.thousands or field.form.percent):
        yield "text", repr(value)


def _as_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _integer(field: AnswerField, value: Any) -> Forms:
    far = math.floor(_FAR * allowed(field, value)) + 1
    yield from (("flag", True), ("infinite", math.inf), ("text", "unknown"))
    if float(value + 0.5) != value:
        yield "fraction", value + 0.5
    yield from (("outside", value + far), ("outside", value - far))
    if 2 * abs(value) >= far:
        yield "sign", -value
    if not (field.form.written or field.form.thousands or field.form.percent):
        yield "text", str(value)


def _label(field: AnswerField, value: Any) -> Forms:
    yield from (("flag", True), ("longer", f"{value} x"))
    if _differs(field, str(value)[:-1], value):
        yield "shorter", str(value)[:-1]
    yield from (("swapped", one) for one in field.form.options if _differs(field, one, value))
    if isinstance(value, str) and not field.form.any_case and _composed(value.swapcase()) != value:
        yield "case", value.swapcase()


def _labels(field: AnswerField, value: Any) -> Forms:
    yield from (("text", ", ".join(map(str, value))), ("extra", [*value, "no label of this file"]))
    if not value:
        return
    yield from (("lost", value[1:]), ("swapped", ["no label of this file", *value[1:]]))
    if not field.form.repeats or len(value) == 1:
        yield "doubled", [*value, value[0]]
    if field.ordered and any(
        _differs(field, one, other) for one, other in zip(value, value[::-1], strict=True)
    ):
        yield "order", value[::-1]


def _flag(field: AnswerField, value: Any) -> Forms:
    yield from (("swapped", not value), ("number", int(value)), ("text", "unknown"))
    if field.form.yes:
        yield "swapped", field.form.no if value else field.form.yes


def _date(field: AnswerField, value: Any) -> Forms:
    yield "text", "unknown"
    if field.form.grain == "day":
        day, step = date.fromisoformat(value), timedelta(days=1)
        yield "outside", str(day - step if day > date.min else day + step)
        yield "coarser", value[:-3]


def _interval(field: AnswerField, value: Any) -> Forms:
    yield from (("lost", value[:1]), ("extra", [*value, value[1]]), ("text", str(value)))
    if value[0] != value[1]:
        yield "swapped", value[::-1]
    if field.form.ends != "date":
        far = _FAR * max(allowed(field, end) for end in value) + 1
        yield "outside", [float(Fraction(end) + far) for end in value]


def _table(field: AnswerField, value: Any) -> Forms:
    names = [one.name for one in columns_of(field)]
    yield (
        "extra column",
        [dict(zip(names, row, strict=True)) | {"one more": 1} for row in value] or [[1] * 99],
    )
    if not value:
        return
    yield from (("lost row", value[1:]), ("doubled row", [*value, value[0]]))
    yield "lost column", [dict(list(zip(names, row, strict=True))[1:]) for row in value]
    if len(value) > 1 and (field.ordered or field.form.order) and _rows_differ(field, value[0], value[-1]):
        yield "order", value[::-1]
    yield from _swapped_cells(field, value)
    yield from in_cells(field, value, other_forms)


def _swapped_cells(field: AnswerField, table: Any) -> Forms:
    """The table with the cells of one column in its first two rows the other way round."""
    for at, column in enumerate(columns_of(field)):
        free = column.name not in (*field.form.keys, *field.form.order)
        if free and len(table) > 1 and _differs(column, table[0][at], table[1][at]):
            first, second = (list(row) for row in table[:2])
            first[at], second[at] = second[at], first[at]
            yield "swapped cells", [first, second, *map(list, table[2:])]


def _rows_differ(field: AnswerField, left: Any, right: Any) -> bool:
    ordering = [one for one in columns_of(field) if one.name in field.form.order] or columns_of(field)
    names = [one.name for one in columns_of(field)]
    return any(_differs(one, left[names.index(one.name)], right[names.index(one.name)]) for one in ordering)


def _differs(field: AnswerField, value: Any, gold: Any) -> bool:
    """Whether two values of a field are certainly two, by the definition and apart from the matcher."""
    both_numbers = not any(isinstance(one, str | bool | tuple) for one in (value, gold))
    if field.kind in ("number", "integer") and both_numbers:
        return abs(Fraction(value) - Fraction(gold)) > _FAR * allowed(field, gold)
    return _bare(value) != _bare(gold)


def _bare(value: Any) -> str:
    return re.sub(r"\.0+$", "", _composed(str(value)).casefold())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


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
