"""A segment that stands both plain and compressed: which of the two forms is read.

Compressing that was interrupted leaves both, and then they are the same. Anything else is a stray, or one of
the two has rotted. Both are read to the first byte that does not hold, once for each state of the files.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from typing import NamedTuple

from store.log.compressed import SegmentDamaged, read_blocks, read_table
from store.log.cut import chunks, holds, split
from store.log.lines import Head, chain_of, parse_commit

_COMMIT_WITHIN = 1024
"""A commit line is shorter."""


class Reach(NamedTuple):
    """How far a form holds."""

    size: int
    """Plain bytes from its beginning on that are batches, one following on the other."""
    head: Head | None
    """The log's head behind them; None where there are none, and the head before them is not known."""


class _Seen(NamedTuple):
    """A file as it stood when it was looked at."""

    path: Path
    inode: int
    size: int
    changed: int


def form_to_read(
    plain: Path, packed: Path, before: Head | None, begins: Collection[Head], *, newest: bool
) -> Path:
    """Which of two forms is read: the one between the segments around it, else the one that holds further.

    Args:
        plain: the plain form.
        packed: the compressed one.
        before: the log's head before the segment; None where it is not known.
        begins: the heads on which the segment behind it follows, as its forms tell them.
        newest: whether no segment stands behind it. Then it is the one that is written to, which is plain.

    Raises:
        OSError: one of them cannot be read.
    """
    try:
        if not _follows(packed, before):
            return plain
        one, other = _reach_of_plain(_seen(plain), before), _reach_of_packed(_seen(packed), before)
    except FileNotFoundError:  # one went meanwhile, as the plain one does in the end
        return packed if packed.is_file() else plain
    if one == other:
        return packed
    if (one.head in begins) != (other.head in begins):
        return plain if one.head in begins else packed
    longer = one.size > other.size
    return plain if longer or (newest and 0 < one.size != other.size) else packed


def are_same(plain: Path, packed: Path) -> bool:
    """Whether two forms of a segment hold the same bytes, as they do when compressing was interrupted.

    Raises:
        OSError: one cannot be read.
    """
    try:
        table = read_table(packed)
        if table.size != plain.stat().st_size:
            return False
        with plain.open("rb") as file:
            return all(file.read(len(data)) == data for data in _blocks(packed))
    except SegmentDamaged:
        return False


def begin_of(path: Path, *, packed: bool) -> Head | None:
    """The log's head before a segment, as its table or first commit line tells it; None where none does.

    Raises:
        OSError: it cannot be read.
    """
    try:
        if packed:
            return read_table(path).before
        with path.open("rb") as file:
            raw = next(split(chunks(file, 0, None), 0), None)
    except (FileNotFoundError, SegmentDamaged):
        return None
    told = parse_commit(raw.commit) if raw is not None and raw.commit is not None else None
    return Head(told.first - 1, told.previous) if told is not None else None


def end_of(path: Path, *, packed: bool) -> Head | None:
    """The log's head behind a segment, as its table or last commit line tells it; None where none does.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return read_table(path).after if packed else _last_commit(path)
    except (FileNotFoundError, SegmentDamaged):
        return None


def _last_commit(plain: Path) -> Head | None:
    with plain.open("rb") as file:
        file.seek(max(0, file.seek(0, SEEK_END) - _COMMIT_WITHIN))
        line = file.read().splitlines(keepends=True)[-1:]
    told = parse_commit(line[0]) if line else None
    return Head(told.first + told.count - 1, chain_of(line[0])) if told is not None else None


def _follows(packed: Path, before: Head | None) -> bool:
    try:
        return read_table(packed).before == before or before is None
    except SegmentDamaged:
        return False


def _seen(path: Path) -> _Seen:
    found = path.stat()
    return _Seen(path, found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _reach_of_plain(seen: _Seen, before: Head | None) -> Reach:
    with seen.path.open("rb") as file:
        return _reach(chunks(file, 0, None), before)


@lru_cache(maxsize=64)
def _reach_of_packed(seen: _Seen, before: Head | None) -> Reach:
    return _reach(_whole_blocks(seen.path), before)


def _reach(pieces: Iterator[bytes], head: Head | None) -> Reach:
    """How far the batches hold that stand in these bytes."""
    end = 0
    for raw in split(pieces, 0):
        told = parse_commit(raw.commit) if raw.commit is not None else None
        if raw.commit is None or told is None:
            break
        before = Head(told.first - 1, told.previous) if head is None else head
        if not holds(raw, told, before):
            break
        end, head = raw.end, Head(before.seq + told.count, chain_of(raw.commit))
    return Reach(end, head)


def _whole_blocks(packed: Path) -> Iterator[bytes]:
    """The plain bytes of a compressed segment up to the first block that is damaged."""
    try:
        yield from _blocks(packed)
    except SegmentDamaged:
        return


def _blocks(packed: Path) -> Iterator[bytes]:
    for _, data in read_blocks(packed, read_table(packed)):
        if isinstance(data, SegmentDamaged):
            raise data
        yield data
