"""Small logs on disk, and a disk that can be told to fail."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest

from events.dataset import DatasetRefused
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter

Appends = Sequence[int]


def refused(number: int) -> DatasetRefused:
    """An event that is recognised by its number."""
    return DatasetRefused(path=f"{number}.csv", reason="empty", detail=f"table {number} has no rows")


def clock() -> datetime:
    """A time that stands still."""
    return datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@dataclass
class FaultyDisk(Disk):
    """Writes and syncs for real, counts, and fails when told to."""

    fail_write: OSError | None = None
    fail_sync: OSError | None = None
    syncs: int = 0
    written: list[bytes] = field(default_factory=list)
    before_sync: Callable[[], None] = lambda: None

    def write(self, descriptor: int, data: bytes) -> None:
        """Half of the bytes go out before a failure shows."""
        if self.fail_write is not None:
            super().write(descriptor, data[: len(data) // 2])
            raise self.fail_write
        super().write(descriptor, data)
        self.written.append(data)

    def sync(self, descriptor: int) -> None:
        """Sync, or fail."""
        self.before_sync()
        self.syncs += 1
        if self.fail_sync is not None:
            raise self.fail_sync
        super().sync(descriptor)


def no_space_error() -> OSError:
    """What a full disk says."""
    return OSError(errno.ENOSPC, "No space left on device")


async def written(home: Home, sizes: Appends, segment_bytes: int) -> dict[str, bytes]:
    """Append one batch of each size, and give the segments as they stand before the seal."""
    number = 0
    async with LogWriter.open(
        home, clock=clock, draw=lambda: "ab" * 16, segment_bytes=segment_bytes, compress=False
    ) as writer:
        for size in sizes:
            await writer.append([Draft(refused(number + place)) for place in range(size)])
            number += size
        return segment_bytes_of(home)


def segment_bytes_of(home: Home) -> dict[str, bytes]:
    """Every segment's bytes by name."""
    return {path.name: path.read_bytes() for path in sorted(home.log.glob("*.jsonl"))}


def put(home: Home, segments: dict[str, bytes]) -> Home:
    """Make the home's log hold exactly these segments."""
    home.log.mkdir(parents=True, exist_ok=True)
    for path in home.log.iterdir():
        path.unlink()
    for name, data in segments.items():
        (home.log / name).write_bytes(data)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that many examples of one test overwrite."""
    return Home(tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home that thousands of examples overwrite: in memory where the system has such a place."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield Home(tmp_path_factory.mktemp("memory"))
        return
    with TemporaryDirectory(dir=shared) as folder:
        yield Home(Path(folder))


WriteLog = Callable[[Appends, int], dict[str, bytes]]


@pytest.fixture(scope="module")
def write_log(tmp_path_factory: pytest.TempPathFactory) -> WriteLog:
    """Segments of a log of `HomeOpened` and then batches of these sizes, not sealed."""

    def write(sizes: Appends, segment_bytes: int = 2**20) -> dict[str, bytes]:
        made = Home(tmp_path_factory.mktemp("log"))
        return anyio.run(written, made, sizes, segment_bytes)

    return write
