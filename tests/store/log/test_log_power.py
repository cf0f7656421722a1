"""The power is cut at every call of a writer's life: what was acknowledged is there, and whole batches alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest

from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter
from store.log.closing import compress_segment
from store.log.lock import HomeUnwritable
from store.log.segments import segments
from store.log.verify import verify_log
from tests.store.log.conftest import clock, put, refused
from tests.store.log.damage import cuts, reading, refusal, sample
from tests.store.log.power import PowerDisk
from tests.trials import Trial

APPENDS = (1, 3, 1, 2, 1, 1, 2)
SEGMENT_BYTES = 1100


async def lived(home: Home, disk: PowerDisk, done: list[tuple[AnyRecorded, ...]]) -> None:
    """Two openings of a writer, whose segments are compressed between appends; a disk that fails ends one."""
    number = 0
    for _ in range(2):
        try:
            opening = LogWriter.open(
                home,
                clock=clock,
                draw=lambda: "ab" * 16,
                segment_bytes=SEGMENT_BYTES,
                compress=False,
                disk=disk,
            )
            async with opening as writer:
                for size in APPENDS:
                    drafts = [Draft(refused(number + place)) for place in range(size)]
                    number += size
                    done.append(await writer.append(drafts))
                    disk.acknowledged.extend(recorded.seq for recorded in done[-1])
                    _compress_one(home, disk)
        except (LogPoisoned, HomeUnwritable, OSError):
            continue


def _compress_one(home: Home, disk: PowerDisk) -> None:
    plain = [path for path in segments(home.log)[:-1] if path.name.endswith(".jsonl")]
    if len(plain) > 1:
        compress_segment(plain[0], disk)


def held(disk: PowerDisk, done: Sequence[tuple[AnyRecorded, ...]], home: Home, trial: Trial) -> None:
    """Hold every state of a disk to the promises."""
    appended = {recorded.seq: recorded for append in done for recorded in append}
    for count, surely, perhaps in disk.states:
        for image in (surely, perhaps):
            put(home, image)
            fault = refusal(home)
            found = reading(home)
            seqs = [recorded.seq for recorded in found.events]
            if fault is not None:
                # Sectors of the last batch may be missing: that is told, and what was acknowledged is before it.
                assert image is perhaps, fault
                assert not fault.seq or fault.seq > max(disk.acknowledged[:count], default=0)
                trial.counts["refused"] += 1
            assert seqs == list(range(1, len(seqs) + 1))
            assert set(disk.acknowledged[:count]) <= set(seqs)
            assert all(appended.get(recorded.seq, recorded) == recorded for recorded in found.events)
            assert fault is not None or verify_log(home).ok
            trial.counts["states"] += 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[PowerDisk]:
    """A disk whose power can be cut."""
    folder = Home(tmp_path).log
    folder.mkdir()
    disk = PowerDisk(folder)
    yield disk
    disk.close()


def test_a_power_cut_at_every_call_loses_nothing(
    tmp_path: Path, disk: PowerDisk, memory: Home, trial: Trial
) -> None:
    done: list[tuple[AnyRecorded, ...]] = []
    anyio.run(lived, Home(tmp_path), disk, done)
    disk.look()
    assert len(done) == 2 * len(APPENDS)
    held(disk, done, memory, trial)
    assert trial.counts["states"] > 200


@pytest.mark.parametrize("tail", [b'{"seq":9,"ti', b'{"seq":9' + bytes(3000), bytes(600)])
def test_a_power_cut_at_every_call_of_a_recovery_loses_neither_events_nor_the_tail(
    tail: bytes, tmp_path: Path, disk: PowerDisk, memory: Home, trial: Trial
) -> None:
    written = sample(tmp_path / "sample")
    segment = max(written.files)
    put(Home(tmp_path), written.files | {segment: written.files[segment] + tail})
    disk.settle()
    disk.acknowledged = [recorded.seq for recorded in written.events]
    done = [written.events]
    anyio.run(lived, Home(tmp_path), disk, done)
    disk.look()
    held(disk, done, memory, trial)
    for _, *images in disk.states:
        for image in images:
            there = image.get(segment, b"")[len(written.files[segment]) :].startswith(tail)
            assert there or tail in [data for name, data in image.items() if name.endswith(".torn")]
    put(memory, disk.states[-1][1])
    assert [cut.size for cut in cuts(memory)] == [len(tail)]


@pytest.mark.full
def test_a_power_cut_after_a_sync_that_failed_loses_nothing(memory: Home, trial: Trial) -> None:
    failing = 1
    while _tried(failing, memory, trial):
        failing += 1
    assert failing > 50


def test_a_power_cut_after_some_sync_that_failed_loses_nothing(memory: Home, trial: Trial) -> None:
    for failing in range(1, 50):
        if trial.random.random() < 0.12:
            assert _tried(failing, memory, trial)


def _tried(failing: int, memory: Home, trial: Trial) -> bool:
    """Whether so many syncs were asked for at all."""
    with TemporaryDirectory(dir=memory.root) as folder:
        home = Home(Path(folder))
        home.log.mkdir()
        disk = PowerDisk(home.log, fails_at=failing)
        done: list[tuple[AnyRecorded, ...]] = []
        try:
            anyio.run(lived, home, disk, done)
            disk.look()
            held(disk, done, memory, trial)
        finally:
            disk.close()
    trial.counts["syncs that failed"] += disk.syncs >= failing
    return disk.syncs >= failing
