"""An append is atomic, durable on return, shares its sync with others, and fails in two distinct ways."""

import fcntl
import os
import subprocess
import sys
from datetime import timedelta, timezone
from pathlib import Path

import anyio
import pytest
import structlog
from anyio import from_thread
from anyio.lowlevel import current_token

from events.dataset import DatasetRefused
from events.identity import digest_of
from events.runtime import RunStarted, WorkStamp
from events.struct import Event
from store.blobs import Blobs
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter, NoSpace
from store.log.drafts import UnreadableEventError
from store.log.lines import START
from store.log.lock import HomeLocked, HomeUnwritable
from store.log.read import log_head, read_events
from store.log.segments import segments
from store.log.verify import verify_log
from tests.store.log.conftest import FaultyDisk, clock, no_space_error, refused, segment_bytes_of


async def test_a_new_log_begins_with_the_home_and_its_id_stays(home: Home) -> None:
    async with LogWriter.open(home) as writer:
        drawn = writer.home_id
    async with LogWriter.open(home) as writer:
        assert writer.home_id == drawn
        assert writer.head.seq == 1


async def test_places_have_no_gaps_across_segments_and_openings(home: Home) -> None:
    for number in range(3):
        async with LogWriter.open(home, segment_bytes=500) as writer:
            await writer.append([Draft(refused(number)), Draft(refused(number))])
    assert [recorded.seq for recorded in read_events(home)] == list(range(1, 8))
    assert len(segments(home.log)) > 2
    assert verify_log(home).ok


async def test_an_append_returns_what_a_reader_finds(home: Home) -> None:
    stamp = WorkStamp(key="k", attempt=2, finishes=True)
    async with LogWriter.open(home, clock=clock) as writer:
        draft = Draft(refused(1), cause="c", correlation="q", work=stamp)
        (recorded,) = await writer.append([draft])
        assert (recorded.seq, recorded.cause, recorded.correlation, recorded.work) == (2, "c", "q", stamp)
        assert recorded.time == "2026-01-02T03:04:05.000678+00:00"
        assert list(read_events(home, after=1)) == [recorded]


async def test_times_are_told_in_utc(home: Home) -> None:
    east = timezone(timedelta(hours=5))
    async with LogWriter.open(home, clock=lambda: clock().astimezone(east)) as writer:
        (recorded,) = await writer.append([Draft(refused(1))])
    assert recorded.time.startswith("2026-01-02T03:04:05")


async def test_ids_differ_between_homes_places_and_events(home: Home, tmp_path: Path) -> None:
    ids: list[str] = []
    for root in (home, Home(tmp_path / "other")):
        async with LogWriter.open(root) as writer:
            drafts = [Draft(refused(1)), Draft(refused(1)), Draft(refused(2))]
            ids += [recorded.id for recorded in await writer.append(drafts)]
    assert len(set(ids)) == 6


