"""Closed segments, compressed: zstd frames of whole batches, and a table of them at the end.

`zstdcat` gives back the plain segment, for the table stands in a frame that decoders skip. Each frame, here a
block, can be read by itself, and every byte of the file is covered by a digest.

    block …  block | skippable frame: the table as JSON, its xxh3-128, its length
"""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import xxhash
import zstandard

from events.struct import Fact
from store.durable import open_file
from store.log.lines import Head

BLOCK_BYTES = 128 * 1024
"""A block is closed when it holds at least so many plain bytes."""
_LEVEL = 3
_SKIPPABLE = 0x184D2A5E
_FRAME = struct.Struct("<II")
_LENGTH = struct.Struct("<I")
_DIGEST_BYTES = 16
_DECOMPRESSOR = zstandard.ZstdDecompressor()


class Block(Fact, frozen=True, array_like=True):
    """One frame."""

    stored: int
    """Its bytes in the file."""
    size: int
    """Its bytes when plain."""
    first: int
    """The place of its first event, or of the next one where it holds none."""
    digest: str
    """xxh3-64 of its bytes in the file."""


class Table(Fact, frozen=True):
    """What stands at the end of a compressed segment."""

    before: Head
    """The log's head before its first batch."""
    after: Head
    """The log's head after its last."""
    blocks: tuple[Block, ...]
    """In order."""

    @property
    def size(self) -> int:
        """Bytes of the plain segment."""
        return sum(block.size for block in self.blocks)


class SegmentDamaged(Exception):
    """Bytes of a compressed segment are not those that were written."""

    def __init__(self, start: int, end: int, what: str) -> None:
        super().__init__(what)
        self.start = start
        self.end = end
        self.what = what


class BlockWriter:
    """Writes a compressed segment block by block."""

    def __init__(self, write: Callable[[bytes], None], before: Head) -> None:
        self._write = write
        self._before = before
        self._blocks: list[Block] = []
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)

    def add(self, data: bytes, first: int) -> None:
        """Write whole batches as one block.

        Args:
            data: their lines.
            first: the place of their first event.
        """
        stored = self._compressor.compress(data)
        self._write(stored)
        self._blocks.append(Block(len(stored), len(data), first, xxhash.xxh3_64_hexdigest(stored)))

    def finish(self, after: Head) -> None:
        """Write the table."""
        table = msgspec.json.encode(Table(self._before, after, tuple(self._blocks)))
        payload = table + xxhash.xxh3_128_digest(table) + _LENGTH.pack(len(table))
        self._write(_FRAME.pack(_SKIPPABLE, len(payload)) + payload)


def read_table(path: Path) -> Table:
    """The table of a compressed segment.

    Raises:
        SegmentDamaged: it is not what was written.
        OSError: the file cannot be read.
    """
    with open_file(path) as file:
        size = file.seek(0, 2)
        tail = _DIGEST_BYTES + _LENGTH.size
        if size < _FRAME.size + tail:
            raise SegmentDamaged(0, size, "it is too short to be a compressed segment")
        file.seek(size - tail)
        end = file.read(tail)
        (length,) = _LENGTH.unpack(end[_DIGEST_BYTES:])
        start = max(0, size - tail - length - _FRAME.size)
        file.seek(start)
        frame = file.read(_FRAME.size + length)
    data = frame[_FRAME.size :]
    if frame[: _FRAME.size] != _FRAME.pack(_SKIPPABLE, length + tail) or _digest(data) != end[:_DIGEST_BYTES]:
        raise SegmentDamaged(start, size, "its table of blocks is not the one that was written")
    table = msgspec.json.decode(data, type=Table)
    if sum(block.stored for block in table.blocks) != start:
        raise SegmentDamaged(0, start, "its blocks do not fill the space before their table")
    return table


def read_blocks(path: Path, table: Table, first: int = 0) -> Iterator[tuple[int, bytes | SegmentDamaged]]:
    """The plain bytes of each block from block `first` on, with the plain byte at which it begins.

    Raises:
        OSError: the file cannot be read.
    """
    stored = sum(block.stored for block in table.blocks[:first])
    plain = sum(block.size for block in table.blocks[:first])
    with open_file(path) as file:
        file.seek(stored)
        for block in table.blocks[first:]:
            yield plain, read_block(file.read(block.stored), block, stored)
            stored, plain = stored + block.stored, plain + block.size


def read_block(data: bytes, block: Block, start: int) -> bytes | SegmentDamaged:
    """The plain bytes of a block, or what is wrong with it.

    Args:
        data: its bytes in the file.
        block: what the table says of it.
        start: the byte of the file at which it begins.
    """
    damaged = SegmentDamaged(
        start, start + block.stored, "the bytes of a block are not those that were written"
    )
    if xxhash.xxh3_64_hexdigest(data) != block.digest:
        return damaged
    try:
        return _DECOMPRESSOR.decompress(data, max_output_size=block.size)
    except zstandard.ZstdError:
        return damaged


def _digest(data: bytes) -> bytes:
    return xxhash.xxh3_128_digest(data)
