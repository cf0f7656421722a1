"""The identity of values: canonical form, digest, and when two values are close.

`True` is not 1. 1 and 1.0 are one number, and so are 0.0 and -0.0: a person reads them the same.
None, NaN, NaT and pandas' NA are one missing value, which equals itself here (so that columns have
digests) but matches nothing as an answer. A date is its ISO text. What has no content to compare, such
as a function or a fitted model, is an `object`, and so is everything that holds one. Data frames and
series are recognised by their class, so this module works, and stays light, where pandas is not loaded.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from events.identity import canonical_json, digest_of
from events.scalars import EXACT, is_scalar, number, scalar
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

    `shown` is null, a flag, `["number", text]`, a text, a list of canonical items (long texts among them
    as `["cut", head, digest]`, other large ones as `["digest", digest]`), a list of canonical pairs, or for
    a table an object of `rows`, `columns`, `labels` (digest of the row labels), `sums` (for each numeric
    column its sum, the sum of its running sums, and how many cells are missing) and `texts` (digest of
    the others).
    """
    if _is_frame(value):
        return _table(value)
    form = canonical(value)
    kind = _kind(form)
    size = len(form[1]) if kind in ("sequence", "set", "mapping") else 1
    digest = digest_of(canonical_json(form))
    if kind != "object" and _opaque(form):
        return Value("object", digest, size, ["object", kind])
    return Value(kind, digest, size, _bounded(form))


def canonical(value: object) -> Any:
    """The one JSON form of a value: scalars by themselves, everything else a list led by its kind."""
    if is_scalar(value):
        return scalar(value)
    if isinstance(value, set | frozenset):
        return ["set", sorted((canonical(item) for item in value), key=_order)]
    if isinstance(value, Mapping):
        return _mapping(value.items())
    if _is_series(value):
        series: Any = value
        return _mapping(zip(series.index.tolist(), series.tolist(), strict=True))
    if _is_frame(value):
        table = _table(value)
        return [table.kind, table.digest]
    if isinstance(value, list | tuple | range) or hasattr(value, "tolist"):
        array: Any = value.tolist() if hasattr(value, "tolist") else value
        if not isinstance(array, list | tuple | range):
            return canonical(array)
        return ["sequence", [canonical(item) for item in array]]
    return ["object", f"{type(value).__module__}.{type(value).__qualname__}"]


def close(left: Value, right: Value, relative: float = RELATIVE) -> bool:
    """Whether two values are equal in kind and value, numbers within `relative` of the larger.

    Values too long to be shown are compared by digest. Tables are compared by their rows, names and sums.
    """
    if left.kind != right.kind or left.kind == "object" or left.size != right.size:
        return False
    if left.digest == right.digest:
        return True
    if left.kind == "number":
        return _close_numbers(left.shown[1], right.shown[1], relative)
    if left.kind == "table":
        return _close_tables(left.shown, right.shown, relative)
    if left.kind in ("sequence", "set", "mapping"):
        return left.size <= SHOWN_ITEMS and _close_items(left.kind, left.shown, right.shown, relative)
    return False


def _mapping(pairs: Iterable[tuple[object, object]]) -> Any:
    """A mapping is its pairs in the order of their keys; a repeated key keeps every row."""
    items = [[canonical(key), canonical(item)] for key, item in pairs]
    return ["mapping", sorted(items, key=lambda pair: (_order(pair[0]), _order(pair[1])))]


def _order(form: Any) -> tuple[float, bytes]:
    """Numbers by size, so that their last bits move nothing, then by spelling as everything else."""
    return _float(form[1]) if _kind(form) == "number" else 0.0, canonical_json(form)


def _table(frame: Any) -> Value:
    columns = [_column(frame.iloc[:, position]) for position in range(frame.shape[1])]
    rows, names = int(frame.shape[0]), frame.columns.tolist()
    labels = canonical(frame.index.tolist())
    cells = [column.digest for column in columns]
    whole = digest_of(canonical_json(["table", rows, canonical(names), labels, cells]))
    if any(column.opaque for column in columns) or _opaque(labels):
        return Value("object", whole, rows, ["object", "table"])
    shown = {
        "rows": rows,
        "columns": [str(name)[:SHOWN_TEXT] for name in names[:SHOWN_ITEMS]],
        "labels": digest_of(canonical_json(labels)),
        "sums": [column.sums for column in columns if column.sums][:SHOWN_ITEMS],
        "texts": digest_of(canonical_json([column.digest for column in columns if not column.sums])),
    }
    return Value("table", whole, rows, shown)


@dataclass(frozen=True)
class _Column:
    digest: str
    sums: list[Any]
    """Empty for a column that holds no numbers."""
    opaque: bool = False


