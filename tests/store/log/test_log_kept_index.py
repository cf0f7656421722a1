"""A kept index is believed only where it belongs; what it gives is what was appended, or nothing."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import xxhash
from structlog.testing import capture_logs

from store.home import Home
from store.log.index import LogIndex
from store.log.published import NAME
from store.log.read import read_events
from store.log.scan import LogCorrupt
from store.log.segment_index import FOLDER
from store.log.segments import segments
from tests.store.log.indexing import build, kept, many, same, write


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def indexed(home: Home, request: pytest.FixtureRequest) -> Home:
    """A log of several segments whose index is kept."""
    write(home, many(40), compress=request.param)
    build(home)
    assert len(kept(home)) == len(segments(home.log)) - 1 > 3
    return home


def test_a_kept_index_is_used(indexed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def unused(*_: object, **__: object) -> Iterator[object]:
        raise AssertionError("a closed segment was read")

    monkeypatch.setattr("store.log.indexed.scan_segment", unused)
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


def test_the_last_events_are_found_without_looking_into_closed_segments(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, many(40))
    every = list(read_events(home))

    def unused(*_: object, **__: object) -> Iterator[object]:
        raise AssertionError("a closed segment was read")

    monkeypatch.setattr("store.log.indexed.scan_segment", unused)
    with closing(LogIndex(home)) as index:
        assert index.last(2) == every[-2:]
        assert list(index.of_types(None, len(every) - 1)) == every[-1:]
    assert not (home.log / FOLDER).exists()


def test_a_deleted_index_is_built_again(indexed: Home) -> None:
    before = [path.read_bytes() for path in kept(indexed)]
    for path in kept(indexed):
        path.unlink()
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert [path.read_bytes() for path in kept(indexed)] == before
    assert told == []


def test_a_damaged_index_is_ignored_with_a_notice_and_built_again(indexed: Home) -> None:
    path = kept(indexed)[1]
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        damaged = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        path.write_bytes(damaged)
        with capture_logs() as told, closing(LogIndex(indexed)) as index:
            assert list(index.stream("of nothing")) == []
        assert [one["segment"] for one in told] == [segments(indexed.log)[1].name], at
        assert path.read_bytes() == whole


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"\xff" * 40])
def test_an_index_that_is_none_is_ignored_with_a_notice(indexed: Home, data: bytes) -> None:
    kept(indexed)[0].write_bytes(data)
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert len(told) == 1


def test_the_index_of_another_log_is_ignored_with_a_notice(indexed: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    write(other, many(40, ("x", "y")))
    build(other)
    for path in kept(other)[:3]:
        (indexed.log / FOLDER / path.name).write_bytes(path.read_bytes())
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert len(told) == 3


def test_the_index_of_another_segment_is_ignored(indexed: Home) -> None:
    first, second, *_ = kept(indexed)
    second.write_bytes(first.read_bytes())
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


def test_where_the_home_cannot_be_written_to_the_index_is_built_and_not_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, many(40))

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with closing(LogIndex(home)) as index:
        same(index, home)
    assert not (home.log / FOLDER).exists()


def test_events_of_one_digest_are_told_apart(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every stream has the same key: an index that trusted it would mix them.
    real: Callable[[bytes], int] = xxhash.xxh3_64_intdigest
    monkeypatch.setattr(
        "store.log.segment_index.xxhash.xxh3_64_intdigest",
        lambda data: 7 if len(data) < 20 else real(data),
    )
    write(home, many(20, ("a", "b", None)))
    with closing(LogIndex(home)) as index:
        same(index, home)


def flipped(path: Path, wanted: bytes) -> None:
    """Change a byte of the first line with these."""
    data = path.read_bytes()
    at = data.index(wanted)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("wanted", [b'"time":"2026', b"table 3 has", b'"correlation":"a"', b'"cause":null'])
def test_a_damaged_line_is_never_given_and_is_named(home: Home, wanted: bytes) -> None:
    write(home, many(40))
    build(home)
    path = segments(home.log)[0]
    data = path.read_bytes()
    end = data.index(b"\n", data.index(wanted)) + 1
    start = data.rfind(b"\n", 0, end - 1) + 1
    flipped(path, wanted)
    with closing(LogIndex(home)) as index, pytest.raises(LogCorrupt) as caught:
        list(index.of_types(None))
    assert (caught.value.segment, caught.value.start, caught.value.end) == (path.name, start, end)


def test_a_damaged_block_is_named(home: Home) -> None:
    write(home, many(40), compress=True)
    build(home)
    path = segments(home.log)[1]
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with closing(LogIndex(home)) as index, pytest.raises(LogCorrupt, match=path.name):
        list(index.of_types(None))
    (home.log / FOLDER / "00000002.idx").unlink()
    with pytest.raises(LogCorrupt, match=path.name):
        build(home)


@pytest.mark.parametrize("number", [1, 3])
def test_a_missing_segment_is_named(indexed: Home, number: int) -> None:
    segments(indexed.log)[number - 1].unlink()
    with pytest.raises(LogCorrupt, match=f"{number:08d}.jsonl, bytes 0 to 0: the segment is missing"):
        LogIndex(indexed)


def test_a_segment_of_another_home_is_named(indexed: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    write(other, many(40))
    (path,) = (one for one in segments(indexed.log) if one.name.startswith("00000002"))
    path.unlink()
    (indexed.log / "00000002.jsonl").write_bytes((other.log / "00000002.jsonl").read_bytes())
    with pytest.raises(LogCorrupt, match="00000002"):
        build(indexed)


def test_without_its_end_a_log_is_refused_by_what_its_writer_told(indexed: Home) -> None:
    segments(indexed.log)[-1].unlink()
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        LogIndex(indexed)
    (indexed.log / NAME).unlink()
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


CUTTING_SHORT = """
import os, sys
from pathlib import Path
from store.home import Home
from store.log.index import LogIndex
home = Home(Path(sys.argv[1]))
index = LogIndex(home)
before = list(index.of_types(None))
for path in (home.log / "index").iterdir():
    os.truncate(path, 0)
assert [index.at(one.seq) for one in before] == before
assert list(index.of_types(None)) == before
assert len(list(index.stream("a"))) == sum(one.correlation == "a" for one in before) > 10
"""


def test_an_index_that_is_cut_short_while_it_is_used_ends_nobody_and_changes_nothing(indexed: Home) -> None:
    # In a process of its own, which a file that is mapped takes with it.
    command = [sys.executable, "-c", CUTTING_SHORT, str(indexed.root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert len(told) == len(kept(indexed)), "whoever opens it next builds it again"
