import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.framing import (
    MAX_BODY,
    ForgedFrame,
    FrameReader,
    FrameTooLong,
    RawFrame,
    pack,
    repack,
    unpack,
)
from events.dataset import ReaderSettings
from events.frames import Close, Frame, Load, Ping, Result, RunCell
from events.trace import CellResult

NUMBERS = st.integers(0, 2**32 - 1)
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Ping, number=st.integers(0, 2**40)),
    st.builds(Close),
    st.builds(RunCell, number=st.integers(0, 99), code=st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(Load, dataset=st.just("d"), reader=st.just(READER), chunk=st.binary(), last=st.booleans()),
)


@given(st.lists(st.tuples(NUMBERS, FRAMES), max_size=8), st.integers(1, 40))
def test_frames_survive_the_stream_however_it_is_cut(sent: list[tuple[int, Frame]], piece: int) -> None:
    stream = b"".join(pack(session, frame) for session, frame in sent)
    reader = FrameReader()
    heard = [
        (raw.session, unpack(raw))
        for start in range(0, len(stream), piece)
        for raw in reader.feed(stream[start : start + piece])
    ]
    assert heard == sent


@given(st.binary(max_size=200))
def test_noise_is_refused_or_waited_for_but_never_believed_nor_fatal(noise: bytes) -> None:
    try:
        for raw in FrameReader().feed(noise):
            unpack(raw)
    except ForgedFrame:
        pass


def test_a_length_over_the_limit_is_refused_before_anything_is_read_for_it() -> None:
    header = (1).to_bytes(4, "big") + b"\x03" + (MAX_BODY + 1).to_bytes(4, "big")
    with pytest.raises(ForgedFrame):
        FrameReader().feed(header)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ForgedFrame):
        FrameReader().feed(b"\x00\x00\x00\x01\x7f\x00\x00\x00\x00")


def test_a_frame_over_the_limit_is_not_sent() -> None:
    with pytest.raises(FrameTooLong):
        pack(1, RunCell(number=0, code="x" * MAX_BODY))


def test_a_body_with_unknown_fields_or_bottomless_nesting_is_forged() -> None:
    for body in (b'{"number":1,"extra":2}', b'{"number":' + b"[" * 100_000, b"\xff", b""):
        with pytest.raises(ForgedFrame):
            unpack(RawFrame(1, Ping, body))


def test_a_supervisor_passes_on_what_it_does_not_read_under_its_own_number() -> None:
    (raw,) = FrameReader().feed(pack(77, Result(result=CellResult(number=3))))
    (passed,) = FrameReader().feed(repack(raw._replace(session=5)))
    assert passed.session == 5
    assert unpack(passed) == Result(result=CellResult(number=3))