def _column(series: Any) -> _Column:
    """A column of a table; equal numbers are the same whatever its dtype."""
    if series.dtype.kind not in "iuf":
        form = canonical(series.tolist())
        return _Column(digest_of(canonical_json(form)), [], _opaque(form))
    floats = series.to_numpy(dtype="float64", na_value=math.nan, copy=True)
    lossy = (abs(floats) >= EXACT).any()  # whole numbers may have lost digits on the way
    data = canonical_json(canonical(series.tolist())) if lossy else _bits(floats)
    return _Column(digest_of(data), _sums(floats))


def _bits(floats: Any) -> bytes:
    """The bytes of an array in which 0.0 is -0.0 and all NaN are one; the array becomes that."""
    floats += 0.0
    floats[floats != floats] = math.nan  # noqa: PLR0124  NaN alone differs from itself
    data: bytes = floats.tobytes()
    return data


def _sums(floats: Any) -> list[Any]:
    """The sum, the sum of running sums, and the missing cells: they follow every cell and its place."""
    missing = floats != floats  # noqa: PLR0124  as above
    floats[missing] = 0.0
    return [number(floats.sum()), number(floats.cumsum().sum()), int(missing.sum())]


def _kind(form: Any) -> ValueKind:
    if form is None:
        return "missing"
    if isinstance(form, bool):
        return "flag"
    if isinstance(form, str):
        return "text"
    kind: ValueKind = form[0]
    return kind


def _opaque(form: Any) -> bool:
    """Whether a canonical form is, or holds, an object without content."""
    kind = _kind(form) if form != [] else "missing"
    if kind == "mapping":
        return any(_opaque(part) for pair in form[1] for part in pair)
    return kind == "object" or (kind in ("sequence", "set") and any(map(_opaque, form[1])))


def _bounded(form: Any) -> Any:
    kind = _kind(form)
    if kind == "text":
        return form[:SHOWN_TEXT]
    if kind == "number":
        return form if len(form[1]) <= SHOWN_TEXT else ["number", f"{form[1][:SHOWN_TEXT]}..."]
    if kind == "mapping":
        return [[_bounded_item(key), _bounded_item(item)] for key, item in form[1][:SHOWN_ITEMS]]
    if kind in ("sequence", "set"):
        return [_bounded_item(item) for item in form[1][:SHOWN_ITEMS]]
    if kind == "object":
        return ["object", form[1][:SHOWN_TEXT]]
    return form


def _bounded_item(item: Any) -> Any:
    """An item of a collection: what is small as it is, long texts by head and digest, the rest by digest."""
    if isinstance(item, str) and len(item) > SHOWN_TEXT:
        return ["cut", item[:SHOWN_TEXT], digest_of(item.encode())]
    if isinstance(item, list) and len(canonical_json(item)) > 2 * SHOWN_TEXT:
        return ["digest", digest_of(canonical_json(item))]
    return item


def _close_items(kind: str, left: Any, right: Any, relative: float) -> bool:
    """Whether the items of two collections are close in turn; a mapping's items are pairs."""
    if kind == "mapping":
        left, right = ([part for pair in pairs for part in pair] for pairs in (left, right))
    return len(left) == len(right) and all(
        _close_forms(one, other, relative) for one, other in zip(left, right, strict=True)
    )


def _close_forms(left: Any, right: Any, relative: float) -> bool:
    kind = _kind(left)
    if kind != _kind(right):
        return False
    if kind == "number":
        return _close_numbers(left[1], right[1], relative)
    if kind in ("sequence", "set", "mapping"):
        return _close_items(kind, left[1], right[1], relative)
    return bool(left == right)


def _close_tables(left: Any, right: Any, relative: float) -> bool:
    """Tables whose columns are all shown, alike in everything but the last bits of their numbers."""
    if any(left[key] != right[key] for key in ("rows", "columns", "labels", "texts")):
        return False
    whole = len(left["columns"]) < SHOWN_ITEMS and all(len(name) < SHOWN_TEXT for name in left["columns"])
    return (
        whole
        and len(left["sums"]) == len(right["sums"])
        and all(
            one[2] == other[2] and all(map(_close_forms, one[:2], other[:2], (relative, relative)))
            for one, other in zip(left["sums"], right["sums"], strict=True)
        )
    )


def _close_numbers(left: str, right: str, relative: float) -> bool:
    """Infinite ones, and those too long to be shown, are close to nothing else."""
    one, other = _float(left), _float(right)
    return math.isfinite(one) and math.isclose(one, other, rel_tol=relative, abs_tol=1e-12)


def _float(spelling: str) -> float:
    """The number that a spelling stands for; infinite beyond what a float holds."""
    if "x" in spelling or spelling.endswith("."):
        return -math.inf if spelling.startswith("-") else math.inf
    return float(spelling)


def _is_series(value: object) -> bool:
    return type(value).__name__ == "Series" and type(value).__module__.startswith("pandas")


def _is_frame(value: object) -> bool:
    return type(value).__name__ == "DataFrame" and type(value).__module__.startswith("pandas")
