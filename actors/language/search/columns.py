"""Which columns and levels a parameter may be bound to."""

import json
from collections.abc import Sequence

from actors.language.coded import day_forms, number_forms
from actors.language.kinds import DERIVED, ParameterKind
from actors.language.operator import Operator
from actors.language.templates.template import asked, categories, measures
from actors.language.term import Bound, Term
from events.dataset import ColumnProfile
from events.question import Parameter


def made_of(bound: Bound) -> set[str]:
    """The column that is bound, or those that a derived one is made of."""
    if isinstance(bound, Term):
        return {name for _, inner in bound.parameters for name in made_of(inner)}
    return {bound} if isinstance(bound, str) else set()


def columns_for(kind: ParameterKind, columns: Sequence[ColumnProfile], most_levels: int) -> list[str]:
    """The columns that a parameter of this kind may be bound to; a category has at most so many levels."""
    columns = asked(columns)
    if kind == "measure":
        return measures(columns)
    if kind == "category":
        sizes = {column.name: len(column.levels) for column in columns}
        return [name for name in categories(columns) if sizes[name] <= most_levels]
    if kind == "date":
        return list(day_forms(columns))
    if kind == "order":
        days = day_forms(columns)
        numbers = [one.name for one in columns if one.numeric and one.kind in ("measure", "count", "date")]
        return [*days, *(name for name in numbers if name not in days)]
    if kind == "numeral":
        return list(number_forms(columns))
    if kind == "text":
        return [
            column.name
            for column in columns
            if column.kind == "text" and not column.numeric and not column.number
        ]
    return [column.name for column in columns if column.missing]


def takes_derived(declared: type[Operator], name: str) -> bool:
    """Whether a parameter of an operator may be bound to a derived column."""
    if declared.parameters[name] not in DERIVED or declared.result in DERIVED or declared.columns_only:
        return False
    if "level" in declared.parameters.values() or declared.most_levels < Operator.most_levels:
        return False
    return name not in (*declared.adds, *declared.compares)


def level_value(column: ColumnProfile, level: str) -> Parameter:
    """A level as the reader holds it: a number in a numeric column, else its spelling."""
    value: Parameter = json.loads(level) if column.numeric else level
    return value
