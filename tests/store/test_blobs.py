"""Bytes are kept once, under their digest, and checked whenever they are read."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from events.identity import digest_of
from store.blobs import BlobCorrupt, BlobMissing, Blobs, BlobWriter, OldBlobs
from store.home import Home
from store.packs.catalogue import Place
from tests.store.packs.disks import (
    FULL,
    Interfering,
    Quick,
    assert_kept,
    named,
    packs_of,
    put,
    total_size,
)

ROOT = Path(__file__).parents[2]
READER = """
import sys
from pathlib import Path
from store.blobs import Blobs
from store.home import Home
blobs = Blobs(Home(Path(sys.argv[1])))
for line in sys.stdin:
    print(blobs.get(line.strip()).hex(), flush=True)
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Blobs, BlobWriter]]:
    """A writer of many examples in small packs, and a reader that goes on reading."""
    home = Home(tmp_path_factory.mktemp("blobs"))
    with closing(BlobWriter(home, Quick(), pack_bytes=1000)) as writer:
        yield Blobs(home), writer


@given(batch=st.lists(st.binary(max_size=300), max_size=5))
def test_what_was_put_is_what_is_got(batch: list[bytes], many: tuple[Blobs, BlobWriter]) -> None:
    reader, writer = many
    writer.put_all(named(*batch))
    for data in batch:
        digest = digest_of(data)
        assert digest in reader
        assert reader.is_sound(digest)
        assert reader.get(digest) == data
        assert digest in reader.digests()


@given(blobs=st.lists(st.binary(max_size=2000), max_size=12), pack_bytes=st.integers(1, 3000))
def test_another_opening_finds_what_was_put(
    blobs: list[bytes], pack_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("again"))
    put(home, *(named(data) for data in blobs), pack_bytes=pack_bytes)
    stood = {path.name: path.read_bytes() for path in home.blobs.glob("*")}
    assert_kept(home, named(*blobs))
    put(home, named(*blobs), pack_bytes=pack_bytes)
    assert {path.name: path.read_bytes() for path in home.blobs.glob("*")} == stood


def test_a_batch_takes_one_sync_and_a_new_pack_two_more(tmp_path: Path) -> None:
    disk, home = Interfering(), Home(tmp_path)
    home.blobs.mkdir()
    writer = BlobWriter(home, disk)
    writer.put_all(named(b"a", b"b", b"c"))
    assert [call for call in disk.calls if call.startswith("sync")] == ["sync_all", "sync_folder", "sync"]
    writer.put_all(named(b"d", b"e", b"f"))
    assert [call for call in disk.calls if call.startswith("sync")][3:] == ["sync"]
    writer.put_all(named(b"a", b"f"))
    assert disk.calls[-1] == "sync"
    assert disk.calls.count("sync") == 2, "what is there costs nothing"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    put(home, named(b"same"), named(b"same", b"other"))
    stood = total_size(packs_of(home))
    put(home, named(b"same"), named(b"other"))
    assert total_size(packs_of(home)) == stood
    assert Blobs(home).digests() == named(b"same", b"other").keys()


def test_a_pack_that_has_its_size_is_followed_by_another(tmp_path: Path) -> None:
    home = Home(tmp_path)
    blobs = [bytes([number]) * 50 for number in range(12)]
    put(home, *(named(data) for data in blobs), pack_bytes=200)
    assert [path.name for path in packs_of(home)][:2] == ["00000001.pack", "00000002.pack"]
    assert all(path.stat().st_size < 400 for path in packs_of(home))
    assert_kept(home, named(*blobs))


def test_nothing_is_made_before_something_is_put(tmp_path: Path) -> None:
    with closing(BlobWriter(Home(tmp_path))) as writer:
        writer.put_all({})
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_were_never_put_are_missing(tmp_path: Path) -> None:
    blobs = Blobs(Home(tmp_path))
    assert "0" * 32 not in blobs
    assert not blobs.is_sound("0" * 32)
    with pytest.raises(BlobMissing, match="0" * 32):
        blobs.get("0" * 32)