async def test_many_producers_share_syncs(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        async with anyio.create_task_group() as producers:
            for number in range(100):
                producers.start_soon(writer.append, [Draft(refused(number)), Draft(refused(number))])
        assert disk.syncs < 10
        assert writer.head.seq == 201
    events = [recorded.event for recorded in read_events(home, after=1)]
    assert events[::2] == events[1::2], "the events of one append stand next to each other"


async def test_a_failed_sync_poisons_the_writer_for_all(home: Home) -> None:
    disk = FaultyDisk()
    poisoned: list[str] = []

    async def produce(writer: LogWriter, number: int) -> None:
        with pytest.raises(LogPoisoned, match="Input/output error") as caught:
            await writer.append([Draft(refused(number))])
        poisoned.append(str(caught.value))

    async with LogWriter.open(home, disk=disk) as writer:
        disk.fail_sync = OSError(5, "Input/output error")
        async with anyio.create_task_group() as producers:
            for number in range(5):
                producers.start_soon(produce, writer, number)
        disk.fail_sync = None
        await produce(writer, 6)
        assert len(poisoned) == 6
        assert writer.head.seq == 1


async def test_a_full_disk_loses_nothing_and_the_next_append_may_succeed(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        await writer.append([Draft(refused(1))])
        before = segment_bytes_of(home)
        disk.fail_write = no_space_error()
        with pytest.raises(NoSpace, match="nothing is lost"):
            await writer.append([Draft(refused(2)), Draft(refused(3))])
        assert segment_bytes_of(home) == before
        disk.fail_write = None
        (recorded,) = await writer.append([Draft(refused(4))])
        assert recorded.seq == 3
    assert verify_log(home).ok


async def test_a_write_that_fails_otherwise_poisons_and_is_cut_off(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        before = segment_bytes_of(home)
        disk.fail_write = OSError(5, "Input/output error")
        with pytest.raises(LogPoisoned):
            await writer.append([Draft(refused(2))])
    assert segment_bytes_of(home) == before


async def test_a_clock_that_breaks_poisons_the_writer_and_everybody_is_told(home: Home) -> None:
    times = iter([clock(), clock()])
    with structlog.testing.capture_logs():
        async with LogWriter.open(home, clock=times.__next__) as writer:
            await writer.append([Draft(refused(1))])
            for number in range(2):
                with anyio.fail_after(5), pytest.raises(LogPoisoned, match="StopIteration"):
                    await writer.append([Draft(refused(number))])
    assert log_head(home).seq == 2


async def test_a_full_disk_at_the_end_leaves_the_log_unsealed_and_whole(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        await writer.append([Draft(refused(1))])
        disk.fail_write = no_space_error()
    assert verify_log(home).ok
    assert log_head(home).seq == 2


async def test_an_event_that_could_not_be_read_back_is_refused_alone(home: Home) -> None:
    class Unheard(Event, frozen=True):
        """Not in the closed union."""

    wrong: list[Event] = [
        Unheard(),
        DatasetRefused(path=1, reason="empty", detail=""),  # type: ignore[arg-type]
        DatasetRefused(path="\ud800", reason="empty", detail=""),
        RunStarted(command="run", seed=float("nan"), sources=()),  # type: ignore[arg-type]
    ]
    async with LogWriter.open(home) as writer:
        for event in wrong:
            with pytest.raises(UnreadableEventError, match=type(event).__name__):
                await writer.append([Draft(refused(1)), Draft(event)])
        with pytest.raises(UnreadableEventError):
            await writer.append([Draft(refused(1), cause="\ud800")])
        with pytest.raises(ValueError, match="at least one"):
            await writer.append([])
        await writer.append([Draft(refused(2))])
    assert [recorded.event for recorded in read_events(home, after=1)] == [refused(2)]


async def test_an_append_cancelled_before_its_turn_leaves_nothing(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer, anyio.create_task_group() as producers:
        waiting, loop = anyio.CancelScope(), current_token()

        async def give_up_on() -> None:
            with waiting:
                await writer.append([Draft(refused(2))])

        # In the thread that syncs the first append: the second has queued up behind it, and is cancelled.
        def cancel() -> None:
            disk.before_sync = lambda: None
            from_thread.run_sync(producers.start_soon, give_up_on, token=loop)
            from_thread.run(anyio.lowlevel.checkpoint, token=loop)
            from_thread.run_sync(waiting.cancel, token=loop)

        disk.before_sync = cancel
        await writer.append([Draft(refused(1))])
        await writer.append([Draft(refused(3))])
    assert waiting.cancelled_caught
    assert [recorded.event for recorded in read_events(home, after=1)] == [refused(1), refused(3)]


async def test_bytes_are_durable_before_the_events_that_name_them(home: Home) -> None:
    disk = FaultyDisk()
    there: list[bool] = []
    async with LogWriter.open(home, disk=disk) as writer:
        digest = digest_of(b"bytes")
        disk.before_sync = lambda: there.append(digest in Blobs(home))
        await writer.append([Draft(refused(1))], blobs={digest: b"bytes"})
        with pytest.raises(ValueError, match="not the digest"):
            await writer.append([Draft(refused(2))], blobs={digest: b"others"})
        assert writer.head.seq == 2
    assert there[0]


async def test_blobs_that_cannot_be_written_append_nothing(home: Home) -> None:
    async with LogWriter.open(home) as writer:
        home.blobs.write_text("a file where the folder should be")
        with pytest.raises(HomeUnwritable, match="cannot write to the home"):
            await writer.append([Draft(refused(1))], blobs={digest_of(b"x"): b"x"})
        assert writer.head.seq == 1


async def test_appending_after_the_end_is_a_mistake(home: Home) -> None:
    async with LogWriter.open(home) as writer:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        await writer.append([Draft(refused(1))])


async def test_a_second_opener_is_refused_and_told_who_holds_the_home(home: Home) -> None:
    async with LogWriter.open(home):
        with pytest.raises(HomeLocked, match=f"in use by process {os.getpid()};"):
            async with LogWriter.open(home):
                pass
    async with LogWriter.open(home):
        pass


async def test_no_child_inherits_the_lock(home: Home) -> None:
    async with LogWriter.open(home):
        read = [sys.executable, "-c", "input()"]
        child = subprocess.Popen(read, stdin=subprocess.PIPE, close_fds=False)  # noqa: ASYNC220 - not awaited
    try:
        async with LogWriter.open(home) as writer:
            assert writer.head.seq == 1
    finally:
        child.communicate(b"\n")


async def test_a_lock_that_was_left_by_a_killed_process_does_not_bind(home: Home) -> None:
    home.log.mkdir(parents=True)
    (home.log / "lock").write_text("4194304\n")
    async with LogWriter.open(home):
        held = (home.log / "lock").read_text()
    assert held.strip() == str(os.getpid())
    assert (home.log / "lock").read_text().strip() == ""


async def test_a_block_that_fails_leaves_an_unsealed_log_as_it_was_unless_it_appended(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        await writer.append([Draft(refused(1))])
        disk.fail_write = no_space_error()
    before = segment_bytes_of(home)
    with pytest.raises(KeyError):
        async with LogWriter.open(home):
            raise KeyError
    assert segment_bytes_of(home) == before

    async def append_and_fail() -> None:
        async with LogWriter.open(home) as writer:
            await writer.append([Draft(refused(2))])
            raise KeyError

    with pytest.raises(KeyError):
        await append_and_fail()
    assert segment_bytes_of(home)["00000001.jsonl"].splitlines()[-1].startswith(b'\t{"commit":{"count":0')
    assert verify_log(home).ok


async def test_a_home_that_cannot_be_made_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(HomeUnwritable, match=r"file is no folder.* name another with --home"):
        async with LogWriter.open(Home(file / "home")):
            pass


async def test_a_system_without_locks_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(HomeUnwritable, match="Operation not supported"):
        async with LogWriter.open(home):
            pass


def test_the_start_of_a_chain_is_fixed() -> None:
    assert START == (0, "0" * 32)
