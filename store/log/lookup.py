"""Any bytes of a segment by their place in it, whether it is compressed or not."""

import os
from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate
from pathlib import Path

from store.durable import open_file
from store.log.compressed import SegmentDamaged, read_block, read_table
from store.log.lines import COMMIT_MARK, Head, chain_of, parse_commit
from store.log.segments import compressed, is_compressed

_BLOCKS_KEPT = 8
_COMMIT_WITHIN = 512
_PIECE = 256 * 1024


class SegmentBytes:
    """One segment, opened; offsets are those of the plain segment. It may be compressed meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open a segment.

        Raises:
            SegmentDamaged: the table of a compressed one is not what was written.
            OSError: it cannot be read.
        """
        self._file = open_file(path)
        self._table = read_table(path) if is_compressed(path) else None
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        blocks = self._table.blocks if self._table is not None else ()
        self._plain = list(accumulate((block.size for block in blocks), initial=0))
        self._stored = list(accumulate((block.stored for block in blocks), initial=0))

    @property
    def size(self) -> int:
        """Bytes of the plain segment."""
        return self._plain[-1] if self._table is not None else os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        """So many bytes from an offset on; fewer where the segment or its block ends.

        Raises:
            SegmentDamaged: a block is not what was written.
            OSError: it cannot be read.
        """
        if self._table is None:
            return os.pread(self._file.fileno(), length, offset)
        number = bisect_right(self._plain, offset) - 1
        if number >= len(self._table.blocks):
            return b""
        start = offset - self._plain[number]
        return self._block(number)[start : start + length]

    def head_before(self, offset: int) -> Head | None:
        """The log's head after the commit line that ends at this offset; None when none does.

        Raises:
            SegmentDamaged: a block is not what was written.
            OSError: it cannot be read.
        """
        if self._table is not None and offset == self.size:
            return self._table.after
        start = max(0, offset - _COMMIT_WITHIN)
        if self._table is not None and offset:
            start = max(start, self._plain[bisect_right(self._plain, offset - 1) - 1])
        lines = self.read(start, offset - start).splitlines(keepends=True)
        told = parse_commit(lines[-1]) if lines and lines[-1].endswith(b"\n") else None
        return None if told is None else Head(told.first - 1 + told.count, chain_of(lines[-1]))

    def head_at_start(self) -> Head | None:
        """The log's head before the segment, as its table or first commit line tells it; None when none does.

        Raises:
            OSError: it cannot be read.
        """
        if self._table is not None:
            return self._table.before
        told = parse_commit(self._first_commit())
        return None if told is None else Head(told.first - 1, told.previous)

    def _first_commit(self) -> bytes:
        """The first commit line of a plain segment; what is there where there is none."""
        data, begin = bytearray(), -1
        while piece := self.read(known := len(data), _PIECE):
            data += piece
            begin = data.find(COMMIT_MARK[:1], known) if begin < 0 else begin
            if begin >= 0 and (end := data.find(b"\n", max(begin, known))) >= 0:
                return bytes(data[begin : end + 1])
        return bytes(data)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        assert self._table is not None
        block, stored = self._table.blocks[number], self._stored[number]
        found = read_block(os.pread(self._file.fileno(), block.stored, stored), block, stored)
        if isinstance(found, SegmentDamaged):
            raise found
        self._blocks[number] = found
        if len(self._blocks) > _BLOCKS_KEPT:
            self._blocks.popitem(last=False)
        return found


def opened_segment(path: Path) -> SegmentBytes:
    """A segment under either of its names: it may have been compressed since it was listed.

    Raises:
        SegmentDamaged: the table of a compressed one is not what was written.
        OSError: it cannot be read.
    """
    try:
        return SegmentBytes(path)
    except FileNotFoundError:
        return SegmentBytes(compressed(path))
