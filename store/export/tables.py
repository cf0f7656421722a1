"""Rows as Parquet with a declared schema: nothing is merged, and no member that a row lacks is made up.

Objects are stored as JSON (Arrow's type `arrow.json`), which the `datasets` library reads as objects again;
other readers see texts of JSON.
"""

import importlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

from events.identity import canonical_json
from store.export.card import LINEAGE
from store.export.formats import Column, Kind
from store.export.harvest import Row

WHOLE = frozenset({"index", "position"})
"""The fields of a lineage that are whole numbers; the others are texts."""


class ExtraMissingError(Exception):
    """What writes Parquet is not installed."""


def parquet_of(rows: Sequence[Row], columns: Mapping[str, Column]) -> bytes:
    """The bytes of one Parquet file.

    Args:
        rows: with these columns and a lineage.
        columns: what each column holds.

    Raises:
        ExtraMissingError: the extra `export` is not installed.
    """
    arrow = library()
    arrays = {
        name: _array([row[name] for row in rows], column.kind, arrow) for name, column in columns.items()
    }
    fields = [(one, arrow.int64() if one in WHOLE else arrow.string()) for one in LINEAGE]
    arrays["lineage"] = arrow.array([row["lineage"] for row in rows], type=arrow.struct(fields))
    return written(arrow.table(arrays))


def written(table: Any) -> bytes:
    """A table of Arrow as the bytes of one Parquet file."""
    buffer = io.BytesIO()
    importlib.import_module("pyarrow.parquet").write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def library() -> Any:
    """Arrow, which is loaded where a table is written: it is no part of what `pip install .` brings.

    Raises:
        ExtraMissingError: it is not installed.
    """
    try:
        return importlib.import_module("pyarrow")
    except ModuleNotFoundError as error:
        raise ExtraMissingError(
            "this export writes Parquet, which needs the extra `export`: "
            "run `.venv/bin/pip install '.[export]'` where tracegate's source lies"
        ) from error


def _array(values: Sequence[Any], kind: Kind, arrow: Any) -> Any:
    json = arrow.json_(arrow.string())
    if kind == "object":
        return arrow.array([_json(one) for one in values], type=json)
    if kind == "objects":  # Arrow makes no list of an extension type out of objects of ours
        texts = arrow.array([list(map(_json, one)) for one in values], type=arrow.list_(arrow.string()))
        return texts.cast(arrow.list_(json))
    return arrow.array(values, type=_type(kind, arrow))


def _json(value: object) -> str:
    return canonical_json(value).decode()


def _type(kind: Kind, arrow: Any) -> Any:
    text = arrow.string()
    types: Mapping[Kind, Any] = {
        "text": text,
        "texts": arrow.list_(text),
        "texts in lists": arrow.list_(arrow.list_(text)),
        "number": arrow.float64(),
        "numbers": arrow.list_(arrow.float64()),
        "whole numbers": arrow.list_(arrow.int64()),
    }
    return types[kind]
