"""Numbers and whole numbers as answers."""

import math
import re
import sys
from decimal import Decimal
from typing import Any

from events.answer_contract import AnswerField, Part
from events.answer_kind import Kind, Unreadable
from events.scalars import number

_LARGEST = int(sys.float_info.max)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LONGEST = 1000
"""Characters of a text at most that is read as a number; Python reads no integer of more than 4300 digits."""
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f", " "))
"""Blanks that differ in width and in where a line may end, not in what they set apart."""
_PERCENT = {"": "", "points": ", in percent: 12.5 is 12.5%", "share": ", as a share of 1: 0.125 is 12.5%"}


class Number(Kind):
    """A finite number; matched within half a unit of the last decimal asked for."""

    def told(self, field: AnswerField) -> str:
        """A number, its unit and how it is rounded."""
        plural = "" if field.decimals == 1 else "s"
        rounding = "" if field.decimals is None else f", rounded to {field.decimals} decimal{plural}"
        return f"a number{_unit(field)}{rounding}{_spelling(field)}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """A number, or a text where one may stand."""
        return {"type": ["number", "string"] if _may_be_text(field) else "number"}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A number that a float can hold; of a text where the contract allows it."""
        if isinstance(value, str) and _may_be_text(field):
            return self.spelled(field, value)
        return value if is_number(value) else Unreadable()

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """A decimal number, with unit, `%` and separators where they are declared."""
        bare, form = _without_unit(field, text.strip()), field.form
        if len(bare) > _LONGEST:
            return Unreadable()
        percent = bool(form.percent) and bare.endswith("%")
        bare = bare[:-1].rstrip() if percent else bare
        bare = _without_separators(form.thousands, bare) if form.thousands else bare
        if not _NUMBER.fullmatch(bare):
            return Unreadable()
        if percent and form.percent == "share":
            return _finite(float(Decimal(bare) / 100))
        return _finite(int(bare) if bare.lstrip("+-").isdigit() else float(bare))

    def written(self, field: AnswerField, value: Any) -> str:
        """With the decimals asked for, or as Python spells it."""
        if field.decimals is None:
            return repr(value)
        text = f"{value:.{field.decimals}f}"
        return text.removeprefix("-") if not float(text) else text

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """Within half a unit (or one) of the last decimal, and the field's own tolerances."""
        step = 0.0 if field.decimals is None else 10.0**-field.decimals
        scale = _scale(value, gold, half=half)
        slack = (0.5 if half else 1.0) * step + 1e-9 * scale
        return bool(abs(value - gold) <= slack + field.absolute + field.relative * scale)

    def rounded(self, field: AnswerField, value: Any) -> Any:
        """To the decimals asked for."""
        return value if field.decimals is None else round(float(value), field.decimals)

    def canonical(self, field: AnswerField, value: Any) -> Any:  # noqa: ARG002  whatever its decimals
        """Equal numbers are one."""
        return number(value)


class Integer(Number):
    """A whole number, compared exactly whatever its size."""

    def told(self, field: AnswerField) -> str:
        """A whole number and its unit."""
        return f"a whole number{_unit(field)}{_spelling(field)}"

    def schema(self, field: AnswerField) -> dict[str, Any]:
        """An integer, or a text where one may stand."""
        return {"type": ["integer", "string"] if _may_be_text(field) else "integer"}

    def read(self, field: AnswerField, value: Any) -> Part | Unreadable:
        """A whole number, also one written as 3.0."""
        return _whole(super().read(field, value))

    def spelled(self, field: AnswerField, text: str) -> Part | Unreadable:
        """A whole number, with unit and separators where they are declared."""
        return _whole(super().spelled(field, text))

    def written(self, field: AnswerField, value: Any) -> str:  # noqa: ARG002  it has no decimals
        """Its digits."""
        return str(value)

    def same(self, field: AnswerField, value: Any, gold: Any, *, half: bool) -> bool:
        """Equal, but for the field's own tolerances."""
        return bool(abs(value - gold) <= field.absolute + field.relative * _scale(value, gold, half=half))

    def rounded(self, field: AnswerField, value: Any) -> Any:  # noqa: ARG002  it has no decimals
        """It is."""
        return value


def is_number(value: Any) -> bool:
    """Whether it is a number that a float can hold; `True` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _LARGEST


def _finite(value: float) -> Part | Unreadable:
    return value if is_number(value) else Unreadable()


def _whole(value: Any) -> Part | Unreadable:
    return int(value) if is_number(value) and value == int(value) else Unreadable()


def _scale(value: float, gold: float, *, half: bool) -> float:
    """What relative tolerances are shares of: the gold, or the larger of two answers."""
    return abs(gold) if half else max(abs(value), abs(gold))


def _unit(field: AnswerField) -> str:
    return f" in {field.unit}" if field.unit else ""


def _spelling(field: AnswerField) -> str:
    """How else a number may be given."""
    form = field.form
    grouped = f", thousands set apart by {form.thousands!r} if you like" if form.thousands else ""
    written = ", with its unit if you like" if form.written and field.unit else ""
    return _PERCENT[form.percent] + grouped + written


def _may_be_text(field: AnswerField) -> bool:
    return field.form.written or bool(field.form.thousands or field.form.percent)


def _without_unit(field: AnswerField, text: str) -> str:
    """A number without the unit behind or before it; a sign may stand on either side of one before it."""
    if not field.unit:
        return text
    if text.endswith(field.unit):
        return text.removesuffix(field.unit).rstrip()
    sign = text[: text.startswith(("+", "-"))]
    bare = text.removeprefix(sign)
    return sign + bare.removeprefix(field.unit).lstrip() if bare.startswith(field.unit) else text


def _without_separators(separator: str, text: str) -> str:
    """A number without what stands between its groups of three digits; every blank is one."""
    between, plain = separator.translate(_BLANKS), text.translate(_BLANKS)
    grouped = re.fullmatch(rf"[+-]?\d{{1,3}}({between}\d{{3}})+(\.\d*)?", plain, re.ASCII)
    return plain.replace(between, "") if grouped else text
