"""Bytes are kept once, under their digest, and checked whenever they are read."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from events.identity import digest_of
from store.blobs import BlobCorrupt, BlobMissing, Blobs
from store.home import Home


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Blobs:
    """Blobs of many examples."""
    return Blobs(Home(tmp_path_factory.mktemp("blobs")))


def _files(home: Home) -> list[Path]:
    return [path for path in home.blobs.rglob("*") if path.is_file()]


@given(data=st.binary(max_size=300))
def test_what_was_put_is_what_is_got(data: bytes, kept: Blobs) -> None:
    digest = kept.put(data)
    assert digest == digest_of(data)
    assert digest in kept
    assert kept.get(digest) == data


def test_the_same_bytes_are_kept_once_and_nothing_is_left_beside_them(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first, second = Blobs(home).put(b"same"), Blobs(home).put(b"same")
    assert first == second
    assert [path.relative_to(home.blobs).as_posix() for path in _files(home)] == [f"{first[:2]}/{first[2:]}"]


def test_bytes_that_were_never_put_are_missing(tmp_path: Path) -> None:
    blobs = Blobs(Home(tmp_path))
    assert "0" * 32 not in blobs
    with pytest.raises(BlobMissing, match="0" * 32):
        blobs.get("0" * 32)


def test_damaged_bytes_are_never_handed_out_and_putting_them_again_heals(tmp_path: Path) -> None:
    home = Home(tmp_path)
    digest = Blobs(home).put(b"sound")
    _files(home)[0].write_bytes(b"sounD")
    with pytest.raises(BlobCorrupt, match="restore it"):
        Blobs(home).get(digest)
    Blobs(home).put(b"sound")
    assert Blobs(home).get(digest) == b"sound"


def test_several_are_kept_only_when_every_digest_is_right(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(ValueError, match="not the digest"):
        Blobs(home).put_all({digest_of(b"a"): b"a", digest_of(b"b"): b"c"})
    assert _files(home) == []
    Blobs(home).put_all({digest_of(b"a"): b"a", digest_of(b"b"): b"b"})
    assert len(_files(home)) == 2


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31])
def test_only_a_digest_names_bytes(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        Blobs(Home(tmp_path)).get(name)


def test_a_folder_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        Blobs(Home(tmp_path)).put(b"x")
