"""The answer contract and the one rule by which two answers match.

One object yields the instruction to the solver, the JSON schema, the matching rule and the digest.
A number x given with d decimals matches the gold g when |x - g| <= 0.5 * 10^-d + 1e-9 * |g| (plus the
field's own tolerances, 0 by default); two answers agree within 10^-d. Nothing else is ever compared:
no global tolerance, no ignored field. `True` is not 1, and NaN matches nothing.
"""

import math
import re
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from events.identity import canonical_json, digest_of
from events.struct import Fact

Scalar = bool | int | float | str
Answer = dict[str, Scalar | tuple[Scalar, ...] | None]
FieldKind = Literal["number", "integer", "label", "labels", "flag"]
_LARGEST = int(sys.float_info.max)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d+)\.0+", re.ASCII)


class AnswerField(Fact, frozen=True):
    """One named field of an answer."""

    name: str
    """Its key in the answer."""
    kind: FieldKind
    """What it holds."""
    decimals: int | None = None
    """Decimals asked for, for numbers."""
    absolute: float = 0.0
    """Further absolute tolerance against the gold."""
    relative: float = 0.0
    """Further relative tolerance against the gold."""
    unit: str = ""
    """Unit of a number, as text; empty when it has none."""
    ordered: bool = False
    """For labels: whether their order counts."""
    ties: str = ""
    """What to give when several tie, as a sentence; empty when no tie can matter."""
    missing: str = ""
    """How missing values are treated, as a sentence."""


class AnswerContract(Fact, frozen=True):
    """What an answer must be: all its fields, no others."""

    fields: tuple[AnswerField, ...]
    """The fields in the order in which they are asked for."""


def instruction(contract: AnswerContract) -> str:
    """What the solver is told about the answer's form."""
    lines = [f"- {field.name}: {_describe(field)}" for field in contract.fields]
    return "Answer with an object of exactly these fields:\n" + "\n".join(lines)


def json_schema(contract: AnswerContract) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of an answer in the right form."""
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in contract.fields},
        "required": [field.name for field in contract.fields],
        "additionalProperties": False,
    }


def problem(contract: AnswerContract, answer: Any) -> str | None:
    """Why this is not an answer under the contract; None when its form is right."""
    if not isinstance(answer, dict):
        return f"the answer must be an object of named fields, not {type(answer).__name__}"
    wanted = {field.name for field in contract.fields}
    if answer.keys() != wanted:
        return f"the answer must have exactly the fields {sorted(wanted)}, not {sorted(map(str, answer))}"
    for field in contract.fields:
        if not _well_formed(field, answer[field.name]):
            return f"{field.name} must be {_describe(field)}"
    return None


def matches(contract: AnswerContract, answer: Any, gold: Answer) -> bool:
    """Whether an answer is right: both well formed, and every field matches the unrounded gold."""
    return (
        problem(contract, answer) is None
        and problem(contract, gold) is None
        and all(
            _field_matches(field, answer[field.name], gold[field.name], half=True)
            for field in contract.fields
        )
    )


def agree(contract: AnswerContract, left: Any, right: Any) -> bool:
    """Whether two answers say the same: numbers within one unit of the last decimal asked for."""
    return (
        problem(contract, left) is None
        and problem(contract, right) is None
        and all(
            _field_matches(field, left[field.name], right[field.name], half=False)
            for field in contract.fields
        )
    )


def rounded(contract: AnswerContract, answer: Answer) -> Answer:
    """The answer as a solver would write it down: numbers with the decimals asked for."""
    given = {field.name: field for field in contract.fields}
    return {name: _round(given[name], value) for name, value in answer.items()}


def answer_digest(answer: Any) -> str:
    """Digest of an answer's canonical JSON; for grounding and replay, never for agreement."""
    return digest_of(canonical_json(answer))


