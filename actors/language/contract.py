"""The answer contract of a program: what kind each field is, and how precisely it is asked for."""

import math
from collections.abc import Mapping
from typing import Any

from actors.language.kinds import Kind
from events.answers import (
    Answer,
    AnswerContract,
    AnswerField,
    FieldKind,
    instruction,
    matches,
    rounded,
)

SIGNIFICANT = 3
"""Digits that remain after rounding."""
MOST_DECIMALS = 6
_FIELD_KINDS: Mapping[Kind, FieldKind] = {
    "number": "number",
    "count": "integer",
    "label": "label",
    "labels": "labels",
    "flag": "flag",
    "pair": "labels",
    "header": "label",
}


class NotAskable(Exception):
    """A value cannot be asked for: undefined, or too small to be written down."""


def contract_for(kinds: Mapping[str, Kind], answer: Mapping[str, Any]) -> AnswerContract:
    """The contract under which an answer with these values is asked for.

    Raises:
        NotAskable: a field is missing, infinite, or zero but for rounding.
    """
    return AnswerContract(fields=tuple(_field(name, kind, answer[name]) for name, kind in kinds.items()))


def format_of(contract: AnswerContract) -> str:
    """What the solver is told about the answer's form."""
    return instruction(contract)


def reaches(contract: AnswerContract, answer: Answer, gold: Answer) -> bool:
    """Whether a solver who found this answer, and wrote it down as asked, would match the gold."""
    return matches(contract, rounded(contract, answer), gold)


def _field(name: str, kind: Kind, value: Any) -> AnswerField:
    if value is None or value == () or (isinstance(value, float) and not math.isfinite(value)):
        raise NotAskable(f"{name} has no value")
    decimals = _decimals(name, float(value)) if kind == "number" else None
    ordered = kind == "labels"
    return AnswerField(name=name, kind=_FIELD_KINDS[kind], decimals=decimals, ordered=ordered)


def _decimals(name: str, value: float) -> int:
    """Decimals that keep three significant digits."""
    if abs(value) < 10.0 ** (SIGNIFICANT - 1 - MOST_DECIMALS):
        raise NotAskable(f"{name} is {value:g}: too close to zero to be asked for")
    magnitude = math.floor(math.log10(abs(value)))
    return min(MOST_DECIMALS, max(0, SIGNIFICANT - 1 - magnitude))
