"""A program as a tree: what search builds, wording walks over and reading back yields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Union

from actors.language.kinds import Kind
from actors.language.operator import IllTyped, Operator, operator
from actors.language.program import TABLE
from events.question import Parameter, ProgramRecord, Step

Input = Union["Term", str]
"""A term, or the word `table` for the dataset itself."""


@dataclass(frozen=True)
class Term:
    """One operator applied to inputs; equal terms are one step of the program."""

    operator: str
    inputs: tuple[Input, ...]
    parameters: tuple[tuple[str, Parameter], ...] = ()
    axes: tuple[tuple[str, str], ...] = ()
    """The options that the text settles; the others are open to the reader."""

    @property
    def declared(self) -> type[Operator]:
        """The operator's declaration."""
        return operator(self.operator)

    def parameter(self, name: str) -> Parameter:
        """The value of a parameter, its own or one that it lifts from its first input.

        Raises:
            IllTyped: neither has it.
        """
        for key, value in self.parameters:
            if key == name:
                return value
        for child in self.inputs:
            if isinstance(child, Term) and child.kind != "table":
                return child.parameter(name)
        msg = f"{self.operator} has no {name}"
        raise IllTyped(msg)

    @property
    def kind(self) -> Kind:
        """What it results in."""
        return self.declared.result

    def rows(self) -> Input:
        """The table that it is about: its own input, or that of what it is made from."""
        for child in self.inputs:
            if not isinstance(child, Term) or child.kind == "table":
                return child
        first = self.inputs[0]
        return first.rows() if isinstance(first, Term) else first

    def with_axes(self, axes: Mapping[str, str]) -> "Term":
        """The same with these axes settled."""
        return replace(self, axes=tuple(sorted(axes.items())))


def term(name: str, *inputs: Input, **parameters: Parameter) -> Term:
    """A term with no axis settled."""
    return Term(name, inputs, tuple(sorted(parameters.items())))


def to_record(answer: Mapping[str, Term]) -> ProgramRecord:
    """The program of these answer fields: terms in order of need, equal ones once, variables named."""
    names: dict[Term, str] = {}
    steps: list[Step] = []

    def place(node: Input) -> str:
        if not isinstance(node, Term):
            return node
        if node not in names:
            inputs = tuple(place(child) for child in node.inputs)
            names[node] = _fresh(node.declared.variable, names.values())
            parameters, axes = dict(node.parameters), dict(node.axes)
            steps.append(Step(names[node], node.operator, inputs, parameters, axes))
        return names[node]

    fields = {field: place(node) for field, node in answer.items()}
    return ProgramRecord(steps=tuple(steps), answer=fields)


def to_terms(record: ProgramRecord) -> dict[str, Term]:
    """The tree of each answer field; the inverse of `to_record`."""
    built: dict[str, Input] = {TABLE: TABLE}
    for step in record.steps:
        inputs = tuple(built[name] for name in step.inputs)
        parameters = tuple(sorted(step.parameters.items()))
        built[step.name] = Term(step.operator, inputs, parameters, tuple(sorted(step.axes.items())))
    return {field: node for field, name in record.answer.items() if isinstance(node := built[name], Term)}


def chain(rows: Input) -> list[Term]:
    """The tables from the dataset to this one, the first selection first."""
    tables: list[Term] = []
    while isinstance(rows, Term):
        tables.append(rows)
        rows = rows.rows()
    return tables[::-1]


def over_all_records(node: Term) -> Term:
    """The same figure over the whole dataset."""
    inputs = tuple(
        over_all_records(child) if isinstance(child, Term) and child.kind != "table" else TABLE
        for child in node.inputs
    )
    return replace(node, inputs=inputs)


def _fresh(base: str, taken: Iterable[str]) -> str:
    used = set(taken)
    name, number = base, 2
    while name in used:
        name, number = f"{base}_{number}", number + 1
    return name
