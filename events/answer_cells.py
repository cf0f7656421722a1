"""The kind of a single value, and of one that may be nothing."""

import json
from collections.abc import Mapping
from typing import Any

from events.answer_contract import AnswerField, FieldKind, Part
from events.answer_kind import Kind, Unreadable, quoted, unquoted
from events.answer_numbers import Integer, Number
from events.answer_texts import Date, Flag, Label

SINGLE: Mapping[FieldKind, Kind] = {
    "number": Number(),
    "integer": Integer(),
    "label": Label(),
    "flag": Flag(),
    "date": Date(),
}


class OrNothing(Kind):
    """A kind of which there may be no value: a text of the contract's stands for that, and null does not.

    Args:
        kind: what it is where there is one.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def told(self, field: AnswerField) -> str:
        """What it is, and what to give where there is nothing."""
        nothing = json.dumps(field.form.nothing, ensure_ascii=False)
        return f"{self.kind.told(field)}, or {nothing} where there is none"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """Its own, or the text for nothing."""
        return {"anyOf": [self.kind.schema(field), {"const": field.form.nothing}]}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A value, or the text for nothing as it is."""
        nothing = field.form.nothing
        return nothing if value == nothing else self.kind.read(field, value)

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """As `read`, of a text."""
        nothing = field.form.nothing
        return nothing if unquoted(text) == nothing else self.kind.spelled(field, text)

    def written(self, field: AnswerField, value: Any) -> str:
        """Its own, or the text for nothing."""
        return quoted(value) if value == field.form.nothing else self.kind.written(field, value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """Nothing is nothing alone."""
        if field.form.nothing in (value, gold):
            return bool(value == gold)
        return self.kind.same(field, value, gold, half=half)

    def rounded(self, field: AnswerField, value: Any) -> Any:
        """Nothing has no decimals."""
        return value if value == field.form.nothing else self.kind.rounded(field, value)

    def canonical(self, field: AnswerField, value: Any) -> Any:
        """Nothing is null here, which no value is."""
        return None if value == field.form.nothing else self.kind.canonical(field, value)


def cell(field: AnswerField) -> Kind:
    """The kind of a field that holds a single value."""
    return or_nothing(field, SINGLE[field.kind])


def or_nothing(field: AnswerField, kind: Kind) -> Kind:
    """The kind, also of nothing where the contract has a text for that."""
    return OrNothing(kind) if field.form.nothing else kind
