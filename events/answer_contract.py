"""What an answer must be, as data: named fields, each with its kind, precision, order and spelling."""

import math
from functools import cache
from typing import Literal

from msgspec import UNSET, UnsetType

from events.struct import Fact

Scalar = bool | int | float | str
Cells = tuple[Scalar, ...]
Part = Scalar | tuple[Scalar | Cells, ...]
"""A field's value in the one form that is compared: labels, ends and rows as tuples, dates as ISO text."""
Answer = dict[
    str,
    Scalar | tuple[Scalar | Cells | dict[str, Scalar], ...] | dict[str, Scalar | Cells] | None,
]
"""An answer as it is given and kept: also a table's rows as objects, or its columns as lists."""
FieldKind = Literal["number", "integer", "label", "labels", "flag", "date", "interval", "table"]
CellKind = Literal["number", "integer", "label", "flag", "date"]
Grain = Literal["year", "month", "day", "moment"]
NUMERIC: tuple[FieldKind, ...] = ("number", "integer")
KEYED: tuple[FieldKind, ...] = ("integer", "label", "flag", "date")
"""Kinds that are equal or not, so that rows can be told apart by them."""
SORTED: tuple[FieldKind, ...] = ("number", "integer", "date")
"""Kinds by which the rows of a table may be sorted."""
_SEPARATORS = {"", ",", "'", "_", " ", "\u00a0", "\u202f"}


class Spelling(Fact, frozen=True, omit_defaults=True):
    """How else a single value may be given; where nothing is declared, its plain form alone is read."""

    options: tuple[str, ...] = ()
    """For labels: the only texts that they may be; empty when they are those of the file."""
    any_case: bool = False
    """For labels and flags: whether upper and lower case are the same."""
    yes: str = ""
    """For flags: a text that may stand for true."""
    no: str = ""
    """For flags: a text that may stand for false."""
    written: bool = False
    """For numbers: whether they may be given as text, with their unit."""
    thousands: str = ""
    """For numbers given as text: what may stand between groups of three digits."""
    percent: Literal["", "points", "share"] = ""
    """For numbers: 12.5 means 12.5% (points), or 0.125 does (share); as text `%` may follow."""
    nothing: str = ""
    """The text to give where there is no value; empty when there always is one."""
    grain: Grain = "day"
    """For dates: how fine they are."""


class Column(Spelling, frozen=True, omit_defaults=True, kw_only=True):
    """One column of a table that is an answer."""

    name: str
    """Its key in a row."""
    kind: CellKind
    """What its cells hold."""
    decimals: int | None = None
    """Decimals asked for, for numbers."""
    absolute: float = 0.0
    """Further absolute tolerance against the gold."""
    relative: float = 0.0
    """Further relative tolerance against the gold."""
    unit: str = ""
    """Unit of its numbers, as text; empty when they have none."""


class Form(Spelling, frozen=True, omit_defaults=True):
    """What else is declared of a field."""

    repeats: bool = False
    """For labels: whether one may be given more than once."""
    ends: Literal["number", "integer", "date"] = "number"
    """For intervals: what both ends are."""
    columns: tuple[Column, ...] = ()
    """For tables: what each column holds."""
    keys: tuple[str, ...] = ()
    """For tables: the columns that tell rows apart; no two rows have the same there."""
    order: tuple[str, ...] = ()
    """For tables: the columns by which its rows are sorted; rows that tie there may stand in any order."""
    falling: bool = False
    """For sorted tables: whether the largest come first."""


_PLAIN = Form()
_COUNTED: tuple[FieldKind, ...] = (*NUMERIC, "interval")
_OF: dict[str, tuple[FieldKind, ...]] = {
    "options": ("label", "labels"),
    "any_case": ("label", "labels", "flag"),
    "yes": ("flag",),
    "no": ("flag",),
    "written": _COUNTED,
    "thousands": _COUNTED,
    "percent": _COUNTED,
    "grain": ("date", "interval"),
    "repeats": ("labels",),
    "ends": ("interval",),
    "columns": ("table",),
    "keys": ("table",),
    "order": ("table",),
    "falling": ("table",),
}
"""What may be declared of which kinds."""


class AnswerField(Fact, frozen=True):
    """One named field of an answer."""

    name: str
    """Its key in the answer."""
    kind: FieldKind
    """What it holds."""
    decimals: int | None = None
    """Decimals asked for, for numbers."""
    absolute: float = 0.0
    """Further absolute tolerance against the gold."""
    relative: float = 0.0
    """Further relative tolerance against the gold."""
    unit: str = ""
    """Unit of a number, as text; empty when it has none."""
    ordered: bool = False
    """For labels and the rows of tables: whether their order counts."""
    ties: str = ""
    """What to give when several tie, as a sentence; empty when no tie can matter."""
    missing: str = ""
    """How missing values are treated, as a sentence."""
    more: Form | UnsetType = UNSET
    """What else is declared; left out where nothing is, so that such a field's identity is its older one."""

    @property
    def form(self) -> Form:
        """What else is declared, with its defaults."""
        return _PLAIN if self.more is UNSET else self.more


