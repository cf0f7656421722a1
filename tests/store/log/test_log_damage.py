"""Damage to what is durable is found, named by segment and byte range, never read and never taken for a tear."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from events.runtime import HomeOpened
from store.home import Home
from store.log.append import LogWriter
from store.log.judged import Fault
from store.log.recover import home_id
from store.log.scan import LogCorrupt
from store.log.verify import verify_log
from tests.store.log.conftest import put
from tests.store.log.damage import Files, Sample, files_of, reading, refusal, sample
from tests.store.log.disks import SECTOR
from tests.trials import Trial


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A log whose end is sealed."""
    return sample(tmp_path_factory.mktemp("plain"), sealed=True)


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The same, with all segments compressed but the newest."""
    return sample(tmp_path_factory.mktemp("compressed"), sealed=True, compressed=True)


def flips(log: Sample, random: Random, share: float) -> Iterator[tuple[str, int, bytes]]:
    """Single bits flipped, one in each byte and all in some: the segment, the byte, the segment's new bytes."""
    for name, data in log.files.items():
        for at in range(len(data)):
            if random.random() < share:
                bits = range(8) if random.random() < 0.1 else [random.randrange(8)]
                for bit in bits:
                    yield name, at, data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def held(log: Sample, home: Home, name: str, damaged: bytes, where: range) -> Fault:
    """Hold a log with these bytes changed to what is promised; the fault that was told first."""
    (home.log / name).write_bytes(damaged)
    report, found = verify_log(home), reading(home)
    first, *_ = report.problems
    assert first.segment == name
    assert first.start <= where.start
    assert where.stop <= first.end
    assert not first.torn
    assert found.fault is not None
    assert (found.fault.segment, found.fault.start, found.fault.end) == (name, first.start, first.end)
    assert found.events == log.events[: len(found.events)]
    _held_by_the_writer(log, home, first)
    assert (home.log / name).read_bytes() == damaged
    (home.log / name).write_bytes(log.files[name])
    return first


def _held_by_the_writer(log: Sample, home: Home, first: Fault) -> None:
    """A writer refuses to open it too; of what is compressed it looks at the tables alone."""
    fault = refusal(home)
    if fault is not None:
        assert (fault.segment, fault.start, fault.end) == (first.segment, first.start, first.end)
    else:
        assert first.segment.endswith(".zst")
        assert first.what == "the bytes of a block are not those that were written"
        opened = log.events[0].event
        assert isinstance(opened, HomeOpened)
        assert home_id(home) == opened.home, "no log that has begun begins anew"


async def test_a_log_whose_first_block_is_damaged_is_not_begun_anew(home: Home, compressed: Sample) -> None:
    name, data = next(iter(compressed.files.items()))
    assert name.endswith(".zst")
    put(home, compressed.files | {name: data[:40] + bytes([data[40] ^ 1]) + data[41:]})
    before = files_of(home)
    with pytest.raises(LogCorrupt) as caught:
        async with LogWriter.open(home):
            pass
    assert caught.value.segment == name
    assert files_of(home) == before


def flipped(log: Sample, home: Home, trial: Trial, share: float) -> None:
    put(home, log.files)
    for name, at, damaged in flips(log, trial.random, share):
        held(log, home, name, damaged, range(at, at + 1))
        trial.counts["flips"] += 1
        trial.counts[f"in {'compressed' if name.endswith('.zst') else 'plain'} segments"] += 1


@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_some_flipped_bits_are_found(
    kind: str, request: pytest.FixtureRequest, memory: Home, trial: Trial
) -> None:
    flipped(request.getfixturevalue(kind), memory, trial, 0.03)
    assert trial.counts["flips"] > 150


@pytest.mark.full
@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_a_flipped_bit_in_every_byte_is_found(
    kind: str, request: pytest.FixtureRequest, memory: Home, trial: Trial
) -> None:
    log: Sample = request.getfixturevalue(kind)
    flipped(log, memory, trial, 1)
    assert trial.counts["flips"] > sum(map(len, log.files.values()))
    assert trial.counts["flips"] > 6000


