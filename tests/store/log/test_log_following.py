"""A follower in another process than the writer is given every durable event once, in order, and no other."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError
from watchfiles.main import FileChange

from events.dataset import DatasetRefused
from events.runtime import HomeOpened, RunStarted
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.follow import Follower, NoLogError
from store.log.index import LogIndex
from store.log.lines import seal
from store.log.read import LogFromFuture, log_head, read_events
from store.log.scan import LogCorrupt
from store.log.segments import is_compressed, segments
from tests.store.log.conftest import refused
from tests.store.log.disks import QuickDisk

ROOT = Path(__file__).parents[3]
PATIENCE = 300


@contextmanager
def writer(home: Home, events: int, *, chunk: int, segment_bytes: int, halt: int = 0) -> Iterator["Writer"]:
    """A writer in a process of its own; it is killed when the block ends."""
    numbers = (events, chunk, segment_bytes, halt)
    command = [sys.executable, "-m", "tests.store.log.writer_process", str(home.root), *map(str, numbers)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield Writer(process)
        finally:
            process.kill()


@dataclass(frozen=True)
class Writer:
    """A process that appends."""

    process: "subprocess.Popen[str]"

    def said(self) -> str:
        """The next line that it says; empty when it is gone."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let it go on from a halt."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """What the kernel does to it when memory is short."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def followed(follower: Follower, upto: int) -> list[AnyRecorded]:
    """What a follower is given up to a place."""
    found: list[AnyRecorded] = []
    with anyio.fail_after(PATIENCE):
        async with aclosing(aiter(follower)) as events:
            async for recorded in events:
                found.append(recorded)
                if recorded.seq == upto:
                    break
    return found


async def through_kills(home: Home, events: int, *, chunk: int, segment_bytes: int, kills: int) -> None:
    """Follow from before the first event while the writer halts, is killed and begins again."""
    home.log.mkdir(parents=True)
    every: list[AnyRecorded] = []
    halt = events // (chunk * 2 * (kills + 1))

    async def follow() -> None:
        every.extend(await followed(Follower(home), events))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(follow)
        for _ in range(kills):
            with writer(home, events, chunk=chunk, segment_bytes=segment_bytes, halt=halt) as one:
                assert await to_thread.run_sync(one.said) == "halt"
                _see_no_more_than_is_durable(home, chunk)
                one.go_on()
                assert await to_thread.run_sync(one.said) == "halt"
                _see_no_more_than_is_durable(home, chunk)
                one.kill()
        with writer(home, events, chunk=chunk, segment_bytes=segment_bytes) as one:
            assert await to_thread.run_sync(one.said) == "sealed"
    assert every == list(read_events(home))
    assert [recorded.seq for recorded in every] == list(range(1, events + 1))
    assert sum(is_compressed(path) for path in segments(home.log)) > 3


def _see_no_more_than_is_durable(home: Home, chunk: int) -> None:
    """Look while a batch is written and not synced: the bytes are there, and nobody is given them."""
    newest = segments(home.log)[-1].read_bytes()
    assert newest.endswith(b"}}\n"), "the commit line is written"
    follower, seen = Follower(home), 0
    while found := follower.new():
        seen = found[-1].seq
    last = int(newest.rpartition(b'{"seq":')[2].partition(b",")[0])
    assert last == seen + chunk


async def test_a_follower_misses_nothing_while_the_writer_is_killed_and_begins_again(home: Home) -> None:
    await through_kills(home, 3001, chunk=10, segment_bytes=100_000, kills=2)


@pytest.mark.full
async def test_a_hundred_thousand_events_are_followed_through_rotation_compression_and_kills(
    home: Home,
) -> None:
    await through_kills(home, 100_001, chunk=50, segment_bytes=2**20, kills=5)


def fill(home: Home, first: int, count: int) -> None:
    """Append so many events, several segments full."""

    async def append() -> None:
        async with LogWriter.open(home, segment_bytes=3000, disk=QuickDisk()) as one:
            for number in range(first, first + count):
                kind = refused(number) if number % 3 else RunStarted(str(number), 0, ())
                await one.append([Draft(kind)])

    anyio.run(append)


@pytest.mark.parametrize("after", [0, 1, 17, 40, 41])
async def test_a_follower_begins_after_the_place_that_it_is_given(home: Home, after: int) -> None:
    await to_thread.run_sync(fill, home, 0, 40)
    follower = Follower(home, after=after)
    found = follower.new()
    await to_thread.run_sync(fill, home, 40, 9)
    found += follower.new()
    assert found == list(read_events(home, after))
    assert follower.new() == []


async def test_a_follower_that_goes_on_from_an_index_looks_at_nothing_before(home: Home) -> None:
    await to_thread.run_sync(fill, home, 0, 40)
    with closing(LogIndex(home)) as index:
        follower = Follower(home, None, index.seq, index.end)
    path = segments(home.log)[0]
    data = path.read_bytes()
    path.unlink()
    assert follower.new() == []
    path.write_bytes(data)
    await to_thread.run_sync(fill, home, 40, 1)
    assert [recorded.seq for recorded in follower.new()] == [42]


async def test_only_the_types_that_are_wanted_are_given(home: Home) -> None:
    await to_thread.run_sync(fill, home, 0, 40)
    follower = Follower(home, (RunStarted, HomeOpened))
    assert follower.new() == list(read_events(home, types=(RunStarted, HomeOpened)))


async def test_a_damaged_batch_ends_the_following_at_every_look(home: Home) -> None:
    await to_thread.run_sync(fill, home, 0, 5)
    path = segments(home.log)[0]
    path.write_bytes(path.read_bytes().replace(b"table 2 has", b"table 3 has"))
    follower = Follower(home)
    with pytest.raises(LogCorrupt):
        follower.new()
    with pytest.raises(LogCorrupt):
        follower.new()


async def test_an_event_of_a_newer_version_ends_the_following_at_every_look(home: Home) -> None:
    await to_thread.run_sync(fill, home, 0, 5)
    follower = Follower(home)
    assert len(follower.new()) == 6
    line = segments(home.log)[0].read_bytes().splitlines(keepends=True)[0]
    line = line.replace(b'"HomeOpened"', b'"HomeSold"').replace(b'{"seq":1,', b'{"seq":7,')
    commit, _ = seal(log_head(home), 1, line)
    with segments(home.log)[-1].open("ab") as file:
        file.write(line + commit)
    for _ in range(2):
        with pytest.raises(LogFromFuture, match="knows no event HomeSold"):
            follower.new()


async def test_without_a_log_there_is_nothing_to_follow(home: Home) -> None:
    with pytest.raises(NoLogError, match="`tracegate run` makes one"):
        await followed(Follower(home), 1)


async def test_events_that_come_while_a_follower_waits_wake_it(home: Home) -> None:
    async with LogWriter.open(home, disk=QuickDisk()) as one:
        found: list[AnyRecorded] = []

        async def follow() -> None:
            found.extend(await followed(Follower(home, (DatasetRefused,)), 4))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow)
            for number in range(3):
                await one.append([Draft(refused(number))])
    assert [recorded.event for recorded in found] == [refused(0), refused(1), refused(2)]


Watch = Callable[..., AsyncGenerator[set[FileChange], None]]


async def given_while_it_waits(
    home: Home, watch: Watch, patch: pytest.MonkeyPatch, first: Callable[[], None] = lambda: None
) -> list[AnyRecorded]:
    """What a follower with this watch is given of an event that comes once it waits for notices."""
    waits, found = anyio.Event(), list[AnyRecorded]()

    async def told(*places: Path, **options: object) -> AsyncGenerator[set[FileChange], None]:
        waits.set()
        async with aclosing(watch(*places, **options)) as changes:
            async for one in changes:
                yield one

    async def follow() -> None:
        found.extend(await followed(Follower(home, (DatasetRefused,)), 2))

    patch.setattr("store.log.follow.awatch", told)
    with anyio.fail_after(30):
        async with LogWriter.open(home, disk=QuickDisk()) as one, anyio.create_task_group() as tasks:
            tasks.start_soon(follow)
            await waits.wait()
            first()
            await one.append([Draft(refused(0))])
    return found


async def test_an_event_is_given_although_no_notice_of_it_comes(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = tmp_path / "where nothing happens"
    quiet.mkdir()

    def elsewhere(*_: Path, **options: Any) -> AsyncGenerator[set[FileChange], None]:
        return awatch(quiet, **options)

    (recorded,) = await given_while_it_waits(home, elsewhere, monkeypatch)
    assert recorded.event == refused(0)


async def test_an_event_is_given_although_the_system_has_no_watch_left(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left(*_: Path, **__: object) -> AsyncGenerator[set[FileChange], None]:
        raise WatchfilesRustInternalError("Too many open files")
        yield set()

    (recorded,) = await given_while_it_waits(home, none_left, monkeypatch)
    assert recorded.event == refused(0)


async def test_a_name_that_is_no_text_does_not_end_a_follower(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = home.log / os.fsdecode(b"caf\xe9.jsonl")
    (recorded,) = await given_while_it_waits(home, awatch, monkeypatch, strange.touch)
    assert recorded.event == refused(0)
