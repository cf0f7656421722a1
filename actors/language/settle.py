"""Settling the readings of a program: which axes matter here, and what has to be said about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actors.language.contract import contract_for, reaches
from actors.language.program import TABLE, Undefined, declaration
from actors.language.readings import axis_key, open_axes, readings
from actors.language.subject import Subject
from actors.language.term import Term, to_record, to_terms
from events.answers import AnswerContract
from events.question import Axis, ProgramRecord

Prefer = Callable[[str, tuple[str, ...]], str]
"""Chooses the option to state, of an axis that matters."""


class Ambiguous(Exception):
    """The readings that are left give different answers, whatever is said."""


@dataclass(frozen=True)
class Settled:
    """A program whose open axes do not matter, with the evidence."""

    record: ProgramRecord
    answer: Mapping[str, Any]
    contract: AnswerContract
    axes: tuple[Axis, ...]
    readings: int
    clusters: int


def settle(record: ProgramRecord, subject: Subject, prefer: Prefer) -> Settled:
    """The program with exactly those axes settled that matter on this table.

    Raises:
        Ambiguous: readings still differ when everything that can be said is said.
        Undefined: the program has no value.
        NotAskable: its answer cannot be asked for.
    """
    tried = readings(record)
    answers = [_answer(reading, subject) for reading in tried]
    clusters = len(_clusters(answers, _contract(record, subject)))
    if clusters > 1:
        matters = _axes_that_matter(record, subject) or set(open_axes(to_terms(record)))
        record = _state(record, matters, prefer)
        if not _one_answer(record, subject):
            record = _state(record, set(open_axes(to_terms(record))), prefer)
        if not _one_answer(record, subject):
            raise Ambiguous("readings differ that no wording settles")
    gold = subject.program(record)
    answer = gold.answer(gold.run(subject.arithmetic))
    axes = _axes(record)
    return Settled(record, answer, _contract(record, subject), axes, len(tried), clusters)


def answer_of(record: ProgramRecord, subject: Subject) -> dict[str, Any]:
    """The answer by the second implementation.

    Raises:
        Undefined: it has none.
    """
    program = subject.program(record)
    return program.answer(program.run(subject.arithmetic))


def _contract(record: ProgramRecord, subject: Subject) -> AnswerContract:
    program = subject.program(record)
    kinds = {field: program.kind(name) for field, name in record.answer.items()}
    return contract_for(kinds, answer_of(record, subject))


def _answer(record: ProgramRecord, subject: Subject) -> dict[str, Any] | None:
    try:
        return answer_of(record, subject)
    except Undefined:
        return None


def _clusters(answers: list[dict[str, Any] | None], contract: AnswerContract) -> list[Any]:
    """One answer of each group that agrees with it; an undefined one agrees with nothing."""
    found: list[Any] = []
    for answer in answers:
        if not any(answer and other and reaches(contract, answer, other) for other in found):
            found.append(answer)
    return found


def _one_answer(record: ProgramRecord, subject: Subject) -> bool:
    answers = [_answer(reading, subject) for reading in readings(record)]
    return len(_clusters(answers, _contract(record, subject))) == 1


def _axes_that_matter(record: ProgramRecord, subject: Subject) -> set[tuple[str, str]]:
    """The open axes that change the answer when they alone are read another way."""
    gold, contract = answer_of(record, subject), _contract(record, subject)
    found = set()
    for key, options in open_axes(to_terms(record)).items():
        for option in options[1:]:
            other = _answer(with_option(record, key, option), subject)
            if other is None or not reaches(contract, other, gold):
                found.add(key)
    return found


def _state(record: ProgramRecord, keys: set[tuple[str, str]], prefer: Prefer) -> ProgramRecord:
    for key in sorted(keys):
        options = open_axes(to_terms(record)).get(key)
        if options is not None:
            record = with_option(record, key, prefer(key[0], options))
    return record


def with_option(record: ProgramRecord, key: tuple[str, str], option: str) -> ProgramRecord:
    """The program with this axis settled, wherever it occurs under this key."""

    def settled(node: Term) -> Term:
        own = {axis.name: option for axis in node.declared.axes if axis_key(node, axis) == key}
        rebuilt = node.rebuilt(lambda child: settled(child) if isinstance(child, Term) else child)
        return rebuilt.with_axes(own | dict(node.axes))

    return to_record({field: settled(node) for field, node in to_terms(record).items()})


def _axes(record: ProgramRecord) -> tuple[Axis, ...]:
    """Every axis of every step, with the option taken and why it is no choice any more."""
    found: list[Axis] = []
    for step in record.steps:
        for axis in declaration(step).axes:
            said = "stated" if axis.words else "conventional"
            resolution: Any = said if axis.name in step.axes else "immaterial"
            taken = step.axes.get(axis.name, axis.default)
            found.append(Axis(step.name, axis.name, tuple(axis.options), taken, resolution))
        if declaration(step).refers and step.inputs[0] != TABLE:
            scopes = ("records_left", "all_records")
            found.append(Axis(step.name, "reference", scopes, "records_left", "conventional"))
    return tuple(found)
