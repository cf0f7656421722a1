"""Readers beside a writer: never ahead of the disk, and at ease with segments that change their form."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from store.home import Home
from store.log import scan as scanning
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.follow import Follower
from store.log.index import LogIndex
from store.log.judged import Batch, Fault, Point
from store.log.published import NAME, Published, Publisher, last_word
from store.log.read import log_head, read_events
from store.log.recover import home_id
from store.log.scan import LogCorrupt, scan
from store.log.segments import LogPoisoned, Place, segment_number, segments
from store.log.verify import verify_log
from tests.store.log.conftest import FaultyDisk, clock, put, refused, segment_bytes_of
from tests.store.log.disks import QuickDisk

READING = """
import sys
from pathlib import Path
from store.home import Home
from store.log.read import read_events
sys.stdout.write(" ".join(str(one.seq) for one in read_events(Home(Path(sys.argv[1])))))
"""


def read_by_another_process(home: Home) -> list[int]:
    """The places of all events that another process finds."""
    command = [sys.executable, "-c", READING, str(home.root)]
    return [
        int(seq) for seq in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    ]


async def fill(home: Home, appends: int, size: int = 1, segment_bytes: int = 900) -> None:
    """A log in plain segments."""
    opening = LogWriter.open(home, clock=clock, segment_bytes=segment_bytes, compress=False, disk=QuickDisk())
    async with opening as writer:
        for number in range(appends):
            await writer.append([Draft(refused(number * size + part)) for part in range(size)])


def compress_all(home: Home) -> None:
    for path in segments(home.log)[:-1]:
        if path.suffix == ".jsonl":
            compress_segment(path, QuickDisk())


async def test_another_process_sees_a_batch_only_when_it_is_durable(home: Home) -> None:
    disk, seen = FaultyDisk(), list[list[int]]()
    async with LogWriter.open(home, clock=clock, segment_bytes=900, disk=disk) as writer:
        await writer.append([Draft(refused(1))])
        disk.before_sync = lambda: seen.append(read_by_another_process(home))
        for _ in range(2):  # the second goes to a segment of its own
            durable = writer.head.seq
            await writer.append([Draft(refused(2)), Draft(refused(3))])
            assert seen[-1] == list(range(1, durable + 1))
            assert read_by_another_process(home) == list(range(1, writer.head.seq + 1))
        disk.before_sync = lambda: None
    assert len(seen) == 2


@pytest.mark.parametrize("takes_away", [Path.unlink, lambda head: head.rename(head.with_name("aside"))])
async def test_nor_does_it_where_somebody_took_away_what_the_writer_tells_it_by(
    home: Home, takes_away: Callable[[Path], object]
) -> None:
    disk, seen = FaultyDisk(), list[list[int]]()
    async with LogWriter.open(home, clock=clock, disk=disk) as writer:
        await writer.append([Draft(refused(1))])
        takes_away(home.log / NAME)
        disk.before_sync = lambda: seen.append([one.seq for one in read_events(home)])
        await writer.append([Draft(refused(2))])
        disk.before_sync = lambda: None
        assert seen == [[1, 2]]
        takes_away(home.log / NAME)
    assert (told := last_word(home)) is not None
    assert not told.open
    assert told.head == log_head(home)


async def test_where_it_cannot_be_told_again_nothing_is_written(home: Home) -> None:
    async with LogWriter.open(home, clock=clock) as writer:
        await writer.append([Draft(refused(1))])
        (home.log / NAME).unlink()
        (home.log / NAME).mkdir()
        with pytest.raises(LogPoisoned, match="telling readers"):
            await writer.append([Draft(refused(2))])
    (home.log / NAME).rmdir()
    assert [one.seq for one in read_events(home)] == [1, 2]


async def test_a_reader_that_began_before_the_writer_sees_only_what_is_durable(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.log.cut.CHUNK_BYTES", 400)
    await fill(home, 4)
    disk, seen = FaultyDisk(), list[int]()
    reader = read_events(home)
    seen.append(next(reader).seq)
    async with LogWriter.open(home, clock=clock, disk=disk) as writer:
        durable = writer.head.seq
        disk.before_sync = lambda: seen.extend(one.seq for one in reader)
        await writer.append([Draft(refused(9))])
        disk.before_sync = lambda: None
    assert seen == list(range(1, durable + 1))


@pytest.mark.parametrize("size", [40, 380, 700])
async def test_a_reader_that_began_at_a_torn_tail_takes_what_a_writer_puts_there_for_no_damage(
    home: Home, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("store.log.cut.CHUNK_BYTES", 1000)
    await fill(home, 2, segment_bytes=2**20)
    (home.log / NAME).unlink()
    whole = list(read_events(home))
    data = (home.log / "00000001.jsonl").read_bytes()
    tail = b'{"seq":4,"time":"' + b"x" * size
    (home.log / "00000001.jsonl").write_bytes(data + tail)
    reader = read_events(home)
    seen = [next(reader)]
    async with LogWriter.open(home, clock=clock) as writer:
        await writer.append([Draft(refused(9)), Draft(refused(10))])
        seen += reader
    assert seen[: len(whole)] == whole
    assert [one.seq for one in seen] == list(range(1, len(seen) + 1))


async def test_a_reader_goes_on_when_segments_are_compressed_under_it(home: Home) -> None:
    await fill(home, 12)
    reader = read_events(home)
    seen = [next(reader).seq]
    compress_all(home)
    seen += [recorded.seq for recorded in reader]
    assert seen == list(range(1, 14))


@pytest.mark.parametrize("forgotten", [0, 1, 3])
async def test_segments_may_be_compressed_while_they_are_listed(
    home: Home, monkeypatch: pytest.MonkeyPatch, forgotten: int
) -> None:
    await fill(home, 12)
    listed = segments(home.log)
    assert len(listed) > 5

    def list_too_early(folder: Path) -> list[Path]:
        """As a folder may be listed that changes: one segment gone, and its new name not there yet."""
        compress_all(home)
        return listed[:1] + listed[1 + forgotten :]

    monkeypatch.setattr(scanning, "segments", list_too_early)
    assert [recorded.seq for recorded in read_events(home)] == list(range(1, 14))
    assert verify_log(home).ok


async def test_a_point_inside_a_segment_holds_when_that_is_compressed(home: Home) -> None:
    await fill(home, 12)
    points = [Point(found.place, found.head) for found in scan(home.log) if not hasattr(found, "torn")]
    compress_all(home)
    for point in points:
        places = [recorded.seq for recorded in read_events(home, since=point)]
        assert places == list(range(point.head.seq + 1, 14))


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_point_that_the_log_does_not_reach_is_named(home: Home, compressed: bool) -> None:
    await fill(home, 6)
    found = [Point(one.place, one.head) for one in scan(home.log) if not hasattr(one, "torn")]
    (home.log / NAME).unlink()
    if compressed:
        compress_all(home)
    files = {path.name: path.read_bytes() for path in segments(home.log)}
    last = found[-1]
    for point in found:
        shorter = {name: data for name, data in files.items() if int(name[:8]) < point.place.number}
        put(home, shorter)
        with pytest.raises(LogCorrupt, match=f"events up to {point.head.seq} .* gone"):
            list(read_events(home, since=point))
    put(home, files | {max(files): files[max(files)][: last.place.offset - 200]})
    with pytest.raises(LogCorrupt, match=f"events up to {last.head.seq} .* gone"):
        log_head(home, since=last)


def test_a_file_that_is_numbered_far_ahead_is_told_once(home: Home) -> None:
    put(home, {"20260101.jsonl": b"not ours\n"})
    problems = verify_log(home).problems
    assert [problem.segment for problem in problems] == ["00000001.jsonl", "20260101.jsonl"]
    assert "20260100" in problems[0].what


@pytest.mark.parametrize("ended", ["cleanly", "untold"])
async def test_what_a_writer_is_about_that_began_while_a_log_is_verified_is_no_damage(
    home: Home, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    await fill(home, 3)
    report = verify_log(home)
    (*_, newest), looks = segments(home.log), list[Published | None]()
    if ended == "untold":
        (home.log / NAME).unlink()

    def looked(folder: Path, *, told: Published | None, beyond: bool) -> Iterator[Batch | Fault]:
        """A writer begins between the first look at its word and that at the segments: half a batch is there."""
        if not looks:
            publisher = Publisher(home, home_id(home) or "", QuickDisk())
            publisher.publish(Place(segment_number(newest), newest.stat().st_size), report.head)
            publisher.close()
            newest.write_bytes(newest.read_bytes() + b'{"seq":5,"time"')
        looks.append(told)
        return scan(folder, told=told, beyond=beyond)

    monkeypatch.setattr("store.log.verify.scan", looked)
    assert verify_log(home) == report
    assert [told is not None and told.open for told in looks] == [False, True]


async def test_a_follower_is_never_ahead_of_the_disk(home: Home) -> None:
    await fill(home, 3)
    follower, disk = Follower(home), FaultyDisk()
    seen: list[Sequence[int]] = []
    assert [one.seq for one in follower.new()] == [1, 2, 3, 4]
    async with LogWriter.open(home, clock=clock, disk=disk) as writer:
        disk.before_sync = lambda: seen.append([one.seq for one in follower.new()])
        await writer.append([Draft(refused(9))])
        disk.before_sync = lambda: None
        assert [one.seq for one in follower.new()] == [5]
    assert seen[-1] == []


async def test_an_index_covers_a_segment_that_has_a_successor_too_early(home: Home) -> None:
    async with LogWriter.open(home, clock=clock, compress=False, disk=QuickDisk()) as writer:
        await writer.append([Draft(refused(1))])
        # As when a new segment was made, and then there was no room in it.
        (home.log / "00000002.jsonl").touch()
        index = LogIndex(home)
        await writer.append([Draft(refused(2))])
        index.refresh()
        found = [index.at(seq) for seq in (1, 2, 3)]
        assert [one.seq for one in found if one is not None] == [1, 2, 3]
        index.close()
    assert segment_bytes_of(home)["00000002.jsonl"] == b""