def _describe(field: AnswerField) -> str:
    unit = f" in {field.unit}" if field.unit else ""
    rounding = (
        f", rounded to {field.decimals} decimal{'' if field.decimals == 1 else 's'}"
        if field.decimals is not None
        else ""
    )
    form = {
        "number": f"a number{unit}{rounding}",
        "integer": f"a whole number{unit}",
        "label": "a text, spelled as in the file",
        "labels": "a list of texts" + (", in order" if field.ordered else ", in any order"),
        "flag": "true or false",
    }[field.kind]
    return "; ".join(part for part in (form, field.ties, field.missing) if part)


def _schema(field: AnswerField) -> dict[str, Any]:
    text = {"type": ["string", "number"]}
    schemas: dict[FieldKind, dict[str, Any]] = {
        "number": {"type": "number"},
        "integer": {"type": "integer"},
        "label": text,
        "labels": {"type": "array", "items": text, "uniqueItems": True},
        "flag": {"type": "boolean"},
    }
    return schemas[field.kind]


def _well_formed(field: AnswerField, value: Any) -> bool:
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "number":
        return _is_number(value)
    if field.kind == "integer":
        return _is_whole(value)
    if field.kind == "label":
        return _is_label(value)
    return (
        isinstance(value, list | tuple)
        and all(_is_label(item) for item in value)
        and not any(map(_same_label, *_neighbours(value)))
    )


def _field_matches(field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
    if field.kind == "flag":
        return value is gold
    if field.kind == "number":
        return _number_matches(field, value, gold, half=half)
    if field.kind == "integer":
        slack = field.absolute + field.relative * _scale(value, gold, half=half)
        return abs(int(value) - int(gold)) <= slack
    if field.kind == "label":
        return _same_label(value, gold)
    order: Callable[[Any], Any] = list if field.ordered else partial(sorted, key=_rank)
    return len(value) == len(gold) and all(map(_same_label, order(value), order(gold)))


def _number_matches(field: AnswerField, value: float, gold: float, *, half: bool) -> bool:
    step = 0.0 if field.decimals is None else 10.0**-field.decimals
    scale = _scale(value, gold, half=half)
    slack = (0.5 if half else 1.0) * step + 1e-9 * scale
    return abs(value - gold) <= slack + field.absolute + field.relative * scale


def _scale(value: float, gold: float, *, half: bool) -> float:
    """What relative tolerances are shares of: the gold, or the larger of two answers."""
    return abs(gold) if half else max(abs(value), abs(gold))


def _round(field: AnswerField, value: Any) -> Any:
    if field.kind == "number" and field.decimals is not None and _is_number(value):
        return round(float(value), field.decimals)
    return value


def _is_number(value: Any) -> bool:
    """Whether it is a number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _LARGEST


def _is_whole(value: Any) -> bool:
    return _is_number(value) and value == int(value)


def _is_label(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


def _same_label(left: Any, right: Any) -> bool:
    """Labels are equal by their spelling in the file, but for a trailing `.0`; a number also by its value.

    So `2` is `2.0` and "2.0", while "02" and "2" are two codes.
    """
    if isinstance(left, str) and isinstance(right, str):
        return _plain(left) == _plain(right)
    number = _number_of(left)
    return number is not None and number == _number_of(right)


def _number_of(label: Any) -> Decimal | None:
    """The number that a label is or spells, exactly."""
    if isinstance(label, str):
        return Decimal(label) if _NUMBER.fullmatch(label) else None
    return Decimal(label) if isinstance(label, int) else Decimal(repr(label))


def _neighbours(labels: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    ranked = sorted(labels, key=_rank)
    return ranked[:-1], ranked[1:]


def _rank(label: Any) -> tuple[bool, Decimal, str]:
    """Sorts labels so that equal ones stand at the same place."""
    number = _number_of(label)
    return number is None, number or Decimal(0), _plain(str(label))


def _plain(text: str) -> str:
    """A whole number without its trailing `.0`; every other text as it is."""
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text
