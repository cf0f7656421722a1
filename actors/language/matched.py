"""From what the slots of a pattern were filled with to the term that is meant."""

from typing import Any

from actors.language.kinds import Kind, ParameterKind
from actors.language.operator import IllTyped, Operator
from actors.language.pattern import PLACES, is_day, unquoted
from actors.language.term import Input, Term, over_all_records

Found = dict[str, Any]
"""Slot name to what filled it."""


def is_consistent(found: Found, more: Found) -> bool:
    """Whether nothing was said twice in two ways."""
    return all(found.get(key, value) == value for key, value in more.items())


def passed(declared: type[Operator], found: Found) -> Found:
    """What an input is about as its operator's words say, or as the inputs before it do."""
    inherited: Found = {}
    for key in declared.lifted:
        if key in found:
            inherited[key] = found[key]
        for name in declared.inputs:
            if key not in inherited and isinstance(found.get(name), Term):
                inherited[key] = found[name].parameter(key)
    return inherited


def literal(token: str, kind: ParameterKind | None) -> Any:
    """The value of a parameter of this kind that a token spells; None where it spells none."""
    if kind == "share":
        return float(token[:-1]) / 100 if token.endswith("%") and len(token) > 1 else None
    if kind == "place":
        return PLACES.index(token) if token in PLACES[2:] else None
    if kind == "day":
        return token if is_day(token) else None
    try:
        value = unquoted(token)
    except ValueError:
        return None
    if kind in ("number", "whole"):
        return value if isinstance(value, int if kind == "whole" else int | float) else None
    return value if kind == "level" or isinstance(value, str) else None


def built(declared: type[Operator], found: Found, rows: Input) -> Term | None:
    """The term of a match; None when a parameter that no words gave cannot be taken from an input."""
    inputs = tuple(_input(declared, name, kind, found, rows) for name, kind in declared.inputs.items())
    settled = {axis.name: found[axis.name] for axis in declared.axes if axis.name in found}
    given: Found = {}
    for name in declared.parameters:
        try:
            given[name] = found[name] if name in found else Term(declared.name, inputs).parameter(name)
        except IllTyped:
            return None
    return Term(declared.name, inputs, tuple(sorted(given.items()))).with_axes(settled)


def _input(declared: type[Operator], name: str, kind: Kind, found: Found, rows: Input) -> Input:
    """An input as the words gave it; a table is the records at hand; `before` is `after` over all records."""
    if kind == "table":
        return rows
    if name in found:
        node: Input = found[name]
        return node
    return over_all_records(found["after"]) if declared.name == "change" else rows
