"""Settling the readings of a program: which axes matter here, and what has to be said about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actors.language.contract import contract_for, reaches
from actors.language.evaluation import Undefined
from actors.language.kinds import DERIVED
from actors.language.program import declaration, plain
from actors.language.readings import Key, open_axes, read, settled
from actors.language.subject import Subject
from actors.language.term import TABLE, Terms, to_record, to_terms
from events.answers import AnswerContract
from events.question import Axis, ProgramRecord

Prefer = Callable[[str, tuple[str, ...]], str]
"""Chooses the option to state, of an axis that matters."""


class Ambiguous(Exception):
    """The readings that are left give different answers, whatever is said."""


@dataclass(frozen=True)
class Settled:
    """A program whose open axes do not matter, with the evidence."""

    terms: Terms
    """The program."""
    answer: Mapping[str, Any]
    """Its answer, by the second implementation."""
    contract: AnswerContract
    """How it is asked for."""
    readings: int
    """How many readings were run before anything was said."""
    clusters: int
    """How many different answers they gave."""

    @property
    def record(self) -> ProgramRecord:
        """The program as it is kept."""
        return to_record(self.terms)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Every axis of every step, with the option taken and why it is no choice any more."""
        return axes_of(self.record)


def settle(terms: Terms, subject: Subject, prefer: Prefer) -> Settled:
    """The program with exactly those axes settled that matter on this table.

    Raises:
        Ambiguous: readings still differ when everything that can be said is said.
        Undefined: the program has no value.
        NotAskable: its answer cannot be asked for.
    """
    gold = solved(terms, subject)
    contract = _contract(terms, gold)
    tried = read(terms)
    found = clusters([_or_none(reading, subject) for reading in tried], contract)
    if len(found) > 1:
        matters = _axes_that_matter(terms, subject, gold, contract) or set(open_axes(terms))
        terms = _state(terms, matters, prefer)
        if not _has_one_answer(terms, subject):
            terms = _state(terms, set(open_axes(terms)), prefer)
        if not _has_one_answer(terms, subject):
            raise Ambiguous("readings differ that no wording settles")
    answer = solved(terms, subject)
    return Settled(terms, answer, _contract(terms, answer), len(tried), len(found))


def solved(terms: Terms, subject: Subject) -> dict[str, Any]:
    """The answer by the second implementation.

    Raises:
        Undefined: it has none.
    """
    return {field: plain(subject.arithmetic.value(node)) for field, node in terms.items()}


def answer_of(record: ProgramRecord, subject: Subject) -> dict[str, Any]:
    """The same of a program as it is kept."""
    return solved(to_terms(record), subject)


def clusters(
    answers: Sequence[dict[str, Any] | None], contract: AnswerContract
) -> list[dict[str, Any] | None]:
    """One answer of each group that agrees with it; an undefined one agrees with nothing."""
    found: list[dict[str, Any] | None] = []
    for answer in answers:
        if not any(answer and other and reaches(contract, answer, other) for other in found):
            found.append(answer)
    return found


def with_option(record: ProgramRecord, key: Key, option: str) -> ProgramRecord:
    """The program with this axis settled, wherever it occurs under this key."""
    return to_record(settled(to_terms(record), {key: option}))


def _contract(terms: Terms, answer: Mapping[str, Any]) -> AnswerContract:
    return contract_for({field: node.kind for field, node in terms.items()}, answer)


def _or_none(terms: Terms, subject: Subject) -> dict[str, Any] | None:
    try:
        return solved(terms, subject)
    except Undefined:
        return None


def _has_one_answer(terms: Terms, subject: Subject) -> bool:
    answers = [_or_none(reading, subject) for reading in read(terms)]
    return len(clusters(answers, _contract(terms, solved(terms, subject)))) == 1


def _axes_that_matter(
    terms: Terms, subject: Subject, gold: dict[str, Any], contract: AnswerContract
) -> set[Key]:
    """The open axes that change the answer when they alone are read another way."""
    found = set()
    for key, options in open_axes(terms).items():
        for option in options[1:]:
            other = _or_none(settled(terms, {key: option}), subject)
            if other is None or not reaches(contract, other, gold):
                found.add(key)
    return found


def _state(terms: Terms, keys: set[Key], prefer: Prefer) -> Terms:
    for key in sorted(keys):
        options = open_axes(terms).get(key)
        if options is not None:
            terms = settled(terms, {key: prefer(key[0], options)})
    return terms


def axes_of(record: ProgramRecord) -> tuple[Axis, ...]:
    """Every axis of every step of a program, with the option taken and why it is no choice any more."""
    found: list[Axis] = []
    for step in record.steps:
        for axis in declaration(step).axes:
            said = "stated" if axis.words else "conventional"
            resolution: Any = said if axis.name in step.axes else "immaterial"
            taken = step.axes.get(axis.name, axis.default)
            found.append(Axis(step.name, axis.name, tuple(axis.options), taken, resolution))
        refers = declaration(step).refers or declaration(step).result in DERIVED
        if refers and step.inputs[0] != TABLE:
            scopes = ("records_left", "all_records")
            found.append(Axis(step.name, "reference", scopes, "records_left", "conventional"))
    return tuple(found)
