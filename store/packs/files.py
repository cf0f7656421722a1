"""The files of a blobs folder: numbered packs, and beside each what is only kept to be quicker."""

import re
from pathlib import Path

from store.durable import UNFINISHED

PACK_BYTES = 256 * 1024**2
"""A pack that has reached this size is followed by a new one."""
_PACK = re.compile(r"[0-9]{8}\.pack")
_INDEX = re.compile(r"[0-9]{8}\.index")
_OLD = re.compile(r"[0-9a-f]{2}")


class OldBlobs(Exception):
    """The blobs of a home lie in files of their own, as they did before there were packs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"{self.folder} keeps each blob in a file of its own, as an earlier tracegate did, and this one "
            "reads packs only; move the home aside and run again with the same CSV files"
        )


def pack_path(folder: Path, number: int) -> Path:
    """Where a pack lies; the first is number 1."""
    return folder / f"{number:08d}.pack"


def index_path(pack: Path) -> Path:
    """Where a pack's sidecar lies."""
    return pack.with_suffix(".index")


def packs(folder: Path) -> dict[int, Path]:
    """The packs of a folder by number, oldest first; none when there is no folder.

    Raises:
        OldBlobs: an earlier version wrote the folder.
        OSError: the folder cannot be listed.
    """
    names = _names(folder)
    if any(_OLD.fullmatch(name) and (folder / name).is_dir() for name in names):
        raise OldBlobs(folder)
    return {int(name[:8]): folder / name for name in names if _PACK.fullmatch(name)}


def leftovers(folder: Path) -> list[Path]:
    """What an interrupted writer left that holds no blob: unfinished files, and sidecars without a pack."""
    names = _names(folder)
    return [
        folder / name
        for name in names
        if name.endswith(UNFINISHED) or (_INDEX.fullmatch(name) and f"{name[:8]}.pack" not in names)
    ]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
