"""A submitted answer as plain JSON values: what a solver meant, whatever its numbers are wrapped in."""

import math
from collections.abc import Mapping
from typing import Any

from events.identity import canonical_json, digest_of
from events.trace import Submission

MAX_ANSWER = 256 * 1024
"""Bytes of an answer's canonical JSON at most."""
_MAX_DEPTH = 32


class NotPlain(Exception):
    """A value that is no answer; the message says why."""


def submission_of(answer: object) -> Submission:
    """The answer as the log will hold it; `problem` says why it could not be taken, and it is null then."""
    try:
        value, problem = plain(answer), ""
        if len(canonical_json(value)) > MAX_ANSWER:
            value, problem = None, f"the answer is larger than {MAX_ANSWER} bytes"
    except NotPlain as refusal:
        value, problem = None, str(refusal)
    return Submission(answer=value, digest=digest_of(canonical_json(value)), problem=problem)


def plain(value: Any, depth: int = 0) -> Any:
    """JSON of a value: NumPy and pandas wrappers, tuples and sets are unwrapped, NaN and infinity are null.

    Raises:
        NotPlain: it holds something that is neither a number, text, flag, list nor mapping.
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
    if isinstance(value, float) or not -(2**63) <= value < 2**63:
        return _finite(value)
    return int(value)


def _finite(value: Any) -> float | None:
    """The float nearest to a number; None for NaN, infinity and what is beyond every float."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, item in value.items():
        name = plain(str(key))
        if name in fields:
            raise NotPlain(f"two keys of the answer are spelled {name!r}")
        fields[name] = plain(item, depth + 1)
    return fields


def _unwrapped(value: Any, depth: int) -> Any:
    """Scalars, arrays, series and indexes of NumPy and pandas; dates as text; missing markers as null."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if hasattr(value, "tolist") and type(value).__name__ != "DataFrame":
        inner = value.tolist()
        if type(inner) is not type(value):
            return plain(inner, depth + 1)
    raise NotPlain(f"the answer holds a {type(value).__module__}.{type(value).__qualname__}")
