"""Numbers that were written for people, and so are text: `1,234`, `$12.50`, `5%`, `12 kg`, some and a `?`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actors.profiling.column import Column
from actors.profiling.doubtful import PLACEHOLDERS
from actors.profiling.units import spelled
from events.dataset import NumberForm

_CURRENCY = "$€£¥"
_SHAPE = re.compile(
    rf"(?P<sign>[+-]?)(?P<before>(?:US\$|[{_CURRENCY}]|[A-Z]{{3}})[ \xa0]?)?"
    r"(?P<number>[0-9][0-9.,' \xa0]*|\.[0-9]+)"
    rf"(?P<after> ?[%‰{_CURRENCY}]| ?[A-Za-zµ°]{{1,9}}(?:/[a-z]{{1,6}})?)?"
)
_PLAIN = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NEARLY_ALL = 0.9
_FEWEST = 10
"""Different values that it takes to see how a column divides its digits."""
_SMALL_SHARE = 25
_LOOKED_AT = 60
_STYLES = ((",", "."), (".", ","), (" ", "."), (" ", ","), ("'", "."), ("", ","))
"""Between thousands, and before decimals."""


@dataclass(frozen=True)
class Spelled:
    """How a column's texts are numbers."""

    form: NumberForm | None
    """How they are read; None where they are numbers and cannot be read surely."""
    why: str
    """The evidence."""


def spelled_numbers(column: Column) -> Spelled | None:
    """How a column of text is numbers written for people; None when it is not."""
    sample = [str(value).strip() for value in column.values[:: max(1, column.distinct // _LOOKED_AT)]]
    if 2 * sum(1 for value in sample if _SHAPE.fullmatch(value)) < len(sample):
        return None
    rows = {str(value).strip(): count for value, count in zip(column.values, column.counts, strict=True)}
    told = {value: count for value, count in rows.items() if value.casefold() not in PLACEHOLDERS}
    found = {value: match for value in told if (match := _SHAPE.fullmatch(value))}
    if len(told) < 2 or len(found) < _NEARLY_ALL * len(told):
        return None
    before, after = _affix(found, "before"), _affix(found, "after")
    if before is None or after is None or not _may_stand(before, after):
        return None
    numbers = {value: match["number"].replace("\xa0", " ").strip() for value, match in found.items()}
    if any(re.match("0[0-9]", number) for number in numbers.values()):
        return None
    return _styled(rows, numbers, before, after)


def _styled(rows: Mapping[str, int], numbers: Mapping[str, str], before: str, after: str) -> Spelled | None:
    plain = all(_PLAIN.fullmatch(number) for number in numbers.values())
    fits = (
        [("", ".")]
        if plain
        else [style for style in _STYLES if all(_fits(n, style) for n in numbers.values())]
    )
    unread = sum(count for value, count in rows.items() if value not in numbers)
    if not fits or (plain and not before and not after and not unread):
        return None
    if not plain and not before and not after and len(numbers) < _FEWEST:
        return None
    if len(fits) > 1 and (fits := _surer(fits, list(numbers.values()))) and len(fits) > 1:
        return Spelled(None, "numbers in which a sign may divide thousands or decimals, so they stay text")
    form = NumberForm(fits[0][0], fits[0][1], before, after, unread)
    return Spelled(form, _told(form, rows, numbers))


def _affix(found: Mapping[str, re.Match[str]], group: str) -> str | None:
    """What stands before or behind the numbers; None when it differs."""
    seen = {(match[group] or "").strip() for match in found.values()} - {""}
    return None if len(seen) > 1 else next(iter(seen), "")


def _may_stand(before: str, after: str) -> bool:
    """Whether what surrounds the numbers is a currency or a unit, so that they are no codes."""
    known = not before or before in (*_CURRENCY, "US$") or bool(spelled(before, bracketed=True))
    return known and (not after or after in _CURRENCY or bool(spelled(after, bracketed=True)))


def _fits(number: str, style: tuple[str, str]) -> bool:
    thousands, decimal = style
    whole = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    return re.fullmatch(rf"(?:{whole})(?:{re.escape(decimal)}[0-9]+)?", number) is not None


def _surer(fits: Sequence[tuple[str, str]], numbers: Sequence[str]) -> list[tuple[str, str]]:
    """Those of several styles that some value needs; all where the signs say nothing.

    `1,234` is a thousand or one and a bit. Where numbers below a thousand have no sign at all, and those
    above do, it divides thousands; decimals would be written everywhere, or in different lengths.
    """
    small = [number for number in numbers if number.isdigit()]
    signs = {char for number in numbers for char in number if not char.isdigit()}
    if len(signs) != 1:
        return [style for style in fits if signs == set("".join(style))][:1] or list(fits)
    (sign,) = signs
    divided = [style for style in fits if style[0] == sign]
    if sign == " ":
        return divided[:1]
    if (
        divided
        and small
        and all(len(number) <= 3 for number in small)
        and len(small) * _SMALL_SHARE >= len(numbers)
    ):
        return divided[:1]
    decimals = [style for style in fits if style == ("", sign)]
    return list(fits) if divided else decimals[:1]


def _told(form: NumberForm, rows: Mapping[str, int], numbers: Mapping[str, str]) -> str:
    parts = [
        f"{form.thousands!r} between thousands" if form.thousands else "",
        f"{form.decimal!r} before decimals" if form.decimal != "." else "",
        f"{form.before!r} before them" if form.before else "",
        f"{form.after!r} behind them" if form.after else "",
    ]
    strange = min((value for value in rows if value not in numbers), default="")
    if form.unread:
        parts.append(f"{form.unread} rows with something else, such as {strange[:30]!r}")
    return "numbers written as text: " + ", ".join(part for part in parts if part)
