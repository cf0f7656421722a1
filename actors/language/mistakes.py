"""Deliberate errors in a program: a selection left out, or another column taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

import msgspec

from actors.language.contract import reaches
from actors.language.liveness import exchange
from actors.language.operator import Columns
from actors.language.program import Undefined, declaration, replace_step
from actors.language.settle import answer_of
from actors.language.subject import Subject
from actors.language.templates.template import measures
from actors.language.term import to_record, to_terms
from events.answers import Answer, AnswerContract, problem
from events.question import ProgramRecord, Step


@dataclass(frozen=True)
class MistakenProgram:
    """A program with one error, and the label that tells it."""

    record: ProgramRecord
    kind: Literal["dropped_filter", "other_column"]
    step: str
    """The step of the right program that it touches."""
    detail: str
    """What should have been done."""


def mistaken(
    record: ProgramRecord, subject: Subject, contract: AnswerContract, rng: Random
) -> MistakenProgram | None:
    """The program with one drawn error that shows in its answer; None when it offers no place for one.

    Args:
        record: the right program.
        subject: the table it is asked of.
        contract: by which answers are told apart.
        rng: draws among the errors that are possible.
    """
    possible = [*_dropped(record), *_other_columns(record, subject.columns)]
    right = answer_of(record, subject)
    shows = (made for made in rng.sample(possible, len(possible)) if _shows(made, right, contract, subject))
    return next(shows, None)


def _shows(made: MistakenProgram, right: Answer, contract: AnswerContract, subject: Subject) -> bool:
    try:
        wrong = answer_of(made.record, subject)
    except Undefined:
        return False
    return problem(contract, wrong) is None and not reaches(contract, wrong, right)


def _dropped(record: ProgramRecord) -> Iterator[MistakenProgram]:
    terms = to_terms(record)
    for step in record.steps:
        if declaration(step).result == "table":
            (target,) = to_terms(ProgramRecord(steps=record.steps, answer={"value": step.name})).values()
            wrong = to_record({name: exchange(node, target, target.rows()) for name, node in terms.items()})
            yield MistakenProgram(wrong, "dropped_filter", step.name, f"{step.operator} was to be applied")


def _other_columns(record: ProgramRecord, columns: Columns) -> Iterator[MistakenProgram]:
    for step in record.steps:
        for name, kind in declaration(step).parameters.items():
            if kind == "measure" and name in step.parameters:
                yield from _with_other(record, step, name, columns)


def _with_other(record: ProgramRecord, step: Step, name: str, columns: Columns) -> Iterator[MistakenProgram]:
    for other in measures(columns):
        if other not in step.parameters.values():
            changed = msgspec.structs.replace(step, parameters={**step.parameters, name: other})
            detail = f"{step.parameters[name]} was to be used, not {other}"
            wrong = replace_step(record, changed)
            yield MistakenProgram(wrong, "other_column", step.name, detail)
