"""Labels, flags and dates as answers: single values that are the same or not."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from events.answer_contract import AnswerField, Grain, Part
from events.answer_kind import Kind, Unreadable, quoted, unquoted
from events.answer_labels import composed, same_label, spelled
from events.answer_numbers import is_number

_DAY = r"\d{4}-\d\d-\d\d"
_DATES: Mapping[Grain, str] = {
    "year": r"\d{4}",
    "month": r"\d{4}-\d\d",
    "day": _DAY,
    "moment": rf"{_DAY}T\d\d:\d\d:\d\d(\.\d{{1,6}})?(Z|[+-]\d\d:\d\d)?",
}
_SHAPES: Mapping[Grain, str] = {
    "year": "YYYY",
    "month": "YYYY-MM",
    "day": "YYYY-MM-DD",
    "moment": "YYYY-MM-DDTHH:MM:SS",
}
_MIDNIGHT = re.compile(rf"({_DAY})[T ]00:00(:00(\.0+)?)?", re.ASCII)


class Label(Kind):
    """A text of the file, or the number that it is there."""

    def told(self, field: AnswerField) -> str:
        """A text, and which it may be."""
        options = ", ".join(json.dumps(one, ensure_ascii=False) for one in field.form.options)
        said = f"one of {options}" if options else "a text, spelled as in the file"
        return f"{said}, in upper or lower case" if field.form.any_case else said

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """A text or a number; where all are known, these."""
        if field.form.options and not field.form.any_case:
            return {"enum": list(field.form.options)}
        return {"type": ["string", "number"]}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A composed text, or a number; one of those that it may be."""
        if not isinstance(value, str) and not is_number(value):
            return Unreadable()
        label: str | int | float = composed(value) if isinstance(value, str) else value
        options, any_case = field.form.options, field.form.any_case
        if options and not any(same_label(label, one, any_case=any_case) for one in options):
            return Unreadable()
        return label

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """The text as it stands, or what is between quotes."""
        return self.read(field, unquoted(text))

    def written(self, field: AnswerField, value: Any) -> str:  # noqa: ARG002  it has no decimals
        """The text; between quotes where it would be read otherwise."""
        return quoted(value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:  # noqa: ARG002
        """By spelling, or as the number that one of them is."""
        return same_label(value, gold, any_case=field.form.any_case)

    def canonical(self, field: AnswerField, value: Any) -> Any:
        """Its spelling."""
        return spelled(str(value), any_case=field.form.any_case)


class Flag(Kind):
    """True or false; 1 is neither."""

    def told(self, field: AnswerField) -> str:
        """True or false, and the texts that may stand for them."""
        words = f" (or {field.form.yes!r} or {field.form.no!r})" if field.form.yes else ""
        return f"true or false{words}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """A boolean, or one of two texts."""
        words = [field.form.yes, field.form.no]
        return {"enum": [True, False, *words]} if field.form.yes else {"type": "boolean"}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A boolean, or the text that stands for it."""
        if isinstance(value, str) and field.form.yes:
            return _flag(value, field.form.yes, field.form.no, any_case=field.form.any_case)
        return value if isinstance(value, bool) else Unreadable()

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """One of the two texts, or `true` or `false` in any case where there are none."""
        if field.form.yes:
            return self.read(field, unquoted(text))
        return _flag(unquoted(text), "true", "false", any_case=True)

    def written(self, field: AnswerField, value: Any) -> str:
        """The text that stands for it."""
        return quoted((field.form.yes or "true") if value else (field.form.no or "false"))

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:  # noqa: ARG002
        """Both or neither."""
        return value is gold


class Date(Kind):
    """A year, month, day or moment, as ISO 8601 writes it."""

    def told(self, field: AnswerField) -> str:
        """A date and its shape."""
        return f"a date as {_SHAPES[field.form.grain]}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """A text of that shape."""
        return {"type": "string", "pattern": f"^{_DATES[field.form.grain]}$"}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """Its one spelling; a day also with midnight, a year also as a number, a moment of a zone in UTC."""
        grain = field.form.grain
        if grain == "year" and is_number(value) and value == int(value):
            value = str(int(value))
        if not isinstance(value, str):
            return Unreadable()
        if grain == "day" and (midnight := _MIDNIGHT.fullmatch(value)):
            value = midnight[1]
        if grain == "moment":
            value = value.replace(" ", "T", 1) if len(value) > len("YYYY-MM-DD") else f"{value}T00:00:00"
        return _on_calendar(grain, value) if re.fullmatch(_DATES[grain], value, re.ASCII) else Unreadable()

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """The date that the text is."""
        return self.read(field, unquoted(text))

    def written(self, field: AnswerField, value: Any) -> str:  # noqa: ARG002  it has no decimals
        """Its one spelling; a moment between quotes, for its colons set things apart."""
        return quoted(value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:  # noqa: ARG002
        """The same date; a moment of no zone is none of any."""
        return bool(value == gold)


def _flag(text: str, yes: str, no: str, *, any_case: bool) -> Part | Unreadable:
    for word, meant in ((yes, True), (no, False)):
        if same_label(composed(text), word, any_case=any_case):
            return meant
    return Unreadable()


def _on_calendar(grain: Grain, text: str) -> Part | Unreadable:
    """The date, if there is such a one."""
    try:
        if grain != "moment":
            date.fromisoformat(text + "-01-01"[len(text) - len("YYYY") :])
            return text
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(UTC)).isoformat()
    except (ValueError, OverflowError):
        return Unreadable()
