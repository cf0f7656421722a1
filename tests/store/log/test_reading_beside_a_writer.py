"""A reader beside a writer sees what is durable and nothing else, whatever the writer does to the files."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from events.wire import AnyRecorded
from store.durable import Disk
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.published import NAME
from store.log.read import log_head, read_events
from store.log.scan import LogCorrupt
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from tests.store.log.conftest import FaultyDisk, clock, put, refused

SEGMENT_BYTES = 900


def write(home: Home, events: int, *, compress: bool = False) -> None:
    """Append so many events, each in a batch of its own, over several segments."""

    async def append() -> None:
        async with LogWriter.open(
            home, clock=clock, segment_bytes=SEGMENT_BYTES, compress=compress
        ) as writer:
            for number in range(events):
                await writer.append([Draft(refused(number))])

    anyio.run(append)


def places(events: list[AnyRecorded]) -> list[int]:
    return [one.seq for one in events]


def test_segments_that_are_compressed_under_a_reader_are_read_on(home: Home) -> None:
    write(home, 20)
    reading = read_events(home)
    begun = [next(reading)]
    plain = segments(home.log)[:-1]
    assert len(plain) > 3
    for path in plain:
        compress_segment(path, Disk())
    assert places([*begun, *reading]) == list(range(1, 22))


def test_a_segment_that_a_listing_missed_is_found_by_its_name(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, 20)
    blind = segments(home.log)[2]
    listed: Callable[[Path], list[Path]] = segments
    monkeypatch.setattr(
        "store.log.scan.segments", lambda folder: [path for path in listed(folder) if path != blind]
    )
    assert places(list(read_events(home))) == list(range(1, 22))
    compress_segment(blind, Disk())
    assert places(list(read_events(home))) == list(range(1, 22))


async def test_what_a_writer_appends_that_was_opened_later_is_not_read_before_it_is_durable(
    home: Home,
) -> None:
    disk, read = FaultyDisk(), list[AnyRecorded]()
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(refused(1))])
    reading = read_events(home)
    read.append(next(reading))
    async with LogWriter.open(home, disk=disk) as writer:
        disk.before_sync = lambda: read.extend(reading)
        await writer.append([Draft(refused(2))])
    assert places(read) == [1, 2]


async def killed(home: Home, events: int) -> bytes:
    """A log whose writer was killed after so many events: what stood in `log/head` then."""
    async with LogWriter.open(home, clock=clock) as writer:
        for number in range(events):
            await writer.append([Draft(refused(number))])
        return (home.log / NAME).read_bytes()


def without_last_batch(home: Home) -> None:
    """Take away the seal and the last event."""
    (path,) = segments(home.log)
    batches = path.read_bytes().split(b'\t{"commit":')
    kept = b'\t{"commit":'.join(batches[:-3]) + b'\t{"commit":' + batches[-3].split(b"\n")[0] + b"\n"
    path.write_bytes(kept)


@pytest.mark.parametrize("ended", ["killed", "closed"])
def test_the_removed_end_of_a_log_is_found_against_what_its_writer_told(
    home: Home, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = anyio.run(killed, home, 5)
    if ended == "killed":
        (home.log / NAME).write_bytes(told)
        monkeypatch.setattr("store.log.published.Published.alive", False)
    without_last_batch(home)
    (problem,) = verify_log(home).problems
    assert problem.what == "events up to 6 were durable and are gone: the end of the log was removed"
    assert problem.seq == 6
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        list(read_events(home))
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        write(home, 1)


def test_without_what_the_writer_told_a_shorter_log_is_whole(home: Home) -> None:
    anyio.run(killed, home, 5)
    without_last_batch(home)
    (home.log / NAME).unlink()
    assert verify_log(home).ok
    assert log_head(home).seq == 5


def test_what_was_told_before_another_start_of_the_system_binds_nobody(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = anyio.run(killed, home, 5)
    (home.log / NAME).write_bytes(told)
    without_last_batch(home)
    monkeypatch.setattr("store.log.published.boot_id", lambda: "another")
    assert verify_log(home).ok, "a copy of a home in use may hold less than it tells"
    assert log_head(home).seq == 5


@pytest.mark.parametrize("data", [b"", b"\0" * 512, b"{}", b'{"head":{},"digest":""}'])
def test_a_head_that_cannot_be_read_binds_nobody(home: Home, data: bytes) -> None:
    anyio.run(killed, home, 2)
    (home.log / NAME).write_bytes(data)
    assert verify_log(home).ok
    assert log_head(home).seq == 3


def test_the_name_of_a_segment_that_is_no_file_is_no_segment(home: Home) -> None:
    write(home, 1)
    (home.log / "00000002.jsonl").mkdir()
    (home.log / "00000003.jsonl").symlink_to("nowhere")
    assert log_head(home).seq == 2
    problems = verify_log(home).problems
    assert [(one.segment, one.what) for one in problems] == [
        ("00000002.jsonl", "the file does not belong to the log: move it elsewhere"),
        ("00000003.jsonl", "the file does not belong to the log: move it elsewhere"),
    ]


def test_a_segment_made_and_never_used_leaves_the_one_before_it_the_newest(
    home: Home, tmp_path: Path
) -> None:
    write(home, 1)
    put(home, {"00000001.jsonl": (home.log / "00000001.jsonl").read_bytes(), "00000002.jsonl": b""})
    write(home, 1)
    assert log_head(home).seq == 3
    assert verify_log(home).ok


def test_segments_are_compressed_by_their_writer_and_read_the_same(home: Home) -> None:
    write(home, 20, compress=True)
    write(home, 5, compress=True)
    assert any(is_compressed(path) for path in segments(home.log))
    assert places(list(read_events(home))) == list(range(1, 27))
    assert verify_log(home).ok
