"""How a template is declared: whole sentences, and the program that they mean."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

from actors.language.kinds import ParameterKind
from actors.language.operator import AxisDeclaration, Columns
from actors.language.pattern import reads_plainly
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
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Alternatives by name: option to the words, slots in them or not, that say it in the sentences. Whatever
    is chosen, the answer has the same fields."""


MOST_PAIRED = 6
"""Levels of a category of which two are compared; of more there are too many pairs."""


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


def levels(columns: Columns, category: str) -> list[Any]:
    """The levels of a category that a text may name, as the reader holds them."""
    (held,) = (column for column in columns if column.name == category)
    return [json.loads(level) if held.numeric else level for level in held.levels if reads_plainly(level)]


def once(columns: Columns) -> Iterator[Bindings]:
    """No binding: what is asked of all numeric columns that measure something, if they are three or more."""
    if len(measures(columns)) >= 3:
        yield {}


def each_measure(columns: Columns) -> Iterator[Bindings]:
    """Every measure."""
    yield from ({"measure": measure} for measure in measures(columns))


def pairs(columns: Columns) -> Iterator[Bindings]:
    """Every two measures, in one order."""
    for measure, other in combinations(measures(columns), 2):
        yield {"measure": measure, "other": other}


def ordered_pairs(columns: Columns) -> Iterator[Bindings]:
    """Every two measures, in both orders."""
    for measure, other in permutations(measures(columns), 2):
        yield {"measure": measure, "other": other}


def grouped(least: int = 2) -> Callable[[Columns], Iterator[Bindings]]:
    """Every measure with every category of at least so many levels."""

    def found(columns: Columns) -> Iterator[Bindings]:
        for category in categories(columns, least):
            yield from ({"category": category, **one} for one in each_measure(columns))

    return found


def level_pairs(columns: Columns) -> Iterator[Bindings]:
    """Every two levels of each category that has few."""
    for category in categories(columns):
        held = levels(columns, category)
        if len(held) <= MOST_PAIRED:
            for level, other in combinations(held, 2):
                yield {"category": category, "level": level, "other_level": other}
