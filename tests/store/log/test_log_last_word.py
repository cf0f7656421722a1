"""What a writer told last, also at a clean end, is held against what is there; only files are segments."""

from pathlib import Path

import anyio
import pytest

from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.published import NAME
from store.log.read import log_head, read_events
from store.log.repair import repair
from store.log.scan import LogCorrupt
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from tests.store.log.conftest import clock, put, refused
from tests.store.log.disks import QuickDisk

SEGMENT_BYTES = 900


def write(home: Home, events: int) -> None:
    """Append so many events, each in a batch of its own, over several segments."""

    async def append() -> None:
        async with LogWriter.open(home, clock=clock, segment_bytes=SEGMENT_BYTES) as writer:
            for number in range(events):
                await writer.append([Draft(refused(number))])

    anyio.run(append)


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


def test_what_a_clean_end_told_binds_also_after_another_start_of_the_system(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, 2)
    monkeypatch.setattr("store.log.published.boot_id", lambda: "another")
    assert verify_log(home).ok
    path = segments(home.log)[-1]
    stood = path.read_bytes()
    path.write_bytes(stood[: stood.rindex(b'{"seq":')])
    (problem,) = verify_log(home).problems
    assert problem.what == "events up to 3 were durable and are gone: the end of the log was removed"
    assert not problem.torn
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        list(read_events(home))
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        write(home, 1)


@pytest.mark.parametrize(
    ("data", "named"),
    [(b"", False), (b"\0" * 512, False), (b"{}", True), (b'{"head":{},"digest":""}', True)],
    ids=["empty", "zeros", "no head", "no digest"],
)
def test_a_head_that_cannot_be_read_binds_nobody_and_is_named_where_no_power_cut_leaves_it_so(
    home: Home, data: bytes, named: bool
) -> None:
    anyio.run(killed, home, 2)
    (home.log / NAME).write_bytes(data)
    assert [one.segment for one in verify_log(home).problems] == [NAME] * named
    assert log_head(home).seq == 3
    write(home, 1)
    assert verify_log(home).ok, "who writes makes it anew"


def test_what_others_put_behind_a_head_changes_nothing(home: Home) -> None:
    told = anyio.run(killed, home, 5)
    (home.log / NAME).write_bytes(told + b"more")
    without_last_batch(home)
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        list(read_events(home))


@pytest.mark.parametrize("stray", ["empty", "of another home"])
def test_a_stray_file_beside_a_compressed_segment_is_named_and_the_segment_read(
    home: Home, tmp_path: Path, stray: str
) -> None:
    write(home, 12)
    other = Home(tmp_path / "other")
    write(other, 3)
    events = list(read_events(home))
    for path in segments(home.log)[:-1]:
        if not is_compressed(path):
            compress_segment(path, QuickDisk())
    packed = segments(home.log)[:-1]
    assert len(packed) > 2
    for path in packed:
        plain = path.with_name(path.name.removesuffix(".zst"))
        plain.write_bytes(b"" if stray == "empty" else segments(other.log)[-1].read_bytes())
        (problem,) = verify_log(home).problems
        assert problem.segment == plain.name
        assert f"not the same as {path.name}" in problem.what
        assert list(read_events(home)) == events
        assert anyio.run(repair, home) is None, "nothing is given up for a stray"
        plain.unlink()
    assert verify_log(home).ok


def test_a_stray_compressed_file_beside_a_plain_segment_is_named_and_the_segment_read(home: Home) -> None:
    write(home, 12)
    first, *_, last = segments(home.log)
    assert is_compressed(first)
    assert not is_compressed(last)
    events = list(read_events(home))
    stray = last.with_name(f"{last.name}.zst")
    stray.write_bytes(first.read_bytes())
    (problem,) = verify_log(home).problems
    assert problem.segment == stray.name
    assert list(read_events(home)) == events


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


@pytest.mark.parametrize("name", ["00000000.jsonl", "00000000.jsonl.zst"])
def test_a_file_with_the_number_nought_is_no_segment_and_disturbs_nothing(home: Home, name: str) -> None:
    write(home, 12)
    events = list(read_events(home))
    stray = home.log / name
    stray.write_bytes(segments(home.log)[0].read_bytes())
    (problem,) = verify_log(home).problems
    assert (problem.segment, problem.what) == (name, "the file does not belong to the log: move it elsewhere")
    assert list(read_events(home)) == events
    assert anyio.run(repair, home) is None
    write(home, 1)
    assert log_head(home).seq == len(events) + 1
    assert stray.exists()


def test_a_segment_made_and_never_used_leaves_the_one_before_it_the_newest(
    home: Home, tmp_path: Path
) -> None:
    write(home, 1)
    put(home, {"00000001.jsonl": (home.log / "00000001.jsonl").read_bytes(), "00000002.jsonl": b""})
    write(home, 1)
    assert log_head(home).seq == 3
    assert verify_log(home).ok


@pytest.mark.parametrize("taken", [1, 60, 120])
def test_a_clean_end_that_lost_some_of_its_seal_has_lost_nothing_that_counts(home: Home, taken: int) -> None:
    anyio.run(killed, home, 5)
    (path,) = segments(home.log)
    path.write_bytes(path.read_bytes()[:-taken])
    assert log_head(home).seq == 6
    assert [problem.torn for problem in verify_log(home).problems] == [True]
    write(home, 1)
    assert log_head(home).seq == 8, "the tail that was cut is told of"
    assert verify_log(home).ok


def test_a_segment_that_is_compressed_while_the_folder_is_listed_is_no_stranger(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, 12)
    *_, last = segments(home.log)
    listed = [last.with_name("00000099.jsonl"), *home.log.iterdir()]
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(listed if self == home.log else []))
    assert verify_log(home).ok
