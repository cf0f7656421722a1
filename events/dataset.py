"""What is known of a table: how it was read, what its columns are, or why it was refused."""

from typing import Literal

from events.identity import digest_of, identify
from events.struct import Event, Fact

ColumnKind = Literal[
    "measure", "count", "ordinal", "category", "flag", "date", "identifier", "text", "constant"
]


class ReaderSettings(Fact, frozen=True):
    """Everything that decides how bytes become a table; with the bytes it identifies the dataset."""

    encoding: str
    """Python codec name, such as utf-8, utf-8-sig, utf-16, cp1252 or mac-roman."""
    delimiter: str
    """The one character between two cells."""
    header: int
    """Index of the line that names the columns, counted from 0 after blank lines are dropped."""
    missing: tuple[str, ...]
    """Spellings that mean 'no value', compared after trimming; the empty cell always does."""
    kept: tuple[str, ...] = ()
    """Columns in which those spellings are values, such as NA for Namibia."""


class ColumnProfile(Fact, frozen=True):
    """What one column offers, judged once when the table is registered."""

    name: str
    """The header, exactly as it stands in the file (made unique when it was repeated)."""
    kind: ColumnKind
    """What the column is to a person; it decides which questions may use it."""
    numeric: bool
    """Whether the reader holds it as numbers."""
    missing: int
    """How many rows have no value here."""
    distinct: int
    """How many different values it has, missing ones aside."""
    levels: tuple[str, ...] = ()
    """The values of a category or flag as spelled in the file, sorted; empty for other kinds."""
    why: str = ""
    """The evidence for the kind, in a few words."""


class DatasetRegistered(Event, frozen=True):
    """A CSV was read and can serve."""

    dataset: str
    """Id: digest of the file's bytes and the resolved reader settings."""
    name: str
    """The file's name without folder and ending, for people."""
    path: str
    """Where it was found; informative only, the bytes are kept as a blob."""
    blob: str
    """Digest of the file's bytes in the blob store."""
    size: int
    """The file's size in bytes."""
    reader: ReaderSettings
    """The settings it was read with."""
    notes: tuple[str, ...]
    """What the reader found and decided, one sentence each."""
    rows: int
    """Number of data rows."""
    columns: tuple[ColumnProfile, ...]
    """The columns in file order."""


class DatasetRefused(Event, frozen=True):
    """A file was left out, and why."""

    path: str
    """The file as it was named."""
    reason: str
    """A short stable word: empty, binary, html, git_lfs_pointer, header_only, one_column, …"""
    detail: str
    """What is wrong and what to do about it."""


class DatasetTaken(Event, frozen=True):
    """A table was taken into what the running command works on, until the next `RunStarted`."""

    dataset: str
    """Id of the dataset."""
    under: str = ""
    """The path named by a person that led to it, made absolute; empty when the home itself did."""


def dataset_id(data: bytes, reader: ReaderSettings) -> str:
    """The id of a dataset: the file's bytes and the resolved settings of the reader."""
    return identify("dataset", digest_of(data), reader)
