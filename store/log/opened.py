"""Opening the segment that is written to next: it is ours from its first byte on, or it is not written to."""

import os
from contextlib import suppress
from os.path import lexists
from pathlib import Path

from store.durable import Disk, NoFileError


class InTheWay(Exception):
    """Something stands where the log goes on that was not put there by who writes it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} stands where the log goes on and is none of its files; nothing more is written, and "
            "what was written is whole: move it elsewhere, then run the same command again"
        )


class NotAsRead(Exception):
    """A segment is not as it was read a moment ago."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} changed while it was opened, though one process alone may write to it; nothing was "
            "written: end the other, then run the same command again"
        )


def open_segment(path: Path, size: int, disk: Disk) -> int:
    """Open a plain segment to append to it; its name is durable before its first use.

    One that is due empty is made; what an earlier start made and never used is taken.

    Args:
        path: where it stands.
        size: how many bytes it holds.
        disk: what opens and syncs.

    Raises:
        InTheWay: it is due empty, and something else stands there; that is not touched.
        NotAsRead: it has not this size.
        OSError: the disk refused.
    """
    unfit = NotAsRead(path) if size else InTheWay(path)
    try:
        descriptor = _descriptor(path, size, disk)
    except (FileNotFoundError, IsADirectoryError, NoFileError) as error:  # such as a link to nowhere
        raise unfit from error
    try:
        if os.fstat(descriptor).st_size != size:
            raise unfit
        # Also after a kill: what an earlier process wrote but never synced is accepted, so sync it now.
        disk.sync_all(descriptor)
        disk.sync_folder(path.parent)
    except (InTheWay, NotAsRead, OSError):
        os.close(descriptor)
        raise
    return descriptor


def refuse_taken(path: Path) -> None:
    """Refuse a name at which nothing may stand.

    Raises:
        InTheWay: something does, if only a link to nowhere.
    """
    if lexists(path):
        raise InTheWay(path)


def _descriptor(path: Path, size: int, disk: Disk) -> int:
    appending = os.O_WRONLY | os.O_APPEND
    if size == 0:
        with suppress(FileExistsError):
            return disk.open(path, appending | os.O_CREAT | os.O_EXCL)
    return disk.open(path, appending)
