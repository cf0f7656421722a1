"""The readings of a program: every combination of options at the axes that its text leaves open."""

from collections.abc import Mapping
from itertools import islice, product

from actors.language.operator import AxisDeclaration
from actors.language.term import Term, Terms, over_all_records, parts, to_record, to_terms
from events.question import ProgramRecord

MOST_READINGS = 64
"""The most readings that are ever run; the certificate reports it."""
Key = tuple[str, str]
"""One choice: the axis, and the phrase that it stands in, or nothing where it is one for the whole text."""


def readings(record: ProgramRecord) -> list[ProgramRecord]:
    """The program once for each combination of options at the axes that it leaves open."""
    return [to_record(reading) for reading in read(to_terms(record))]


def read(answer: Terms) -> list[Terms]:
    """The same of terms."""
    choices = [[(key, option) for option in options] for key, options in open_axes(answer).items()]
    return [settled(answer, dict(picked)) for picked in islice(product(*choices), MOST_READINGS)]


def open_axes(answer: Terms) -> dict[Key, tuple[str, ...]]:
    """Open axes by (axis, words or note): one that the note settles is one choice for the whole text."""
    found: dict[Key, tuple[str, ...]] = {}
    for node in answer.values():
        for part in parts(node):
            for axis in part.declared.axes:
                if axis.name not in dict(part.axes):
                    found[axis_key(part, axis)] = tuple(axis.options)
    return found


def axis_key(part: Term, axis: AxisDeclaration) -> Key:
    """Conventions hold for the whole text; words hold for one phrase, over whatever records it is read."""
    return (axis.name, "" if axis.notes else repr(over_all_records(part)))


def settled(answer: Terms, picked: Mapping[Key, str]) -> Terms:
    """The program with these choices made, wherever they are open."""
    if not picked:
        return answer
    known: dict[Term, Term] = {}
    return {field: _settled(node, picked, known) for field, node in answer.items()}


def _settled(node: Term, picked: Mapping[Key, str], known: dict[Term, Term]) -> Term:
    if node not in known:
        taken = dict(node.axes)
        for axis in node.declared.axes:
            if axis.name not in taken and (option := picked.get(axis_key(node, axis))) is not None:
                taken[axis.name] = option
        rebuilt = node.rebuilt(
            lambda child: _settled(child, picked, known) if isinstance(child, Term) else child
        )
        known[node] = rebuilt.with_axes(taken)
    return known[node]
