"""Whatever a crash, a power cut or a rotten disk makes of a pack, no wrong bytes are ever handed out."""

import os
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from store.blobs import BlobCorrupt, BlobMissing, Blobs, BlobWriter
from store.home import Home
from store.packs.record import CHUNK, HEADER_BYTES, name_of, packed
from store.packs.verify import verify_blobs
from tests.store.packs.disks import (
    SECTOR,
    Quick,
    assert_kept,
    assert_never_wrong,
    flipped,
    named,
    noise,
    packs_of,
    put,
)
from tests.trials import SEED

EARLIER = named(b"first" * 9, b"second" * 9)
LAST = named(b"last" * 9)


def opened(home: Home) -> None:
    """Let a writer take the home over, and go."""
    BlobWriter(home, Quick()).close()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The one pack of a home with two blobs of a first batch and one of a second; no sidecar."""
    home = Home(tmp_path)
    put(home, EARLIER, LAST)
    (found,) = packs_of(home)
    found.with_suffix(".index").unlink()
    return found


def start_of_last(data: bytes) -> int:
    """Where the record of the last blob begins."""
    (digest,) = LAST
    return data.index(bytes.fromhex(digest)) - 8


def test_every_prefix_of_the_last_record_is_cut_and_what_came_before_stays(pack: Path) -> None:
    home, data = Home(pack.parents[1]), pack.read_bytes()
    start, (last,) = start_of_last(data), LAST
    for size in range(start, len(data)):
        pack.write_bytes(data[:size])
        assert_kept(home, EARLIER)
        with pytest.raises(BlobMissing):
            Blobs(home).get(last)
        with closing(BlobWriter(home, Quick())) as writer:
            assert pack.stat().st_size == start
            writer.put_all(LAST)
        assert pack.read_bytes() == data
        assert_kept(home, EARLIER | LAST)


@pytest.mark.parametrize("zeros", [1, 63, 64, 500, 5000])
def test_a_tail_of_zeros_is_cut_after_any_prefix_of_the_last_record(pack: Path, zeros: int) -> None:
    home, data = Home(pack.parents[1]), pack.read_bytes()
    start = start_of_last(data)
    for size in range(start, len(data) + 1):
        pack.write_bytes(data[:size] + bytes(zeros))
        with closing(BlobWriter(home, Quick())) as writer:
            assert_kept(home, EARLIER)
            assert_never_wrong(home, LAST)
            writer.put_all(LAST)
        assert_kept(home, EARLIER | LAST)
        assert verify_blobs(home.blobs, (EARLIER | LAST).keys()).ok


def test_every_flipped_bit_is_found_told_with_its_place_and_never_cut(pack: Path) -> None:
    home, data, blobs = Home(pack.parents[1]), pack.read_bytes(), EARLIER | LAST
    for bit in range(8 * len(data)):
        bad = flipped(data, bit)
        pack.write_bytes(bad)
        assert_never_wrong(home, blobs)
        report = verify_blobs(home.blobs, blobs.keys())
        assert (report.ok, report.blobs) == (False, len(blobs) - 1)
        (damage,) = report.damaged
        assert damage.start <= bit // 8 < damage.end
        if bit % 7 == 0:
            opened(home)
            assert pack.read_bytes() == bad
            assert verify_blobs(home.blobs, blobs.keys()) == report


def test_what_a_flipped_bit_spoiled_is_whole_again_when_it_is_put_again(pack: Path) -> None:
    home, data, blobs = Home(pack.parents[1]), pack.read_bytes(), EARLIER | LAST
    for bit in range(0, 8 * len(data), 13):
        pack.write_bytes(flipped(data, bit))
        put(home, blobs)
        assert_kept(home, blobs)
        report = verify_blobs(home.blobs, blobs.keys())
        assert report.ok
        assert [one.needed for one in report.damaged] == [False], "told, and no fault"
        pack.with_suffix(".index").unlink()


def lost_sectors(data: bytes, start: int, before: bytes, random: Random) -> bytes:
    """The bytes with sectors from `start` on that were never written: zeros, or what stood there before."""
    bad = bytearray(data)
    for place in range(start // SECTOR * SECTOR, len(data), SECTOR):
        if random.random() < 0.4:
            begin, end = max(place, start), min(place + SECTOR, len(data))
            stale = before[begin:end] if random.random() < 0.5 else b""
            bad[begin:end] = stale.ljust(end - begin, b"\0")
    return bytes(bad[: random.choice([len(bad), random.randint(start, len(bad))])])


def try_lost_sectors(home: Home, states: int, random: Random) -> None:
    """A batch of several blobs is on its way when the power goes; the batch before is durable."""
    for _ in range(states):
        durable = named(*(noise(random, random.randint(0, 900)) for _ in range(3)))
        flying = named(*(noise(random, random.randint(0, 1500)) for _ in range(random.randint(1, 5))))
        earlier = named(noise(random, 3000))
        put(home, durable)
        (pack,) = packs_of(home)
        start = pack.stat().st_size
        put(home, earlier)
        stale = pack.read_bytes()
        os.truncate(pack, start)
        put(home, flying)
        pack.write_bytes(lost_sectors(pack.read_bytes(), start, stale, random))
        assert_kept(home, durable)
        assert_never_wrong(home, flying | earlier)
        with closing(BlobWriter(home, Quick())) as writer:
            assert verify_blobs(home.blobs, durable.keys()).ok
            writer.put_all(flying)
        assert_kept(home, durable | flying)
        assert verify_blobs(home.blobs, (durable | flying).keys()).ok
        for path in home.blobs.iterdir():
            path.unlink()


@pytest.mark.parametrize("seed", [SEED])
def test_sectors_of_the_last_batch_that_were_lost_cost_nothing_that_was_durable(
    seed: int, tmp_path: Path
) -> None:
    try_lost_sectors(Home(tmp_path), 150, Random(seed))


@pytest.mark.full
@pytest.mark.parametrize("seed", [SEED])
def test_thousands_of_power_cuts_cost_nothing_that_was_durable(seed: int, tmp_path: Path) -> None:
    try_lost_sectors(Home(tmp_path), 5000, Random(seed))


def test_a_whole_record_at_the_end_is_taken_whoever_was_killed_before_the_sync(pack: Path) -> None:
    home = Home(pack.parents[1])
    opened(home)
    assert_kept(home, EARLIER | LAST)


def test_the_next_header_is_found_wherever_it_lies(tmp_path: Path) -> None:
    """Gaps are searched a part at a time; a header may begin at the very end of one."""
    random, damaged = Random(4), b"\0" * 8
    for before_end in range(9):
        home = Home(tmp_path / str(before_end))
        big = noise(random, CHUNK + 100)
        _, frame = packed(bytes(16), big, 0)
        big = big[: len(big) - (HEADER_BYTES + len(frame) - CHUNK) - before_end]
        put(home, named(big), named(b"after"))
        (pack,) = packs_of(home)
        pack.with_suffix(".index").unlink()
        with pack.open("r+b") as file:
            file.write(damaged)
        assert Blobs(home).digests() == named(b"after").keys()


@pytest.mark.parametrize("size", [100, 3 * 2**20])
def test_bytes_that_were_written_under_another_digest_are_never_handed_out(size: int, tmp_path: Path) -> None:
    home, (digest,) = Home(tmp_path), named(b"right")
    record, frame = packed(name_of(digest), bytes(size), 0)
    home.blobs.mkdir()
    (home.blobs / "00000001.pack").write_bytes(record.header() + frame)
    assert digest in Blobs(home)
    assert not Blobs(home).is_sound(digest)
    with pytest.raises(BlobCorrupt):
        Blobs(home).get(digest)
    put(home, named(b"right"))
    assert_kept(home, named(b"right"))


def test_a_pack_that_is_kept_as_a_blob_is_never_taken_for_records(tmp_path: Path) -> None:
    inner, outer = Home(tmp_path / "inner"), Home(tmp_path / "outer")
    put(inner, named(noise(Random(3), 20_000)))
    copy = packs_of(inner)[0].read_bytes()
    put(outer, named(copy), named(b"after"))
    (pack,) = packs_of(outer)
    pack.with_suffix(".index").unlink()
    data = pack.read_bytes()
    assert copy in data, "it stands in the frame as it is"
    for bit in range(0, 8 * 64, 5):
        pack.write_bytes(flipped(data, bit))
        assert Blobs(outer).digests() == named(b"after").keys()
