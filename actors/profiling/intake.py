"""Taking in files: each path named becomes tables, refusals, or an error for the person who named it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from actors.profiling.discover import discover, refused
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.registration import file_bytes, inspect_bytes
from actors.profiling.table import TableRefused
from events.dataset import DatasetRefused, DatasetRegistered


@dataclass(frozen=True)
class Taken:
    """What became of one file."""

    event: DatasetRegistered | DatasetRefused
    """The table, or why the file was left out."""
    data: bytes = b""
    """The file's bytes, for a table."""
    named: bool = False
    """Whether the person named this very file, rather than a folder that holds it."""


def take_in(
    paths: Sequence[Path], overrides: ReaderOverrides | None = None, aside: Path | None = None
) -> Iterator[Taken]:
    """What becomes of every file that the paths stand for, in order; one file at a time is in memory.

    Args:
        paths: files and folders.
        overrides: what a person says about them.
        aside: a folder that is left out of the others: the home, which may hold settings of tables.

    Raises:
        PathProblem: a path leads to no table at all.
    """
    found = [(path, candidate) for path in paths for candidate in discover(path, aside)]
    for path, candidate in found:
        named = candidate.path == path
        if candidate.refusal is not None:
            yield Taken(candidate.refusal, named=named)
        else:
            yield read_file(candidate.path, overrides, named=named, home=aside)


def read_file(
    path: Path, overrides: ReaderOverrides | None, *, named: bool, home: Path | None = None
) -> Taken:
    """What becomes of one file.

    Args:
        path: the file.
        overrides: what a person says about it.
        named: whether the person named this very file.
        home: the home, which may hold settings of the table.
    """
    try:
        data = file_bytes(path)
    except TableRefused as problem:
        return Taken(refused(path, problem.reason, problem.detail), named=named)
    event = inspect_bytes(data, path, overrides, home)
    return Taken(event, data if isinstance(event, DatasetRegistered) else b"", named)
