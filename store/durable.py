"""What makes bytes and names survive a power cut: every call to the disk that a promise rests on."""

import errno
import os
from pathlib import Path


class Disk:
    """The calls that change files and make them durable; tests hand in failing ones.

    Each raises OSError when the disk refuses.
    """

    def open(self, path: Path, flags: int) -> int:
        """Open a file to write to it, made where the flags say so; its descriptor. No child inherits it."""
        return os.open(path, flags | os.O_CLOEXEC, 0o644)

    def write(self, descriptor: int, data: bytes) -> None:
        """Write all of it at the file's end."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        """Write all of it over what stands at a byte."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(descriptor, rest, offset)
            rest, offset = rest[written:], offset + written

    def allocate(self, descriptor: int, size: int) -> None:
        """Have an empty file take up so many bytes of the disk."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            self.write(descriptor, bytes(size))

    def sync(self, descriptor: int) -> None:
        """Wait until the file's bytes are on disk."""
        os.fdatasync(descriptor)

    def sync_all(self, descriptor: int) -> None:
        """Wait until the file's bytes and everything known about it are on disk."""
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut the file back to so many bytes."""
        os.ftruncate(descriptor, size)

    def replace(self, path: Path, target: Path) -> None:
        """Give a file another's name, at once."""
        path.replace(target)

    def remove(self, path: Path) -> None:
        """Take a file away."""
        path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        sync_folder(path)


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
