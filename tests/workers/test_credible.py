"""Every honest result is believed; one that no code of ours makes is not."""

from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given
from msgspec.structs import replace

from actors.workers.credible import corrected, objection
from actors.workers.sandbox.faults import interrupted, timed_out
from actors.workers.sandbox.keeping import MARK
from actors.workers.sandbox.plain import submission_of
from events.frames import Limits
from events.identity import canonical_json, digest_of
from events.printed import Gap, Printed
from events.trace import CellResult, ErrorReport, HookRaised, StatementRun, Submission
from events.values import Value, value_of
from tests.events.test_values import VALUES

LIMITS = Limits(output_chars=10)
GAP = Gap(at=1, lines=3, bytes=5, within=False)
WHOLE = Printed(lines=5, bytes=12, digest="0" * 32, gaps=(GAP,))


def of_hook(value: Value) -> CellResult:
    return CellResult(number=0, hooks=(HookRaised("x", "x = 1", value, held=value),))


def of_printed(text: str = "x\n[cut]\ny", cut: int = 5, whole: Printed | None = None) -> CellResult:
    return CellResult(number=0, stdout=text, stdout_cut=cut, stdout_whole=whole or WHOLE)


def of_answer(answer: Any, digest: str = "", problem: str = "") -> CellResult:
    digest = digest or digest_of(canonical_json(answer))
    return CellResult(number=0, submission=Submission(answer, digest, problem))


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@given(VALUES)
def test_whatever_a_session_says_of_a_value_is_believed(value: object) -> None:
    for said in (of_hook(value_of(value)), CellResult(number=0, submission=submission_of(value))):
        through = msgspec.json.decode(msgspec.json.encode(said), type=CellResult)
        assert objection(through, LIMITS) == ""


@pytest.mark.parametrize(
    "value",
    [
        2**5000, -(2**5000), 10**300, 1e300, float("inf"), "x" * 999, ["x" * 300] * 3, [2**4000] * 3, nested(80), object,
        {(1, 2): {3: {4}}}, pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]}), pd.DataFrame({"a": [float("inf")] * 2}),
        [pd.DataFrame({"a": [1]})], pd.DataFrame({("a", 1): [object]}), pd.DataFrame(), pd.Series([1, 2]), range(1000),
        {n: [n] * 70 for n in range(100)}, {"x" * 500: "y" * 500},
    ],
)  # fmt: skip
def test_values_of_odd_shapes_are_believed(value: object) -> None:
    said = of_hook(value_of(value))
    through = msgspec.json.decode(msgspec.json.encode(said), type=CellResult)
    assert objection(through, LIMITS) == ""


def test_a_stream_of_which_a_part_is_kept_is_believed() -> None:
    assert objection(of_printed(), LIMITS) == ""


@pytest.mark.parametrize(
    "result",
    [
        of_answer(1, digest=digest_of(b"2")),
        of_answer(10**400),
        of_answer(nested(200)),
        of_answer({"a": [nested(900)]}),
        of_answer("x" * 300_000),
        of_answer(1, problem="could not be taken"),
        CellResult(number=0, stdout="x" * 11),
        CellResult(number=0, stderr_cut=-1),
        CellResult(number=0, stdout="x", stdout_cut=1),
        of_printed(cut=0),
        of_printed(text="x" * 11 + "\n" + "m" * (MARK + 1)),
        of_printed(whole=replace(WHOLE, digest="none")),
        of_printed(whole=replace(WHOLE, bytes=-1)),
        of_printed(whole=replace(WHOLE, gaps=(replace(GAP, lines=2**64),))),
        of_printed(whole=replace(WHOLE, gaps=(replace(GAP, at=0),))),
        of_printed(whole=replace(WHOLE, gaps=(replace(GAP, at=3),))),
        of_printed(whole=replace(WHOLE, gaps=(GAP, GAP))),
        of_printed("\n" * 99, whole=replace(WHOLE, gaps=tuple(replace(GAP, at=at) for at in range(1, 90)))),
        CellResult(number=0, display="x" * 999),
        CellResult(number=0, seconds=-1.0),
        CellResult(number=0, statements=(StatementRun("x", seconds=-1.0),)),
        CellResult(number=0, error=ErrorReport("E", "x" * 50_000)),
        CellResult(number=0, error=ErrorReport("E", "x", ("f",) * 30)),
        of_hook(Value("number", digest_of(canonical_json(["number", "2"])), 1, ["number", "1"])),
        of_hook(Value("number", "0" * 32, 1, None)),
        of_hook(Value("number", digest_of(canonical_json(["number", "x"])), 1, ["number", "x"])),
        of_hook(Value("number", digest_of(canonical_json(["number", "nan"])), 1, ["number", "nan"])),
        of_hook(Value("flag", digest_of(b"1"), 1, 1)),
        of_hook(Value("text", "no digest", 1, "x")),
        of_hook(Value("text", "0" * 32, 1, "x" * 201)),
        of_hook(Value("sequence", "0" * 32, 1, ["number", "1"])),
        of_hook(Value("sequence", "0" * 32, 65, [None] * 65)),
        of_hook(Value("sequence", "0" * 32, -1, [])),
        of_hook(Value("sequence", "0" * 32, 1, [nested(70)])),
        of_hook(Value("mapping", "0" * 32, 1, [[None]])),
        of_hook(Value("mapping", "0" * 32, 1, {"a": 1})),
        of_hook(Value("table", "0" * 32, 1, {"rows": 1})),
        of_hook(Value("table", "0" * 32, 1, {"rows": 1, "columns": [], "labels": 1, "sums": [], "texts": ""})),
        of_hook(Value("table", "0" * 32, 1, {"rows": 1, "columns": [], "labels": "", "sums": [[1, 2]], "texts": ""})),
        of_hook(Value("object", "0" * 32, 1, None)),
    ],
)  # fmt: skip
def test_what_no_session_of_ours_makes_is_not_believed(result: CellResult) -> None:
    assert objection(result, LIMITS)


TIMED_OUT = timed_out(KeyboardInterrupt(), LIMITS.cell_seconds)
INTERRUPTED = interrupted(KeyboardInterrupt())
OWN = ErrorReport("CellTimeout", "a class of its own that bears the name")


@pytest.mark.parametrize(
    ("error", "seconds", "was_asked", "is_its_own"),
    [
        (TIMED_OUT, LIMITS.cell_seconds, False, False),
        (TIMED_OUT, LIMITS.cell_seconds / 2, False, True),
        (INTERRUPTED, 0.1, True, False),
        (INTERRUPTED, LIMITS.cell_seconds, False, True),
        (OWN, 0.1, False, False),
    ],
)
def test_an_interrupt_that_nobody_can_have_sent_is_the_cells_own(
    error: ErrorReport, seconds: float, was_asked: bool, is_its_own: bool
) -> None:
    told = corrected(CellResult(number=0, error=error), LIMITS, seconds, was_asked=was_asked)
    assert told.error == (ErrorReport("KeyboardInterrupt", "") if is_its_own else error)
