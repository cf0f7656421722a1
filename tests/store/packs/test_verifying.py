"""`log verify` over blobs: what is missing, damaged, of no use, and what is only told."""

import os
from pathlib import Path

import pytest

from store.home import Home
from store.packs.verify import verify_blobs
from tests.store.packs.disks import flipped, named, packs_of, put

KEPT = named(b"one" * 9, b"two" * 9, b"three" * 9)
ONE, TWO, THREE = KEPT


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three blobs in two packs."""
    found = Home(tmp_path)
    put(found, {ONE: KEPT[ONE], TWO: KEPT[TWO]}, {THREE: KEPT[THREE]}, pack_bytes=100)
    return found


def test_whole_blobs_that_are_all_named_are_no_matter(home: Home) -> None:
    report = verify_blobs(home.blobs, KEPT.keys())
    assert (report.ok, report.packs, report.blobs) == (True, 2, 3)
    assert (report.missing, report.damaged, report.orphans, report.orphan_bytes) == ((), (), (), 0)


def test_a_home_without_blobs_is_whole_if_nothing_is_named(tmp_path: Path) -> None:
    assert verify_blobs(tmp_path / "blobs", []).ok
    report = verify_blobs(tmp_path / "blobs", [TWO, ONE, "no digest"])
    assert not report.ok
    assert report.missing == tuple(sorted([ONE, TWO, "no digest"]))


def test_what_is_not_named_is_told_with_its_size_and_is_no_fault(home: Home) -> None:
    report = verify_blobs(home.blobs, [ONE, TWO])
    assert report.ok
    assert report.orphans == (THREE,)
    assert report.orphan_bytes == packs_of(home)[1].stat().st_size


def test_a_blob_that_is_gone_is_missing(home: Home) -> None:
    packs_of(home)[1].unlink()
    report = verify_blobs(home.blobs, KEPT.keys())
    assert (report.ok, report.missing, report.damaged) == (False, (THREE,), ())


def test_a_damaged_frame_is_told_with_pack_bytes_and_digest(home: Home) -> None:
    pack = packs_of(home)[1]
    pack.write_bytes(flipped(pack.read_bytes(), 8 * 70))
    report = verify_blobs(home.blobs, KEPT.keys())
    (damage,) = report.damaged
    assert (report.ok, report.missing) == (False, ())
    assert (damage.pack, damage.start, damage.end) == ("00000002.pack", 0, pack.stat().st_size)
    assert (damage.digest, damage.needed) == (THREE, True)


def test_a_damaged_header_is_told_beside_the_blob_that_is_missing(home: Home) -> None:
    pack = packs_of(home)[0]
    pack.write_bytes(flipped(pack.read_bytes(), 8 * 3))
    report = verify_blobs(home.blobs, KEPT.keys())
    (damage,) = report.damaged
    assert (report.ok, report.blobs, report.missing) == (False, 2, (ONE,))
    assert (damage.pack, damage.start, damage.digest, damage.needed) == ("00000001.pack", 0, None, True)


def test_damage_to_what_is_not_named_is_told_and_no_fault(home: Home) -> None:
    pack = packs_of(home)[1]
    for bit in (8 * 3, 8 * 70):
        pack.write_bytes(flipped(pack.read_bytes(), bit))
        report = verify_blobs(home.blobs, [ONE, TWO])
        assert report.ok
        assert [damage.needed for damage in report.damaged] == [False]


def test_a_write_under_way_at_the_end_is_told_and_no_fault(home: Home) -> None:
    pack = packs_of(home)[1]
    os.truncate(pack, pack.stat().st_size - 5)
    report = verify_blobs(home.blobs, [ONE, TWO])
    assert report.ok
    (damage,) = report.damaged
    assert (damage.start, damage.needed) == (0, False)
    assert verify_blobs(home.blobs, KEPT.keys()).missing == (THREE,)


def test_where_it_is_not_known_what_is_named_all_damage_is_a_fault(home: Home) -> None:
    assert verify_blobs(home.blobs, None).ok
    assert verify_blobs(home.blobs, None).orphans == ()
    pack = packs_of(home)[1]
    for bit in (8 * 3, 8 * 70):
        pack.write_bytes(flipped(pack.read_bytes(), bit))
        report = verify_blobs(home.blobs, None)
        assert not report.ok
        assert report.missing == ()
        assert report.damaged[0].needed
