"""Deliberate errors in a program: a selection left out, another column, bound, divisor, or place for gaps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

import msgspec

from actors.language.contract import reaches
from actors.language.liveness import exchange
from actors.language.operator import Columns, IllTyped
from actors.language.program import Program, Undefined, declaration, replace_step
from actors.language.settle import answer_of
from actors.language.subject import Subject
from actors.language.templates.template import measures
from actors.language.term import to_record, to_terms
from events.answers import Answer, AnswerContract, problem
from events.question import ProgramRecord, Step
from events.trace import MistakeKind

_BY_AXIS: Mapping[str, MistakeKind] = {
    "ddof": "wrong_ddof",
    "missing": "missing_values",
    "missing_pairs": "missing_values",
    "gaps": "missing_values",
    "known_in": "missing_values",
    "counted_observed": "missing_values",
}
"""Axes of which another option is an error that people make, and its name."""


@dataclass(frozen=True)
class MistakenProgram:
    """A program with one error, and the label that tells it."""

    record: ProgramRecord
    kind: MistakeKind
    step: str
    """The step of the right program that it touches."""
    detail: str
    """What should have been done."""


def mistaken(
    record: ProgramRecord, subject: Subject, contract: AnswerContract, rng: Random
) -> MistakenProgram | None:
    """The program with one drawn error that shows in its answer; None where it has no place for one.

    Args:
        record: the right program.
        subject: the table it is asked of.
        contract: by which answers are told apart.
        rng: draws among the errors that are possible.
    """
    try:
        right = answer_of(record, subject)
    except Undefined:
        return None
    possible = list(mistakes(record, subject.columns))
    drawn = rng.sample(possible, len(possible))
    return next((made for made in drawn if shows(made, right, contract, subject)), None)


def mistakes(record: ProgramRecord, columns: Columns) -> Iterator[MistakenProgram]:
    """Every error of ours that the program offers a place for, whether or not its answer would show it."""
    yield from _dropped(record)
    yield from _other_columns(record, columns)
    yield from _other_options(record)
    yield from _off_by_one(record, columns)


def shows(made: MistakenProgram, right: Answer, contract: AnswerContract, subject: Subject) -> bool:
    """Whether the error leads to another answer, in the form asked for."""
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


def _other_options(record: ProgramRecord) -> Iterator[MistakenProgram]:
    for step in record.steps:
        for axis in declaration(step).axes:
            taken = step.axes.get(axis.name, axis.default)
            for other in axis.options:
                if axis.name in _BY_AXIS and other != taken:
                    changed = msgspec.structs.replace(step, axes={**step.axes, axis.name: other})
                    detail = f"{axis.name} was to be {taken}, not {other}"
                    wrong = replace_step(record, changed)
                    yield MistakenProgram(wrong, _BY_AXIS[axis.name], step.name, detail)


def _off_by_one(record: ProgramRecord, columns: Columns) -> Iterator[MistakenProgram]:
    for step in record.steps:
        for name, kind in declaration(step).parameters.items():
            bound = step.parameters.get(name)
            if kind in ("whole", "place") and isinstance(bound, int) and bound > 1:
                for other in (bound - 1, bound + 1):
                    changed = msgspec.structs.replace(step, parameters={**step.parameters, name: other})
                    wrong = replace_step(record, changed)
                    if _is_program(wrong, columns):
                        detail = f"{name} was to be {bound}, not {other}"
                        yield MistakenProgram(wrong, "off_by_one", step.name, detail)


def _is_program(record: ProgramRecord, columns: Columns) -> bool:
    try:
        Program(record, columns)
    except IllTyped:
        return False
    return True
