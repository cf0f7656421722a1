"""What stands where the log goes on is never written to, unless an earlier start made it and left it empty."""

import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import anyio
import pytest

from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter
from store.log.read import read_events
from store.log.repair import repair
from store.log.scan import LogCorrupt
from store.log.verify import verify_log
from tests.store.log.conftest import clock, refused
from tests.store.log.disks import QuickDisk

NEXT = "00000002.jsonl"
LIMIT = 1200
"""Bytes of a segment: the opening and two small events."""
Put = Callable[[Path, Path], object]
"""Puts something at a path, given a segment of another home."""


def a_folder(path: Path, _: Path) -> None:
    path.mkdir()


def a_link_to_nowhere(path: Path, _: Path) -> None:
    path.symlink_to("nowhere")


def a_half_line(path: Path, _: Path) -> None:
    path.write_bytes(b'{"seq":4,"ti')


def its_compressed_form(path: Path, _: Path) -> None:
    path.with_name(f"{path.name}.zst").write_bytes(b"")


def another_homes_segment(path: Path, stranger: Path) -> None:
    shutil.copy(stranger, path)


STRANGERS = pytest.mark.parametrize(
    "put", [a_folder, a_link_to_nowhere, a_half_line, its_compressed_form, another_homes_segment]
)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second segment of another home."""
    other = Home(tmp_path_factory.mktemp("other"))
    anyio.run(fill, other, 6)
    return other.log / NEXT


async def fill(home: Home, number: int) -> None:
    async with opened(home) as writer:
        await append_each(writer, number)


async def append_each(writer: LogWriter, number: int) -> None:
    for one in range(number):
        await writer.append([Draft(refused(one))])


def opened(home: Home) -> AbstractAsyncContextManager[LogWriter]:
    return LogWriter.open(home, clock=clock, segment_bytes=LIMIT, compress=False, disk=QuickDisk())


async def until_it_is_refused(home: Home, put: Put, stranger: Path) -> tuple[int, str]:
    """The last place that was acknowledged by a writer in whose way something was put, and what it said."""
    async with opened(home) as writer:
        put(home.log / NEXT, stranger)
        with pytest.raises(LogPoisoned) as refusal:
            await append_each(writer, 20)
        with pytest.raises(LogPoisoned):
            await writer.append([Draft(refused(0))])
        return writer.head.seq, str(refusal.value)


def of_next(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.log.glob(f"{NEXT}*") if path.is_file()}


@STRANGERS
def test_a_writer_that_finds_something_where_the_log_goes_on_stops_in_words_and_touches_nothing(
    home: Home, put: Put, stranger: Path, tmp_path: Path
) -> None:
    put(tmp_path / NEXT, stranger)
    due = {path.name: path.read_bytes() for path in tmp_path.glob(f"{NEXT}*") if path.is_file()}
    last, said = anyio.run(until_it_is_refused, home, put, stranger)
    assert NEXT in said
    assert "move it elsewhere, then run the same command again" in said
    assert of_next(home) == due
    assert [one.seq for one in read_events(home)] == list(range(1, last + 1))
    assert last > 1


@STRANGERS
def test_once_it_is_moved_elsewhere_the_log_goes_on_and_nothing_is_lost(
    home: Home, put: Put, stranger: Path, tmp_path: Path
) -> None:
    last, _ = anyio.run(until_it_is_refused, home, put, stranger)
    for path in home.log.glob(f"{NEXT}*"):
        path.rename(tmp_path / path.name)
    anyio.run(fill, home, 6)
    assert [one.seq for one in read_events(home)] == list(range(1, last + 7))
    assert verify_log(home).ok
    assert (home.log / NEXT).is_file()


def test_until_it_is_moved_another_homes_segment_is_named_and_a_repair_gives_up_nothing_of_ours(
    home: Home, stranger: Path
) -> None:
    last, _ = anyio.run(until_it_is_refused, home, another_homes_segment, stranger)
    with pytest.raises(LogCorrupt, match=NEXT):
        anyio.run(fill, home, 1)
    told = anyio.run(repair, home)
    assert told is not None
    assert (told.segment, told.seq) == (NEXT, last + 1)
    assert (home.log / told.kept / NEXT).read_bytes() == stranger.read_bytes()
    assert [one.seq for one in read_events(home)] == list(range(1, last + 2)), "the repair itself is told"
    assert verify_log(home).ok


async def test_a_segment_that_was_made_and_never_used_is_taken(home: Home) -> None:
    async with opened(home) as writer:
        (home.log / NEXT).touch()
        await append_each(writer, 6)
    assert (home.log / NEXT).stat().st_size > 0
    assert verify_log(home).ok


def test_a_segment_that_changes_between_recovery_and_its_opening_is_not_written_to(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    anyio.run(fill, home, 1)
    path = home.log / "00000001.jsonl"

    class Intruding(QuickDisk):
        def open(self, path: Path, flags: int) -> int:
            if path.name == "00000001.jsonl":
                path.write_bytes(path.read_bytes() + b"{")
            return super().open(path, flags)

    async def open_once() -> None:
        async with LogWriter.open(home, disk=Intruding()):
            pass

    before = path.read_bytes()
    with pytest.raises(LogPoisoned, match="one process alone may write"):
        anyio.run(open_once)
    assert path.read_bytes() == before + b"{"
