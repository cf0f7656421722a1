"""Small files that stand beside the log: a fact a line, each with a digest of its own, never changed."""

import fcntl
import os
from pathlib import Path
from typing import TypeVar

import msgspec
import xxhash

from events.struct import Fact
from store.durable import Disk, make_folders, read_file
from store.log.lines import UNREADABLE

Kept = TypeVar("Kept", bound=Fact)
_DIGEST = b',"digest":"'
"""What stands between a fact and the xxh3-64 of its bytes; lines of earlier versions have none."""


class SpoiledLine(ValueError):
    """A line is not one that was written; the message says why."""


def append_fact(path: Path, fact: Fact, disk: Disk | None = None) -> None:
    """Add a fact durably; two that write at once keep both, and half a line left by a full disk is cut.

    Raises:
        OSError: the disk refused.
    """
    disk = disk or Disk()
    make_folders(path.parent, disk)
    with os.fdopen(disk.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stood = file.read()
        if (whole := stood.rfind(b"\n") + 1) < len(stood):
            disk.truncate(file.fileno(), whole)
        disk.write(file.fileno(), _line(fact))
        disk.sync_all(file.fileno())
    disk.sync_folder(path.parent)


def read_facts(path: Path, kind: type[Kept]) -> list[Kept | SpoiledLine]:
    """Each whole line, oldest first, as the fact that it holds or why it holds none; none without a file.

    A last line without its end is one whose writing was interrupted: it tells nothing.

    Raises:
        OSError: the file is there and cannot be read.
    """
    if not path.exists():
        return []
    return [_decode(line, kind) for line in read_file(path).split(b"\n")[:-1]]


def sound_facts(path: Path, kind: type[Kept]) -> list[Kept]:
    """The facts of the lines that are as they were written, for whoever can do without the others."""
    try:
        return [one for one in read_facts(path, kind) if not isinstance(one, SpoiledLine)]
    except OSError:
        return []


def _line(fact: Fact) -> bytes:
    told = msgspec.json.encode(fact)
    return told[:-1] + _DIGEST + xxhash.xxh3_64_hexdigest(told).encode() + b'"}\n'


def _decode(line: bytes, kind: type[Kept]) -> Kept | SpoiledLine:
    begin, mark, digest = line.rpartition(_DIGEST)
    told = begin + b"}" if mark else line
    if mark and digest != xxhash.xxh3_64_hexdigest(told).encode() + b'"}':
        return SpoiledLine("its bytes are not those that were written")
    try:
        return msgspec.json.decode(told, type=kind)
    except UNREADABLE as error:
        return SpoiledLine(str(error))
