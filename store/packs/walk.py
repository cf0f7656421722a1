"""A pack from header to header: what stands there, and what does not."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from store.packs.record import CHUNK, HEADER_BYTES, MAGIC, Record, read_record


class Gap(NamedTuple):
    """Bytes of a pack that no sound header stands for."""

    start: int
    """The first of them."""
    end: int
    """The byte after the last."""
    torn: bool
    """Whether an interrupted write left them at the pack's end: part of a record, or zeros alone."""


def walk(file: BinaryIO, start: int, size: int) -> Iterator[Record | Gap]:
    """Every record in the bytes from `start` to `size` in order, and every gap between them.

    After damage it goes on at the next sound header. Frames are not looked at.

    Raises:
        OSError: the pack cannot be read.
    """
    place = start
    while place < size:
        record = read_record(file, place)
        if record is not None and record.end <= size:
            yield record
            place = record.end
        else:
            torn = record is not None or _is_torn(file, place, size)
            gap = Gap(place, size if torn else _next_header(file, place + 1, size), torn)
            yield gap
            place = gap.end


def _is_torn(file: BinaryIO, start: int, size: int) -> bool:
    """Whether the rest is too short for a record or was never written."""
    if size - start < HEADER_BYTES:
        return True
    file.seek(start)
    while start < size:
        part = file.read(min(CHUNK, size - start))
        if not part or part.count(0) != len(part):
            return False
        start += len(part)
    return True


def _next_header(file: BinaryIO, start: int, size: int) -> int:
    """The first byte from `start` on at which a sound header stands; `size` when there is none."""
    overlap = len(MAGIC) - 1  # a magic may lie across two parts
    while start < size:
        file.seek(start)
        part = file.read(min(CHUNK, size - start))
        found = part.find(MAGIC)
        while found >= 0:
            if read_record(file, start + found) is not None:
                return start + found
            found = part.find(MAGIC, found + 1)
        if len(part) < CHUNK:
            return size
        start += CHUNK - overlap
    return size
