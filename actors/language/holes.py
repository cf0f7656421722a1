"""Terms with holes, and every way to fill them.

A parameter may be bound to a `Choice`, and an operator may be one of which only a loose word is known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actors.language.coded import day_forms
from actors.language.column_words import columns_meant
from actors.language.constants import constants_of
from actors.language.kinds import COLUMN_KINDS, ParameterKind
from actors.language.loose import LOOSE, MARK
from actors.language.operator import Columns, IllTyped, operator
from actors.language.program import Program, Undefined
from actors.language.subject import Subject
from actors.language.term import Bound, Input, Term, chain, parts, to_record


@dataclass(frozen=True)
class Choice:
    """A parameter that a text leaves open; equal ones are one choice wherever they stand."""

    word: str = ""
    """The words that stand for it; empty where there are none, so that whatever fits could be meant."""


Chosen = tuple[tuple[str, str], ...]


def filled(
    answer: Mapping[str, Term], subject: Subject, *, any_order: bool = False
) -> Iterator[tuple[Chosen, Mapping[str, Term]]]:
    """Each way to fill the holes that is well typed on this table, with what was chosen."""
    for chosen, terms in _filled((), answer, subject):
        for order, ordered in _orders(terms) if any_order else [((), terms)]:
            if _fits(ordered, subject.columns):
                yield chosen + order, ordered


def _filled(
    chosen: Chosen, answer: Mapping[str, Term], subject: Subject
) -> Iterator[tuple[Chosen, Mapping[str, Term]]]:
    """One hole is filled at a time, in order of need, wherever it stands."""
    part = next((hole for node in answer.values() if (hole := _open_part(node))), None)
    if part is None:
        yield chosen, answer
        return
    label, fillings = _fillings(part, subject)
    for name, fill in fillings:
        terms = {field: fill(node) for field, node in answer.items()}
        yield from _filled((*chosen, (label, name)), terms, subject)


Filling = tuple[str, Callable[[Term], Term]]
"""What an option is called, and what fills it in."""


def _open_part(node: Term) -> Term | None:
    """The first term that has a hole, inputs before what is made of them."""
    bound = (value for _, value in node.parameters)
    for child in (*node.inputs, *bound):
        if isinstance(child, Term) and (found := _open_part(child)):
            return found
    is_open = node.operator.startswith(MARK) or any(isinstance(value, Choice) for _, value in node.parameters)
    return node if is_open else None


def _fillings(part: Term, subject: Subject) -> tuple[str, list[Filling]]:
    """What is open in a term, and each way to fill it."""
    if part.operator.startswith(MARK):
        word = part.operator.removeprefix(MARK)
        return word, [(name, _meaning(part.operator, name)) for name in LOOSE[word]]
    name, choice = next((name, value) for name, value in _in_order(part) if isinstance(value, Choice))
    fillings: list[Filling] = []
    for value in _values(part, name, choice, subject):
        own = tuple((key, value if key == name else old) for key, old in part.parameters)
        other = replace(part, parameters=own)
        fill = _saying(choice, value) if choice.word else _exchanging(part, other)
        fillings.append((str(value), fill))
    return choice.word or name, fillings


def _in_order(part: Term) -> list[tuple[str, Any]]:
    """A term's parameters as its operator declares them: a level comes after its category."""
    own: dict[str, Any] = dict(part.parameters)
    return [(name, own[name]) for name in part.declared.parameters if name in own]


def _meaning(word: str, name: str) -> Callable[[Term], Term]:
    """Takes a loose word for one operator; what that takes and nothing is said of is open, and what it does
    not take is let go."""
    declared = operator(name)
    axes = {axis.name for axis in declared.axes}

    def meant(node: Term) -> Term:
        rebuilt = node.rebuilt(lambda child: meant(child) if isinstance(child, Term) else child)
        if node.operator != word:
            return rebuilt
        own: dict[str, Any] = dict(rebuilt.parameters)
        bound = {key: own.get(key, Choice()) for key in declared.parameters}
        parameters = tuple(sorted(bound.items(), key=lambda one: one[0]))
        settled = {key: option for key, option in node.axes if key in axes}
        return Term(name, rebuilt.inputs, parameters).with_axes(settled)

    return meant


