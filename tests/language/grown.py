"""Programs that have an operator in them: grown as search grows them, and closed so that they can be asked for."""

from random import Random

from actors.language.operator import grammar
from actors.language.search.growth import Growth, NothingFits
from actors.language.search.uses import Uses
from actors.language.subject import Subject
from actors.language.term import TABLE, Input, Term, field_of, term, to_record
from events.question import ProgramRecord

WIDTH = "mass (kg)"
"""A measure without gaps."""


def programs(subject: Subject, each: int) -> list[ProgramRecord]:
    """So many programs for each operator that search may use, over all records and over some in turn."""
    some = term("leave_out_level", TABLE, category="species", level="Adelie")
    places = [(name, number) for name, one in grammar().items() if one.searchable for number in range(each)]
    finals = [closed(grown(subject, name, number, some if number % 2 else TABLE)) for name, number in places]
    return [to_record({field_of(final): final}) for final in finals]


def grown(subject: Subject, name: str, number: int, rows: Input) -> Term:
    """A term of this operator; what it draws does not always fit these records, or any, and is drawn again."""
    rng = Random(f"{name}/{number}")
    growth = Growth(subject, rng, Uses(rng), check=lambda *_: None)
    for here in (*[rows] * 40, *[TABLE] * 40):
        try:
            return growth.apply(grammar()[name], here)
        except NothingFits:
            continue
    raise NothingFits(name)


def closed(node: Term) -> Term:
    """A figure that turns on a term."""
    if node.kind == "table":
        return term("total", node, measure=WIDTH)
    if node.kind == "test":
        return term("p_value", node)
    if node.kind == "by_group":
        return term("spread_of_groups", node)
    if node.kind == "measure":
        return term("mean", node.rows(), measure=node)
    if node.kind == "category":
        return term("spread_of_groups", term("mean_by_group", node.rows(), measure=WIDTH, category=node))
    return node
