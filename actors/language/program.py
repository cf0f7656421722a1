"""A program: a typed directed acyclic graph of operators that ends in an answer."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from actors.language.coded import day_forms, number_forms
from actors.language.evaluation import Engine, Evaluation, Undefined
from actors.language.kinds import COLUMN_KINDS, Kind, ParameterKind
from actors.language.operator import Columns, IllTyped, Literal, Operator, operator
from actors.language.pattern import PLACES, is_day, reads_plainly
from actors.language.term import TABLE, Bound, Input, Term, chain, to_terms
from events.dataset import ColumnProfile
from events.question import ProgramRecord, Step

__all__ = ["TABLE", "Engine", "Program", "Undefined", "declaration", "operators_of", "replace_step"]


class Program:
    """A program that is well typed on a table with these columns.

    Raises:
        IllTyped: an operator, kind, column, level or axis does not fit.
    """

    def __init__(self, record: ProgramRecord, columns: Columns) -> None:
        self.record = record
        self.columns = columns
        self._kinds: dict[str, Kind] = {TABLE: "table"}
        for step in record.steps:
            _check_name(step, self._kinds)
            self._kinds[step.name] = operator(step.operator).result
        for field, name in record.answer.items():
            if name not in self._kinds or name == TABLE:
                msg = f"answer field {field!r} names no step: {name!r}"
                raise IllTyped(msg)
        for step in record.steps:
            check(self.terms[step.name], step, columns)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in order of execution."""
        return self.record.steps

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The tree of each step."""
        every = {step.name: step.name for step in self.steps}
        return to_terms(ProgramRecord(steps=self.steps, answer=every))

    def step(self, name: str) -> Step:
        """The step of this name."""
        return next(step for step in self.record.steps if step.name == name)

    def kind(self, name: str) -> Kind:
        """What a step results in."""
        return self._kinds[name]

    def depth(self) -> int:
        """Length of the longest chain of steps."""
        depth = {TABLE: 0}
        for step in self.steps:
            depth[step.name] = 1 + max((depth[name] for name in step.inputs), default=0)
        return max(depth[name] for name in self.record.answer.values())

    def bound(self, step: Step) -> dict[str, Literal]:
        """Every literal of a step by name: parameters, marks in numbers, the option taken at each axis."""
        literals: dict[str, Literal] = dict(step.parameters)
        for name, kind in operator(step.operator).parameters.items():
            if kind == "numeral":
                literals |= number_forms(self.columns)[str(step.parameters[name])]
        for axis in operator(step.operator).axes:
            literals[axis.name] = axis.literal(step.axes.get(axis.name, axis.default), self.columns)
        return literals

    def run(self, evaluation: Evaluation) -> dict[str, Any]:
        """The value of every step on a table.

        Raises:
            Undefined: a step has no value here.
        """
        return {step.name: evaluation.value(self.terms[step.name]) for step in self.steps}

    def answer(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's fields as plain Python values, unrounded."""
        return {field: plain(values[name]) for field, name in self.record.answer.items()}


def check(node: Term, step: Step, columns: Columns) -> None:
    """Nothing, where a term's own operator takes what it is given.

    Raises:
        IllTyped: it does not.
    """
    declared = node.declared
    given = tuple("table" if not isinstance(child, Term) else child.kind for child in node.inputs)
    if given != tuple(declared.inputs.values()):
        raise IllTyped(f"{step.name}: {step.operator} takes {dict(declared.inputs)}, not {given}")
    bound = dict(node.parameters)
    if bound.keys() != declared.parameters.keys():
        raise IllTyped(f"{step.name}: {step.operator} has the parameters {list(declared.parameters)}")
    for name, kind in declared.parameters.items():
        _check_parameter(f"{step.name}: {name}", bound[name], kind, node.rows(), columns)
    for axis, option in node.axes:
        if option not in declared.axis(axis).options:
            raise IllTyped(f"{step.name}: {axis} has no option {option!r}")


def _check_name(step: Step, taken: Mapping[str, Kind]) -> None:
    if step.name in taken or not step.name.isidentifier():
        raise IllTyped(f"{step.name!r} is taken or is no variable name")


def _check_parameter(what: str, value: Bound, kind: ParameterKind, rows: Input, columns: Columns) -> None:
    if isinstance(value, Term):
        _check_derived(what, value, kind, rows)
    elif kind in COLUMN_KINDS:
        _check_column(what, value, kind, columns)
    elif kind == "level" and not reads_plainly(value):
        raise IllTyped(f"{what}: no text shows {value!r} as it is")
    elif kind == "share" and not (isinstance(value, float) and 0 < value < 1):
        raise IllTyped(f"{what} must lie between 0 and 1")
    elif kind == "whole" and not (isinstance(value, int) and not isinstance(value, bool)):
        raise IllTyped(f"{what} must be a whole number")
    elif kind == "place" and not (isinstance(value, int) and 2 <= value < len(PLACES)):
        raise IllTyped(f"{what} must be a whole number from 2 to {len(PLACES) - 1}")
    elif kind == "number" and not isinstance(value, int | float):
        raise IllTyped(f"{what} must be a number")
    elif kind == "day" and not (isinstance(value, str) and is_day(value)):
        raise IllTyped(f"{what} must be a day such as 2024-02-29")


def _check_column(what: str, value: Bound, kind: ParameterKind, columns: Columns) -> None:
    """A column of the table stands for one of its kind, and a text may name it."""
    column = next((column for column in columns if column.name == value), None)
    if column is None:
        raise IllTyped(f"{what}: the table has no column {value!r}")
    if column.unasked:
        raise IllTyped(f"{what}: no question names {value!r}: {column.unasked}")
    if not _holds(column, kind):
        raise IllTyped(f"{what}: {value!r} is not {_HELD[kind]}")


_HELD = {
    "measure": "numeric",
    "date": "a column of days",
    "order": "of numbers or days",
    "text": "of text",
    "numeral": "of numbers written as text",
}


def _holds(column: ColumnProfile, kind: ParameterKind) -> bool:
    """Whether a column of the table holds what a parameter of this kind takes."""
    if kind == "date":
        return bool(day_forms([column]))
    if kind == "order":
        return column.numeric or bool(day_forms([column]))
    if kind == "numeral":
        return bool(number_forms([column]))
    return column.numeric if kind == "measure" else not (kind == "text" and column.numeric)


def _check_derived(what: str, value: Term, kind: ParameterKind, rows: Input) -> None:
    """A term stands for a column of its kind, for records among which are those at hand."""
    if value.kind != kind:
        raise IllTyped(f"{what}: {value.operator} gives a {value.kind}, not a {kind}")
    if value.rows() not in (TABLE, *chain(rows)):
        raise IllTyped(f"{what}: {value.operator} has no values for all of the records")


def replace_step(record: ProgramRecord, changed: Step) -> ProgramRecord:
    """The same program with one step changed, under the same name."""
    steps = tuple(changed if step.name == changed.name else step for step in record.steps)
    return ProgramRecord(steps=steps, answer=record.answer)


def operators_of(record: ProgramRecord) -> dict[str, int]:
    """The operators used, each with its version."""
    return {step.operator: operator(step.operator).version for step in record.steps}


def declaration(step: Step) -> type[Operator]:
    """The operator that a step applies."""
    return operator(step.operator)


def plain(value: Any) -> Any:
    """A figure as Python has it."""
    if isinstance(value, list | tuple):
        return tuple(plain(item) for item in value)
    return value.item() if hasattr(value, "item") else value
