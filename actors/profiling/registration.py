"""From a file to the event that registers its table, or says why it was left out."""

import os
import stat
from pathlib import Path

from actors.language.offer import nothing_to_ask
from actors.profiling.detect import resolve_reader
from actors.profiling.discover import printable, refused, table_name
from actors.profiling.noun import noun_of
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.profile import profile
from actors.profiling.settings import over, settings_of
from actors.profiling.table import TableRefused, read_table
from actors.profiling.told import as_told
from actors.profiling.unasked import with_unasked
from events.dataset import DatasetRefused, DatasetRegistered, TableSettings, dataset_id
from events.identity import digest_of

LARGEST_FILE = 256 * 1024**2
FEWEST_ROWS = 12


def inspect_file(
    path: Path,
    overrides: ReaderOverrides | None = None,
    home: Path | None = None,
    *,
    largest: int = LARGEST_FILE,
) -> DatasetRegistered | DatasetRefused:
    """Reads and judges one file; whatever is wrong with it is in the event, nothing is raised.

    Args:
        path: the file.
        overrides: what a person says about it.
        home: the home, which may hold settings of the table.
        largest: the most bytes that are read.
    """
    try:
        return inspect_bytes(file_bytes(path, largest=largest), path, overrides, home)
    except TableRefused as problem:
        return refused(path, problem.reason, problem.detail)


def inspect_bytes(
    data: bytes, path: Path, overrides: ReaderOverrides | None = None, home: Path | None = None
) -> DatasetRegistered | DatasetRefused:
    """Judges bytes that were read from this path; the caller keeps them as the blob that the event names."""
    try:
        return _registered(data, path, overrides, home)
    except TableRefused as problem:
        return refused(path, problem.reason, problem.detail)


def file_bytes(path: Path, *, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a regular file; pipes and devices are not opened, so this neither waits nor runs on.

    Raises:
        TableRefused: `unreadable`, `not_a_file` or `too_large`.
    """
    try:
        _demand_regular(path.stat())
        # Should it become a pipe between the two looks, opening it still does not wait.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            _demand_regular(os.fstat(file.fileno()))
            data = file.read(largest + 1)
    except OSError as error:
        raise TableRefused("unreadable", f"{error.strerror}. Make the file readable.") from None
    if len(data) > largest:
        detail = f"The file has more than {largest:,} bytes. Keep the rows and columns that matter."
        raise TableRefused("too_large", detail)
    return data


def _demand_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise TableRefused("not_a_file", "It is a folder, pipe, device or socket, not a file.")


def _named(said: TableSettings | None) -> frozenset[str]:
    """The columns that a person gave a name."""
    return frozenset(header for header, one in said.columns.items() if one.name) if said else frozenset()


def _registered(
    data: bytes, path: Path, overrides: ReaderOverrides | None, home: Path | None
) -> DatasetRegistered:
    said, told_where = settings_of(path, home)
    resolved = resolve_reader(data, over(overrides, said.reader))
    frame = read_table(data, resolved.reader)
    if len(frame) < FEWEST_ROWS:
        detail = f"The table has {len(frame)} rows; questions need at least {FEWEST_ROWS}."
        raise TableRefused("too_few_rows", detail)
    told, name = as_told(profile(frame), frame, said.table), table_name(path)
    columns = with_unasked(told, resolved.made, _named(said.table))
    if why := nothing_to_ask(columns):
        raise TableRefused("nothing_to_ask", why)
    noun, noun_why = (said.row, "its settings say so") if said.row else noun_of(name, columns, frame)
    return DatasetRegistered(
        dataset=dataset_id(data, resolved.reader, said.table),
        name=name,
        path=printable(path),
        blob=digest_of(data),
        size=len(data),
        reader=resolved.reader,
        notes=(*resolved.notes, *([told_where] if told_where else ())),
        rows=len(frame),
        columns=columns,
        noun=noun,
        noun_why=noun_why,
        settings=said.table,
    )
