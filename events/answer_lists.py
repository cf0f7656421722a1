"""Labels and intervals as answers: several values in one field."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from events.answer_cells import SINGLE
from events.answer_contract import AnswerField, Part
from events.answer_kind import Kind, Unreadable
from events.answer_labels import rank, same_label
from events.answer_texts import Label

_LABEL = Label()


class Labels(Kind):
    """Several labels: a set, or a sequence where their order counts."""

    def told(self, field: AnswerField) -> str:
        """A list, whether in order, and what its items may be."""
        order = "in order" if field.ordered else "in any order"
        more = field.form.options or field.form.any_case
        each = f", each {_LABEL.told(field)}" if more else ""
        return f"a list of texts, {order}{each}{', repeated as they are' if field.form.repeats else ''}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """An array."""
        schema = {"type": "array", "items": _LABEL.schema(field)}
        return schema if field.form.repeats else schema | {"uniqueItems": True}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A tuple of labels, none of them twice unless the contract says so."""
        if not isinstance(value, list | tuple):
            return Unreadable()
        return self._checked(field, [_LABEL.read(field, one) for one in value])

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """What stands between commas."""
        return self._checked(field, [_LABEL.spelled(field, one) for one in parts(text)])

    def written(self, field: AnswerField, value: Any) -> str:
        """The labels with commas between them."""
        return ", ".join(_LABEL.written(field, one) for one in value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:  # noqa: ARG002
        """The same labels; in turn where their order counts."""
        case = field.form.any_case
        left, right = ((one if field.ordered else self._sorted(field, one)) for one in (value, gold))
        return len(left) == len(right) and all(
            same_label(one, other, any_case=case) for one, other in zip(left, right, strict=True)
        )

    def canonical(self, field: AnswerField, value: Any) -> Any:
        """Their spellings; sorted where their order is free."""
        found = [_LABEL.canonical(field, one) for one in value]
        return found if field.ordered else sorted(found)

    def _sorted(self, field: AnswerField, labels: Any) -> list[Any]:
        return sorted(labels, key=lambda one: rank(one, any_case=field.form.any_case))

    def _checked(self, field: AnswerField, labels: list[Any]) -> Part | Unreadable:
        if any(isinstance(one, Unreadable) for one in labels):
            return Unreadable()
        ranked, case = self._sorted(field, labels), field.form.any_case
        for one, other in itertools.pairwise(ranked):
            if not field.form.repeats and same_label(one, other, any_case=case):
                return Unreadable(f"it gives {one!r} twice")
        return tuple(labels)


class Interval(Kind):
    """A lower and an upper end, both included in what is compared: numbers, whole numbers or dates."""

    def told(self, field: AnswerField) -> str:
        """A list of two, and what they are."""
        return f"a list of two, the lower end first, each {_end(field).told(_ended(field))}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """An array of two."""
        return {"type": "array", "items": _end(field).schema(_ended(field)), "minItems": 2, "maxItems": 2}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """Both ends, the lower first."""
        if not isinstance(value, list | tuple):
            return Unreadable()
        return _span([_end(field).read(_ended(field), one) for one in value])

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """What stands before and behind a comma; one that sets thousands apart has no space behind it."""
        between = re.split(r",\s+", text) if field.form.thousands == "," else list(parts(text))
        return _span([_end(field).spelled(_ended(field), one) for one in between])

    def written(self, field: AnswerField, value: Any) -> str:
        """Both ends with a comma between them."""
        return ", ".join(_end(field).written(_ended(field), one) for one in value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """Both ends are."""
        pairs, ended = zip(value, gold, strict=True), _ended(field)
        return all(_end(field).same(ended, one, other, half=half) for one, other in pairs)

    def rounded(self, field: AnswerField, value: Any) -> Any:
        """Both ends are."""
        return tuple(_end(field).rounded(_ended(field), one) for one in value)

    def canonical(self, field: AnswerField, value: Any) -> Any:
        """Both ends."""
        return [_end(field).canonical(_ended(field), one) for one in value]


def parts(text: str) -> list[str]:
    """What stands between the commas of a text, those between quotes aside; of an empty text nothing."""
    return [part for part, _ in _split(text, ",")] if text.strip() else []


def rows(text: str) -> list[list[str]]:
    """What stands between the commas of each row, rows being set apart by semicolons."""
    found: list[list[str]] = [[]]
    for part, sign in _split(text, ",;") if text.strip() else ():
        found[-1].append(part)
        if sign == ";":
            found.append([])
    return [row for row in found if row]


def _split(text: str, signs: str) -> Iterator[tuple[str, str]]:
    """Each part, and the sign behind it; a quote that does not end before a sign or the end is none."""
    between = rf"""\s*(?:"(?:[^"\\]|\\.)*"|'[^']*')\s*(?=[{signs}]|\Z)|[^{signs}]*"""
    for found in re.finditer(rf"({between})([{signs}]|\Z)", text):
        yield found[1], found[2]
        if not found[2]:
            return


def _span(ends: list[Any]) -> Part | Unreadable:
    if len(ends) != 2 or any(isinstance(one, Unreadable) for one in ends):
        return Unreadable()
    return tuple(ends) if ends[0] <= ends[1] else Unreadable("the lower end comes first")


def _ended(field: AnswerField) -> AnswerField:
    return replace(field, kind=field.form.ends)


def _end(field: AnswerField) -> Kind:
    return SINGLE[field.form.ends]
