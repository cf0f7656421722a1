"""Episode records: turns aligned with what came back, hooks with their grades."""

import msgspec

from events.identity import digest_of
from events.trace import (
    AttemptEnded,
    CellResult,
    ErrorReport,
    Executed,
    HookGrade,
    HookRaised,
    HooksGraded,
    Message,
    SessionEnd,
)
from events.values import value_of
from store.projections.rows import Rows
from store.projections.traces import Traces
from store.records import episode_record, turns_of
from tests.history import attempt, graded, question, told


def ran(number: int, *names: str, error: ErrorReport | None = None) -> Executed:
    hooks = tuple(HookRaised(name, f"{name} = 1", value_of(1)) for name in names)
    end = SessionEnd("wall_limit", "10 s", 9.5, 1_000) if error else None
    return Executed(digest_of(b"x"), CellResult(number, hooks=hooks, error=error, end=end), f"view {number}")


def traces_of(*grades: HookGrade) -> Traces:
    asked = question("d" * 32, "template", 0)
    plain = attempt(asked, "gold", 0, None)
    ended = msgspec.structs.replace(
        plain,
        trace="t",
        said=(
            Message("first", "a", 0),
            Message("thinking"),
            Message("second", "b", 1),
            Message("unsent", "c", 2),
        ),
        executed=(ran(0, "a", "b"), ran(1, "c", error=ErrorReport("ValueError", "no"))),
    )
    judged = msgspec.structs.replace(graded(plain), trace="t", grades=grades)
    return Traces(Rows(AttemptEnded, {"t": ended}), {}, Rows(HooksGraded, {"t": judged}))


def test_each_message_stands_beside_what_came_back_for_its_cell() -> None:
    turns = turns_of("t", traces_of())
    assert [(one.number, one.message, one.view) for one in turns] == [
        (0, "first", "view 0"),
        (1, "thinking", None),
        (2, "second", "view 1"),
        (3, "unsent", None),
    ]
    assert turns[2].error == ErrorReport("ValueError", "no")
    assert turns[2].end == "wall_limit"


def test_hooks_take_their_grades_in_the_order_raised_over_all_cells() -> None:
    grades = (
        HookGrade("a", 0, True, "grounded", ""),
        HookGrade("b", 0, False, "constant", "a literal"),
    )
    turns = turns_of("t", traces_of(*grades))
    found = [(hook.name, hook.grounded, hook.reason) for turn in turns for hook in turn.hooks]
    assert found == [("a", True, "grounded"), ("b", False, "constant"), ("c", False, "ungraded")]


def test_a_trace_without_an_attempt_has_no_turns() -> None:
    assert turns_of("unknown", Traces()) == ()


def test_the_golds_turns_stand_once_and_the_others_in_their_traces() -> None:
    state = told(1, ("template",)).state()
    (judged,) = state.episodes.judged.values()
    record = episode_record(judged, state.questions, state.traces)
    assert [one.role for one in record.traces] == ["gold", *["consistency"] * 4]
    assert [len(one.turns) for one in record.traces] == [0, 1, 1, 1, 1]
    assert len(record.turns) == 1
    mistakes = [one.mistake.kind if one.mistake else None for one in record.traces]
    assert mistakes == [None, None, "other_column", None, None]
