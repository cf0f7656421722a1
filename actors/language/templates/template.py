"""How a template is declared: whole sentences, and the program that they mean."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from actors.language.kinds import ParameterKind
from actors.language.operator import AxisDeclaration, Columns
from actors.language.term import Term
from events.dataset import ColumnProfile

Bindings = Mapping[str, Any]
"""Parameter name to column, level or number."""


@dataclass(frozen=True)
class Template:
    """A question that an analyst asks of many tables; it is a program of the language like any other."""

    name: str
    family: str
    sentences: tuple[str, ...]
    """Phrasings with a slot for each parameter, and for each axis that words can state."""
    parameters: Mapping[str, ParameterKind]
    program: Callable[[Bindings], Mapping[str, Term]]
    """The answer's fields for these bindings."""
    bindings: Callable[[Columns], Iterator[Bindings]]
    """Every binding that makes sense on a table with these columns, in a fixed order."""
    axes: tuple[AxisDeclaration, ...] = ()
    """Axes whose words stand in the sentences."""


def asked(columns: Columns) -> list[ColumnProfile]:
    """The columns that questions may name."""
    return [column for column in columns if not column.unasked]


def measures(columns: Columns) -> list[str]:
    """The columns that measure something."""
    return [
        column.name for column in asked(columns) if column.numeric and column.kind in ("measure", "count")
    ]


def categories(columns: Columns, least: int = 2) -> list[str]:
    """The columns that sort records into a few groups, at least so many."""
    return [
        column.name
        for column in asked(columns)
        if column.kind in ("category", "flag", "ordinal") and least <= len(column.levels) <= 30
    ]
