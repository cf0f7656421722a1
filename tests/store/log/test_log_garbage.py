"""Bytes that nobody wrote get a verdict, whatever they are and wherever a file is cut into pieces."""

import pytest
from hypothesis import given, settings, strategies as st

from store.home import Home
from store.log.scan import scan
from store.log.verify import verify_log
from tests.store.log.conftest import WriteLog, put
from tests.store.log.damage import reading, refusal

SEGMENT = "00000001.jsonl"
DEEP = 200_000


@pytest.fixture(scope="module")
def whole(write_log: WriteLog) -> bytes:
    """A log of four batches in one segment."""
    return write_log((1, 3, 2), 2**20)[SEGMENT]


@pytest.mark.parametrize(
    "garbage",
    [
        b'{"a":' * DEEP,
        b"[" * DEEP,
        b'{"seq":8,"time":"","id":"","event":{"type":"DatasetRefused","path":' + b"[" * DEEP + b"\n",
        b'{"seq":8,"cause":' + b'{"a":' * DEEP + b"\n",
        b'\t{"commit":' + b'{"a":' * DEEP + b"\n",
        b'\t{"commit":{"count":' + b"9" * DEEP + b',"first":8}}\n',
        b'{"seq":' + b"9" * DEEP + b"\n",
        b"\n" * DEEP,
        b"\xff\xfe" * DEEP,
        b"\t" * DEEP,
    ],
    ids=lambda garbage: garbage[:30].decode("latin1"),
)
def test_whatever_stands_at_the_end_gets_a_verdict(garbage: bytes, whole: bytes, memory: Home) -> None:
    put(memory, {SEGMENT: whole + garbage})
    problems = verify_log(memory).problems
    assert [problem.start for problem in problems][:1] == [len(whole)]
    assert len(reading(memory).events) == 7
    refused = refusal(memory) is not None
    assert refused == (not problems[0].torn)
    assert refused == ((memory.log / SEGMENT).read_bytes() != whole)


@settings(max_examples=150, deadline=None)
@given(size=st.integers(1, 700), cut=st.integers(0), flipped=st.none() | st.integers(0))
def test_pieces_of_any_size_are_read_alike(
    size: int, cut: int, flipped: int | None, whole: bytes, memory: Home
) -> None:
    data = bytearray(whole[: cut % (len(whole) + 1)])
    if flipped is not None and data:
        data[flipped % len(data)] ^= 4
    put(memory, {SEGMENT: bytes(data)})
    at_once = list(scan(memory.log))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("store.log.cut.CHUNK_BYTES", size)
        assert list(scan(memory.log)) == at_once


@settings(max_examples=300, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(
                [b"\t", b"\n", b"\0", b'{"seq":8,', b'\t{"commit":{"count":0,"first":8,', b"}}", b'"']
            ),
            st.integers(0, 2**16).map(lambda number: b"%d" % number),
            st.binary(max_size=40),
            st.tuples(st.integers(0, 3000), st.integers(1, 900)),
        ),
        max_size=8,
    )
)
def test_what_is_put_together_from_pieces_of_a_log_is_never_read(
    pieces: list[bytes | tuple[int, int]], whole: bytes, memory: Home
) -> None:
    parts = [piece if isinstance(piece, bytes) else whole[piece[0] : sum(piece)] for piece in pieces]
    put(memory, {SEGMENT: whole + b"".join(parts)})
    found = reading(memory)
    assert [recorded.seq for recorded in found.events] == list(range(1, 8))
