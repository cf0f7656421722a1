"""The recorder aligns said, executed and returned, or names what does not fit."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from actors.tracing.recorder import record
from events.identity import digest_of
from events.trace import (
    AttemptEnded,
    CellResult,
    Executed,
    Message,
    Outcome,
    SessionEnd,
    StatementRun,
    Submission,
)

Solve = Callable[..., AttemptEnded]
CELLS = ("x = df['a'].mean()", "def f(v):\n    w = v + 1\n    return w", "y = f(x)\nsubmit({'m': float(y)})")


def with_result(attempt: AttemptEnded, place: int, **changes: Any) -> AttemptEnded:
    """The attempt with one result altered."""
    executed = list(attempt.executed)
    executed[place] = replace(executed[place], result=replace(executed[place].result, **changes))
    return replace(attempt, executed=tuple(executed))


def broken(attempt: AttemptEnded) -> str:
    return record(attempt).broken or ""


def test_an_honest_attempt_is_a_trace(solve: Solve) -> None:
    trace = record(solve(*CELLS))
    assert (trace.broken, trace.outcome, trace.answer) == (None, "answered", {"m": 23 / 6 + 1})


@pytest.mark.parametrize(
    ("submitted", "answer"),
    [
        ({"n": 1, "s": "a", "f": True, "none": None}, {"n": 1, "s": "a", "f": True, "none": None}),
        ({"l": ["a", 2]}, {"l": ("a", 2)}),
        ({"l": [["a", 1], {"b": 2}]}, {"l": (("a", 1), {"b": 2})}),
        ({"d": {"a": [1], "b": 2}}, {"d": {"a": (1,), "b": 2}}),
        ({"l": [[["a"]]]}, None),
        ({"l": [None]}, None),
        ({"d": {"a": None}}, None),
        ([1], None),
        (1, None),
    ],
)
def test_the_answer_is_what_was_submitted_if_it_is_an_object_of_fields(
    solve: Solve, submitted: object, answer: object
) -> None:
    assert record(solve(f"submit({submitted!r})")).answer == answer


def test_the_first_submission_counts_and_a_second_that_counted_is_broken(solve: Solve) -> None:
    attempt = solve("submit({'m': 1})", "submit({'m': 2})")
    assert record(attempt).answer == {"m": 1}
    assert not broken(attempt)
    forged = with_result(attempt, 1, submission=Submission({"m": 2}, "d"))
    assert "a submission counted in cell 1" in broken(forged)
    assert record(forged).answer == {"m": 1}


def test_a_cell_that_was_said_must_have_been_executed(solve: Solve) -> None:
    attempt = solve(*CELLS)
    assert broken(replace(attempt, executed=attempt.executed[:2])) == "cell 2 was said but not executed"


def test_a_cell_that_was_executed_must_have_been_said(solve: Solve) -> None:
    attempt = solve(*CELLS)
    assert "no cell 2 was said" in broken(replace(attempt, said=attempt.said[:2]))


def test_a_cell_is_executed_once(solve: Solve) -> None:
    attempt = solve(*CELLS)
    again = replace(attempt, executed=(*attempt.executed, attempt.executed[0]))
    assert broken(again) == "cell 0 was executed twice"


def test_cells_are_executed_in_the_order_said(solve: Solve) -> None:
    attempt = solve(*CELLS)
    first, second, third = attempt.executed
    assert "in the place of cell 0" in broken(replace(attempt, executed=(second, first, third)))
    said = (attempt.said[1], attempt.said[0], *attempt.said[2:])
    assert "is numbered as cell 1" in broken(replace(attempt, said=said))


def test_a_result_carries_the_number_of_its_cell(solve: Solve) -> None:
    assert "a result carries number 7" in broken(with_result(solve(*CELLS), 1, number=7))


def test_the_worker_ran_what_was_said(solve: Solve) -> None:
    attempt = solve(*CELLS)
    executed = list(attempt.executed)
    executed[0] = replace(executed[0], code_digest=digest_of(b"x = 1"))
    assert "other code in cell 0" in broken(replace(attempt, executed=tuple(executed)))


def test_code_needs_a_number_and_a_number_needs_code(solve: Solve) -> None:
    attempt = solve("x = 1")
    unnumbered = (Message(text="", code="x = 1"), *attempt.said)
    assert "carries no cell number" in broken(replace(attempt, said=unnumbered))
    assert "holds no code" in broken(replace(attempt, said=(Message(text="", cell=0),)))


def test_nothing_comes_back_after_the_session_ended(solve: Solve) -> None:
    attempt = with_result(solve(*CELLS), 0, end=SessionEnd(reason="wall_limit"))
    assert "the session ended in cell 0 (wall_limit)" in broken(attempt)


@pytest.mark.parametrize(
    ("outcome", "cells", "what"),
    [
        ("answered", ("x = 1",), "nothing was submitted"),
        ("gave_up", CELLS, "an answer was submitted"),
        ("execution_failed", ("x = 1",), "no cell failed"),
        ("infrastructure_failed", CELLS, "no session was lost"),
    ],
)
def test_the_outcome_says_what_the_record_shows(
    solve: Solve, outcome: Outcome, cells: tuple[str, ...], what: str
) -> None:
    assert what in broken(replace(solve(*cells), outcome=outcome))


def test_a_lost_session_is_an_infrastructure_failure_and_nothing_else(solve: Solve) -> None:
    lost = with_result(solve("x = 1"), 0, end=SessionEnd(reason="lost"))
    assert "the session was lost" in broken(lost)
    assert not broken(replace(lost, outcome="infrastructure_failed"))


def test_an_infrastructure_failure_may_leave_the_last_cell_without_a_result(solve: Solve) -> None:
    attempt = replace(solve("x = 1", "y = 2"), outcome="infrastructure_failed")
    assert not broken(replace(attempt, executed=attempt.executed[:1]))
    assert broken(replace(attempt, executed=())) == "cell 0 was said but not executed"


def test_a_solver_who_stops_at_a_limit_has_a_sound_trace(solve: Solve) -> None:
    attempt = solve("x = 1", "raise SystemExit")
    assert attempt.outcome == "execution_failed"
    assert not broken(attempt)


def test_an_attempt_without_a_word_is_sound(solve: Solve) -> None:
    assert not broken(solve())


@pytest.mark.parametrize(
    "forged",
    [
        StatementRun("z = 1"),
        StatementRun("w = v + 1"),
        StatementRun("x = df['a'].mean()"),
        StatementRun("y = f(x)"),
        StatementRun("y = f(x)", nested=True),
        StatementRun("not python"),
    ],
)
def test_a_statement_that_the_cell_does_not_run_there_is_forged(solve: Solve, forged: StatementRun) -> None:
    attempt = solve(*CELLS)
    ran = attempt.executed[2].result.statements
    assert not broken(attempt)
    assert "reports a statement" in broken(with_result(attempt, 2, statements=(*ran, forged)))


def test_statements_of_functions_made_earlier_may_run_in_a_later_cell(solve: Solve) -> None:
    ran = solve(*CELLS).executed[2].result.statements
    assert StatementRun("w = v + 1", nested=True) in ran


def test_a_cell_that_does_not_parse_runs_nothing(solve: Solve) -> None:
    attempt = solve("x = (", "submit({'m': 1})")
    assert not broken(attempt)
    assert "reports a statement" in broken(with_result(attempt, 0, statements=(StatementRun("x = 1"),)))


def test_a_forged_result_without_code_is_named(solve: Solve) -> None:
    attempt = solve("x = 1")
    stray = Executed(code_digest="", result=CellResult(number=1), view="")
    assert "no cell 1 was said" in broken(replace(attempt, executed=(*attempt.executed, stray)))


def test_each_fault_has_a_kind_and_both_sides(solve: Solve) -> None:
    attempt = solve(*CELLS)
    first, second, third = attempt.executed
    spoiled = {
        "missing": replace(attempt, executed=(first, second)),
        "doubled": replace(attempt, executed=(first, first, second, third)),
        "reordered": replace(attempt, executed=(second, first, third)),
        "foreign": with_result(attempt, 2, number=7),
        "edited": replace(attempt, executed=(first, replace(second, code_digest="0" * 32), third)),
        "after_end": with_result(attempt, 1, end=SessionEnd(reason="wall_limit")),
        "lost": with_result(attempt, 1, end=SessionEnd(reason="lost")),
        "outcome": replace(attempt, outcome="gave_up"),
    }
    found = {kind: record(one).fault for kind, one in spoiled.items()}
    assert {kind: one and one.kind for kind, one in found.items()} == {kind: kind for kind in spoiled}
    missing, doubled = found["missing"], found["doubled"]
    assert missing is not None
    assert (missing.said, missing.ran) == ("cells 0, 1, 2\n" + CELLS[2], "cells 0, 1")
    assert doubled is not None
    assert doubled.ran.startswith("cells 0, 0, 1, 2\nx = df['a'].mean()")
    assert record(attempt).fault is None
