"""A text that is too long: what is left of it matters most, fits, and says exactly what is missing."""

import re
from collections.abc import Callable
from itertools import takewhile

import pytest
from hypothesis import example, given, settings, strategies as st

from actors.teaching.abridging import LINE_BYTES, TELLING_BYTES, compress, overwritten, repeats
from actors.teaching.compression import BUDGETS
from actors.teaching.excerpt import Budget, Whole
from actors.teaching.ranking import FIRST_ROWS, LAST_ROWS
from actors.workers.sandbox.keeping import Keeper
from events.identity import digest_of
from tests.teaching.frames import frame

BUDGET = BUDGETS["stdout"]
SUMMARY = re.compile(
    r"\[cut: ([\d,]+) of ([\d,]+) lines, ([\d,]+) of ([\d,]+) bytes; digest of the whole: (\w{32})\]"
)
GAP = re.compile(r"\[cut: ([\d,]+) lines, ([\d,]+) bytes\]")
REPEATED = re.compile(r"\[cut: the (?:(\d) lines|line) above ([\d,]+) more times, ([\d,]+) bytes\]")
INSIDE = re.compile(r"\[cut: (?:[\d,]+ earlier states of this line, )?([\d,]+) bytes\]")

COUNTED = st.integers(400, 3000).map(lambda rows: [f"row {number}" for number in range(rows)])
WORDS = ["", "row", "x" * 50, "y" * 5000, "1 2 3", "é🦜" * 700, "a\rb\rc", "ValueError: no", "a  b", "3  4",
         "Traceback (most recent call last):", '  File "<cell 3>", line 2, in f', '  File "/lib/x.py", line 9',
         "    return f()", "[9 rows x 4 columns]", "=== results", "d" * 32, "UserWarning: take care"]  # fmt: skip
PRINTED = st.one_of(
    st.text(max_size=40).flatmap(lambda text: st.integers(0, 200).map(text.__mul__)),
    st.lists(st.sampled_from(WORDS), max_size=200).map("\n".join),
    st.lists(st.text(st.sampled_from("a ü🦜\r\n"), max_size=400), max_size=30).map("\n".join),
    st.tuples(COUNTED, st.text(max_size=9)).map(lambda parts: parts[1].join(parts[0])),
)
BUDGETS_OF_ANY_SIZE = st.builds(Budget, st.integers(300, 5000), st.integers(4, 90))


def number(told: str) -> int:
    return int(told.replace(",", ""))


def summary(shown: str) -> tuple[int, int, int, int, str]:
    found = SUMMARY.fullmatch(shown.rsplit("\n", 1)[-1])
    assert found, shown[-200:]
    cut, lines, size, whole, digest = found.groups()
    return number(cut), number(lines), number(size), number(whole), digest


GIVEN = settings(deadline=None, max_examples=60)


@GIVEN
@given(PRINTED, BUDGETS_OF_ANY_SIZE)
def test_no_budget_is_passed_in_bytes_or_in_lines(text: str, budget: Budget) -> None:
    shown = compress(text, budget)
    assert len(shown.encode()) <= budget.bytes
    assert shown.count("\n") + 1 <= budget.lines


@GIVEN
@given(PRINTED, BUDGETS_OF_ANY_SIZE)
def test_what_fits_is_untouched_and_so_is_what_was_compressed(text: str, budget: Budget) -> None:
    shown = compress(text, budget)
    assert compress(shown, budget) == shown
    if len(text.encode()) <= budget.bytes and text.count("\n") < budget.lines:
        assert shown == text


@GIVEN
@given(PRINTED, BUDGETS_OF_ANY_SIZE)
def test_one_text_has_one_form(text: str, budget: Budget) -> None:
    assert compress(text, budget) == compress(text, budget)


@GIVEN
@given(PRINTED)
def test_whatever_is_cut_is_told_with_the_digest_of_the_whole(text: str) -> None:
    shown = compress(text, BUDGET)
    if shown != text:
        assert summary(shown)[1:2] + summary(shown)[3:] == (
            len(text.removesuffix("\n").split("\n")),
            len(text.encode()),
            digest_of(text.encode()),
        )


