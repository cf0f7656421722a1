"""Of a stream as much is kept as may be: both ends, what tells something, and how much there was."""

import signal
import threading
import tracemalloc

import pytest
from hypothesis import example, given, settings, strategies as st

from actors.teaching.excerpt import Whole
from actors.workers.credible import objection
from actors.workers.sandbox.keeping import MARK, Keeper, Kept
from actors.workers.sandbox.output import PIECE, Capture, Meter
from events.frames import Limits
from events.identity import digest_of
from events.trace import CellResult

MOST = 400
LINES = ["", "row", "x" * 90, "y" * 3000, "é🦜" * 30, "ValueError: no", "[9 rows x 4 columns]", "UserWarning: care", "a\rb",
         "Traceback (most recent call last):", '  File "<cell 3>", line 2, in f', '  File "/lib/x.py", line 9', "\x00"]  # fmt: skip
PRINTED = st.one_of(
    st.lists(st.sampled_from(LINES), max_size=80).map("\n".join),
    st.text(st.characters(codec="utf-8"), max_size=20).flatmap(
        lambda text: st.integers(0, 300).map(text.__mul__)
    ),
)
GIVEN = settings(deadline=None, max_examples=100)


def kept(text: str, step: int = 100, most: int = MOST) -> Kept:
    keeper = Keeper(most)
    for at in range(0, len(text), step):
        keeper.add(text[at : at + step])
    return keeper.kept()


@GIVEN
@given(PRINTED, st.integers(1, 5000))
@example("x" * 5000, 7)
@example("\n" * 5000, 7)
def test_what_is_kept_and_what_is_told_of_the_rest_add_up_to_the_whole(text: str, step: int) -> None:
    result = kept(text, step)
    if len(text) <= MOST:
        assert result == Kept(text)
        return
    whole = result.whole
    assert whole is not None
    assert (whole.bytes, whole.digest) == (len(text.encode()), digest_of(text.encode()))
    assert whole.lines == len(text.removesuffix("\n").split("\n"))
    gaps = [gap.at for gap in whole.gaps]
    lines = result.text.split("\n")
    marks = sum(len(lines[at]) + 1 + gap.within for at, gap in zip(gaps, whole.gaps, strict=True))
    assert len(result.text) - marks == len(text) - result.cut <= MOST
    assert marks <= MARK * len(gaps)
    assert all(lines[at].startswith("[cut: ") for at in gaps)
    assert text.startswith("\n".join(lines[: gaps[0]]))
    assert text.endswith("\n".join(lines[gaps[-1] + 1 :]))
    assert f"{whole.bytes:,} bytes; digest of the whole: {whole.digest}]" in Whole(result.text, whole).shown(
        ()
    )
    said = CellResult(0, stdout=result.text, stdout_cut=result.cut, stdout_whole=whole)
    assert objection(said, Limits(output_chars=MOST)) == ""


@GIVEN
@given(PRINTED, st.integers(1, 50))
def test_where_a_write_ends_is_not_seen(text: str, step: int) -> None:
    captured = Capture(10**6, Meter(10**9, lambda: None))
    data = text.encode()
    for at in range(0, len(data), step):
        captured.write(data[at : at + step])
    assert captured.take() == Kept(text)
    assert captured.take() == Kept("")


def test_an_interrupt_waits_until_what_was_written_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    captured, add = Capture(10**6, Meter(10**9, lambda: None)), Keeper.add

    def interrupted(keeper: Keeper, text: str) -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        add(keeper, text)

    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    monkeypatch.setattr(Keeper, "add", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            captured.write(b"x" * PIECE)
    finally:
        signal.signal(signal.SIGUSR1, before)
    monkeypatch.undo()
    assert captured.take() == Kept("x" * PIECE)


def test_lines_are_kept_whole_where_they_are_not_longer_than_what_is_kept() -> None:
    lines = [f"row {number}" for number in range(500)]
    result = kept("\n".join(lines)).text.split("\n")
    assert [line for line in result if line not in lines] == ["[cut: 445 lines, 3,490 characters never kept]"]


def test_errors_have_room_that_other_lines_do_not_take() -> None:
    warnings = "".join(f"UserWarning: row {number}\n" for number in range(2000))
    error = 'Traceback (most recent call last):\n  File "<cell 1>", line 1, in f\nValueError: no\n'
    result = kept(warnings + error + "row\n" * 2000, most=4000).text
    assert error in result
    assert result.count("UserWarning") < 200


def test_of_the_same_lines_one_is_kept() -> None:
    rows = "row\n" * 200
    assert kept(f"{rows}=== a ===\n" * 9 + rows).text.count("=== a ===") == 1


@pytest.mark.parametrize("piece", ["x", "ValueError: no\n", "é"])
def test_little_of_a_long_output_is_ever_in_memory(piece: str) -> None:
    keeper, text = Keeper(2000), piece * (2**13 // len(piece))
    tracemalloc.start()
    try:
        for _ in range(40):
            keeper.add(text)
        assert len(keeper.kept().text) < 5000
        assert tracemalloc.get_traced_memory()[1] < 20 * len(text)
    finally:
        tracemalloc.stop()
