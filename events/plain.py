"""Plain JSON values: what a solver meant, whatever its numbers are wrapped in.

NumPy's and pandas' wrappers are recognised by their classes, so this module works where neither is loaded.
"""

import math
import sys
from collections.abc import Mapping
from typing import Any

from events.identity import canonical_json

_MAX_DEPTH = 32
LARGEST = int(sys.float_info.max)
"""A whole number beyond every float is none that an answer could be compared with."""


class NotPlain(Exception):
    """A value that is no answer; the message says why."""


def plain(value: Any, depth: int = 0) -> Any:
    """JSON of a value: NumPy and pandas wrappers, tuples and sets are unwrapped, NaN and infinity are null.

    A table is a list of its rows as objects, with the levels of its index that have a name. Sets are sorted.

    Raises:
        NotPlain: it holds something that is neither a number, text, flag, list, mapping nor table.
    """
    if depth > _MAX_DEPTH:
        raise NotPlain(f"the answer is nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, str):
        return str.__str__(value).encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | int | float):
        return _scalar(value)
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, set | frozenset):
        return sorted((plain(item, depth + 1) for item in value), key=canonical_json)
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    return _unwrapped(value, depth)


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise NotPlain("the answer holds a whole number larger than every float")
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, item in value.items():
        name = _named(key)
        if name in fields:
            raise NotPlain(f"two keys of the answer are spelled {name!r}")
        fields[name] = plain(item, depth + 1)
    return fields


def _named(key: Any) -> str:
    """The text that a key is; a whole number of more than 4300 digits, also one within it, has none."""
    try:
        return str(plain(str(key)))
    except ValueError as refusal:
        message = f"a key of the answer cannot be written as text: {refusal}"
        raise NotPlain(message) from refusal


def _unwrapped(value: Any, depth: int) -> Any:
    """Scalars, arrays, series, indexes and tables; dates as text; missing markers as null."""
    kind = type(value).__name__ if type(value).__module__.startswith("pandas") else ""
    if kind in ("NAType", "NaTType"):
        return None
    if kind == "Interval":
        return [plain(value.left, depth + 1), plain(value.right, depth + 1)]
    if kind == "Period":
        return str(value)
    if kind == "DataFrame":
        return _rows(value, depth)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if hasattr(value, "tolist"):
        inner = value.tolist()
        if type(inner) is not type(value):
            return plain(inner, depth + 1)
    raise NotPlain(f"the answer holds a {type(value).__module__}.{type(value).__qualname__}")


def _rows(table: Any, depth: int) -> list[Any]:
    levels = [place for place, name in enumerate(table.index.names) if name is not None]
    names = [*(table.index.names[place] for place in levels), *table.columns]
    spelled = [_named(name) for name in names]
    if len(set(spelled)) < len(names):
        raise NotPlain("two columns of the answer have one name")
    columns = [
        *map(table.index.get_level_values, levels),
        *(table.iloc[:, at] for at in range(table.shape[1])),
    ]
    held = [plain(column.tolist(), depth + 1) for column in columns]
    return [dict(zip(spelled, row, strict=True)) for row in zip(*held, strict=True)]
