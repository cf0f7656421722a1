"""How a blob stands in a pack: a header of 64 bytes that checks itself, then one zstd frame.

    magic 8 | digest 16 | place 8 | raw size 8 | stored size 8 | xxh3-64 of the frame 8 | xxh3-64 of these 56

The header names the byte at which it stands, so that a copy of a pack that somebody keeps as a blob is never
taken for records. Whoever follows the sizes from header to header need not decompress anything.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import IO, BinaryIO, NamedTuple, cast

import xxhash
import zstandard

from events.identity import digest_of, digest_of_parts

MAGIC = b"\x8atgblob\n"
HEADER_BYTES = 64
DIGEST_BYTES = 16
CHUNK = 1024**2
"""Bytes that are held at once where a blob is only passed on or judged."""
_LEVEL = 3
_FIELDS = struct.Struct("<8s16sQQQQ")
_CHECK = struct.Struct("<Q")


class Record(NamedTuple):
    """A header that is sound, and what it says of the frame behind it."""

    digest: bytes
    """BLAKE2b-128 of the raw bytes."""
    start: int
    """The byte of the pack at which the header stands."""
    raw: int
    """Size of the raw bytes."""
    stored: int
    """Size of the frame."""
    check: int
    """xxh3-64 of the frame."""

    @property
    def frame(self) -> int:
        """The byte at which the frame begins."""
        return self.start + HEADER_BYTES

    @property
    def end(self) -> int:
        """The byte after it."""
        return self.frame + self.stored

    def header(self) -> bytes:
        """The header's bytes."""
        fields = _FIELDS.pack(MAGIC, self.digest, self.start, self.raw, self.stored, self.check)
        return fields + _CHECK.pack(xxhash.xxh3_64_intdigest(fields))


def is_digest(text: str) -> bool:
    """Whether a text is spelled as a digest is."""
    return len(text) == 2 * DIGEST_BYTES and set(text) <= set("0123456789abcdef")


def name_of(digest: str) -> bytes:
    """A digest as it stands in a header.

    Raises:
        ValueError: it is none.
    """
    if not is_digest(digest):
        message = f"{digest!r} is not a digest: 32 hexadecimal digits"
        raise ValueError(message)
    return bytes.fromhex(digest)


def check_digests(blobs: Mapping[str, bytes]) -> None:
    """Refuse bytes that come under another digest than theirs.

    Raises:
        ValueError: a digest is not that of its bytes.
    """
    for digest, data in blobs.items():
        if digest_of(data) != digest:
            message = f"{digest} is not the digest of its {len(data)} bytes; use events.identity.digest_of"
            raise ValueError(message)


def packed(name: bytes, data: bytes, start: int) -> tuple[Record, bytes]:
    """The record of these bytes at this place of a pack, and its frame."""
    frame = zstandard.ZstdCompressor(level=_LEVEL).compress(data)
    return Record(name, start, len(data), len(frame), xxhash.xxh3_64_intdigest(frame)), frame


def parse_header(data: bytes, start: int) -> Record | None:
    """The record whose header these bytes at this place are; None when they are no sound header."""
    if len(data) < HEADER_BYTES or data[: len(MAGIC)] != MAGIC:
        return None
    fields, check = data[: _FIELDS.size], data[_FIELDS.size : HEADER_BYTES]
    _, digest, place, raw, stored, frame_check = _FIELDS.unpack(fields)
    if place != start or _CHECK.pack(xxhash.xxh3_64_intdigest(fields)) != check:
        return None
    return Record(digest, start, raw, stored, frame_check)


def read_record(file: BinaryIO, start: int) -> Record | None:
    """The record at a byte of a pack; None where no sound header stands."""
    file.seek(start)
    return parse_header(file.read(HEADER_BYTES), start)


def unpacked(file: BinaryIO, record: Record) -> bytes | None:
    """The raw bytes of a record; None when they are not those of its digest.

    Beside them only their frame is in memory.
    """
    file.seek(record.frame)
    frame = file.read(record.stored)
    if len(frame) != record.stored or xxhash.xxh3_64_intdigest(frame) != record.check:
        return None
    try:
        if zstandard.frame_content_size(frame) != record.raw:
            return None
        data = zstandard.ZstdDecompressor().decompress(frame)
    except zstandard.ZstdError:
        return None
    return data if digest_of(data) == record.digest.hex() else None


def is_sound(file: BinaryIO, record: Record) -> bool:
    """Whether a record holds the bytes of its digest; a blob of any size is judged in the same memory."""
    if max(record.raw, record.stored) <= CHUNK:
        return unpacked(file, record) is not None
    frame = _Frame(file, record)
    try:
        source = cast("IO[bytes]", frame)  # only its `read` is ever called
        with zstandard.ZstdDecompressor().stream_reader(source, read_size=CHUNK) as reader:
            digest = digest_of_parts(iter(lambda: reader.read(CHUNK), b""))
    except zstandard.ZstdError:
        return False
    return frame.checks() and digest == record.digest.hex()


def frame_parts(file: BinaryIO, record: Record) -> Iterator[bytes]:
    """The frame of a record as it stands, piece by piece."""
    frame = _Frame(file, record)
    return iter(lambda: frame.read(CHUNK), b"")


class _Frame:
    """The frame of a record, read once from its beginning and hashed on the way."""

    def __init__(self, file: BinaryIO, record: Record) -> None:
        file.seek(record.frame)
        self._file = file
        self._left = record.stored
        self._due = record.check
        self._hash = xxhash.xxh3_64()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; none at the end."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._hash.update(data)
        return data

    def checks(self) -> bool:
        """Whether all of it is what was written."""
        while self.read(CHUNK):
            pass
        return self._left == 0 and self._hash.intdigest() == self._due
