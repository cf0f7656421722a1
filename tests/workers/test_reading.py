"""What a session of ours says is read as it was said; what none says is refused before it costs anything."""

import msgspec
import pytest
from hypothesis import given

from actors.workers.reading import result_of
from actors.workers.sandbox.framing import ForgedFrame
from actors.workers.sandbox.plain import MAX_ANSWER, submission_of
from events.frames import Limits, Result
from events.trace import CellResult, ErrorReport, HookRaised, StatementRun
from events.values import SHOWN_ITEMS, SHOWN_TEXT, Value, value_of
from tests.events.test_values import VALUES

LIMITS = Limits(output_chars=10)
SPELLED_OUT = "\x01" * SHOWN_TEXT
"""A text whose characters take six bytes each."""


def of_hook(value: Value) -> CellResult:
    return CellResult(number=0, hooks=(HookRaised("x", "x = 1", value, ("y",), held=value),))


def through(result: CellResult, statements: int = 0) -> CellResult:
    return result_of(msgspec.json.encode(Result(result, last=True)), LIMITS, statements).result


@given(VALUES)
def test_whatever_a_session_says_of_a_value_is_read_as_it_was_said(value: object) -> None:
    for said in (of_hook(value_of(value)), CellResult(number=0, submission=submission_of(value))):
        assert through(said) == said


@pytest.mark.parametrize(
    "value",
    [
        {f"{n}{SPELLED_OUT}": f"{n}{SPELLED_OUT}" for n in range(2 * SHOWN_ITEMS)},
        {f"{n}{SPELLED_OUT}"[:SHOWN_TEXT]: f"{n}{SPELLED_OUT}"[:SHOWN_TEXT] for n in range(2 * SHOWN_ITEMS)},
        [[[]] * 20] * 100,
        type("x" * 10**6, (), {})(),
    ],
    ids=["pairs of long texts", "pairs of texts shown whole", "lists in lists", "an object of a long name"],
)
def test_the_longest_values_that_are_shown_are_read(value: object) -> None:
    said = of_hook(value_of(value))
    assert through(said) == said


def test_the_longest_parts_of_a_result_are_read() -> None:
    said = CellResult(
        number=0,
        statements=(StatementRun('x = "source":'),) * 3,
        display="\x01" * 110,
        stdout="\x01" * 10,
        stderr="\x01" * 10,
        hooks=(HookRaised("x", "x", value_of(1), ('"' * 10,) * 1000),),
        submission=submission_of("x" * (MAX_ANSWER - 2)),
        error=ErrorReport("E", "m", ("cell 0, line 1",) * 21),
    )
    assert through(said, statements=3) == said


def test_what_code_of_that_length_cannot_have_run_is_refused() -> None:
    with pytest.raises(ForgedFrame, match="more statements than its code holds"):
        through(CellResult(number=0, statements=(StatementRun("x"),) * 3), statements=2)


@pytest.mark.parametrize(
    "text", ["null", "[]", "{}", '{"result":1}', '{"result":{"number":0,"other":1}}', "{"]
)
def test_what_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(ForgedFrame, match="not a Result frame"):
        result_of(text.encode(), LIMITS, 9)