class AnswerContract(Fact, frozen=True):
    """What an answer must be: all its fields, no others."""

    fields: tuple[AnswerField, ...]
    """The fields in the order in which they are asked for."""


@cache
def columns_of(field: AnswerField) -> tuple[AnswerField, ...]:
    """The columns of a table, each as the field that one of its cells is."""
    return tuple(
        AnswerField(
            column.name,
            column.kind,
            column.decimals,
            column.absolute,
            column.relative,
            column.unit,
            more=Form(**{name: getattr(column, name) for name in Spelling.__struct_fields__}),
        )
        for column in field.form.columns
    )


def contract_problem(contract: AnswerContract) -> str | None:
    """Why nothing can be judged by this contract; None when it can."""
    if not contract.fields or _doubled(contract.fields):
        return "its contract must have at least one field, and no two of one name"
    if any(field.more == _PLAIN for field in contract.fields):
        return "its contract declares more of a field, and it is nothing"
    found = (_field_problem(field) for field in contract.fields)
    return next((f"its contract {what}" for what in found if what is not None), None)


def _field_problem(field: AnswerField) -> str | None:
    form = field.form
    if any(not math.isfinite(slack) or slack < 0 for slack in (field.absolute, field.relative)):
        return "has a tolerance below zero, or one that is no number"
    if (field.absolute or field.relative) and field.kind not in (*NUMERIC, "interval"):
        return f"gives {field.name}, a {field.kind}, a tolerance"
    if field.decimals is not None and field.decimals < 0:
        return f"asks {field.name} for fewer decimals than none"
    if form.thousands not in _SEPARATORS:
        return f"sets thousands apart by {form.thousands!r}, which is no separator"
    if (what := _spelling_problem(field)) is not None:
        return what
    if form.nothing and field.kind in ("label", "labels", "table"):
        return (
            f"has a text for nothing in {field.name}, which a label could be or a {field.kind} holds itself"
        )
    return _table_problem(field) if field.kind == "table" else None


def _spelling_problem(field: AnswerField) -> str | None:
    """Why two values of a field could be one text, or what is declared is nothing that its kind has."""
    form = field.form
    if other := next((name for name, kinds in _OF.items() if _declares(form, name, field.kind, kinds)), None):
        return f"declares {other} of {field.name}, a {field.kind}"
    if bool(form.yes) != bool(form.no) or (form.yes and _alike(form.yes) == _alike(form.no)):
        return f"must have two different texts for {field.name}, or none"
    if len({_alike(one) for one in form.options}) < len(form.options):
        return f"has two options for {field.name} that are one text"
    if form.nothing and _alike(form.nothing) in {_alike(form.yes), _alike(form.no)}:
        return f"has a text for nothing in {field.name} that stands for a flag as well"
    if any(char.isdigit() for char in form.nothing):
        return f"has a text for nothing in {field.name} that could be read as a {field.kind}"
    return None


def _declares(form: Form, name: str, kind: FieldKind, kinds: tuple[FieldKind, ...]) -> bool:
    """Whether something is declared that a field of this kind has not."""
    return kind not in kinds and getattr(form, name) != getattr(_PLAIN, name)


def _alike(text: str) -> str:
    """What texts have in common that nobody tells apart."""
    return " ".join(text.split()).casefold()


def _table_problem(field: AnswerField) -> str | None:
    form, kinds = field.form, {one.name: one.kind for one in field.form.columns}
    if not form.columns or _doubled(form.columns):
        return f"must give {field.name} at least one column, and no two of one name"
    if not (form.keys or field.ordered):
        return f"says neither which columns of {field.name} are keys nor that the order of its rows counts"
    if any(kinds.get(name) not in KEYED for name in form.keys):
        return f"has a key of {field.name} that is none of its columns of {', '.join(KEYED)}"
    if any(kinds.get(name) not in SORTED for name in form.order):
        return f"sorts {field.name} by what is none of its columns of {', '.join(SORTED)}"
    if any(one.absolute or one.relative for one in form.columns if one.name in form.keys):
        return f"gives a key of {field.name} a tolerance"
    if any(one.nothing for one in form.columns if one.name in (*form.keys, *form.order)):
        return f"has a key or an order of {field.name} that may be nothing"
    return next((what for one in columns_of(field) if (what := _field_problem(one)) is not None), None)


def _doubled(fields: tuple[AnswerField | Column, ...]) -> bool:
    return len({field.name for field in fields}) < len(fields)
