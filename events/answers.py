"""The answer contract and the one rule by which two answers match.

One object yields the instruction to the solver, the JSON schema, the matching rule and the digest.
A number x given with d decimals matches the gold g when |x - g| <= 0.5 * 10^-d + 1e-9 * |g| (plus the
field's own tolerances, 0 by default); two answers agree within 10^-d. Nothing else is ever compared:
no global tolerance, no ignored field. `True` is not 1, and NaN matches nothing.
"""

import math
from typing import Any, Literal

from events.identity import canonical_json, digest_of
from events.struct import Fact

Scalar = bool | int | float | str
Answer = dict[str, Scalar | tuple[Scalar, ...] | None]
FieldKind = Literal["number", "integer", "label", "labels", "flag"]


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
    form = {
        "number": f"a number{unit}, rounded to {field.decimals} decimal{'' if field.decimals == 1 else 's'}",
        "integer": f"a whole number{unit}",
        "label": "a text, spelled as in the file",
        "labels": "a list of texts" + (", in order" if field.ordered else ", in any order"),
        "flag": "true or false",
    }[field.kind]
    return "; ".join(part for part in (form, field.ties, field.missing) if part)


def _schema(field: AnswerField) -> dict[str, Any]:
    text = {"type": "string"}
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
        return _is_number(value) and float(value).is_integer()
    if field.kind == "label":
        return _is_label(value)
    return (
        isinstance(value, list | tuple)
        and all(_is_label(item) for item in value)
        and len({_spelling(item) for item in value}) == len(value)
    )


def _field_matches(field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
    if field.kind == "flag":
        return value is gold
    if field.kind in ("number", "integer"):
        return _number_matches(field, value, gold, half=half)
    if field.kind == "label":
        return _spelling(value) == _spelling(gold)
    left, right = [_spelling(item) for item in value], [_spelling(item) for item in gold]
    return left == right if field.ordered else sorted(left) == sorted(right)


def _number_matches(field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
    if not _is_number(gold):
        return False
    if field.kind == "integer" and isinstance(value, int) and isinstance(gold, int):
        return value == gold
    step = 0.0 if field.decimals is None else 10.0**-field.decimals
    slack = (0.5 if half else 1.0) * step + 1e-9 * abs(gold)
    return bool(abs(value - gold) <= slack + field.absolute + field.relative * abs(gold))


def _round(field: AnswerField, value: Any) -> Any:
    if field.kind == "number" and field.decimals is not None and _is_number(value):
        return round(float(value), field.decimals)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_label(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)


def _spelling(value: Any) -> tuple[str, str]:
    """Labels are equal by their spelling in the file, or as equal numbers: `2` is `2.0`."""
    try:
        number = float(value)
    except ValueError:
        return ("text", value)
    return ("number", repr(number)) if math.isfinite(number) else ("text", str(value))
