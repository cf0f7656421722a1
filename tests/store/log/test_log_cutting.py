"""However a segment's bytes come in pieces, they are cut alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from store.log.cut import Raw, split
from store.log.lines import COMMIT_MARK, START, seal
from store.log.lookup import SegmentBytes

EVENT = b'{"seq":1,"event":{}}\n'
COMMIT, _ = seal(START, 1, EVENT)
WORDS = st.sampled_from(
    [EVENT, COMMIT, COMMIT_MARK, COMMIT[:9], COMMIT[1:], b"\t", b"\t\t", b"\n", b"\0\0", b"x"]
)
PIECE = 64
MANY = 200_000
"""Pieces of a tail: were all of it moved for each of them, these tests would take minutes."""


def pieces(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """The bytes in pieces of these sizes, again and again."""
    at, turn = 0, 0
    while at < len(data):
        yield data[at : at + sizes[turn % len(sizes)]]
        at, turn = at + sizes[turn % len(sizes)], turn + 1


def naive(data: bytes) -> list[tuple[bytes, bytes | None]]:
    """Events and commit line of each batch, found line by line."""
    found, events = list[tuple[bytes, bytes | None]](), b""
    for line in data.splitlines(keepends=True):
        if line.startswith(COMMIT_MARK) and line.endswith(b"\n"):
            found.append((events, line))
            events = b""
        else:
            events += line
    return [*found, (events, None)] if events else found


def told(found: Iterator[Raw]) -> list[tuple[bytes, bytes | None]]:
    """What was cut, held to be without gaps."""
    cut, at = [], 7
    for raw in found:
        assert (raw.start, raw.end) == (at, at + len(raw.data) + len(raw.commit or b""))
        cut.append((bytes(raw.data), raw.commit))
        at = raw.end
    return cut


@given(words=st.lists(WORDS, max_size=40), sizes=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_bytes_are_cut_after_each_commit_line_in_whatever_pieces_they_come(
    words: list[bytes], sizes: list[int]
) -> None:
    data = b"".join(words)
    assert told(split(pieces(data, sizes), 7)) == told(split(iter([data]), 7)) == naive(data)


@pytest.mark.parametrize("filler", [b"\0", b"x", b"\n", b"\t", COMMIT_MARK])
def test_a_tail_without_a_commit_line_is_given_whole_however_many_pieces_it_comes_in(filler: bytes) -> None:
    piece = (filler * PIECE)[:PIECE]
    (rest,) = split((piece for _ in range(MANY)), 0)
    assert (rest.end, rest.commit) == (PIECE * MANY, None)
    assert bytes(rest.data) == piece * MANY


def test_the_head_of_a_segment_without_a_commit_line_is_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "00000001.jsonl"
    path.write_bytes(bytes(PIECE * MANY))
    monkeypatch.setattr("store.log.lookup._PIECE", PIECE)
    segment = SegmentBytes(path)
    assert segment.head_at_start() is None
    segment.close()
