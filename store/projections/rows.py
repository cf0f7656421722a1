"""Rows of a read model that stay as they were kept until somebody asks for one."""

from collections.abc import Iterator, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast, get_args, get_type_hints

import msgspec
import zstandard

from events.struct import Fact

RowT = TypeVar("RowT", bound=Fact)
ModelT = TypeVar("ModelT")

_LEVEL = 3
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """Rows as they are kept."""

    keys: tuple[str, ...]
    """In the order in which the rows came."""
    rows: bytes
    """The JSON of each, in that order, packed and compressed."""


class Rows(MutableMapping[str, RowT], Generic[RowT]):
    """Rows by key, in the order in which they came.

    What a trace said fills most of a snapshot, and few of those who open a home look at it: so rows that were
    kept are unpacked when one of them is asked for, and each is decoded when it is.
    """

    def __init__(self, kind: type[RowT], rows: Mapping[str, RowT] | Sealed = _EMPTY) -> None:
        """Rows of one kind, at hand or as they were kept."""
        self._kind = kind
        self._sealed = rows if isinstance(rows, Sealed) else None
        self._rows: dict[str, RowT | bytes | None] = (
            dict.fromkeys(rows.keys) if isinstance(rows, Sealed) else dict(rows)
        )

    def __getitem__(self, key: str) -> RowT:
        row = self._rows[key]
        if row is None:
            row = self._opened()[key]
        if isinstance(row, bytes):
            row = msgspec.json.decode(row, type=self._kind)
            self._rows[key] = row
        return cast("RowT", row)

    def __setitem__(self, key: str, row: RowT) -> None:
        self._rows[key] = row

    def __delitem__(self, key: str) -> None:
        del self._rows[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def sealed(self) -> Sealed:
        """The rows as they can be kept."""
        encode = msgspec.json.Encoder().encode
        rows = [row if isinstance(row, bytes) else encode(row) for row in self._opened().values()]
        return Sealed(tuple(self._rows), zstandard.compress(msgspec.msgpack.encode(rows), _LEVEL))

    def _opened(self) -> Mapping[str, RowT | bytes | None]:
        """All rows, none of them sealed any more."""
        if self._sealed is not None:
            rows = msgspec.msgpack.decode(zstandard.decompress(self._sealed.rows), type=list[bytes])
            for key, row in zip(self._sealed.keys, rows, strict=True):
                if key in self._rows and self._rows[key] is None:
                    self._rows[key] = row
            self._sealed = None
        return self._rows


def plain(model: object) -> dict[str, object]:
    """The parts of a read model by name, its rows in a dict."""
    return {name: dict(part) if isinstance(part, Rows) else part for name, part in vars(model).items()}


def packed(model: object) -> bytes:
    """A read model as bytes from which `unpacked` makes it again: its parts by name, each compressed."""
    parts = {name: _sealed(part) for name, part in vars(model).items()}
    return msgspec.msgpack.encode(parts)


def unpacked(data: bytes, kind: type[ModelT]) -> ModelT:
    """The read model that was packed.

    Args:
        data: what `packed` gave.
        kind: the model's class, a dataclass.

    Raises:
        msgspec.MsgspecError: the bytes are of no such model.
        zstandard.ZstdError: the same.
    """
    hints = get_type_hints(kind)
    parts = msgspec.msgpack.decode(data, type=dict[str, bytes | Sealed])
    if parts.keys() != hints.keys():
        message = f"the parts of {kind.__name__} are others"
        raise msgspec.ValidationError(message)
    return kind(**{name: _part(part, hints[name]) for name, part in parts.items()})


def _sealed(part: object) -> bytes | Sealed:
    return part.sealed() if isinstance(part, Rows) else zstandard.compress(msgspec.json.encode(part), _LEVEL)


def _part(part: bytes | Sealed, hint: Any) -> object:
    if isinstance(part, Sealed):
        return Rows(get_args(hint)[0], part)
    return msgspec.json.decode(zstandard.decompress(part), type=hint)
