"""What makes bytes and names survive a power cut: every call to the disk that a promise rests on."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

UNFINISHED = ".unfinished"
"""Ends the name of a file that is not whole yet."""


class NoFileError(OSError):
    """What stands where a file is due can be opened like one, and is none: a pipe, a socket, a device."""


class Disk:
    """The calls that change files and make them durable; tests hand in failing ones.

    Each raises OSError when the disk refuses.
    """

    def open(self, path: Path, flags: int) -> int:
        """Open a file to write to it, made where the flags say so; its descriptor. No child inherits it.

        Raises:
            NoFileError: something else stands there.
        """
        return _opened(path, flags)

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

    def link(self, path: Path, other: Path) -> None:
        """Give a file a second name, which no file has."""
        other.hardlink_to(path)

    def remove(self, path: Path) -> None:
        """Take a file away."""
        path.unlink(missing_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Take an empty folder away; one that holds anything stays."""
        try:
            path.rmdir()
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise

    def make_folder(self, path: Path) -> None:
        """Make a folder in one that is there, unless somebody else has."""
        try:
            path.mkdir(exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def open_file(path: Path) -> BinaryIO:
    """Open a file to read it; whatever else stands there is not waited for. No child inherits it.

    Raises:
        NoFileError: something stands there that is no file.
        OSError: it cannot be opened.
    """
    return os.fdopen(_opened(path, os.O_RDONLY), "rb")


def read_file(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        NoFileError: something stands there that is no file.
        OSError: it cannot be read.
    """
    with open_file(path) as file:
        return file.read()


def _opened(path: Path, flags: int) -> int:
    """A descriptor of a file, and of nothing that is none: opening a pipe would wait for its other end."""
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK, 0o644)
    except OSError as error:
        if error.errno != errno.ENXIO:  # what a pipe that nobody reads says, and a socket
            raise
        raise _no_file(path) from error
    mode = os.fstat(descriptor).st_mode
    if S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise _no_file(path)


def _no_file(path: Path) -> NoFileError:
    return NoFileError(errno.EINVAL, "a pipe, a socket or a device where a file is due", str(path))


def make_folders(path: Path, disk: Disk) -> None:
    """Make a folder, and those above it that are missing; its name and theirs are durable when this returns.

    Also where it is there already: a process may have made it and been killed before it synced the name.

    Raises:
        OSError: the disk refused.
    """
    if path.is_dir():
        # A folder of others that we may not list, or that nobody may write to, holds no name that is new.
        with suppress(PermissionError):
            _sync_if_written_to(path.parent, disk)
        return
    if not path.parent.is_dir():
        make_folders(path.parent, disk)
    disk.make_folder(path)
    disk.sync_folder(path.parent)


def _sync_if_written_to(path: Path, disk: Disk) -> None:
    try:
        disk.sync_folder(path)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise


def put_whole(path: Path, data: bytes, disk: Disk, *, durable: bool, mark: str = "") -> None:
    """Put a file in place at once: a reader sees the old bytes or the new, never a part.

    Args:
        path: where, in a folder that is there.
        data: all its bytes.
        disk: what writes.
        durable: whether it is on the disk on return, its name too; a cache that is checked need not be.
        mark: what tells its unfinished form from that of others who write the same file meanwhile.

    Raises:
        OSError: the disk refused; the file stands whole, as it was or as it should be.
    """
    beside = path.with_name(f".{path.name}{mark}{UNFINISHED}")
    try:
        write_file(beside, iter([data]), disk, durable=durable)
        disk.replace(beside, path)
    except OSError as error:
        if error.filename == str(beside):
            error.filename = str(path)
        with suppress(OSError):
            disk.remove(beside)
        raise
    if durable:
        disk.sync_folder(path.parent)


def write_file(path: Path, pieces: Iterator[bytes], disk: Disk, *, durable: bool = True) -> None:
    """Write a file from its beginning, piece by piece; its name is not made durable.

    Raises:
        OSError: the disk refused, with the file's name; a part of it may be there.
    """
    descriptor = disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        for data in pieces:
            disk.write(descriptor, data)
        if durable:
            disk.sync_all(descriptor)
    except OSError as error:
        error.filename = error.filename or str(path)  # a call with a descriptor knows no name
        raise
    finally:
        os.close(descriptor)


def is_full(error: OSError) -> bool:
    """Whether the disk, or what this user may take of it, is used up."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def what_to_do(error: OSError) -> str:
    """What an error of the disk means, by the file's name, and the remedy where one is known."""
    if is_full(error) and error.filename is not None:
        return f"no space left for {error.filename}: free some and run the same command again"
    return in_the_way(error) or str(error)


def in_the_way(error: OSError) -> str | None:
    """What stands where something else is due, and what to do; None where the error is not of that kind."""
    match error:
        case IsADirectoryError():
            return f"{error.filename} is a folder where a file is due: move it elsewhere"
        case NoFileError():
            return f"{error.filename} is {error.strerror}: move it elsewhere"
        case NotADirectoryError() if (file := _no_folder(error)) is not None:
            return f"{file} is no folder, and one is due there: move it elsewhere"
    return None


def _no_folder(error: OSError) -> Path | None:
    """Which part of an error's path is no folder, though it should be one."""
    path = Path(os.fsdecode(error.filename or ""))
    return next((one for one in (path, *path.parents) if one.exists() and not one.is_dir()), None)
