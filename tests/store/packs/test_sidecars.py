"""What lists a pack's blobs beside it may be deleted, damaged or another's: it only ever saves time."""

from pathlib import Path
from random import Random
from shutil import copyfile

import pytest

from store.blobs import Blobs
from store.durable import Disk
from store.home import Home
from store.packs.sidecar import Span, load_sidecar, write_sidecar
from tests.store.packs.disks import assert_kept, flipped, named, noise, packs_of, put

RANDOM = Random(8)
BLOBS = named(*(noise(RANDOM, 200) for _ in range(9)))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with three packs, each with its sidecar."""
    found = Home(tmp_path)
    put(found, *({digest: data} for digest, data in BLOBS.items()), pack_bytes=700)
    assert len(packs_of(found)) == 3
    return found


def sidecars(home: Home) -> dict[str, bytes]:
    """What the sidecars hold, by name."""
    return {path.name: path.read_bytes() for path in sorted(home.blobs.glob("*.index"))}


def test_every_pack_has_one_that_lists_it_after_a_clean_end(home: Home) -> None:
    assert len(sidecars(home)) == 3
    listed: set[bytes] = set()
    for pack in packs_of(home):
        with pack.open("rb") as file:
            sidecar = load_sidecar(pack, file, pack.stat().st_size)
        assert sidecar is not None
        assert sidecar.size == pack.stat().st_size
        listed |= {span.digest for span in sidecar}
    assert {digest.hex() for digest in listed} == BLOBS.keys()


def test_those_that_were_deleted_are_missed_by_nobody_and_written_anew(home: Home) -> None:
    before = sidecars(home)
    for name in before:
        (home.blobs / name).unlink()
    assert_kept(home, BLOBS)
    assert sidecars(home) == {}, "a reader writes nothing"
    put(home, BLOBS)
    assert sidecars(home) == before


def test_a_damaged_one_is_ignored_and_written_anew(home: Home) -> None:
    path = home.blobs / "00000001.index"
    data = path.read_bytes()
    for bad in (
        b"",
        data[:40],
        data[:-1],
        data + b"\0",
        *(flipped(data, bit) for bit in range(8 * len(data))),
    ):
        path.write_bytes(bad)
        with packs_of(home)[0].open("rb") as file:
            assert load_sidecar(packs_of(home)[0], file, 10**6) is None
    assert_kept(home, BLOBS)
    put(home, {})
    assert path.read_bytes() == data


def test_that_of_another_pack_is_ignored(home: Home) -> None:
    copyfile(home.blobs / "00000002.index", home.blobs / "00000001.index")
    assert_kept(home, BLOBS)


@pytest.mark.parametrize("shift", [None, 1, 64], ids=["nothing", "beside", "elsewhere"])
def test_one_that_fits_and_is_wrong_hides_nothing(shift: int | None, home: Home) -> None:
    for pack in packs_of(home):
        with pack.open("rb") as file:
            spans = list(load_sidecar(pack, file, pack.stat().st_size) or ())
        wrong = [] if shift is None else [Span(one.digest, one.start + shift, one.end) for one in spans]
        write_sidecar(pack, pack.stat().st_size, wrong, Disk())
    assert_kept(home, BLOBS)
    reader = Blobs(home)
    assert "0" * 32 not in reader
    assert all(digest in reader for digest in BLOBS)
    put(home, BLOBS)
    assert_kept(home, BLOBS)


def test_what_is_appended_behind_one_is_found(home: Home) -> None:
    reader = Blobs(home)
    assert reader.digests() == BLOBS.keys()
    more = named(*(noise(RANDOM, 100) for _ in range(3)))
    put(home, *({digest: data} for digest, data in more.items()), pack_bytes=2**20)
    newest = packs_of(home)[-1]
    listed = sidecars(home)
    put(home, named(b"and more"))
    newest.with_suffix(".index").write_bytes(listed[newest.with_suffix(".index").name])
    assert_kept(home, BLOBS | more | named(b"and more"))
    assert reader.digests() == BLOBS.keys() | more.keys() | named(b"and more").keys()


def test_one_whose_pack_is_gone_goes_too(home: Home) -> None:
    packs_of(home)[1].unlink()
    (home.blobs / "00000009.index.unfinished").write_bytes(b"half")
    put(home, {})
    assert sorted(sidecars(home)) == ["00000001.index", "00000003.index"]
    assert not (home.blobs / "00000009.index.unfinished").exists()