def _exchanging(target: Term, other: Term) -> Callable[[Term], Term]:
    def exchanged(node: Term) -> Term:
        if node == target:
            return other
        return node.rebuilt(lambda child: exchanged(child) if isinstance(child, Term) else child)

    return exchanged


def _saying(choice: Choice, value: Bound) -> Callable[[Term], Term]:
    def said(node: Term) -> Term:
        rebuilt = node.rebuilt(lambda child: said(child) if isinstance(child, Term) else child)
        own: tuple[tuple[str, Any], ...] = rebuilt.parameters
        bound = tuple((key, value if old == choice else old) for key, old in own)
        return replace(rebuilt, parameters=bound)

    return said


def _values(part: Term, name: str, choice: Choice, subject: Subject) -> Sequence[Bound]:
    """Each value that fits an open parameter of a term."""
    kind = part.declared.parameters[name]
    if kind in COLUMN_KINDS:
        meant = columns_meant(choice.word, subject.columns) if choice.word else ()
        taken = {value for _, value in part.parameters if isinstance(value, str)}
        is_named = any(isinstance(value, Choice) for key, value in _in_order(part) if key == "level")
        few = {column.name for column in subject.columns if column.levels}
        fitting = [
            column
            for column in _fitting(kind, subject.columns)
            if column not in taken and (column in few or not is_named)
        ]
        named = [column for column in fitting if column in meant]
        return named or fitting
    try:
        return _levels(part, subject) if kind == "level" else constants_of(part, name, subject)
    except Undefined:
        return ()


def _fitting(kind: ParameterKind, columns: Columns) -> list[str]:
    """The columns that a reader could take for a parameter of a kind; codes of numbers count as numbers."""
    if kind == "measure":
        asked = ("measure", "count", "ordinal")
        return [column.name for column in columns if column.numeric and column.kind in asked]
    if kind in ("date", "order"):
        days = day_forms(columns)
        return [c.name for c in columns if c.name in days or (kind == "order" and c.numeric)]
    if kind == "category":
        other = ("measure", "count", "date", "constant")
        return [column.name for column in columns if column.kind not in other]
    return [column.name for column in columns]


def _levels(part: Term, subject: Subject) -> list[Bound]:
    """The levels of the category that a term has bound before."""
    category = next(value for key, value in _in_order(part) if part.declared.parameters[key] == "category")
    codes, levels = subject.arithmetic.column(category, "category", part.rows())
    there = {int(code) for code in codes}
    return [level for code, level in enumerate(levels) if code in there]


def _orders(terms: Mapping[str, Term]) -> Iterator[tuple[Chosen, Mapping[str, Term]]]:
    """The terms as they are, and with each selection that refers to a statistic taken before all others."""
    yield (("reference", "records_left"),), terms
    found = {part for node in terms.values() for part in parts(node) if part.kind == "table"}
    for part in sorted(found, key=repr):
        before = [one for one in chain(part) if one is not part]
        if part.declared.refers and before:
            moved: Input = _on(part, chain(part)[0].inputs[0])
            for selection in before:
                moved = _on(selection, moved)
            assert isinstance(moved, Term)
            change = _exchanging(part, moved)
            yield (("reference", "all_records"),), {field: change(node) for field, node in terms.items()}


def _on(selection: Term, rows: Input) -> Term:
    return replace(selection, inputs=(rows, *selection.inputs[1:]))


def _fits(terms: Mapping[str, Term], columns: Columns) -> bool:
    try:
        Program(to_record(terms), columns)
    except IllTyped:
        return False
    return True
