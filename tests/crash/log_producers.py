"""A process of many producers that tells of each append once it is acknowledged; run to be killed."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import anyio
import structlog

from events.dataset import DatasetRefused
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter

PRODUCERS = 24
SEGMENT_BYTES = 60_000


class FatalDisk(Disk):
    """Kills its own process at a call, when a part of what was to be written is."""

    def __init__(self, calls: int, share: float) -> None:
        self._calls = calls
        self._share = share

    def write(self, descriptor: int, data: bytes) -> None:
        """Write, or write a part and die."""
        self._die_in_time(partial(Disk.write, self, descriptor, data[: int(len(data) * self._share)]))
        super().write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        """Sync, or die before or after it."""
        self._die_in_time(partial(os.fdatasync, descriptor) if self._share < 0.5 else lambda: None)
        super().sync(descriptor)

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        """Tell of the head, or die first."""
        self._die_in_time(lambda: None)
        super().write_at(descriptor, data, offset)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut a tail off, or die before or after it."""
        self._die_in_time(partial(os.ftruncate, descriptor, size) if self._share < 0.5 else lambda: None)
        super().truncate(descriptor, size)

    def sync_folder(self, path: Path) -> None:
        """Make names durable, or die first."""
        self._die_in_time(lambda: None)
        super().sync_folder(path)

    def _die_in_time(self, last_act: Callable[[], None]) -> None:
        self._calls -= 1
        if self._calls == 0:
            last_act()
            os.kill(os.getpid(), signal.SIGKILL)


def parts_of(producer: int, number: int) -> int:
    """How many events an append holds."""
    return (producer + number) % 4 + 1


async def produce(writer: LogWriter, life: int, producer: int) -> None:
    """Append, and tell of it, for ever."""
    for number in count():
        name = f"{life}/{producer}/{number}"
        parts = range(parts_of(producer, number))
        await writer.append([Draft(DatasetRefused(f"{name}/{part}", "empty", "x" * 100)) for part in parts])
        os.write(sys.stdout.fileno(), f"{name}\n".encode())


async def main(home: Home, life: int, disk: Disk) -> None:
    """Append to a home until killed, from outside or at a call to the disk."""
    async with (
        LogWriter.open(home, segment_bytes=SEGMENT_BYTES, disk=disk) as writer,
        anyio.create_task_group() as producers,
    ):
        for producer in range(PRODUCERS):
            producers.start_soon(produce, writer, life, producer)


if __name__ == "__main__":
    _, root, which, calls, share = sys.argv
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    anyio.run(main, Home(Path(root)), int(which), FatalDisk(int(calls), float(share)))
