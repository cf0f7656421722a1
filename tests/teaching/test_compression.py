"""What the solver is shown: bounded, honest about what was cut, and nothing but what the cell gave."""

import re

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from actors.teaching.compression import BUDGETS, INLINE, outputs_of, shortened, view
from events.identity import canonical_json
from events.trace import CellResult, ErrorReport, HookRaised, SessionEnd, StatementRun, Submission
from events.values import value_of

PRINTED = st.one_of(
    st.text(max_size=40).flatmap(lambda text: st.integers(0, 200).map(text.__mul__)),
    st.lists(st.sampled_from(["", "row", "x" * 50, "y" * 5000, "1 2 3"]), max_size=60).map("\n".join),
)

GIVEN = settings(deadline=None, max_examples=60)


def result(**given: object) -> CellResult:
    return msgspec.structs.replace(CellResult(number=3), **given)


@GIVEN
@given(
    st.text(max_size=400),
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=40), max_size=20
    ),
)
def test_an_error_is_shown_to_the_letter(message: str, frames: list[str]) -> None:
    report = ErrorReport("ValueError", message, tuple(frames))
    shown = view(result(error=report, stdout="line\n" * 9999), None)
    assert f"error: ValueError: {message}" in shown
    assert all(f"\n  {frame}" in shown for frame in frames)


def test_an_error_without_end_keeps_its_kind_the_beginning_and_the_end_of_its_message_and_its_frames() -> (
    None
):
    message = "not in the index:\n" + "\n".join(f"column_{number}" for number in range(300))
    report = ErrorReport("KeyError", message, ("cell 3, line 7", "cell 2, line 2, in f"))
    shown = view(result(error=report), None).split("\n")
    assert shown[:2] == ["error: KeyError: not in the index:", "column_0"]
    assert shown[-3].startswith("[cut: ")
    assert shown[-4] == "column_299"
    assert shown[-2:] == ["  cell 3, line 7", "  cell 2, line 2, in f"]


@GIVEN
@given(st.tuples(*[PRINTED] * 4), st.lists(st.text(max_size=300), max_size=21), st.integers(0, 3000))
def test_a_view_is_bounded_whatever_the_cell_gave(
    texts: tuple[str, ...], frames: list[str], hooks: int
) -> None:
    stdout, stderr, display, message = texts
    value = value_of(1)
    raised = tuple(HookRaised(f"hook_{number}", "x = 1", value) for number in range(hooks))
    told = result(stdout=stdout, stdout_cut=7, stderr=stderr, stderr_cut=9, display=display, hooks=raised,
                  error=ErrorReport("E" * 9999, message, tuple(frames)),
                  submission=Submission(1, "d"), end=SessionEnd("memory_limit"))  # fmt: skip
    shown = view(told, "d" * 32)
    assert len(shown.encode()) <= sum(budget.bytes for budget in BUDGETS.values()) + 400
    assert shown.count("\n") <= sum(budget.lines for budget in BUDGETS.values()) + 10


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


@pytest.mark.parametrize("length", [0, 2000, INLINE - 20, INLINE, 20_000])
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
