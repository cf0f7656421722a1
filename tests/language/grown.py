"""Programs that have an operator in them: grown as search grows them, and closed so that they can be asked for."""

from random import Random

from actors.language.kinds import Kind
from actors.language.operator import grammar
from actors.language.search.growth import Growth, NothingFits
from actors.language.search.uses import Uses
from actors.language.subject import Subject
from actors.language.term import TABLE, Input, Term, term, to_record
from events.question import ProgramRecord

WIDTH = "flipper"
"""A measure without gaps."""


def programs(subject: Subject, each: int) -> list[ProgramRecord]:
    """So many programs for each operator that search may use, over all records or over some."""
    kept: Input = term("leave_out_level", TABLE, category="species", level="Adelie")
    found = []
    for name, declared in grammar().items():
        if declared.searchable:
            for number in range(each):
                rng = Random(f"{name}/{number}")
                growth = Growth(subject, rng, Uses(rng))
                found.append(
                    to_record({"value": _closed(_grown(growth, name, kept if number % 2 else TABLE))})
                )
    return found


def _grown(growth: Growth, name: str, rows: Input) -> Term:
    """A term of this operator; what it draws does not always fit, and then it draws again."""
    for _ in range(40):
        try:
            return growth.apply(grammar()[name], rows)
        except NothingFits:
            continue
    return growth.apply(grammar()[name], TABLE)


def _closed(node: Term) -> Term:
    """A figure that turns on a term."""
    if node.kind == "table":
        return term("total", node, measure=WIDTH)
    if node.kind == "by_group":
        return term("spread_of_groups", node)
    if node.kind == "measure":
        return term("total", node.rows(), measure=node)
    if node.kind == "category":
        return term("spread_of_groups", term("mean_by_group", node.rows(), measure=WIDTH, category=node))
    return node


ENDS: tuple[Kind, ...] = ("number", "count", "label", "labels", "flag")
