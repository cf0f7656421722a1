"""What the solver is shown: bounded, honest about what was cut, and nothing but what the cell gave."""

import re

import msgspec
import pytest
from hypothesis import given, strategies as st

from actors.teaching.compression import BUDGET, INLINE, LINE, compress, outputs_of, shortened, view
from events.identity import canonical_json
from events.trace import CellResult, ErrorReport, HookRaised, SessionEnd, StatementRun, Submission
from events.values import value_of

COUNTED = st.integers(400, 3000).map(lambda rows: [f"row {number}" for number in range(rows)])
PRINTED = st.one_of(
    st.text(max_size=40).flatmap(lambda text: st.integers(0, 200).map(text.__mul__)),
    st.lists(st.sampled_from(["", "row", "x" * 50, "y" * 5000, "1 2 3"]), max_size=60).map("\n".join),
    st.tuples(COUNTED, st.text(max_size=9)).map(lambda parts: parts[1].join(parts[0])),
)
MARK = "[cut: "


@given(PRINTED)
def test_the_budget_is_never_passed(text: str) -> None:
    assert len(compress(text)) <= BUDGET


@given(PRINTED)
def test_compressing_again_changes_nothing(text: str) -> None:
    assert compress(compress(text)) == compress(text)


@given(st.text(max_size=200) | st.integers(0, BUDGET).map("\n".__mul__))
def test_what_fits_is_untouched(text: str) -> None:
    assert compress(text) == text


@given(PRINTED)
def test_whatever_is_cut_is_told(text: str) -> None:
    assert compress(text) == text or MARK in compress(text)


@given(COUNTED)
def test_head_and_tail_stay_and_the_lines_between_are_counted(lines: list[str]) -> None:
    shown = compress("\n".join(lines)).split("\n")
    (at,) = [place for place, line in enumerate(shown) if line.startswith(MARK)]
    head, tail = shown[:at], shown[at + 1 :]
    gone = lines[len(head) : len(lines) - len(tail)]
    assert head == lines[: len(head)]
    assert tail == lines[len(lines) - len(tail) :]
    assert shown[at] == f"[cut: {len(gone)} lines, {sum(map(len, gone))} characters]"
    assert sum(map(len, head)) > sum(map(len, tail)) > BUDGET // 4


@given(st.integers(BUDGET + 1, 10**5))
def test_a_long_line_keeps_its_beginning_and_says_how_long_it_was(length: int) -> None:
    assert compress("z" * length) == f"{'z' * LINE} [cut: {length - LINE} characters]"


@given(st.integers(1000, 10**4))
def test_a_repeated_line_is_shown_once_with_its_number(times: int) -> None:
    assert compress("again\n" * times).split("\n") == [
        "again",
        f"[cut: the line above {times - 1} more times]",
        "",
    ]


def test_a_first_and_a_last_line_without_end_leave_room_for_each_other() -> None:
    shown = compress("a" * 9000 + "\n" + "m\nn\n" * 3000 + "z" * 9000)
    assert shown.startswith("a" * LINE)
    assert "z" * LINE in shown
    assert len(shown) <= BUDGET


def result(**given: object) -> CellResult:
    return msgspec.structs.replace(CellResult(number=3), **given)


@given(st.text(max_size=4000), st.lists(st.text(max_size=60), max_size=20))
def test_an_error_is_shown_to_the_letter(message: str, frames: list[str]) -> None:
    report = ErrorReport("ValueError", message, tuple(frames))
    shown = view(result(error=report, stdout="line\n" * 9999), None)
    assert f"error: ValueError: {message}" in shown
    assert all(f"\n  {frame}" in shown for frame in frames)


@given(PRINTED, PRINTED, PRINTED, st.integers(0, 3000))
def test_a_view_is_bounded_whatever_the_cell_gave(stdout: str, stderr: str, display: str, hooks: int) -> None:
    raised = tuple(HookRaised(f"hook_{number}", "x = 1", value_of(1)) for number in range(hooks))
    told = result(stdout=stdout, stdout_cut=7, stderr=stderr, stderr_cut=9, display=display, hooks=raised,
                  submission=Submission(1, "d"), end=SessionEnd("memory_limit"))  # fmt: skip
    assert len(view(told, "d" * 32)) <= 4 * BUDGET + 400


def test_nothing_of_time_or_memory_is_shown() -> None:
    slow = SessionEnd("wall_limit", "killed", cpu_seconds=9.75, peak_memory=123456)
    fast = SessionEnd("wall_limit", "killed")
    runs = [(StatementRun("x = 1", seconds=seconds),) for seconds in (0.0, 8.25)]
    left = view(result(statements=runs[0], seconds=0.0, end=fast, stdout="x"), None)
    assert left == view(result(statements=runs[1], seconds=77.5, end=slow, stdout="x"), None)


def test_a_view_tells_each_thing_that_came_back() -> None:
    told = result(
        stdout="printed\n",
        stderr="warned\n",
        stderr_cut=12,
        display="42",
        hooks=(HookRaised("mean", "mean = 1", value_of(1)),),
        submission=Submission({"x": 1}, "d"),
    )
    assert view(told, None).split("\n") == [
        "stdout:",
        "printed",
        "stderr:",
        "warned",
        "[cut: 12 characters never kept]",
        "result:",
        "42",
        "hook recorded: mean",
        "answer received",
    ]
    assert view(result(), None) == "(no output)"


def test_the_value_of_a_hook_is_not_given_away() -> None:
    assert "4201" not in view(result(hooks=(HookRaised("m", "m = f()", value_of(4201.75)),)), None)


@pytest.mark.parametrize("length", [0, BUDGET, INLINE - 20, INLINE, 20_000])
def test_long_outputs_leave_the_event_and_are_named_by_digest(length: int) -> None:
    told = result(stdout="".join(f"{number}\n" for number in range(length))[:length], display="d")
    verbatim = outputs_of(told)
    assert (verbatim is not None) == (len(canonical_json([told.stdout, "", "d"])) > INLINE)
    if verbatim is None:
        assert shortened(told) == told
    else:
        assert msgspec.json.decode(verbatim) == [told.stdout, told.stderr, told.display]
        assert len(canonical_json(shortened(told))) < INLINE
        assert re.search(r"\[verbatim output: abc\]$", view(told, "abc"))


def test_shortening_touches_printed_text_alone() -> None:
    told = result(stdout="".join(f"{number}\n" for number in range(9999)), seconds=2.0, stdout_cut=5)
    short = shortened(told)
    assert msgspec.structs.replace(short, stdout=told.stdout) == told
    assert view(short, None) == view(told, None)