@GIVEN
@given(PRINTED)
@example("a\nb\n" * 900)
@example("x" * 5000 + "\n" + "\n".join(map(str, range(900))))
def test_the_notes_add_up_to_what_is_missing(text: str) -> None:
    shown = compress(text, BUDGET)
    if shown != text:
        assert added_up(shown) == (summary(shown)[0], summary(shown)[2])


@GIVEN
@given(PRINTED, BUDGETS_OF_ANY_SIZE)
@example("x" * 5000, BUDGET)
@example("row\n" * 5000, Budget(3000, 20))
def test_they_do_so_with_what_a_session_left_out(text: str, budget: Budget) -> None:
    keeper = Keeper(2000)
    keeper.add(text)
    kept = keeper.kept()
    shown = compress(kept.text, budget, kept.whole)
    assert budget.holds(shown)
    if whole := kept.whole:
        assert added_up(shown) == (summary(shown)[0], summary(shown)[2])
        assert summary(shown)[1:2] + summary(shown)[3:] == (whole.lines, whole.bytes, whole.digest)
    else:
        assert shown == compress(text, budget)


def added_up(shown: str) -> tuple[int, int]:
    """Lines and bytes that the notes tell of."""
    *told, _ = shown.split("\n")
    lines = size = 0
    for line in told:
        if found := GAP.fullmatch(line):
            lines, size = lines + number(found[1]), size + number(found[2])
        elif found := REPEATED.fullmatch(line):
            lines += int(found[1] or 1) * number(found[2])
            size += number(found[3])
        else:
            size += sum(map(number, INSIDE.findall(line)))
    return lines, size


@GIVEN
@given(st.text(st.sampled_from("a🦜é漢"), min_size=400, max_size=2000))
def test_no_character_is_split(line: str) -> None:
    shown, _ = compress(line * 4, Budget(800, 9)).split("\n")
    before, after = INSIDE.split(shown)[::2]
    assert (line * 4).startswith(before)
    assert (line * 4).endswith(after)
    assert LINE_BYTES - 6 <= len(before.encode()) + len(after.encode()) <= LINE_BYTES


@GIVEN
@given(COUNTED)
def test_first_and_last_lines_stay_two_thirds_of_them_from_the_front(lines: list[str]) -> None:
    shown = compress("\n".join(lines), BUDGET).split("\n")
    head = list(takewhile(lambda line: not line.startswith("[cut"), shown))
    tail = shown[len(head) + 1 : -1]
    assert head == lines[: len(head)]
    assert tail == lines[len(lines) - len(tail) :]
    assert 1.5 < len(head) / len(tail) < 2.5
    assert len(shown) >= BUDGET.lines - 2


ERROR_IN_THE_MIDDLE = """\
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/pandas/core/indexes/base.py", line 3816, in get_loc
    return self._engine.get_loc(casted_key)
KeyError: 'lenght'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "<cell 4>", line 9, in <module>
    summarise(part)
  File "<cell 2>", line 3, in summarise
    return part['lenght'].mean()
           ~~~~^^^^^^^^^^
  File "/usr/lib/python3.11/site-packages/pandas/core/frame.py", line 4330, in __getitem__
    indexer = self.columns.get_loc(key)
KeyError: 'lenght'
"""


@pytest.mark.parametrize("line", [lambda n: f"row {n}: {n * n}", lambda n: f"{n} ".ljust(200, ".")])
def test_five_thousand_lines_keep_the_error_in_their_middle(line: Callable[[int], str]) -> None:
    lines = list(map(line, range(5000)))
    said = ["=== results ===", "[344 rows x 17 columns]", f"checked {digest_of(b'table')}"]
    whole = "\n".join([*lines[:2500], ERROR_IN_THE_MIDDLE, *said, *lines[2500:]])
    assert len(whole) > 20 * BUDGET.bytes
    shown = compress(whole, BUDGET)
    told = shown.split("\n")
    assert told.count("KeyError: 'lenght'") == 2
    for kept in (
        '  File "<cell 4>", line 9, in <module>',
        "    summarise(part)",
        '  File "<cell 2>", line 3, in summarise',
        "    return part['lenght'].mean()",
        *said,
        lines[0],
        lines[-1],
    ):
        assert kept in told
    assert "site-packages" not in shown
    assert digest_of(whole.encode()) in told[-1]
    assert BUDGET.holds(shown)


