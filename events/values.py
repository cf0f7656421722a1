"""The identity of values: canonical form, digest, and when two values are close.

`True` is not 1. 1 and 1.0 are one number, and so are 0.0 and -0.0: a person reads them the same.
None, NaN, NaT and pandas' NA are one missing value, which equals itself here (so that columns have
digests) but matches nothing as an answer. Data frames and series are recognised by their class, so
this module works, and stays light, where pandas is not loaded.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from events.identity import canonical_json, digest_of
from events.struct import Fact

ValueKind = Literal["missing", "flag", "number", "text", "sequence", "set", "mapping", "table", "object"]
SHOWN_ITEMS = 64
"""Sequences and mappings show at most this many items; tables this many columns."""
SHOWN_TEXT = 200
"""Texts show at most this many characters."""
RELATIVE = 1e-9
"""Two numbers are close when they differ by at most this share of the larger."""


class Value(Fact, frozen=True):
    """A value as the log holds it: digest of the whole, and a bounded form to read and compare."""

    kind: ValueKind
    """What it is."""
    digest: str
    """Digest of the canonical form of the whole value."""
    size: int = 1
    """Items of a sequence, set or mapping; rows of a table; 1 otherwise."""
    shown: Any = None
    """The canonical form, bounded: see `value_of`."""


def value_of(value: object) -> Value:
    """The bounded value of any Python object.

    `shown` is null, a flag, `["number", text]`, a text, a list of canonical items, a list of
    canonical pairs, or for a table an object of `rows`, `columns`, `labels` (digest of the row
    labels), `sums` (one a numeric column) and `texts` (digest of the others).
    """
    if _is_frame(value):
        return _table(value)
    form = canonical(value)
    kind = _kind(form)
    size = len(form[1]) if kind in ("sequence", "set", "mapping") else 1
    return Value(kind=kind, digest=digest_of(canonical_json(form)), size=size, shown=_bounded(form))


def canonical(value: object) -> Any:
    """The one JSON form of a value: scalars by themselves, everything else a list led by its kind."""
    if _is_scalar(value):
        return _scalar(value)
    if isinstance(value, set | frozenset):
        return ["set", sorted((canonical(item) for item in value), key=canonical_json)]
    if isinstance(value, Mapping):
        return _mapping(value.items())
    if _is_series(value):
        series: Any = value
        return _mapping(zip(series.index.tolist(), series.tolist(), strict=True))
    if _is_frame(value):
        return ["table", _table(value).digest]
    if isinstance(value, list | tuple) or hasattr(value, "tolist"):
        array: Any = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(array, list | tuple):
            return canonical(array)
        return ["sequence", [canonical(item) for item in array]]
    return ["object", f"{type(value).__module__}.{type(value).__qualname__}"]


def close(left: Value, right: Value, relative: float = RELATIVE) -> bool:
    """Whether two values are equal in kind and value, numbers within `relative` of the larger.

    Values too long to be shown are compared by digest.
    """
    if left.kind != right.kind or left.kind == "object" or left.size != right.size:
        return False
    if left.digest == right.digest:
        return True
    return _shown_whole(left) and _close_form(left.shown, right.shown, relative)


def number_of(value: Value) -> float | None:
    """The number that a value of kind `number` holds; None for other kinds."""
    return float(value.shown[1]) if value.kind == "number" else None


def _is_scalar(value: object) -> bool:
    return (
        value is None
        or _is_missing_marker(value)
        or isinstance(value, bool | str | int | float)
        or _is_numpy(value, "generic")
    )


def _scalar(value: Any) -> Any:
    if value is None or _is_missing_marker(value):
        return None
    if isinstance(value, bool) or _is_numpy(value, "bool"):
        return bool(value)
    if isinstance(value, int | float) or _is_numpy(value, "number"):
        return _number(value)
    return str(value)


def _number(value: Any) -> Any:
    """Integers and whole floats share one spelling; other floats keep every bit by `repr`."""
    if isinstance(value, int) or _is_numpy(value, "integer"):
        return ["number", str(int(value))]
    number = float(value)
    if math.isnan(number):
        return None
    if number.is_integer() and abs(number) < 2**53:
        return ["number", str(int(number))]
    return ["number", repr(number)]


def _mapping(pairs: Iterable[tuple[object, object]]) -> Any:
    """A mapping is its pairs in the order of their keys; a repeated key keeps every row."""
    items = [[canonical(key), canonical(item)] for key, item in pairs]
    return ["mapping", sorted(items, key=canonical_json)]


def _table(frame: Any) -> Value:
    sums: list[Any] = []
    texts: list[Any] = []
    cells: list[str] = []
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        numeric = column.dtype.kind in "iuf"
        raw = column.to_numpy().tobytes() if numeric else _texts(column)
        digest = digest_of(raw)
        cells.append(digest)
        if numeric:
            sums.append(_number(column.sum()))
        else:
            texts.append(digest)
    columns = [str(name) for name in frame.columns]
    labels = digest_of(canonical_json([_plain(label) for label in frame.index.tolist()]))
    rows = int(frame.shape[0])
    whole = digest_of(canonical_json(["table", rows, columns, labels, cells]))
    shown = {
        "rows": rows,
        "columns": columns[:SHOWN_ITEMS],
        "labels": labels,
        "sums": sums[:SHOWN_ITEMS],
        "texts": digest_of(canonical_json(texts)),
    }
    return Value(kind="table", digest=whole, size=rows, shown=shown)


def _texts(column: Any) -> bytes:
    return canonical_json([canonical(item) for item in column.tolist()])


def _plain(label: Any) -> Any:
    return label if isinstance(label, int | str) else str(label)


def _kind(form: Any) -> ValueKind:
    if form is None:
        return "missing"
    if isinstance(form, bool):
        return "flag"
    if isinstance(form, str):
        return "text"
    kind: ValueKind = form[0]
    return kind


def _bounded(form: Any) -> Any:
    if isinstance(form, str):
        return form[:SHOWN_TEXT]
    if isinstance(form, list) and form[0] in ("sequence", "set", "mapping"):
        return [_bounded_item(item) for item in form[1][:SHOWN_ITEMS]]
    return form


def _bounded_item(item: Any) -> Any:
    """An item of a collection: scalars and pairs of scalars as they are, anything larger by digest."""
    if isinstance(item, str):
        return item[:SHOWN_TEXT]
    if isinstance(item, list) and len(canonical_json(item)) > 2 * SHOWN_TEXT:
        return ["digest", digest_of(canonical_json(item))]
    return item


def _shown_whole(value: Value) -> bool:
    return value.size <= SHOWN_ITEMS or value.kind == "table"


def _close_form(left: Any, right: Any, relative: float) -> bool:
    if _is_number_form(left) and _is_number_form(right):
        return math.isclose(float(left[1]), float(right[1]), rel_tol=relative, abs_tol=1e-12)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            _close_form(a, b, relative) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _close_form(left[key], right[key], relative) for key in left
        )
    return type(left) is type(right) and bool(left == right)


def _is_number_form(form: Any) -> bool:
    return isinstance(form, list) and len(form) == 2 and form[0] == "number"


def _is_missing_marker(value: object) -> bool:
    return type(value).__name__ in ("NaTType", "NAType") or (isinstance(value, float) and math.isnan(value))


def _is_numpy(value: object, kind: str) -> bool:
    """Whether the value is a NumPy scalar whose abstract type has this name."""
    return any(
        base.__module__ == "numpy" and base.__name__.rstrip("_") == kind for base in type(value).__mro__
    )


def _is_series(value: object) -> bool:
    return type(value).__name__ == "Series" and type(value).__module__.startswith("pandas")


def _is_frame(value: object) -> bool:
    return type(value).__name__ == "DataFrame" and type(value).__module__.startswith("pandas")
