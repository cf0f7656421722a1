"""The answer contract and the one rule by which two answers match.

One object yields the instruction to the solver, the JSON schema, the matching rule, the canonical digest
and the text `@name[value]` (`events/answer_tags.py`). An answer is first read, then compared: of the wrong
form is one failure (`Unreadable`), wrong is another (`Mismatch`).

A number x given with d decimals matches the gold g when |x - g| <= 0.5 * 10^-d + 1e-9 * |g| (plus the
field's own tolerances, 0 by default); two answers agree within 10^-d. Nothing else is ever compared:
no global tolerance, no ignored field. `True` is not 1, and NaN matches nothing.
"""

from collections.abc import Mapping
from typing import Any

from events.answer_cells import SINGLE, or_nothing
from events.answer_contract import (
    Answer,
    AnswerContract,
    AnswerField,
    Column,
    FieldKind,
    Form,
    Part,
    contract_problem,
)
from events.answer_kind import Kind, Unreadable
from events.answer_lists import Interval, Labels
from events.answer_tables import Table
from events.identity import canonical_json, digest_of
from events.plain import NotPlain, plain
from events.struct import Fact

__all__ = [
    "Answer", "AnswerContract", "AnswerField", "Column", "FieldKind", "Form", "Mismatch", "ReadAnswer",
    "Unreadable", "agree", "answer_digest", "contract_problem", "fault", "instruction", "json_schema",
    "kind_of", "matches", "problem", "read", "rounded", "whole",
]  # fmt: skip

ReadAnswer = dict[str, Part]
_BARE = (float, int, bool)
_KINDS: Mapping[FieldKind, Kind] = {
    **SINGLE,
    "labels": Labels(),
    "interval": Interval(),
    "table": Table(),
}


class Mismatch(Fact, frozen=True):
    """An answer of the right form that is not the gold."""

    field: str
    """The first field that does not match."""


def instruction(contract: AnswerContract) -> str:
    """What the solver is told about the answer's form."""
    lines = [f"- {field.name}: {_describe(field)}" for field in contract.fields]
    return "Answer with an object of exactly these fields:\n" + "\n".join(lines)


def json_schema(contract: AnswerContract) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of an answer in the right form."""
    return {
        "type": "object",
        "properties": {field.name: kind_of(field).schema(field) for field in contract.fields},
        "required": [field.name for field in contract.fields],
        "additionalProperties": False,
    }


def read(contract: AnswerContract, answer: Any) -> ReadAnswer | Unreadable:
    """The answer in the form that is compared, or why it has none.

    Args:
        contract: what it must be.
        answer: any Python object; NumPy's and pandas' wrappers are taken off, as in a session.
    """
    try:
        given = answer if _is_bare(answer) else plain(answer)
    except NotPlain as refusal:
        return Unreadable(str(refusal))
    if not isinstance(given, dict):
        return Unreadable(f"the answer must be an object of named fields, not {type(answer).__name__}")
    wanted = [field.name for field in contract.fields]
    if given.keys() != set(wanted):
        told = sorted(map(str, given))
        return Unreadable(f"the answer must have exactly the fields {sorted(wanted)}, not {told}")
    found = {field.name: kind_of(field).read(field, given[field.name]) for field in contract.fields}
    return whole(contract, found)


def _is_bare(answer: Any) -> bool:
    """Whether there is nothing to unwrap, as in most answers that the court compares."""
    return type(answer) is dict and all(
        type(key) is str and (type(value) in _BARE or (type(value) is str and value.isascii()))
        for key, value in answer.items()
    )


def whole(contract: AnswerContract, found: Mapping[str, Part | Unreadable]) -> ReadAnswer | Unreadable:
    """The answer that read fields make up, or why one of them was not read."""
    answer: ReadAnswer = {}
    for field in contract.fields:
        value = found[field.name]
        if isinstance(value, Unreadable):
            more = f": {value.why}" if value.why else ""
            return Unreadable(f"{field.name} must be {_describe(field)}{more}")
        answer[field.name] = value
    return answer


def problem(contract: AnswerContract, answer: Any) -> str | None:
    """Why this is not an answer under the contract; None when its form is right."""
    found = read(contract, answer)
    return found.why if isinstance(found, Unreadable) else None


def fault(contract: AnswerContract, answer: Any, gold: Any) -> Unreadable | Mismatch | None:
    """Why an answer is not right: its form, the gold's, or the first field that does not match."""
    return _compared(contract, answer, gold, half=True)


def matches(contract: AnswerContract, answer: Any, gold: Any) -> bool:
    """Whether an answer is right: both well formed, and every field matches the unrounded gold."""
    return _compared(contract, answer, gold, half=True) is None


def agree(contract: AnswerContract, left: Any, right: Any) -> bool:
    """Whether two answers say the same: numbers within one unit of the last decimal asked for."""
    return _compared(contract, left, right, half=False) is None


def rounded(contract: AnswerContract, answer: Answer) -> dict[str, Any]:
    """The answer as a solver would write it down: numbers with the decimals asked for.

    What has not the form asked for stays as it is.
    """
    found = read(contract, answer)
    if isinstance(found, Unreadable):
        return dict(answer)
    return {field.name: kind_of(field).rounded(field, found[field.name]) for field in contract.fields}


def answer_digest(contract: AnswerContract, answer: Any) -> str:
    """Digest of what an answer says, whatever it is wrapped in; for finding it again, never for agreement.

    Raises:
        ValueError: it is no answer under the contract.
    """
    found = read(contract, answer)
    if isinstance(found, Unreadable):
        raise ValueError(found.why)
    said = {field.name: kind_of(field).canonical(field, found[field.name]) for field in contract.fields}
    return digest_of(canonical_json(said))


def kind_of(field: AnswerField) -> Kind:
    """What reads, writes and compares a field."""
    return or_nothing(field, _KINDS[field.kind])


def _compared(
    contract: AnswerContract, answer: Any, gold: Any, *, half: bool
) -> Unreadable | Mismatch | None:
    given, wanted = read(contract, answer), read(contract, gold)
    if isinstance(given, Unreadable):
        return given
    if isinstance(wanted, Unreadable):
        return wanted
    for field in contract.fields:
        if not kind_of(field).same(field, given[field.name], wanted[field.name], half=half):
            return Mismatch(field.name)
    return None


def _describe(field: AnswerField) -> str:
    return "; ".join(part for part in (kind_of(field).told(field), field.ties, field.missing) if part)
