"""A program: a typed directed acyclic graph of operators that ends in an answer."""

import warnings
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from actors.language.kinds import Kind, ParameterKind
from actors.language.operator import Columns, IllTyped, Literal as Bound, Operator, operator
from events.question import ProgramRecord, Step

TABLE = "table"
"""The name under which steps take the dataset itself."""
Engine = Literal["idiom", "arithmetic"]
"""Which of the two implementations is run."""


class Undefined(Exception):
    """The program has no value on this table; the message names the step."""


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
            self._place(step)
        for field, name in record.answer.items():
            if name not in self._kinds or name == TABLE:
                msg = f"answer field {field!r} names no step: {name!r}"
                raise IllTyped(msg)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps in order of execution."""
        return self.record.steps

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

    def bound(self, step: Step) -> dict[str, Bound]:
        """Every literal of a step by name: its parameters, then the option taken at each axis."""
        literals: dict[str, Bound] = dict(step.parameters)
        for axis in operator(step.operator).axes:
            literals[axis.name] = axis.literal(step.axes.get(axis.name, axis.default), self.columns)
        return literals

    def run(self, table: Any, engine: Engine) -> dict[str, Any]:
        """The value of every step on a table.

        Args:
            table: a data frame for `idiom`; one array a column for `arithmetic` (see `arrays`).
            engine: which implementation.

        Raises:
            Undefined: a step has no value here.
        """
        values: dict[str, Any] = {TABLE: table}
        for step in self.steps:
            declared = operator(step.operator)
            inputs = dict(zip(declared.inputs, (values[name] for name in step.inputs), strict=True))
            literals = {key: _as_argument(value) for key, value in self.bound(step).items()}
            values[step.name] = _apply(step, getattr(declared, engine), inputs | literals)
        del values[TABLE]
        return values

    def answer(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's fields as plain Python values, unrounded."""
        return {field: _plain(values[name]) for field, name in self.record.answer.items()}

    def _place(self, step: Step) -> None:
        declared = operator(step.operator)
        if step.name in self._kinds or not step.name.isidentifier():
            raise IllTyped(f"{step.name!r} is taken or is no variable name")
        given = tuple(self._kinds.get(name) for name in step.inputs)
        if given != tuple(declared.inputs.values()):
            raise IllTyped(f"{step.name}: {step.operator} takes {dict(declared.inputs)}, not {given}")
        if step.parameters.keys() != declared.parameters.keys():
            raise IllTyped(f"{step.name}: {step.operator} has the parameters {list(declared.parameters)}")
        for name, kind in declared.parameters.items():
            self._check(step, name, kind)
        for axis, option in step.axes.items():
            if option not in declared.axis(axis).options:
                raise IllTyped(f"{step.name}: {axis} has no option {option!r}")
        self._kinds[step.name] = declared.result

    def _check(self, step: Step, name: str, kind: ParameterKind) -> None:
        value = step.parameters[name]
        if kind == "level":
            return
        if kind == "share":
            if not (isinstance(value, float) and 0 < value < 1):
                raise IllTyped(f"{step.name}: {name} must lie between 0 and 1")
            return
        column = next((column for column in self.columns if column.name == value), None)
        if column is None:
            raise IllTyped(f"{step.name}: the table has no column {value!r}")
        if kind == "measure" and not column.numeric:
            raise IllTyped(f"{step.name}: {value!r} is not numeric")


def arrays(frame: Any) -> dict[str, Any]:
    """The table as the second implementation holds it: numbers as float64, the rest as objects."""
    return {
        name: frame[name].to_numpy(dtype=float)
        if frame[name].dtype.kind in "iuf"
        else frame[name].to_numpy(dtype=object, na_value=np.nan)
        for name in frame.columns
    }


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


def _apply(step: Step, implementation: Any, arguments: dict[str, Any]) -> Any:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return implementation(**arguments)
    except (ArithmeticError, ValueError, IndexError, KeyError, TypeError) as error:
        msg = f"{step.name} ({step.operator}) has no value here: {error}"
        raise Undefined(msg) from error


def _as_argument(value: Bound) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return value.item() if hasattr(value, "item") else value
