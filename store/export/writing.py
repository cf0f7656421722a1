"""Exports on disk: a folder for each format, and of each only what the last export of it wrote.

exports/sft/template/train.jsonl    rows by source and split
exports/sft/README.md               the card
exports/sft.files.json              what the last export wrote there
exports/splits.json                 where each table and question stands, and why
"""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from events.identity import canonical_json
from store.artifacts import data_digest, render_artifacts, write_whole
from store.durable import Disk
from store.export.card import CARD, CardFacts, card
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.export.hub import hub
from store.export.sessions import sessions
from store.export.verl import verl
from store.home import Home
from store.log.lock import HomeUnwritable

FOLDERS = ("hub", "verl", "sessions")
"""The formats that are no lines of rows."""
MANY = frozenset({"sessions", "harbor"})
"""Formats of so many small files that nobody waits until each is on the disk; they can be made anew."""


class NothingToExportError(Exception):
    """The record has nothing that the export could hold."""


@dataclass(frozen=True)
class Made:
    """What an export is to hold; nothing of it is on disk yet."""

    files: Mapping[str, bytes]
    """The bytes of each file by its path in the format's folder."""
    rows: Mapping[str, int]
    """How many rows, messages or tasks are in each file that holds any."""
    data: str
    """Digest of the data it stands on."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    files: dict[str, int]
    """Rows by path below the home."""
    seq: int
    """The log position exported."""
    data: str
    """Digest of the data it stands on."""


def make(harvest: Harvest, name: str) -> Made:
    """What an export of a format of ours is to hold; touches no disk.

    Args:
        harvest: what is exported.
        name: one of `FORMATS` or `FOLDERS`.

    Raises:
        NothingToExportError: there is no row.
        ExtraMissingError: it needs the extra `export`, which is not installed.
    """
    demand_episodes(harvest)
    digest = data_digest(harvest.state, render_artifacts(harvest.state))
    if name in FORMATS:
        lines = render(harvest, name)
        counts = {path: data.count(b"\n") for path, data in lines.items()}
        facts = CardFacts.of(harvest, FORMATS[name], lines, digest)
        return Made(lines | {CARD: card(facts).encode()}, counts, digest)
    if name == "hub":
        return Made(*hub(harvest, digest), digest)
    return Made(*(verl(harvest) if name == "verl" else sessions(harvest)), digest)


def render(harvest: Harvest, name: str) -> dict[str, bytes]:
    """The bytes of each file of rows by its path in the format's folder, without the card.

    Raises:
        NothingToExportError: there is no row.
    """
    demand_episodes(harvest)
    files: dict[str, list[bytes]] = {}
    for row in FORMATS[name].rows(harvest):
        lineage = row["lineage"]
        path = f"{lineage['source']}/{lineage['split']}.jsonl"
        files.setdefault(path, []).append(canonical_json(row) + b"\n")
    if not files:
        raise NothingToExportError(
            f"no verified episode gives a row of {name}; solve more questions with `tracegate run`"
        )
    return {path: b"".join(files[path]) for path in sorted(files)}


def demand_episodes(harvest: Harvest) -> None:
    """See that there is something to export.

    Raises:
        NothingToExportError: no episode counts, or none in these splits.
    """
    if not harvest.state.beyond_doubt():
        raise NothingToExportError(
            "no verified episode counts; run `tracegate run` first, then `tracegate status`"
        )
    if next(harvest.episodes(), None) is None:
        raise NothingToExportError(
            f"no verified episode stands in {' or '.join(harvest.chosen)}, those of a benchmark left out; "
            "export other splits, or add tables with `tracegate run`"
        )


def export(home: Home, harvest: Harvest, name: str, made: Made, disk: Disk | None = None) -> Exported:
    """Have a format's folder hold what was made, and nothing of what an earlier export wrote there.

    Args:
        home: where it is written.
        harvest: what was exported.
        name: the format.
        made: what it is to hold.
        disk: what writes.

    Raises:
        HomeUnwritable: nobody may write there.
        OSError: the disk refused; the same export again sets it right.
    """
    disk = disk or Disk()
    with _unwritable_said(home):
        _put(home, name, made.files, disk)
        write_whole(home.exports / "splits.json", _splits_told(harvest), disk)
    rows = {f"exports/{name}/{path}": count for path, count in made.rows.items()}
    return Exported(rows, harvest.state.seq, made.data)


def _put(home: Home, name: str, files: Mapping[str, bytes], disk: Disk) -> None:
    """What is about to be written is told first: an export that was broken off leaves nothing unknown."""
    folder, told = home.exports / name, home.exports / f"{name}.files.json"
    before = _told_before(told)
    write_whole(told, canonical_json(sorted(before | files.keys())) + b"\n", disk)
    for path in sorted(before - files.keys()):
        _take_away(folder, path, disk)
    for path, data in files.items():
        write_whole(folder / path, data, disk, durable=name not in MANY)
    write_whole(told, canonical_json(sorted(files)) + b"\n", disk)


def _told_before(told: Path) -> frozenset[str]:
    """What an earlier export says it wrote; nothing outside of its folder, whatever the file says."""
    try:
        found = msgspec.json.decode(told.read_bytes(), type=list[str])
    except (FileNotFoundError, msgspec.DecodeError):
        return frozenset()
    return frozenset(
        one for one in found if not PurePosixPath(one).is_absolute() and ".." not in PurePosixPath(one).parts
    )


def _take_away(folder: Path, path: str, disk: Disk) -> None:
    """Remove a file, and each folder on the way to it that is empty then."""
    disk.remove(folder / path)
    for parent in list(PurePosixPath(path).parents)[:-1]:
        disk.remove_folder(folder / parent)


def _splits_told(harvest: Harvest) -> bytes:
    questions = harvest.state.questions.accepted
    told = {
        "seq": harvest.state.seq,
        "tables": msgspec.to_builtins(dict(harvest.splits.tables)),
        "questions": {one: harvest.splits.of(questions[one]) for one in sorted(questions)},
    }
    return canonical_json(told) + b"\n"


@contextmanager
def _unwritable_said(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise HomeUnwritable(home, error) from error
        raise
