"""Folders that survive a power cut: made and synced from the first existing one down."""

import errno
import os
from pathlib import Path


def make_folder(path: Path) -> None:
    """Make a folder and those above it; each new name is durable when this returns.

    Raises:
        OSError: the disk refused.
    """
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        OSError: the disk refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_full(error: OSError) -> bool:
    """Whether the disk, or what this user may take of it, is used up."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
