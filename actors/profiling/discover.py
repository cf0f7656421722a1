"""Which files a path stands for, without opening one: a file itself, or the tables in a folder.

In a folder `.csv` and `.tsv` count, in any case, at any depth; hidden files and folders do not, and the home
does not. Linked folders are not entered, and a link to a file counts only when that file lies in the folder
as well.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from events.dataset import DatasetRefused

ENDINGS = (".csv", ".tsv")
SAID = ".toml"
"""What a file of settings is called after the table's own name."""
_LONGEST_NAME = 120
Identity = tuple[int, int]
"""Device and inode."""


class PathProblem(Exception):
    """A path named by a person that leads to no table; the message says what to do.

    Args:
        path: the path as it was named.
        detail: what is wrong with it.
    """

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{printable(path)}: {detail}")
        self.path = path
        self.detail = detail


@dataclass(frozen=True)
class Candidate:
    """A file that may be a table."""

    path: Path
    """Where it is."""
    refusal: DatasetRefused | None = None
    """Why it is left out without a look inside; None when it may be opened."""


def discover(path: Path, aside: Path | None = None) -> tuple[Candidate, ...]:
    """The candidates that a path stands for, sorted by the bytes of their paths.

    Args:
        path: a file or a folder.
        aside: a folder that is left out with all that lies in it: the home, in which we write ourselves. What
            is named within it is not.

    Raises:
        PathProblem: the path does not exist, cannot be entered, or is a folder without tables.
    """
    try:
        is_folder = path.is_dir()
        if not is_folder:
            path.stat()
    except OSError as error:
        raise PathProblem(path, f"{error.strerror}. Check the path.") from None
    if not is_folder:
        return (Candidate(path),)
    try:
        found = sorted(_walk(path, _identity(aside)), key=lambda candidate: os.fsencode(candidate.path))
    except PermissionError as error:
        raise PathProblem(path, f"{error.strerror}. Make the folder readable.") from None
    if not found:
        raise PathProblem(path, f"the folder holds no {' or '.join(ENDINGS)} file. Name one that does.")
    return tuple(found)


def printable(path: Path | str) -> str:
    """A path as text that any terminal, log and JSON file can hold: what is not printable is escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def table_name(path: Path) -> str:
    """The file's name without folder and ending, printable, and cut when it is very long."""
    name = printable(path.stem).encode()
    return name[:_LONGEST_NAME].decode("utf-8", "ignore")


def settings_beside(table: Path) -> Path:
    """Where a person may say something about a table that lies in this file."""
    return table.with_name(f"{table.name}{SAID}")


def refused(path: Path, reason: str, detail: str) -> DatasetRefused:
    """The event that says a file was left out."""
    return DatasetRefused(path=printable(path), reason=reason, detail=detail)


def _walk(folder: Path, aside: Identity | None) -> Iterator[Candidate]:
    inside = folder.resolve()
    unreadable: list[OSError] = []
    # The folder that was named must be readable; one within that is not is left out and told of.
    next(folder.iterdir(), None)
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        if aside is not None and _identity(Path(root)) == aside:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield _candidate(Path(root, name), inside)
    for error in unreadable:
        path = Path(os.fsdecode(error.filename))
        yield Candidate(path, refused(path, "unreadable", f"{error.strerror}. Make the folder readable."))


def _identity(folder: Path | None) -> Identity | None:
    """Which folder it is, however its path is written; None when there is none, or it cannot be told."""
    try:
        found = folder.stat() if folder is not None else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found is not None else None


def _candidate(path: Path, inside: Path) -> Candidate:
    try:
        if path.is_symlink() and not path.resolve(strict=True).is_relative_to(inside):
            detail = "It is a link out of the folder. Name the file itself, or copy it into the folder."
            return Candidate(path, refused(path, "link_outside", detail))
        if not stat.S_ISREG(path.stat().st_mode):
            return Candidate(path, refused(path, "not_a_file", "It is a pipe, device or socket, not a file."))
    # Before Python 3.13 a loop of links is a RuntimeError.
    except (OSError, RuntimeError) as error:
        return Candidate(path, refused(path, "broken_link", f"It leads nowhere ({printable(str(error))})."))
    return Candidate(path)