def test_damaged_bytes_are_never_handed_out_and_putting_them_again_heals(tmp_path: Path) -> None:
    home, (digest,) = Home(tmp_path), named(b"sound")
    put(home, named(b"before"), named(b"sound"), named(b"after"))
    (pack,) = packs_of(home)
    data = pack.read_bytes()
    start = data.index(bytes.fromhex(digest)) - 8
    pack.write_bytes(data.replace(b"sound", b"sounD"))
    reader = Blobs(home)
    with pytest.raises(BlobCorrupt, match=f"00000001.pack, bytes {start} to .* run again with the CSV"):
        reader.get(digest)
    assert digest in reader
    assert not reader.is_sound(digest)
    put(home, named(b"sound"))
    assert reader.get(digest) == b"sound", "also for whoever saw it damaged"
    assert_kept(home, named(b"before", b"sound", b"after"))


def test_several_are_kept_only_when_every_digest_is_right(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with closing(BlobWriter(home)) as writer:
        with pytest.raises(ValueError, match="not the digest"):
            writer.put_all({digest_of(b"a"): b"a", digest_of(b"b"): b"c"})
        assert packs_of(home) == []
        writer.put_all({digest_of(b"a"): b"a", digest_of(b"b"): b"b"})
    assert len(Blobs(home).digests()) == 2


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31])
def test_only_a_digest_names_bytes(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        Blobs(Home(tmp_path)).get(name)


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    writer = BlobWriter(Home(tmp_path))
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        writer.put_all(named(b"x"))
    (tmp_path / "blobs").unlink()
    writer.put_all(named(b"x"))
    assert_kept(Home(tmp_path), named(b"x"))


@pytest.mark.parametrize("call", [4, 5], ids=["write", "sync"])
def test_a_full_disk_keeps_nothing_of_a_batch_and_the_next_one_may_succeed(call: int, tmp_path: Path) -> None:
    home, disk = Home(tmp_path), Interfering(error=FULL, lasting=False)
    writer = BlobWriter(home, disk)
    writer.put_all(named(b"a"))
    stood = packs_of(home)[0].read_bytes()
    disk.at = len(disk.calls) + call
    with pytest.raises(OSError, match="No space left"):
        writer.put_all(named(b"b", b"c"))
    assert disk.calls[-2:] == [["write", "sync"][call - 4], "truncate"]
    assert packs_of(home)[0].read_bytes() == stood
    writer.put_all(named(b"b", b"c"))
    assert_kept(home, named(b"a", b"b", b"c"))


def test_a_reader_in_another_process_sees_what_is_put_and_what_was_moved(tmp_path: Path) -> None:
    home = Home(tmp_path)
    blobs = named(*(b"%d" % number * 40 for number in range(30)))
    first = next(iter(blobs))
    with closing(BlobWriter(home, pack_bytes=300)) as writer, _reader(home) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for number, (digest, data) in enumerate(blobs.items()):
            writer.put_all({digest: data})
            if number % 10 == 9:
                writer.collect([first, digest])
                assert list(Blobs(home).digests()) != [*blobs]
            for asked in (digest, first):
                child.stdin.write(f"{asked}\n")
                child.stdin.flush()
                assert bytes.fromhex(child.stdout.readline()) == blobs[asked]
        child.stdin.close()


def _reader(home: Home) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", READER, str(home.root)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def test_what_is_wrong_with_a_blob_can_be_told_by_another_process(tmp_path: Path) -> None:
    place = Place(tmp_path / "00000001.pack", 3, 70)
    for told in (BlobMissing("0" * 32, tmp_path), BlobCorrupt("0" * 32, place), OldBlobs(tmp_path)):
        again = pickle.loads(pickle.dumps(told))
        assert (type(again), str(again), vars(again)) == (type(told), str(told), vars(told))
        assert str(tmp_path) in str(again)


def test_blobs_of_an_earlier_version_are_named_and_not_passed_over(tmp_path: Path) -> None:
    home, (digest,) = Home(tmp_path), named(b"old")
    (home.blobs / digest[:2]).mkdir(parents=True)
    (home.blobs / digest[:2] / digest[2:]).write_bytes(b"old")
    for look in (Blobs(home).get, Blobs(home).is_sound, Blobs(home).__contains__):
        with pytest.raises(OldBlobs, match="move the home aside and run again"):
            look(digest)
    with pytest.raises(OldBlobs):
        BlobWriter(home)
