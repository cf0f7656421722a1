"""What is known of a table: how it was read, what its columns are, or why it was refused."""

from typing import Literal

import msgspec

from events.identity import digest_of, identify
from events.struct import Event, Fact

ColumnKind = Literal[
    "measure", "count", "ordinal", "category", "flag", "date", "identifier", "text", "constant"
]
DateGrain = Literal["year", "quarter", "month", "week", "day", "hour", "instant"]


class ReaderSettings(Fact, frozen=True):
    """Everything that decides how bytes become a table; with the bytes it identifies the dataset."""

    encoding: str
    """Python codec name, such as utf-8, utf-8-sig, utf-16, cp1252 or mac-roman."""
    delimiter: str
    """The one character between two cells."""
    header: int
    """Index of the line that names the columns, counted from 0 after blank lines are dropped. Below 0 none
    does: they are called column_1, column_2, …, and -1 leaves out no line at the top, -2 one, and so on."""
    missing: tuple[str, ...]
    """Spellings that mean 'no value', compared after trimming; the empty cell always does."""
    kept: tuple[str, ...] = ()
    """Columns in which those spellings are values, such as NA for Namibia."""


class DateForm(Fact, frozen=True):
    """How the values of a column are to be read as dates, or as a part of dates."""

    form: str
    """`strptime` codes, and three that it lacks: %q a quarter, %s seconds and %Q milliseconds since 1970."""
    grain: DateGrain
    """What one value is: a year, a day, …"""
    part: bool = False
    """Whether the values come again with each year, month or day: a month without its year, an hour."""
    unread: int = 0
    """How many rows have a value that is no date in this form."""


class NumberForm(Fact, frozen=True):
    """How numbers that are written as text are to be read."""

    thousands: str = ""
    """The character between groups of three digits; empty where there is none."""
    decimal: str = "."
    """The character before the decimals."""
    before: str = ""
    """What may stand before a number, such as `$`."""
    after: str = ""
    """What may stand behind it, such as `%`."""
    unread: int = 0
    """How many rows have a value that is no number in this form."""


class Doubtful(Fact, frozen=True):
    """A value that may mean 'no value'; only the table's owner knows."""

    value: str
    """As spelled in the file, whole numbers without a decimal point."""
    rows: int
    """In how many rows it stands."""


class Relation(Fact, frozen=True):
    """What a column is to others, exactly, in every row where all of them have values."""

    kind: Literal["equal", "relabels", "linear", "total"]
    """The same values; other names for the same groups of rows; offset + factor x the other; their sum."""
    others: tuple[str, ...]
    """The columns that it follows from."""
    factor: float = 1.0
    """Of a linear copy."""
    offset: float = 0.0
    """Of a linear copy."""


class ColumnSettings(Fact, frozen=True):
    """What a person says about a column; what is None is found out."""

    kind: ColumnKind | None = None
    """What the column is."""
    unit: str | None = None
    """The unit of its values; the empty text for none."""
    name: str | None = None
    """What it is called in a sentence."""
    levels: tuple[str, ...] | None = None
    """All its values as spelled in the file, in their order."""
    dates: str | None = None
    """How its values are read as dates, in `strptime` codes."""


class TableSettings(Fact, frozen=True):
    """What a person says about columns and rows; with bytes and reader it identifies the dataset."""

    row: str | None = None
    """What one row is, in the singular, such as `penguin`."""
    columns: dict[str, ColumnSettings] = msgspec.field(default_factory=dict)
    """What is said about each column, by its exact header."""

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return self.row is not None or bool(self.columns)


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
    """The values of a category, flag or ordinal as spelled in the file, an ordinal's in their own order and
    others sorted; empty for other kinds."""
    why: str = ""
    """The evidence for the kind and for each other judgement, in a few words each, divided by semicolons."""
    readable: str = ""
    """The header as words of a sentence, without its unit; empty where only the exact header will do."""
    unit: str = ""
    """The unit of its values, such as mm or USD; empty where none is known."""
    proportion: Literal["", "share", "percent"] = ""
    """Whether its values are parts of a whole: from 0 to 1, or in percent."""
    date: DateForm | None = None
    """How its values are dates or parts of dates."""
    number: NumberForm | None = None
    """How its texts are numbers that were written for people; it is held as text all the same."""
    doubtful: tuple[Doubtful, ...] = ()
    """Values that may mean 'no value', and are values until somebody says otherwise."""
    relations: tuple[Relation, ...] = ()
    """What it is to other columns; of two copies the later one tells of the earlier."""
    unasked: str = ""
    """Why no question names the column; empty where one may."""


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
    noun: str = "record"
    """What one row is, in the singular; `record` where that cannot be told."""
    noun_why: str = ""
    """The evidence for it, in a few words."""
    settings: TableSettings | None = None
    """What a person said about its columns and rows."""


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


def dataset_id(data: bytes, reader: ReaderSettings, settings: TableSettings | None = None) -> str:
    """The id of a dataset: the file's bytes, the resolved settings of the reader, and what a person said."""
    said = () if settings is None else (settings,)
    return identify("dataset", digest_of(data), reader, *said)


def profile_digest(columns: tuple[ColumnProfile, ...]) -> str:
    """The digest of a profile; it follows from names and values, and not from the order of the rows."""
    return identify("profile", columns)
