"""A writer in a process of its own: `python -m tests.store.log.writer_process HOME EVENTS CHUNK SEGMENT_BYTES HALT`.

Appends until the log holds so many events, `CHUNK` in an append. Says `sealed` when all is done, and `halt` in the
midst of every so manyeth sync, when bytes are written and not durable: then it waits for a line on stdin.
"""

import sys
from pathlib import Path

import anyio

from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter
from tests.store.log.conftest import refused


class HaltingDisk(Disk):
    """Waits for a word before some syncs of a batch; 0 for none."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._syncs = 0

    def sync(self, descriptor: int) -> None:
        """Halt when it is time, then sync."""
        self._syncs += 1
        if self._every and self._syncs % self._every == 0:
            sys.stdout.write("halt\n")
            sys.stdout.flush()
            sys.stdin.readline()
        super().sync(descriptor)


async def write(home: Home, events: int, chunk: int, segment_bytes: int, halt: int) -> None:
    """Append until the log holds so many events."""
    async with LogWriter.open(home, segment_bytes=segment_bytes, disk=HaltingDisk(halt)) as writer:
        while (seq := writer.head.seq) < events:
            drafts = [Draft(refused(seq + number)) for number in range(min(chunk, events - seq))]
            await writer.append(drafts)


if __name__ == "__main__":
    _, root, *numbers = sys.argv
    wanted, in_one, size, stop = map(int, numbers)
    anyio.run(write, Home(Path(root)), wanted, in_one, size, stop)
    sys.stdout.write("sealed\n")
