"""Segments that are no longer written to, compressed while the writer goes on."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event as Flag, Thread
from typing import BinaryIO

import structlog

from store.durable import UNFINISHED, Disk, open_file
from store.home import Home
from store.log.compressed import BLOCK_BYTES, BlockWriter, SegmentDamaged, read_blocks, read_table
from store.log.forms import are_same
from store.log.judged import Batch, Fault
from store.log.lines import START
from store.log.scan import scan_segment
from store.log.segments import compressed, segment_name, segment_number, segments

log = structlog.get_logger(__name__)


class Closer:
    """Compresses closed segments one after the other, in a thread of its own.

    Nothing waits for it: a segment that it could not compress stays plain, and the next writer tries again.
    """

    def __init__(self, home: Home, disk: Disk) -> None:
        self._folder = home.log
        self._disk = disk
        self._stop = Flag()
        self._thread: Thread | None = None
        self._newest = 0

    def look(self, newest: int) -> None:
        """Compress every segment before this number."""
        self._newest = newest
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._work, name="tracegate-segments")
            self._thread.start()

    def close(self) -> None:
        """Give up what is under way; the segment stays plain."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        tried: set[Path] = set()
        while not self._stop.is_set():
            path = next((path for path in self._plain() if path not in tried), None)
            if path is None:
                return
            tried.add(path)
            try:
                self._close(path)
            except (OSError, SegmentDamaged) as error:
                log.warning("segment not compressed", segment=path.name, error=str(error))

    def _plain(self) -> list[Path]:
        """Plain forms of closed segments, read or not: one may be left of an interruption."""
        found = (
            self._folder / segment_name(number)
            for number in map(segment_number, segments(self._folder))
            if number < self._newest
        )
        return [path for path in found if path.is_file()]

    def _close(self, path: Path) -> None:
        """Have a segment stand compressed only; what stands there and is not the same is not touched."""
        if not (packed := compressed(path)).is_file():
            compress_segment(path, self._disk, self._stop)
        elif are_same(path, packed):
            self._disk.remove(path)
            self._disk.sync_folder(self._folder)


class _Stopped(Exception):
    """The writer leaves; compressing can wait."""


def compress_segment(path: Path, disk: Disk, stop: Flag | None = None) -> None:
    """Put a compressed segment in the place of a plain one; at every moment one of them stands whole.

    Raises:
        SegmentDamaged: a batch of it does not hold; it stays as it is.
        OSError: the disk refused; it stays as it is.
    """
    target = compressed(path)
    beside = target.with_name(target.name + UNFINISHED)
    try:
        descriptor = disk.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            with open_file(path) as plain:
                _compress(path, plain, partial(disk.write, descriptor), stop)
            disk.sync_all(descriptor)
        finally:
            os.close(descriptor)
        _compare(path, beside)
        disk.replace(beside, target)
        disk.sync_folder(path.parent)
        disk.remove(path)
        disk.sync_folder(path.parent)
    except _Stopped:
        return
    finally:
        disk.remove(beside)


def _compress(path: Path, plain: BinaryIO, write: Callable[[bytes], None], stop: Flag | None) -> None:
    writer: BlockWriter | None = None
    head, start, first = START, 0, 0
    for batch in _whole_batches(path):
        if writer is None:
            writer, first = BlockWriter(write, batch.before), batch.first
        head = batch.head
        if batch.end - start >= BLOCK_BYTES:
            writer.add(plain.read(batch.end - start), first)
            start, first = batch.end, head.seq + 1
        if stop is not None and stop.is_set():
            raise _Stopped
    if writer is None:
        raise SegmentDamaged(0, 0, "it holds no batch")
    if rest := plain.read():
        writer.add(rest, first)
    writer.finish(head)


def _whole_batches(path: Path) -> Iterator[Batch]:
    for found in scan_segment(path):
        if isinstance(found, Fault):
            raise SegmentDamaged(found.start, found.end, found.what)
        yield found


def _compare(plain: Path, compressed: Path) -> None:
    """Read back what was written before the original goes."""
    table = read_table(compressed)
    with open_file(plain) as file:
        for _, data in read_blocks(compressed, table):
            if isinstance(data, SegmentDamaged):
                raise data
            if file.read(len(data)) != data:
                raise SegmentDamaged(0, 0, "what was read back is not what was compressed")
        if file.read(1):
            raise SegmentDamaged(0, 0, "what was read back is less than what was compressed")
