"""What questions about two groups have in common."""

from collections.abc import Iterator, Mapping

from actors.language.kinds import ParameterKind
from actors.language.operator import Columns
from actors.language.program import TABLE
from actors.language.templates.template import (
    Bindings,
    each_measure,
    level_pairs,
)
from actors.language.term import Term, term

NAMED: Mapping[str, ParameterKind] = {
    "measure": "measure",
    "category": "category",
    "level": "level",
    "other_level": "level",
}
"""What such a question names."""


def outcome_of(test: Term) -> Mapping[str, Term]:
    """A test's statistic and p-value, as an answer."""
    return {"statistic": term("test_statistic", test), "p_value": term("p_value", test)}


def named(given: Bindings) -> tuple[Term, Term]:
    """The two levels that a question names."""
    first, second = (
        term("named_level", TABLE, category=given["category"], level=given[name])
        for name in ("level", "other_level")
    )
    return first, second


def of_each(given: Bindings, figure: str, **bound: str) -> tuple[Term, Term]:
    """A figure of the records of either level."""
    first, second = (
        term(figure, term("keep_level", TABLE, category=given["category"], level=given[name]), **bound)
        for name in ("level", "other_level")
    )
    return first, second


def measures_of_pairs(columns: Columns) -> Iterator[Bindings]:
    """Every measure for every two levels of a category."""
    for two in level_pairs(columns):
        yield from ({**two, **one} for one in each_measure(columns))
