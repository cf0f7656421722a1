"""How a hand-written case is said in the language: once with its choice open, once with it settled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from actors.language.holes import Choice
from actors.language.kinds import COLUMN_KINDS
from actors.language.loose import LOOSE, MARK, loose
from actors.language.term import TABLE, Bound, Input, Term, term

MEANS = ("axis", "words for a column", "every column", "loose word", "constant", "order")
"""What enumerates the readings of an ambiguous question: an axis that is not settled, the columns that words
share, all columns of a kind, the operators of a loose word, the values that a constant may have, the order of
selections."""


@dataclass(frozen=True)
class Posed:
    """One case as programs; without them it is a miss."""

    open: Term | None = None
    """The question with its choice left open: an axis not settled, or a hole."""
    settled: Term | None = None
    """The same with the choice settled as the twin settles it."""
    any_order: bool = False
    """Whether the choice is which selection refers to the records left by which."""
    asked: Callable[[Any], Any] = lambda value: value
    """From our answer to what the question asks for: a share to a percentage, a sign to a word."""
    miss: str = ""
    """Why the language cannot express it, or does not have its choice."""

    @property
    def means(self) -> str:
        """What enumerates its readings: one of `MEANS`."""
        if self.any_order:
            return "order"
        return _means(self.open) if self.open is not None else ""


def t(name: str, *inputs: Input, **parameters: Bound | Choice) -> Term:
    """A term by its operator's name, or by a loose word for several; on the dataset unless it is given
    something else, its parameters possibly open."""
    named = loose(name) if name in LOOSE else name
    return term(named, *(inputs or (TABLE,)), **cast("dict[str, Bound]", parameters))


def percent(value: float) -> float:
    """A share as a percentage."""
    return 100 * value


def yes_or_no(value: bool) -> str:
    """A flag as the questions have it."""
    return "yes" if value else "no"


def by_sign(above: str, below: str) -> Callable[[float], str]:
    """Which of two words a difference stands for."""
    return lambda value: above if value > 0 else below


def _means(node: Term) -> str:
    """What the first hole of a term is; an axis where it has none."""
    if node.operator.startswith(MARK):
        return "loose word"
    for name, value in node.parameters:
        bound: object = value
        if isinstance(bound, Choice):
            is_column = node.declared.parameters[name] in COLUMN_KINDS
            return ("words for a column" if bound.word else "every column") if is_column else "constant"
    inner = (*node.inputs, *(value for _, value in node.parameters))
    found = [_means(child) for child in inner if isinstance(child, Term)]
    return next((means for means in found if means != "axis"), "axis")
