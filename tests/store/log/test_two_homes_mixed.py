"""Segments of two homes in one log: whoever opens it is told at once which file is the stranger."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import anyio
import msgspec
import pytest
import xxhash

from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.index import LogIndex
from store.log.lock import LOCK
from store.log.published import NAME, last_word
from store.log.read import read_events
from store.log.repair import LogDisputed, repair
from store.log.scan import LogCorrupt
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from store.replay import check
from store.snapshots import nearest
from tests.store.lives import Witness
from tests.store.log.conftest import refused
from tests.store.log.disks import QuickDisk
from tests.store.log.indexing import build, many, write
from tests.store.log.repairing import kept_by, repaired, told_in

Reader = Callable[[Home], object]


def first_event(home: Home) -> object:
    """What a reader that asks for one event is given."""
    return next(read_events(home))


def opened_index(home: Home) -> None:
    """Open the index and ask it for nothing."""
    with closing(LogIndex(home)):
        pass


def opened_writer(home: Home) -> None:
    """Begin to write."""

    async def begin() -> None:
        async with LogWriter.open(home, disk=QuickDisk()):
            pass

    anyio.run(begin)


READERS: dict[str, Reader] = {
    "the first event": first_event,
    "an index": opened_index,
    "a writer": opened_writer,
    "snapshots": nearest,
    "replay --check": check,
}


def written(root: Path, word: str, *, compress: bool) -> Home:
    """A log of several segments that belongs to this word."""
    write(home := Home(root), many(40, (word,)), compress=compress)
    return home


def parted(folder: Path) -> tuple[Home, Home]:
    """One home and a copy of it, each of which has gone its own way since."""
    home, again = Home(folder / "home"), Home(folder / "again")
    write(home, many(1))
    again.log.mkdir(parents=True)
    for name in ("00000001.jsonl", NAME):
        shutil.copy(home.log / name, again.log)
    write(home, many(1, ("one way",)))
    write(again, many(1, ("another way",)))
    return home, again


def exchanged(home: Home, other: Home, number: int) -> Path:
    """Put a segment of the other home in the place of ours."""
    theirs = segments(other.log)[number - 1]
    segments(home.log)[number - 1].unlink()
    return Path(shutil.copy(theirs, home.log))


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def homes(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Home, Home]:
    """Two homes whose logs have the same shape."""
    ours, theirs = (written(tmp_path / word, word, compress=request.param) for word in ("ours", "them"))
    assert len(segments(ours.log)) == len(segments(theirs.log)) > 3
    return ours, theirs


@pytest.mark.parametrize("reader", READERS)
def test_a_first_segment_of_another_home_is_named_before_anything_of_it_is_given(
    reader: str, homes: tuple[Home, Home]
) -> None:
    home, other = homes
    build(home)
    first = exchanged(home, other, 1)
    before = {path: path.read_bytes() for path in home.log.iterdir() if path.is_file()}
    with pytest.raises(LogCorrupt, match="two homes are mixed") as caught:
        READERS[reader](home)
    assert (caught.value.segment, caught.value.seq) == (first.name, 1)
    changed = {path.name for path, data in before.items() if path.read_bytes() != data}
    assert changed <= {"lock"}


def test_verifying_names_the_stranger_alone_and_where_it_ends(homes: tuple[Home, Home]) -> None:
    home, other = homes
    for number in range(1, len(segments(home.log)) + 1):
        ours = segments(home.log)[number - 1]
        kept = ours.read_bytes()
        put = exchanged(home, other, number)
        found = [problem.segment[:8] for problem in verify_log(home).problems]
        after = f"{number + 1:08d}"
        # The one behind it does not follow on it; all others are what they were.
        assert put.name[:8] in found
        assert set(found) <= {put.name[:8], after}, number
        assert found.count(after) <= 1
        put.unlink()
        ours.write_bytes(kept)
        assert verify_log(home).ok


def test_where_nothing_tells_whose_the_home_is_the_first_segment_that_does_not_follow_is_named(
    homes: tuple[Home, Home],
) -> None:
    home, other = homes
    build(home)
    (home.log / NAME).unlink()
    exchanged(home, other, 1)
    second = segments(home.log)[1]
    for reader in (opened_index, opened_writer, check):
        with pytest.raises(LogCorrupt) as caught:
            reader(home)
        assert caught.value.segment == second.name
        assert "does not follow on" in caught.value.what
    assert not verify_log(home).ok


def test_an_index_names_any_closed_segment_of_another_home_when_it_is_opened(
    homes: tuple[Home, Home],
) -> None:
    home, other = homes
    for number in range(2, len(segments(home.log))):
        ours = segments(home.log)[number - 1]
        kept = ours.read_bytes()
        put = exchanged(home, other, number)
        with pytest.raises(LogCorrupt, match="does not follow on") as caught:
            opened_index(home)
        assert caught.value.segment == put.name
        put.unlink()
        ours.write_bytes(kept)
        opened_index(home)


@pytest.mark.parametrize("events", [3, 4, 5, 9])
def test_a_whole_log_of_another_home_is_not_taken_for_the_one_that_was_written_here(
    events: int, tmp_path: Path
) -> None:
    home, other = Home(tmp_path / "ours"), Home(tmp_path / "theirs")
    write(home, [[Draft(refused(number))] for number in range(4)])
    write(other, [[Draft(refused(number))] for number in range(events)])
    exchanged(home, other, 1)
    with pytest.raises(LogCorrupt, match="two homes are mixed"):
        first_event(home)


def test_a_log_that_was_put_back_and_went_another_way_is_not_taken_for_what_was_told(tmp_path: Path) -> None:
    home, again = parted(tmp_path)
    assert not is_compressed(exchanged(home, again, 1))
    with pytest.raises(LogCorrupt, match="not what was told of it when it was durable"):
        list(read_events(home))
    assert not verify_log(home).ok


def test_what_an_earlier_version_told_names_no_home_and_is_believed_all_the_same(
    homes: tuple[Home, Home],
) -> None:
    home, other = homes
    every = list(read_events(home))
    told = msgspec.json.decode((home.log / NAME).read_bytes())["head"]
    assert told.pop("home")
    record = msgspec.json.encode(told)
    line = b'{"head":%s,"digest":"%s"}' % (record, xxhash.xxh3_64_hexdigest(record).encode())
    (home.log / NAME).write_bytes(line.ljust(511) + b"\n")
    found = last_word(home)
    assert found is not None
    assert (found.home, found.head.seq) == ("", len(every))
    assert list(read_events(home)) == every
    exchanged(home, other, 1)
    with pytest.raises(LogCorrupt, match="does not follow on"):
        opened_index(home)


def standing(home: Home) -> dict[str, bytes]:
    """Every file of the log folder itself, but for the lock."""
    files = (path for path in home.log.iterdir() if path.is_file() and path.name != LOCK)
    return {path.name: path.read_bytes() for path in files}


def with_head_of(home: Home, other: Home) -> bytes:
    """Put the head of another home beside our log."""
    shutil.copy(other.log / NAME, home.log)
    return (home.log / NAME).read_bytes()


@pytest.mark.parametrize("torn", [False, True], ids=["sealed", "torn"])
def test_a_head_of_another_home_is_named_and_set_aside_and_no_event_is_given_up(
    homes: tuple[Home, Home], *, torn: bool
) -> None:
    home, other = homes
    events = list(read_events(home))
    head = with_head_of(home, other)
    if torn:
        with segments(home.log)[-1].open("ab") as file:
            file.write(b'{"seq":')
    said = f"log/{NAME} is another home's.*sets it aside and gives up no event"
    for reader in READERS.values():
        with pytest.raises(LogCorrupt, match=said):
            reader(home)
    assert NAME in [problem.segment for problem in verify_log(home).problems]
    told = repaired(home)
    assert told is not None
    assert (told.segment, told.events, told.batches, told.seq) == (NAME, 0, 0, len(events) + 1)
    assert list(read_events(home))[: len(events)] == events
    assert told_in(home) == [told]
    assert kept_by(home, told) == {NAME: head}
    assert verify_log(home).ok
    assert repaired(home) is None


def test_a_head_of_another_past_of_this_home_is_set_aside_too(tmp_path: Path) -> None:
    home, again = parted(tmp_path)
    events = list(read_events(again))
    head = with_head_of(again, home)
    told = repaired(again)
    assert told is not None
    assert list(read_events(again))[: len(events)] == events
    assert kept_by(again, told) == {NAME: head}


def test_a_whole_log_of_another_home_stays_named_and_loses_nothing_either(homes: tuple[Home, Home]) -> None:
    home, other = homes
    events = list(read_events(other))
    head = with_head_of(other, home)
    first = verify_log(other).problems[0]
    assert first.segment == segments(other.log)[0].name
    assert "two homes are mixed" in first.what
    told = repaired(other)
    assert told is not None
    assert kept_by(other, told) == {NAME: head}
    assert list(read_events(other))[: len(events)] == events


@pytest.mark.parametrize("damage", ["a first segment of another home", "a head of another home, and a bit"])
def test_where_neither_log_nor_head_can_be_believed_a_repair_touches_nothing(
    damage: str, homes: tuple[Home, Home]
) -> None:
    home, other = homes
    spoiled = segments(home.log)[2]
    if damage == "a first segment of another home":
        exchanged(home, other, 1)
    else:
        with_head_of(home, other)
        data = spoiled.read_bytes()
        spoiled.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    stood = standing(home)
    with pytest.raises(LogDisputed, match=f"nothing was given up: put back.*log/{NAME}, move it elsewhere"):
        repaired(home)
    assert standing(home) == stood
    assert not list(home.log.glob("damaged-*"))
    if damage != "a first segment of another home":
        (home.log / NAME).unlink()
        told = repaired(home)
        assert told is not None
        assert told.segment == spoiled.name, "only what is damaged is given up then"


def test_setting_a_head_aside_may_die_at_every_call_and_be_asked_for_again(
    homes: tuple[Home, Home], tmp_path: Path
) -> None:
    home, other = homes
    events = list(read_events(home))
    head = with_head_of(home, other)
    disk = Witness(home.root, tmp_path / "images")
    anyio.run(repair, home, disk)
    for _, image in disk.images:
        left = Home(image)
        repaired(left)
        opened_writer(left)
        assert list(read_events(left))[: len(events)] == events
        (told,) = told_in(left)
        assert kept_by(left, told) == {NAME: head}
        assert verify_log(left).ok
    assert len(disk.images) > 10
