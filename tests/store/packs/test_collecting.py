"""Garbage goes, and what the log names never does: not when killed, not without power, not when damaged."""

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from hypothesis import given, strategies as st

from store.blobs import BlobMissing, Blobs, BlobWriter
from store.home import Home
from store.packs.collect import LEAST_GARBAGE, is_worth_it
from store.packs.verify import verify_blobs
from tests.store.packs.disks import (
    BROKEN,
    FULL,
    Interfering,
    Killed,
    PowerCut,
    Quick,
    assert_kept,
    flipped,
    named,
    noise,
    packs_of,
    put,
    total_size,
)
from tests.store.packs.test_failing_disk import fresh_homes
from tests.trials import SEED

RANDOM = Random(6)
WANTED = named(*(noise(RANDOM, 400) for _ in range(6)))
ORPHANS = named(*(noise(RANDOM, 400) for _ in range(6)))
PACK_BYTES = 1000


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A home in whose packs every other blob is named."""
    home = Home(tmp_path / "start")
    pairs = zip(WANTED.items(), ORPHANS.items(), strict=True)
    put(home, *({digest: data} for pair in pairs for digest, data in pair), pack_bytes=PACK_BYTES)
    assert len(packs_of(home)) == 4
    return home.root


def collect(home: Home, wanted: dict[str, bytes], disk: Quick | Interfering | None = None) -> tuple[int, int]:
    """Drop everything else."""
    with closing(BlobWriter(home, disk or Quick(), PACK_BYTES)) as writer:
        return writer.collect(wanted.keys())


def test_what_is_named_stays_and_the_rest_makes_room(start: Path) -> None:
    home, before = Home(start), total_size(packs_of(Home(start)))
    reader = Blobs(home)
    assert reader.digests() == WANTED.keys() | ORPHANS.keys()
    dropped, freed = collect(home, WANTED)
    assert dropped == len(ORPHANS)
    assert freed == before - total_size(packs_of(home)) > 2000
    for digest, data in WANTED.items():
        assert reader.get(digest) == data, "also for whoever knew where it was"
    with pytest.raises(BlobMissing):
        reader.get(next(iter(ORPHANS)))
    assert_kept(home, WANTED)
    assert Blobs(home).digests() == WANTED.keys()
    assert collect(home, WANTED) == (0, 0), "there is nothing more to do"


def test_a_pack_without_garbage_is_left_alone(start: Path) -> None:
    home = Home(start)
    put(home, named(b"more"), pack_bytes=1)
    kept = packs_of(home)[0]
    with kept.open("rb") as file:
        stood = file.read()
        inside = {
            digest: data for digest, data in (WANTED | ORPHANS).items() if bytes.fromhex(digest) in stood
        }
        collect(home, inside)
        assert packs_of(home) == [kept]
        assert kept.read_bytes() == stood
    assert_kept(home, inside)


def test_where_nothing_is_named_nothing_stays_and_the_home_goes_on(start: Path) -> None:
    home, reader = Home(start), Blobs(Home(start))
    assert reader.digests()
    collect(home, {})
    assert list(home.blobs.iterdir()) == []
    put(home, WANTED)
    for digest, data in WANTED.items():
        assert reader.get(digest) == data, "in a new pack of an old number"


def test_the_writer_goes_on_after_a_collection(start: Path) -> None:
    home = Home(start)
    with closing(BlobWriter(home, Quick(), PACK_BYTES)) as writer:
        writer.collect(WANTED.keys())
        writer.put_all(ORPHANS)
        writer.put_all(WANTED)
        assert_kept(home, WANTED | ORPHANS)
    assert verify_blobs(home.blobs, WANTED.keys()).orphans == tuple(sorted(ORPHANS))


@pytest.mark.parametrize("error", [Killed, FULL, BROKEN], ids=["killed", "full", "broken"])
@pytest.mark.parametrize("lasting", [True, False], ids=["for good", "once"])
def test_a_collection_that_ends_in_any_call_loses_nothing_that_is_named(
    error: Callable[[], BaseException], lasting: bool, start: Path
) -> None:
    for at, home in fresh_homes(start):
        disk = Interfering(at, error, lasting)
        with suppress(OSError, Killed):
            BlobWriter(home, disk, PACK_BYTES).collect(WANTED.keys())
        assert_kept(home, WANTED)
        collect(home, WANTED)
        assert Blobs(home).digests() == WANTED.keys()
        assert_kept(home, WANTED)
        assert verify_blobs(home.blobs, WANTED.keys()).damaged == ()
        if not disk.happened:
            break
    assert at > 20
    assert {"write", "sync", "sync_all", "sync_folder", "remove"} <= set(disk.calls)


@pytest.mark.parametrize("seed", [SEED])
def test_the_power_may_go_in_any_call_of_a_collection(seed: int, start: Path) -> None:
    random = Random(seed)
    for at, home in fresh_homes(start):
        disk = PowerCut(home.blobs, at)
        try:
            BlobWriter(home, disk, PACK_BYTES).collect(WANTED.keys())
        except Killed:
            disk.lose(random)
        assert_kept(home, WANTED)
        collect(home, WANTED)
        assert_kept(home, WANTED)
        if not disk.happened:
            break
    assert at > 20


def test_damage_to_what_is_named_keeps_its_pack_as_it_is(start: Path) -> None:
    home, (first, *others) = Home(start), WANTED.items()
    pack = packs_of(home)[0]
    data = pack.read_bytes()
    for bit in (8 * 2, 8 * 100):  # its header, then its frame
        pack.write_bytes(flipped(data, bit))
        collect(home, WANTED)
        assert pack.read_bytes() == flipped(data, bit)
        assert len(packs_of(home)) > 1
        assert_kept(home, dict(others))
        assert not verify_blobs(home.blobs, WANTED.keys()).ok
    put(home, dict([first]))
    collect(home, WANTED)
    assert not pack.exists()
    report = verify_blobs(home.blobs, WANTED.keys())
    assert (report.ok, report.damaged, report.orphans) == (True, (), ())


def test_of_two_records_the_sound_one_is_kept(tmp_path: Path) -> None:
    home, (digest, data) = Home(tmp_path), next(iter(WANTED.items()))
    put(home, {digest: data})
    (old,) = packs_of(home)
    stood = old.read_bytes()
    old.write_bytes(flipped(stood, 8 * 100))
    put(home, {digest: data}, pack_bytes=1)
    assert len(packs_of(home)) == 2
    new = packs_of(home)[1]
    old.write_bytes(stood)
    new.write_bytes(flipped(new.read_bytes(), 8 * 100))
    collect(home, {digest: data})
    assert_kept(home, {digest: data})
    assert verify_blobs(home.blobs, [digest]).damaged == ()


@pytest.mark.parametrize("seed", [SEED])
def test_readers_never_miss_what_is_named_while_packs_come_and_go(seed: int, tmp_path: Path) -> None:
    home, random, over = Home(tmp_path), Random(seed), Event()
    wanted = named(*(noise(random, 500) for _ in range(20)))
    wrong: list[Exception] = []
    reads = 0

    def read() -> None:
        nonlocal reads
        reader = Blobs(home)
        while not over.is_set():
            for digest, data in wanted.items():
                try:
                    assert reader.get(digest) == data
                except Exception as error:  # noqa: BLE001  whatever it is, it is wrong
                    wrong.append(error)
                    return
                reads += 1

    with closing(BlobWriter(home, Quick(), 3000)) as writer:
        writer.put_all(wanted)
        thread = Thread(target=read)
        thread.start()
        for _ in range(60):
            writer.put_all(named(*(noise(random, 300) for _ in range(4))))
            writer.collect(wanted.keys())
        over.set()
        thread.join()
    assert wrong == []
    assert reads > 20


@given(garbage=st.integers(0, 2**40), kept=st.integers(0, 2**40))
def test_a_collection_is_worth_it_for_a_quarter_of_the_bytes_and_16_mib(garbage: int, kept: int) -> None:
    assert is_worth_it(garbage, garbage + kept) == (garbage > 2**24 and 3 * garbage > kept)
    assert LEAST_GARBAGE == 2**24


def test_what_is_worth_it_is_told_by_what_is_not_named(tmp_path: Path) -> None:
    random = Random(7)
    big, small = named(noise(random, 17 * 2**20)), named(noise(random, 1000))
    with closing(BlobWriter(Home(tmp_path), Quick())) as writer:
        assert not writer.has_much_garbage([])
        writer.put_all(big | small)
        assert writer.has_much_garbage(small.keys())
        assert not writer.has_much_garbage(big.keys())
        assert not writer.has_much_garbage([*big, "no digest"])
