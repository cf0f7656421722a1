"""Where the blobs of a pack lie, beside it: a cache that may be deleted, and is believed only if it fits.

It covers the pack's bytes up to a size, and is bound to them by that size and a digest of their first and
last 4 KiB. One that is damaged or fits another pack is ignored; whoever holds the lock writes it anew.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import xxhash

from store.durable import Disk, open_file, put_whole, read_file
from store.packs.files import index_path
from store.packs.record import DIGEST_BYTES

_HEADER = struct.Struct("<8sQ16s")
_MAGIC = b"\x8atgindx\n"
_ENTRY = struct.Struct("<16sQQ")
_CHECK_BYTES = 16
_ENDS = 4096


class Span(NamedTuple):
    """The bytes of a pack that one record takes."""

    digest: bytes
    """Of its blob."""
    start: int
    """The first byte."""
    end: int
    """The byte after the last."""


class Sidecar:
    """The records in the first `size` bytes of a pack, by digest.

    It is read and not mapped: a mapped file that somebody cuts short ends the process.
    """

    def __init__(self, size: int, entries: bytes) -> None:
        self.size = size
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries) // _ENTRY.size

    def __iter__(self) -> Iterator[Span]:
        return (Span._make(fields) for fields in _ENTRY.iter_unpack(self._entries))

    def find(self, digest: bytes) -> list[Span]:
        """The records of a blob, in the order of the pack."""
        place = bisect_left(range(len(self)), digest, key=self._digest)
        found: list[Span] = []
        while place < len(self) and self._digest(place) == digest:
            found.append(Span._make(_ENTRY.unpack_from(self._entries, place * _ENTRY.size)))
            place += 1
        return found

    def _digest(self, place: int) -> bytes:
        return self._entries[place * _ENTRY.size : place * _ENTRY.size + DIGEST_BYTES]


def load_sidecar(pack: Path, file: BinaryIO, size: int) -> Sidecar | None:
    """The sidecar of an open pack of this size; None when there is none that fits.

    Raises:
        OSError: it cannot be read.
    """
    try:
        data = read_file(index_path(pack))
    except FileNotFoundError:
        return None
    body, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    if xxhash.xxh3_128_digest(body) != check or len(body) < _HEADER.size:
        return None
    magic, covered, bound = _HEADER.unpack_from(body)
    entries = body[_HEADER.size :]
    if magic != _MAGIC or covered > size or len(entries) % _ENTRY.size or bound != _ends(file, covered):
        return None
    return Sidecar(covered, entries)


def write_sidecar(pack: Path, size: int, spans: Iterable[Span], disk: Disk) -> None:
    """Write the sidecar of a pack's first `size` bytes. It need not be durable: what is torn is ignored.

    Raises:
        OSError: the disk refused; an earlier sidecar stands as it did.
    """
    with open_file(pack) as file:
        head = _HEADER.pack(_MAGIC, size, _ends(file, size))
    body = head + b"".join(_ENTRY.pack(*span) for span in sorted(spans))
    put_whole(index_path(pack), body + xxhash.xxh3_128_digest(body), disk, durable=False)


def _ends(file: BinaryIO, size: int) -> bytes:
    """What binds a sidecar to a pack."""
    file.seek(0)
    first = file.read(min(_ENDS, size))
    file.seek(max(0, size - _ENDS))
    return xxhash.xxh3_128_digest(first + file.read(min(_ENDS, size)))
