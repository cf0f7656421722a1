"""The readings of a program: every combination of options at the axes that its text leaves open."""

from collections.abc import Mapping
from itertools import islice, product

from actors.language.operator import AxisDeclaration
from actors.language.term import Term, over_all_records, parts, to_record, to_terms
from events.question import ProgramRecord

MOST_READINGS = 64
"""The most readings that are ever run; the certificate reports it."""


def readings(record: ProgramRecord) -> list[ProgramRecord]:
    """The program once for each combination of options at the axes that it leaves open."""
    terms = to_terms(record)
    choices = [[(key, option) for option in options] for key, options in open_axes(terms).items()]
    return [
        to_record({field: _choose(node, dict(picked)) for field, node in terms.items()})
        for picked in islice(product(*choices), MOST_READINGS)
    ]


def open_axes(terms: Mapping[str, Term]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Open axes by (axis, words or note): one that the note settles is one choice for the whole text."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for node in terms.values():
        for part in parts(node):
            for axis in part.declared.axes:
                if axis.name not in dict(part.axes):
                    found[axis_key(part, axis)] = tuple(axis.options)
    return found


def axis_key(part: Term, axis: AxisDeclaration) -> tuple[str, str]:
    """Conventions hold for the whole text; words hold for one phrase, over whatever records it is read."""
    return (axis.name, "" if axis.notes else repr(over_all_records(part)))


def _choose(node: Term, picked: Mapping[tuple[str, str], str]) -> Term:
    settled = dict(node.axes)
    for axis in node.declared.axes:
        if axis.name not in settled:
            settled[axis.name] = picked[axis_key(node, axis)]
    rebuilt = node.rebuilt(lambda child: _choose(child, picked) if isinstance(child, Term) else child)
    return rebuilt.with_axes(settled)