def test_of_many_errors_the_first_and_the_last_are_shown() -> None:
    lines = [f"ValueError: {n}" if n % 10 == 5 else f"row {n}" for n in range(5000)]
    shown = compress("\n".join(lines), BUDGET).split("\n")
    errors = [line for line in shown if line.startswith("ValueError")]
    assert {"ValueError: 5", "ValueError: 4995"} <= {*errors}
    assert 8 < len(errors) < BUDGET.lines
    assert {lines[0], lines[1], lines[2], lines[-2], lines[-1]} <= {*shown}


def test_a_long_table_keeps_its_header_shape_first_and_last_rows_between_other_lines() -> None:
    rows = frame(2000, 5)
    around = [f"step {n}" for n in range(500)]
    shown = compress("\n".join([*around, *rows, "", "[2000 rows x 5 columns]", *around]), BUDGET).split("\n")
    kept = [rows[0], *rows[1:FIRST_ROWS], *rows[-LAST_ROWS:], "[2000 rows x 5 columns]"]
    assert [line for line in kept if line not in shown] == []
    assert "[cut: 1,993 lines" in "\n".join(shown)


def test_a_header_of_many_columns_is_longer_than_other_lines_may_be() -> None:
    header, *rows = frame(100, 60)
    shown = compress("\n".join([header, *rows]), BUDGET).split("\n")
    assert shown[0].startswith(header[: TELLING_BYTES * 2 // 3])
    assert len(shown[1]) < LINE_BYTES + 40


@GIVEN
@given(st.integers(1000, 10**4))
def test_a_repeated_line_is_shown_once_with_its_number(times: int) -> None:
    line, note, _ = compress("again\n" * times, BUDGET).split("\n")
    assert (line, note) == (
        "again",
        f"[cut: the line above {times - 1:,} more times, {6 * (times - 1):,} bytes]",
    )


def test_a_repeated_block_is_shown_once_beside_what_differs() -> None:
    warning = "<cell 3>:4: FutureWarning: it will change\n  part.fillna(0)\n"
    shown = compress("begun\n" + warning * 300 + "done\n", BUDGET).split("\n")
    assert shown[:-1] == [
        "begun",
        *warning.splitlines(),
        f"[cut: the 2 lines above 299 more times, {299 * len(warning):,} bytes]",
        "done",
    ]


def test_a_progress_bar_shows_its_last_state() -> None:
    states = "".join(f"\r{part:3}%|{'█' * (part // 10):10}|" for part in range(101) for _ in range(3))
    shown = compress(f"fitting\n{states}\nfitted\n", BUDGET).split("\n")
    assert shown[0] == "fitting"
    assert shown[1].startswith(f"100%|{'█' * 10}| [cut: 302 earlier states of this line, ")
    assert shown[2] == "fitted"


@given(st.lists(st.sampled_from("ab"), max_size=30))
def test_collapsing_leaves_out_only_what_stands_above(letters: list[str]) -> None:
    kept = repeats(Whole("\n".join(letters)).excerpt())
    numbers = [line.number for line in kept]
    assert numbers == sorted({*numbers})
    assert {*letters} == {line.text for line in kept if letters}
    assert not any(kept[at : at + 1] * 3 == kept[at : at + 3] for at in range(len(kept)))


def test_a_line_with_a_foreign_end_was_not_written_over() -> None:
    lines = Whole("a\r\nb\r\n\rc").excerpt()
    assert overwritten(lines) == lines
