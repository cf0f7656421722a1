"""Exports on disk: a folder for each format, and of each only what the last export of it wrote.

exports/sft/template/train.jsonl    rows by source and split
exports/sft/README.md               the card
exports/splits.json                 where each table and question stands, and why
"""

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from events.identity import canonical_json
from events.question import SOURCES
from store.artifacts import data_digest, render_artifacts, write_whole
from store.durable import Disk
from store.export.card import CardFacts, card
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.home import Home
from store.log.lock import HomeUnwritable
from store.splits import SPLITS

CARD = "README.md"


class NothingToExportError(Exception):
    """The record has nothing that the export could hold."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote."""

    files: dict[str, int]
    """Rows by path below the home."""
    seq: int
    """The log position exported."""
    data: str
    """Digest of the data it stands on."""


def export_rows(home: Home, harvest: Harvest, name: str, disk: Disk | None = None) -> Exported:
    """Write `exports/NAME/SOURCE/SPLIT.jsonl` where there are rows, and the card beside them.

    Args:
        home: where it is written.
        harvest: what is exported.
        name: one of `FORMATS`.
        disk: what writes.

    Raises:
        NothingToExportError: there is no row; nothing was written or removed.
        HomeUnwritable: nobody may write there.
        OSError: the disk refused.
    """
    rendered = render(harvest, name)
    digest = data_digest(harvest.state, render_artifacts(harvest.state))
    described = card(CardFacts.of(harvest, FORMATS[name], rendered, digest)).encode()
    put(home, name, rendered | {CARD: described}, stale(home, name), disk or Disk())
    put_splits(home, harvest, disk or Disk())
    rows = {f"exports/{name}/{path}": data.count(b"\n") for path, data in rendered.items()}
    return Exported(rows, harvest.state.seq, digest)


def render(harvest: Harvest, name: str) -> dict[str, bytes]:
    """The bytes of each file by its path in the format's folder; touches no disk.

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


def put(home: Home, name: str, files: Mapping[str, bytes], old: list[Path], disk: Disk) -> None:
    """Have a format's folder hold these files, and none of the old ones beside; the card comes last.

    Raises:
        HomeUnwritable: nobody may write there.
        OSError: the disk refused.
    """
    folder = home.exports / name
    with _unwritable_said(home):
        for path in old:
            if path.relative_to(folder).as_posix() not in files:
                disk.remove(path)
        for path_below, data in files.items():
            write_whole(folder / path_below, data, disk)


def put_splits(home: Home, harvest: Harvest, disk: Disk) -> None:
    """Write where everything stands.

    Raises:
        HomeUnwritable: nobody may write there.
        OSError: the disk refused.
    """
    questions = harvest.state.questions.accepted
    told = {
        "seq": harvest.state.seq,
        "tables": msgspec.to_builtins(dict(harvest.splits.tables)),
        "questions": {one: harvest.splits.of(questions[one]) for one in sorted(questions)},
    }
    with _unwritable_said(home):
        write_whole(home.exports / "splits.json", canonical_json(told) + b"\n", disk)


def stale(home: Home, name: str) -> list[Path]:
    """The files in a format's folder that an export may have written; those of others stay."""
    folder = home.exports / name
    return [
        path
        for source in SOURCES
        for path in (folder / f"{source}.jsonl", *(folder / source / f"{split}.jsonl" for split in SPLITS))
        if path.exists()
    ]


@contextmanager
def _unwritable_said(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise HomeUnwritable(home, error) from error
        raise
