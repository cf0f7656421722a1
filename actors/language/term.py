"""A program as a tree: what search builds, wording walks over and reading back yields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Union

from actors.language.kinds import COLUMN_KINDS, DERIVED, Kind
from actors.language.operator import IllTyped, Operator, operator
from events.question import Parameter, ProgramRecord, Step

TABLE = "table"
"""The name under which steps take the dataset itself."""

_FIELDS: Mapping[Kind, str] = {
    "label": "group",
    "labels": "groups",
    "count": "count",
    "flag": "answer",
    "header": "variable",
}
Input = Union["Term", str]
"""A term, or the word `table` for the dataset itself."""
Bound = Union["Term", Parameter]
"""What a parameter is bound to: a literal, or where it is a column also a term that stands for one."""


@dataclass(frozen=True)
class Term:
    """One operator applied to inputs; equal terms are one step of the program."""

    operator: str
    inputs: tuple[Input, ...]
    parameters: tuple[tuple[str, Bound], ...] = ()
    axes: tuple[tuple[str, str], ...] = ()
    """The options that the text settles; the others are open to the reader."""
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        """Reckon the hash once: a term is looked up far more often than it is made."""
        object.__setattr__(self, "_hash", hash((self.operator, self.inputs, self.parameters, self.axes)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def declared(self) -> type[Operator]:
        """The operator's declaration."""
        return operator(self.operator)

    @property
    def kind(self) -> Kind:
        """What it results in."""
        return self.declared.result

    def parameter(self, name: str) -> Bound:
        """The value of a parameter, its own or one that it lifts from its first input that has it.

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

    def rows(self) -> Input:
        """The table that it is about: its own input, or that of what it is made from."""
        for child in self.inputs:
            if not isinstance(child, Term) or child.kind == "table":
                return child
        first = self.inputs[0]
        return first.rows() if isinstance(first, Term) else first

    def derived(self) -> tuple["Term", ...]:
        """The terms that stand for columns among its parameters, in the order in which it declares them."""
        own = dict(self.parameters)
        return tuple(value for name in self.declared.parameters if isinstance(value := own.get(name), Term))

    def children(self) -> tuple["Term", ...]:
        """Every term that it is directly made from."""
        return (*(child for child in self.inputs if isinstance(child, Term)), *self.derived())

    def rebuilt(self, change: Callable[[Input], Input]) -> "Term":
        """The same with each input, and each term that stands for a column, changed."""
        inputs = tuple(change(child) for child in self.inputs)
        parameters = tuple(
            (name, change(value) if isinstance(value, Term) else value) for name, value in self.parameters
        )
        if _are(inputs, self.inputs) and _are(
            (value for _, value in parameters), (value for _, value in self.parameters)
        ):
            return self
        return replace(self, inputs=inputs, parameters=parameters)

    def contrary(self) -> "Term | None":
        """The term that takes the opposite decision on the same; None where it takes none."""
        return replace(self, operator=self.declared.opposite) if self.declared.opposite else None

    def with_axes(self, axes: Mapping[str, str]) -> "Term":
        """The same with these axes settled."""
        settled = tuple(sorted(axes.items()))
        return self if settled == self.axes else replace(self, axes=settled)


Terms = Mapping[str, Term]
"""A program: the term of each answer field."""


def _are(some: Iterable[object], others: Iterable[object]) -> bool:
    """Whether nothing was changed: a term that stays as it is keeps its hash, and what is known of it."""
    return all(one is other for one, other in zip(some, others, strict=True))


def term(name: str, *inputs: Input, **parameters: Bound) -> Term:
    """A term with no axis settled."""
    return Term(name, inputs, tuple(sorted(parameters.items(), key=lambda pair: pair[0])))


def to_record(answer: Mapping[str, Term]) -> ProgramRecord:
    """The program of these answer fields: terms in order of need, equal ones once, variables named.

    A step's inputs are those that its operator declares, then the steps that stand for columns.
    """
    names: dict[Term, str] = {}
    steps: list[Step] = []

    def place(node: Input) -> str:
        if not isinstance(node, Term):
            return node
        if node not in names:
            inputs = tuple(place(child) for child in (*node.inputs, *node.derived()))
            names[node] = _fresh(node.declared.variable, names.values())
            parameters = {key: value for key, value in node.parameters if not isinstance(value, Term)}
            steps.append(Step(names[node], node.operator, inputs, parameters, dict(node.axes)))
        return names[node]

    fields = {name: place(node) for name, node in answer.items()}
    return ProgramRecord(steps=tuple(steps), answer=fields)


def to_terms(record: ProgramRecord) -> dict[str, Term]:
    """The tree of each answer field; the inverse of `to_record`.

    Raises:
        IllTyped: a step has fewer inputs than its operator takes, or one that is no step before it.
    """
    built: dict[str, Input] = {TABLE: TABLE}
    for step in record.steps:
        built[step.name] = _term_of(step, built)
    return {field: node for field, name in record.answer.items() if isinstance(node := built[name], Term)}


def _term_of(step: Step, built: Mapping[str, Input]) -> Term:
    declared = operator(step.operator)
    try:
        given = [built[name] for name in step.inputs]
    except KeyError as unknown:
        msg = f"{step.name}: {unknown} is no step before it"
        raise IllTyped(msg) from None
    count = len(declared.inputs)
    columns = [name for name, kind in declared.parameters.items() if kind in COLUMN_KINDS]
    bound: dict[str, Bound] = dict(step.parameters)
    bound |= dict(zip((name for name in columns if name not in bound), given[count:], strict=False))
    if len(given) - count != len(bound) - len(step.parameters):
        msg = f"{step.name}: {step.operator} takes {dict(declared.inputs)}, not {step.inputs}"
        raise IllTyped(msg)
    parameters = tuple(sorted(bound.items(), key=lambda pair: pair[0]))
    return Term(step.operator, tuple(given[:count]), parameters, tuple(sorted(step.axes.items())))


def parts(node: Input) -> Iterator[Term]:
    """A term and every term that it is made from, as often as it occurs."""
    if isinstance(node, Term):
        yield node
        for child in node.children():
            yield from parts(child)


def chain(rows: Input) -> list[Term]:
    """The tables from the dataset to this one, the first selection first."""
    tables: list[Term] = []
    while isinstance(rows, Term):
        tables.append(rows)
        rows = rows.rows()
    return tables[::-1]


def over_all_records(node: Term) -> Term:
    """The same figure over the whole dataset."""

    def lifted(child: Input) -> Input:
        return over_all_records(child) if isinstance(child, Term) and child.kind != "table" else TABLE

    return node.rebuilt(lifted)


def is_column(node: Bound) -> bool:
    """Whether a term stands for a column."""
    return isinstance(node, Term) and node.kind in DERIVED


def field_of(final: Term) -> str:
    """The name of the one answer field of a procedural question that ends in a term."""
    return _FIELDS.get(final.kind, "value")


def _fresh(base: str, taken: Iterable[str]) -> str:
    used = set(taken)
    name, number = base, 2
    while name in used:
        name, number = f"{base}_{number}", number + 1
    return name
