"""A disk that is really full: appends wait or are refused, what happened is recorded, and nothing is lost."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from itertools import count
from pathlib import Path

import anyio
import pytest

from events.dataset import DatasetRefused
from events.runtime import Paused, Resumed, TailCut
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter, NoSpace
from store.log.read import read_events
from store.log.room import Patience
from store.log.verify import verify_log
from tests.store.log.conftest import no_space_error, refused
from tests.store.log.disks import QuickDisk

DISK_BYTES = 2 * 1024**2
QUICK = Patience(ballast_bytes=256 * 1024, first_seconds=0.002, longest_seconds=0.01)
LONG = "x" * 20_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Home]:
    """A home on a disk of two mebibytes."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode and os.environ.get("TRACEGATE_REQUIRE_DOCKER") != "1":
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    assert not mounted.returncode, mounted.stderr
    yield Home(place / "home")
    subprocess.run(["umount", str(place)], check=True)


class Filler:
    """A file that takes what room there is, and gives it back piece by piece."""

    def __init__(self, home: Home) -> None:
        self._path = home.root.parent / "filler"
        self._path.touch()

    def fill(self) -> None:
        """Take all room that is left."""
        with self._path.open("ab", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            _write_for_ever(file)

    def give(self, size: int) -> None:
        """Give so much back."""
        os.truncate(self._path, max(0, self._path.stat().st_size - size))


def _write_for_ever(file: FileIO) -> None:
    while True:
        file.write(bytes(4096))


@dataclass
class Told:
    """What a writer told, and what is done on hearing of a pause."""

    filler: Filler
    room: int
    events: list[AnyRecorded] = field(default_factory=list)

    def __call__(self, recorded: Sequence[AnyRecorded]) -> None:
        self.events += recorded
        if any(isinstance(one.event, Paused) for one in recorded):
            self.filler.give(self.room)


def long(producer: int, number: int) -> Draft:
    return Draft(DatasetRefused(path=f"{producer}/{number}", reason="empty", detail=LONG))


async def test_without_patience_appends_are_refused_until_there_is_room(small: Home) -> None:
    async with LogWriter.open(small, compress=False) as writer:
        filler, acknowledged = Filler(small), list[AnyRecorded]()
        filler.fill()
        filler.give(300_000)
        with pytest.raises(NoSpace, match="free some and run the same command again"):
            await _append_for_ever(writer, acknowledged)
        assert len(acknowledged) > 6
        with pytest.raises(NoSpace):
            await writer.append([long(0, 0), long(1, 0)])
        filler.give(200_000)
        acknowledged += await writer.append([long(0, 0), long(1, 0)])
    assert list(read_events(small, after=1)) == acknowledged
    assert verify_log(small).ok


async def _append_for_ever(writer: LogWriter, acknowledged: list[AnyRecorded]) -> None:
    for number in count(1):
        acknowledged += await writer.append([long(0, number), long(1, number)])


async def test_with_patience_appends_wait_for_room_and_the_wait_is_recorded(small: Home) -> None:
    async with LogWriter.open(small, compress=False, segment_bytes=400_000, patience=QUICK) as writer:
        told = Told(Filler(small), 600_000)
        writer.subscribe(told)
        told.filler.fill()
        async with anyio.create_task_group() as producers:
            for producer in range(10):
                producers.start_soon(_produce, writer, producer)
    found = list(read_events(small, after=1))
    assert found == told.events, "who listens is told all, in the order of the log"
    pauses = [type(one.event) for one in found if isinstance(one.event, Paused | Resumed)]
    assert len(pauses) >= 4, "it was full more than once"
    assert pauses == [Paused, Resumed] * (len(pauses) // 2)
    for producer in range(10):
        paths = [one.event.path for one in found if isinstance(one.event, DatasetRefused)]
        assert [path for path in paths if path.startswith(f"{producer}/")] == [
            f"{producer}/{n}" for n in range(5)
        ]
    assert verify_log(small).ok


async def _produce(writer: LogWriter, producer: int) -> None:
    for number in range(5):
        (recorded,) = await writer.append([long(producer, number)])
        assert recorded.event == long(producer, number).event


async def test_a_writer_that_starts_on_a_full_disk_waits_too(small: Home) -> None:
    async with LogWriter.open(small, compress=False, patience=QUICK) as writer:
        await writer.append([Draft(refused(1))])
        unsealed = (small.log / "00000001.jsonl").read_bytes()
    # A writer was killed before it could cut back what did not fit.
    (small.log / "00000001.jsonl").write_bytes(unsealed + b'{"seq":3,"time":"' + bytes(50_000))
    told = Told(Filler(small), 600_000)
    told.filler.fill()
    async with LogWriter.open(small, compress=False, patience=QUICK) as writer:
        writer.subscribe(told)
        told.filler.fill()  # also what the reserve had held, but for room to tell of the pause
        told.filler.give(8192)
        for number in range(4):
            await writer.append([long(0, number)])
    kinds = [type(one.event) for one in read_events(small, after=2)]
    assert kinds[0] is TailCut
    assert [kind for kind in kinds if kind in (Paused, Resumed)] == [Paused, Resumed]
    assert kinds.count(DatasetRefused) == 4
    assert verify_log(small).ok


async def test_a_writer_that_leaves_waits_no_more(small: Home) -> None:
    refusals: list[str] = []

    async def produce(writer: LogWriter) -> None:
        with pytest.raises(NoSpace) as caught:
            await writer.append([long(0, number) for number in range(40)])
        refusals.append(str(caught.value))

    forever = Patience(ballast_bytes=64 * 1024, first_seconds=1e6, longest_seconds=1e6)
    paused = anyio.Event()
    opening = LogWriter.open(small, compress=False, patience=forever)
    async with anyio.create_task_group() as producers, opening as writer:
        Filler(small).fill()
        writer.subscribe(lambda _: paused.set())
        producers.start_soon(produce, writer)
        await paused.wait()
    assert len(refusals) == 1
    assert [type(one.event) for one in read_events(small, after=1)] == [Paused]
    assert verify_log(small).ok


@dataclass
class FullDisk(QuickDisk):
    """Full until so many writes were refused."""

    refusals: int = 0

    def write(self, descriptor: int, data: bytes) -> None:
        """Write, or refuse."""
        if self.refusals:
            self.refusals -= 1
            raise no_space_error()
        super().write(descriptor, data)


@pytest.mark.parametrize("refusals", [1, 2, 3, 4, 5, 6])
async def test_a_pause_that_could_not_be_told_of_at_once_is_told_of_later(home: Home, refusals: int) -> None:
    disk = FullDisk()
    patience = Patience(ballast_bytes=0, first_seconds=0.001, longest_seconds=0.001)
    async with LogWriter.open(home, disk=disk, patience=patience) as writer:
        disk.refusals = refusals
        await writer.append([Draft(refused(1))])
    kinds = [type(one.event) for one in read_events(home, after=1)]
    assert kinds == [Paused, Resumed, DatasetRefused]
