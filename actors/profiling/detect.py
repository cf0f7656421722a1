"""How a file is to be read: found out from its bytes, told in sentences, and open to being told otherwise."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from actors.profiling.delimiter import delimiter_of
from actors.profiling.disguise import refuse_other_formats, refuse_other_texts
from actors.profiling.encoding import encoding_of
from actors.profiling.header import header_of
from actors.profiling.missing import Spellings, kept_of, missing_of, spellings_of
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.table import Grid, decoded, grid_of, number_of, records_of
from events.dataset import ReaderSettings

_MOST_OBSTACLES = 20
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{1,3}([. ]?[0-9]{3})*,[0-9]+")


@dataclass(frozen=True)
class Resolved:
    """How the file is to be read, and what was found on the way."""

    reader: ReaderSettings
    notes: tuple[str, ...]
    made: frozenset[str] = frozenset()
    """Names of columns that the file does not have, or has more than once."""


def resolve_reader(data: bytes, overrides: ReaderOverrides | None = None) -> Resolved:
    """The settings for these bytes: what is said goes first, the rest is found out.

    Raises:
        TableRefused: the bytes are no table, or names and columns cannot be told apart safely.
    """
    said = overrides or ReaderOverrides()
    refuse_other_formats(data)
    encoding, on_encoding = _said("Encoding", said.encoding) or encoding_of(data)
    text = decoded(data, encoding)
    refuse_other_texts(text)
    delimiter, on_delimiter = _said("Delimiter", said.delimiter) or delimiter_of(text)
    records = records_of(text, delimiter)
    header, on_header = (said.header, ()) if said.header is not None else header_of(records)
    grid = grid_of(records, header)
    spellings = spellings_of(grid)
    missing, on_missing = (said.missing, ()) if said.missing is not None else missing_of(grid, spellings)
    kept, on_kept = (said.kept, ()) if said.kept is not None else kept_of(grid, spellings, missing)
    reader = ReaderSettings(encoding=encoding, delimiter=delimiter, header=header, missing=missing, kept=kept)
    notes = (on_encoding, on_delimiter, *on_header, *grid.notes, *on_missing, *on_kept)
    obstacles = islice(_almost_numbers(grid, spellings, missing), _MOST_OBSTACLES)
    head = Counter(records[header]) if header >= 0 else Counter(grid.names)
    made = frozenset(name for name in grid.names if head[name] != 1)
    return Resolved(reader, (*notes, *obstacles), made)


def _said(what: str, value: str | None) -> tuple[str, str] | None:
    return None if value is None else (value, f"{what} {value!r}: as told.")


def _almost_numbers(grid: Grid, spellings: Spellings, missing: tuple[str, ...]) -> Iterator[str]:
    """A note on each column of text that a person would take for numbers, with what stands in the way."""
    for name, column in zip(grid.names, spellings, strict=True):
        values = [spelling for spelling in column if spelling not in missing]
        if obstacle := _obstacle(values, column):
            yield f"Column {name!r} is read as text: {obstacle}."


def _obstacle(values: list[str], column: Counter[str]) -> str:
    others = [value for value in values if number_of(value) is None]
    total = sum(column[value] for value in values)
    if others and 2 * sum(column[value] for value in others) < total:
        return f"{others[0][:30]!r} stands among its numbers"
    if values and all(map(_DECIMAL_COMMA.fullmatch, values)):
        return "its decimals are marked by a comma"
    if others and all(re.fullmatch("[+-]?[0-9]+", value) for value in values):
        return "its digits are codes, or too long to be exact as numbers"
    return ""
