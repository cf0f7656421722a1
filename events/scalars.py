"""The identity of single values: numbers, texts, flags, moments, and the one missing value.

Equal numbers have one spelling, whatever their type, and moments one text. NumPy's and pandas' scalars are
recognised by their classes, so this module works where neither is loaded.
"""

import math
import re
import sys
from datetime import date, time, timedelta
from typing import Any

EXACT = 2**53
"""Up to here every whole number is a float."""
_LARGEST = int(sys.float_info.max)
_MOST_BITS = 4096
"""Larger integers are spelled in hexadecimal; Python spells no integer of more than 4300 digits."""
_ZEROS = re.compile(r"(\.\d*?)0+$")
_WRITTEN = ("Interval", "Period")
"""Classes of pandas whose text says all that they hold."""


def is_scalar(value: object) -> bool:
    """Whether the value is single and can be spelled."""
    return (
        value is None
        or _is_missing_marker(value)
        or isinstance(value, bool | str | int | float | date | time | timedelta)
        or (_is_numpy(value, "generic") and not _is_numpy(value, "complexfloating"))
        or (type(value).__module__.startswith("pandas") and type(value).__name__ in _WRITTEN)
    )


def scalar(value: Any) -> Any:
    """The canonical form of a single value: null, a flag, `["number", text]` or a text."""
    if value is None or _is_missing_marker(value):
        return None
    if isinstance(value, bool) or _is_numpy(value, "bool"):
        return bool(value)
    if isinstance(value, int | float) or _is_numpy(value, "number"):
        return number(value)
    if isinstance(value, date | time) or _is_numpy(value, "datetime64"):
        return _moment(value)
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds()!r}S"
    return str(value).encode("utf-8", "backslashreplace").decode()


def number(value: Any) -> Any:
    """Equal numbers share one spelling: whole ones as integers, beyond 2**53 as floats where they are any."""
    if isinstance(value, int) or _is_numpy(value, "integer"):
        return ["number", _integer(int(value))]
    real = float(value)
    if math.isnan(real):
        return None
    return ["number", str(int(real)) if real.is_integer() and abs(real) < EXACT else repr(real)]


def _integer(value: int) -> str:
    if abs(value) < EXACT:
        return str(value)
    if abs(value) <= _LARGEST and int(float(value)) == value:
        return repr(float(value))
    return str(value) if value.bit_length() <= _MOST_BITS else hex(value)


def _moment(value: Any) -> str:
    """ISO 8601 without midnight and trailing zeros: one spelling for NumPy, pandas and Python."""
    text = str(value) if _is_numpy(value, "generic") else value.isoformat()
    return _ZEROS.sub(r"\1", text).removesuffix(".").removesuffix("T00:00:00")


def _is_missing_marker(value: object) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    if type(value).__module__ == "numpy" and type(value).__name__ in ("datetime64", "timedelta64"):
        return str(value) == "NaT"
    return type(value).__name__ in ("NaTType", "NAType")


def _is_numpy(value: object, kind: str) -> bool:
    """Whether the value is a NumPy scalar whose abstract type has this name."""
    return any(
        base.__module__ == "numpy" and base.__name__.rstrip("_") == kind for base in type(value).__mro__
    )
