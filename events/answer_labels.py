"""When two labels are the same: by their spelling, or as the number that one of them is.

`2` is `2.0` and "2.0", while "02" and "2" are two codes. Canonically equal texts are one (Unicode's form
NFC); upper and lower case are two, unless a contract says otherwise.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

Label = bool | int | float | str
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
Rank = tuple[bool, Decimal, str]


def composed(text: str) -> str:
    """One spelling for what is written with one letter or with a letter and its accents."""
    return unicodedata.normalize("NFC", text)


def same_label(left: Label, right: Label, *, any_case: bool = False) -> bool:
    """Labels are equal by their spelling in the file, but for a trailing `.0`; a number also by its value."""
    if isinstance(left, str) and isinstance(right, str):
        return spelled(left, any_case=any_case) == spelled(right, any_case=any_case)
    number = _number_of(left)
    return number is not None and number == _number_of(right)


def same_labels(left: Sequence[Label], right: Sequence[Label], *, any_case: bool = False) -> bool:
    """Whether labels are the same in turn."""
    return len(left) == len(right) and all(
        same_label(one, other, any_case=any_case) for one, other in zip(left, right, strict=True)
    )


def rank(label: Label, *, any_case: bool = False) -> Rank:
    """Sorts labels so that equal ones stand at the same place."""
    number = _number_of(label)
    return number is None, number or Decimal(0), spelled(str(label), any_case=any_case)


def spelled(text: str, *, any_case: bool = False) -> str:
    """A composed text, a whole number without its trailing `.0`; in small letters where case is the same."""
    text = composed(text)
    whole = _WHOLE.fullmatch(text)
    plain = whole[1] if whole else text
    return composed(plain.casefold()) if any_case else plain


def _number_of(label: Label) -> Decimal | None:
    """The number that a label is or spells, exactly."""
    if isinstance(label, str):
        return Decimal(label) if _NUMBER.fullmatch(label) else None
    return Decimal(label) if isinstance(label, int) else Decimal(repr(label))