def test_sectors_lost_inside_the_last_sealed_batch_are_no_tear(
    plain: Sample, memory: Home, trial: Trial
) -> None:
    put(memory, plain.files)
    last, data = plain.last, plain.files[plain.last.segment]
    for _ in range(150):
        start = trial.random.randrange(last.start, last.end)
        end = min(last.end, start + trial.random.choice((1, 7, 100, SECTOR, 4096)))
        for fill in (bytes(end - start), trial.random.randbytes(end - start), data[: end - start]):
            if fill == data[start:end]:
                continue
            held(plain, memory, last.segment, data[:start] + fill + data[end:], range(start, start + 1))
            trial.counts["states"] += 1


def rearranged(data: bytes, parts: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each part dropped, doubled, exchanged with the next, and put at the end; as long as that changes anything."""
    assert b"".join(parts) == data
    for at in range(len(parts)):
        rest = parts[:at] + parts[at + 1 :]
        for what, order in (
            ("dropped", rest),
            ("doubled", [*parts[: at + 1], parts[at], *parts[at + 1 :]]),
            ("repeated at the end", [*parts, parts[at]]),
            ("swapped", [*parts[:at], *parts[at : at + 2][::-1], *parts[at + 2 :]]),
            ("moved to the end", [*rest, parts[at]]),
        ):
            if (found := b"".join(order)) != data:
                yield what, found


def refused(log: Sample, home: Home, files: Files) -> None:
    """Nothing is read of such a log that was not appended there, and nobody takes it for whole or torn."""
    put(home, files)
    report, found = verify_log(home), reading(home)
    assert report.problems
    assert not report.problems[0].torn
    assert found.fault is not None
    assert found.events == log.events[: len(found.events)]
    assert refusal(home) is not None
    assert {path.name: path.read_bytes() for path in home.log.iterdir()} == files


@pytest.mark.parametrize("each", ["line", "batch"])
def test_lines_and_batches_dropped_doubled_or_moved_are_found(
    each: str, plain: Sample, memory: Home, trial: Trial
) -> None:
    for name, data in plain.files.items():
        ends = [batch.end for batch in plain.batches if batch.segment == name]
        batches = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        for what, changed in rearranged(data, batches if each == "batch" else data.splitlines(keepends=True)):
            if data.startswith(changed) and name == max(plain.files):
                continue  # a shorter log: known only against a head that is kept elsewhere
            refused(plain, memory, plain.files | {name: changed})
            trial.counts[what] += 1


@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_segments_removed_reordered_or_emptied_are_found(
    kind: str, request: pytest.FixtureRequest, memory: Home, trial: Trial
) -> None:
    log: Sample = request.getfixturevalue(kind)
    names = sorted(log.files)
    for name in names[:-1]:
        refused(log, memory, {other: data for other, data in log.files.items() if other != name})
        refused(log, memory, log.files | {name: b""})
        trial.counts["removed"] += 2
    for one in names:
        for other in names:
            if one != other and one.partition(".")[2] == other.partition(".")[2]:
                refused(log, memory, log.files | {one: log.files[other], other: log.files[one]})
                refused(log, memory, log.files | {one: log.files[other]})
                trial.counts["reordered"] += 2


@pytest.mark.parametrize("kind", ["plain", "compressed"])
def test_segments_of_another_home_are_found(
    kind: str, request: pytest.FixtureRequest, memory: Home, tmp_path: Path, trial: Trial
) -> None:
    log: Sample = request.getfixturevalue(kind)
    other = sample(tmp_path, "two", sealed=True, compressed=kind == "compressed")
    for name in log.files:
        put(memory, log.files | {name: other.files[name]})
        report, found = verify_log(memory), reading(memory)
        assert found.fault is not None
        assert [problem.torn for problem in report.problems] == [False] * len(report.problems)
        assert report.problems[0].end > report.problems[0].start
        if name != min(log.files):  # the first says itself whose it is; the second does not follow on it
            assert report.problems[0].segment == name
            assert found.events == log.events[: len(found.events)]
        assert refusal(memory) is not None
        trial.counts["exchanged"] += 1


def test_an_untouched_log_is_whole(plain: Sample, compressed: Sample, memory: Home) -> None:
    for log in (plain, compressed):
        put(memory, log.files)
        assert verify_log(memory).ok
        assert reading(memory).events == log.events
        assert refusal(memory) is None
        assert files_of(memory) == log.files
