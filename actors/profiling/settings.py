"""What a person says about one table, in a small TOML file in the home or beside it.

For `penguins.csv` that is `tables/penguins.csv.toml` in the home or, where there is none, `penguins.csv.toml`
beside the table:

    row = "penguin"

    [reader]
    delimiter = ";"

    [columns."Body Mass (g)"]
    name = "body mass"
    unit = "g"
"""

import tomllib
from pathlib import Path

import msgspec

from actors.profiling.discover import settings_beside
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.table import TableRefused
from events.dataset import ColumnSettings, TableSettings
from events.struct import Fact

_LARGEST = 1_000_000
_REASON = "settings"


class FileSettings(Fact, frozen=True):
    """What the file may say."""

    row: str | None = None
    """What one row is, in the singular."""
    reader: ReaderOverrides = ReaderOverrides()
    """How the table is read."""
    columns: dict[str, ColumnSettings] = msgspec.field(default_factory=dict)
    """What is said about each column, by its exact header."""

    @property
    def table(self) -> TableSettings | None:
        """What is said about columns and rows; None when nothing is."""
        said = TableSettings(self.row, self.columns)
        return said if said else None


def settings_files(table: Path, home: Path | None) -> tuple[Path, ...]:
    """Where the settings of a table may lie, the first that is there counts."""
    beside = settings_beside(table)
    return (beside,) if home is None else (home / "tables" / beside.name, beside)


def settings_of(table: Path, home: Path | None = None) -> tuple[FileSettings, str]:
    """What is said about a table, and a note that tells where.

    Args:
        table: the table's file.
        home: the home.

    Raises:
        TableRefused: `settings`, when the file cannot be followed.
    """
    for file in settings_files(table, home):
        data = _bytes(file)
        if data is not None:
            return _parsed(
                file, data
            ), f"Settings: {file.name} {'in the home' if _within(file, home) else 'beside it'}."
    return FileSettings(), ""


def over(said: ReaderOverrides | None, file: ReaderOverrides) -> ReaderOverrides:
    """What the command line says, and the file where that says nothing."""
    given = msgspec.structs.asdict(said or ReaderOverrides())
    written = msgspec.structs.asdict(file)
    return ReaderOverrides(
        **{name: written[name] if value is None else value for name, value in given.items()}
    )


def _bytes(file: Path) -> bytes | None:
    """What stands in the file; None when there is none."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as problem:
        raise TableRefused(_REASON, f"{file.name}: {problem.strerror}. Make the file readable.") from None
    if len(data) > _LARGEST:
        raise TableRefused(_REASON, f"{file.name}: it has more than {_LARGEST:,} bytes. Keep what matters.")
    return data


def _parsed(file: Path, data: bytes) -> FileSettings:
    try:
        said = msgspec.convert(tomllib.loads(data.decode()), FileSettings)
    except msgspec.ValidationError as problem:
        raise TableRefused(_REASON, f"{file.name}: {problem}. {_ALLOWED}") from None
    # Also a number of too many digits, or nested too deep.
    except (ValueError, RecursionError) as problem:
        raise TableRefused(_REASON, f"{file.name}: this is no TOML: {problem}.") from None
    if (amiss := said.reader.amiss) is not None:
        raise TableRefused(_REASON, f"{file.name}: reader: {amiss}.")
    return said


_ALLOWED = (
    "It may have `row`, a section `reader` with encoding, delimiter, header, missing and kept, and for each"
    ' column a section `columns."its header"` with kind, unit, name, levels and dates; the kinds are measure,'
    " count, ordinal, category, flag, date, identifier, text and constant."
)


def _within(file: Path, home: Path | None) -> bool:
    return home is not None and file.parent == home / "tables"
