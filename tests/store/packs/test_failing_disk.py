"""A disk that fails, or a process that dies, at any call: what was kept stays, and what was not is not there."""

from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from random import Random
from shutil import copytree, rmtree

import pytest

from store.blobs import Blobs, BlobWriter
from store.home import Home
from tests.store.packs.disks import (
    BROKEN,
    FULL,
    Interfering,
    Killed,
    PowerCut,
    assert_kept,
    assert_never_wrong,
    named,
    noise,
    packs_of,
    put,
)
from tests.trials import SEED

RANDOM = Random(5)
FIRST = named(*(noise(RANDOM, 300) for _ in range(3)))
SECOND = named(*(noise(RANDOM, 300) for _ in range(3)))
THIRD = named(*(noise(RANDOM, 300) for _ in range(2)))
PACK_BYTES = 1500


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A home with one blob more than fits a pack, after which a write was interrupted."""
    home = Home(tmp_path / "start")
    put(home, FIRST, pack_bytes=PACK_BYTES)
    (pack,) = packs_of(home)
    pack.write_bytes(pack.read_bytes() + b"torn")
    return home.root


def fresh_homes(start: Path) -> Iterator[tuple[int, Home]]:
    """The home as it stood at first, again and again, with a number from 1."""
    for at in count(1):
        root = start.parent / "tried"
        rmtree(root, ignore_errors=True)
        copytree(start, root)
        yield at, Home(root)


def work(home: Home, disk: Interfering) -> list[dict[str, bytes]]:
    """Take over the home, put two batches into two packs, and give back those that were acknowledged."""
    done = [FIRST]
    try:
        writer = BlobWriter(home, disk, PACK_BYTES)
        for batch in (SECOND, THIRD):
            writer.put_all(FIRST | batch)
            done.append(batch)
            assert_kept(home, FIRST | batch)
        writer.close()
    except (OSError, Killed):
        pass
    return done


def assert_nothing_is_lost(home: Home, done: list[dict[str, bytes]]) -> None:
    """What was acknowledged is there now and after the next opening, and all of it can be put."""
    for batch in done:
        assert_kept(home, batch)
    assert_never_wrong(home, SECOND | THIRD)
    put(home, FIRST, SECOND, THIRD, pack_bytes=PACK_BYTES)
    assert_kept(home, FIRST | SECOND | THIRD)


@pytest.mark.parametrize("error", [FULL, BROKEN], ids=["full", "broken"])
@pytest.mark.parametrize("lasting", [True, False], ids=["for good", "once"])
def test_a_call_that_fails_loses_nothing_that_was_kept(
    error: Callable[[], OSError], lasting: bool, start: Path
) -> None:
    for at, home in fresh_homes(start):
        disk = Interfering(at, error, lasting)
        done = work(home, disk)
        if not disk.happened:
            assert len(done) == 3
            break
        assert_nothing_is_lost(home, done)
    assert at > 20, disk.calls
    assert {"write", "sync", "sync_all", "sync_folder", "truncate", "replace"} <= set(disk.calls)


def test_a_process_that_dies_in_any_call_loses_nothing_that_was_kept(start: Path) -> None:
    for at, home in fresh_homes(start):
        disk = Interfering(at)
        done = work(home, disk)
        if not disk.happened:
            break
        assert_nothing_is_lost(home, done)
    assert at > 20


@pytest.mark.parametrize("seed", [SEED])
def test_the_power_may_go_in_any_call(seed: int, start: Path) -> None:
    random = Random(seed)
    for at, home in fresh_homes(start):
        disk = PowerCut(home.blobs, at)
        done = work(home, disk)
        if not disk.happened:
            break
        disk.lose(random)
        assert_nothing_is_lost(home, done)
    assert at > 20


@pytest.mark.parametrize("seed", [SEED])
def test_what_a_dead_process_never_synced_is_durable_once_another_says_so(seed: int, start: Path) -> None:
    random = Random(seed)
    for _, home in islice(fresh_homes(start), 12):
        disk = PowerCut(home.blobs)
        writer = BlobWriter(home, disk)
        disk.at = len(disk.calls) + 2 * len(SECOND) + 1
        with pytest.raises(Killed):
            writer.put_all(SECOND)
        assert disk.calls[-1] == "sync"
        disk.at = 0
        written = disk.calls.count("write")
        BlobWriter(home, disk).put_all(SECOND)
        assert disk.calls.count("write") == written, "it was there already"
        disk.lose(random)
        assert_kept(home, FIRST | SECOND)


def test_nothing_is_there_of_a_batch_whose_write_failed(start: Path) -> None:
    for at, home in fresh_homes(start):
        disk = Interfering()
        writer = BlobWriter(home, disk)
        disk.at, disk.error, disk.lasting = len(disk.calls) + at, FULL, False
        before = packs_of(home)[0].read_bytes()
        try:
            writer.put_all(SECOND)
        except OSError:
            if disk.calls[-2] == "write":
                assert packs_of(home)[0].read_bytes() == before
                assert Blobs(home).digests() == FIRST.keys()
                writer.put_all(SECOND)
                assert_kept(home, FIRST | SECOND)
        if not disk.happened:
            break
    assert at > 6


def test_after_a_failed_sync_nothing_more_is_kept_before_the_next_opening(start: Path) -> None:
    (_, home), disk = next(fresh_homes(start)), Interfering(error=BROKEN, lasting=False)
    writer = BlobWriter(home, disk)
    disk.at = len(disk.calls) + 2 * len(SECOND) + 1
    with pytest.raises(OSError, match="Input/output error"):
        writer.put_all(SECOND)
    assert disk.calls[-2:] == ["sync", "truncate"]
    for batch in (SECOND, THIRD, FIRST):
        with pytest.raises(OSError, match="could not be written before"):
            writer.put_all(batch)
    assert Blobs(home).digests() == FIRST.keys()
    writer.close()
    put(home, SECOND)
    assert_kept(home, FIRST | SECOND)


def test_what_cannot_be_cut_back_is_never_added_to(start: Path) -> None:
    (_, home), disk = next(fresh_homes(start)), Interfering(error=FULL)
    writer = BlobWriter(home, disk)
    disk.at = len(disk.calls) + 2
    with pytest.raises(OSError, match="No space left"):
        writer.put_all(SECOND)
    disk.at = 0
    with pytest.raises(OSError, match="could not be written before"):
        writer.put_all(SECOND)
    writer.close()
    put(home, SECOND)
    assert_kept(home, FIRST | SECOND)


def test_a_sidecar_that_cannot_be_written_is_done_without(start: Path) -> None:
    (_, home), disk = next(fresh_homes(start)), Interfering(error=FULL, lasting=False)
    writer = BlobWriter(home, disk)
    writer.put_all(SECOND)
    disk.at = len(disk.calls) + 1
    writer.close()
    assert disk.happened
    assert sorted(path.name for path in home.blobs.iterdir()) == ["00000001.index", "00000001.pack"]
    assert_kept(home, FIRST | SECOND)
