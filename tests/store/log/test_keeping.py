"""Blobs beside the log: kept without an event, durable before those that name them, dropped when none does."""

from random import Random

import pytest

from events.identity import digest_of
from events.runtime import WorkStamp
from events.trace import AttemptEnded
from store.blobs import Blobs, OldBlobs
from store.home import Home
from store.log.append import Draft, LogWriter, NoSpace
from store.log.lock import HomeUnwritable
from store.log.read import read_events
from store.named import named_blobs
from tests.history import attempt, dataset_registered, question
from tests.store.log.conftest import FaultyDisk, no_space_error
from tests.store.packs.disks import assert_kept, named, noise, packs_of

GARBAGE = named(noise(Random(1), 17 * 2**20))
OUTPUT = b"a long output"


def naming() -> AttemptEnded:
    """An attempt with a long output."""
    table = dataset_registered()
    ended = attempt(question(table.dataset, "template", 0), "gold", 0, None)
    fields = {name: getattr(ended, name) for name in ended.__struct_fields__}
    (ran,) = ended.executed
    long = type(ran)(ran.code_digest, ran.result, ran.view, digest_of(OUTPUT))
    return AttemptEnded(**fields | {"executed": (ran, long)})


async def test_what_is_kept_is_durable_and_tells_nobody(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        before = disk.syncs
        await writer.keep(named(b"a", b"b"))
        assert_kept(home, named(b"a", b"b"))
        assert (disk.syncs, writer.head.seq) == (before + 1, 1)
        await writer.keep(named(b"a"))
        assert disk.syncs == before + 1
        with pytest.raises(ValueError, match="not the digest"):
            await writer.keep({digest_of(b"c"): b"d"})


async def test_blobs_share_the_disk_of_the_log_and_what_befalls_it(home: Home) -> None:
    disk = FaultyDisk()
    async with LogWriter.open(home, disk=disk) as writer:
        disk.fail_write = no_space_error()
        with pytest.raises(NoSpace, match="nothing is lost"):
            await writer.keep(named(b"a"))
        disk.fail_write = None
        await writer.keep(named(b"a"))
        disk.fail_sync = OSError(5, "Input/output error")
        with pytest.raises(HomeUnwritable):
            await writer.keep(named(b"b"))
        disk.fail_sync = None
        with pytest.raises(HomeUnwritable, match="could not be written before"):
            await writer.keep(named(b"b"))
    async with LogWriter.open(home) as writer:
        await writer.keep(named(b"b"))
    assert_kept(home, named(b"a", b"b"))


async def test_what_any_event_names_is_never_dropped(home: Home) -> None:
    table, ended = dataset_registered(), naming()
    blobs = named(b"penguins", OUTPUT)
    async with LogWriter.open(home) as writer:
        await writer.append([Draft(table)], {table.blob: b"penguins"})
        unfinished = Draft(ended, work=WorkStamp("solve", 1))
        await writer.append([unfinished], named(OUTPUT))
        await writer.keep(GARBAGE)
    assert named_blobs(home) == blobs.keys()
    async with LogWriter.open(home) as writer:
        dropped = await writer.collect(())
        assert dropped is not None
        assert dropped.blobs == 1
        assert dropped.freed > 17 * 2**20
        assert_kept(home, blobs)
        assert Blobs(home).digests() == blobs.keys()
        await writer.append([Draft(table)], named(b"more"))
        assert_kept(home, named(b"more"))


async def test_nothing_is_dropped_where_it_is_not_worth_it(home: Home) -> None:
    async with LogWriter.open(home) as writer:
        await writer.keep(named(b"orphan"))
        stood = packs_of(home)[0].read_bytes()
        assert await writer.collect(()) is None
        await writer.keep(GARBAGE)
        assert await writer.collect(GARBAGE.keys()) is None
    assert packs_of(home)[0].read_bytes().startswith(stood)


async def test_a_full_disk_in_a_collection_loses_nothing(home: Home) -> None:
    disk, table = FaultyDisk(), dataset_registered()
    async with LogWriter.open(home, disk=disk) as writer:
        await writer.append([Draft(table)], {table.blob: b"penguins"})
        await writer.keep(GARBAGE)
        disk.fail_write = no_space_error()
        with pytest.raises(NoSpace):
            await writer.collect(())
        disk.fail_write = None
        assert_kept(home, named(b"penguins") | GARBAGE)
        await writer.keep(named(b"and on"))
        assert await writer.collect(()) is not None
        assert Blobs(home).digests() == named(b"penguins").keys()


async def test_a_home_of_an_earlier_version_is_refused(home: Home) -> None:
    (home.blobs / "ab").mkdir(parents=True)
    with pytest.raises(OldBlobs, match="move the home aside"):
        async with LogWriter.open(home):
            pass
    assert list(read_events(home)) == []
