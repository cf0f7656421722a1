"""The answer contract: what is well formed, what matches the gold, and what two answers agree on."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from events.answers import (
    Answer,
    AnswerContract,
    AnswerField,
    FieldKind,
    agree,
    answer_digest,
    instruction,
    json_schema,
    matches,
    problem,
    rounded,
)
from tests.events.answering import agreed, one, right

ALL = AnswerContract(
    (
        AnswerField("mean", "number", decimals=1, unit="kg", missing="rows without a mass are left out"),
        AnswerField("rows", "integer", unit="birds"),
        AnswerField("island", "label", ties="of several, the first in the alphabet"),
        AnswerField("pair", "labels"),
        AnswerField("podium", "labels", ordered=True),
        AnswerField("rising", "flag"),
    )
)
RIGHT: Answer = {
    "mean": 4.25,
    "rows": 12,
    "island": "Dream",
    "pair": ("a", "b"),
    "podium": ("b", "a", "c"),
    "rising": True,
}
DECIMALS = st.integers(0, 6)
NUMBERS = st.floats(-1e5, 1e5)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 12))
def test_the_rounded_gold_always_matches_the_gold(gold: float, decimals: int) -> None:
    contract = one("number", decimals=decimals)
    assert matches(contract, rounded(contract, {"x": gold}), {"x": gold})
    assert right(contract, gold, gold)


@given(NUMBERS, DECIMALS)
def test_one_unit_of_the_last_decimal_away_from_the_gold_does_not_match(gold: float, decimals: int) -> None:
    unit = 10.0**-decimals
    assume(abs(gold) < 1e8 * unit)
    contract = one("number", decimals=decimals)
    assert not right(contract, gold + unit, gold)
    assert not right(contract, gold - unit, gold)
    assert not right(contract, round(gold, decimals) + 2 * unit, gold)


@given(NUMBERS, st.floats(-0.49, 0.49), st.floats(-0.49, 0.49), DECIMALS)
def test_two_answers_that_match_the_gold_agree(
    gold: float, one_off: float, other_off: float, decimals: int
) -> None:
    contract = one("number", decimals=decimals)
    left, other = (gold + off * 10.0**-decimals for off in (one_off, other_off))
    assert right(contract, left, gold)
    assert right(contract, other, gold)
    assert agreed(contract, left, other)
    assert agreed(contract, other, left)


@given(st.floats(0.1, 1e5), st.floats(-0.99, 0.99), st.floats(-0.99, 0.99))
def test_large_answers_agree_the_same_in_both_directions(base: float, left: float, other: float) -> None:
    contract = one("number", decimals=0, relative=1e-6)
    a, b = base * 1e9 + left, base * 1e9 * (1 + 1e-6) + other
    assert agreed(contract, a, b) == agreed(contract, b, a)


def test_agreement_is_no_chain() -> None:
    contract = one("number", decimals=1)
    chain = [1.0, 1.1, 1.2, 1.3]
    assert all(agreed(contract, left, other) for left, other in pairwise(chain))
    assert not agreed(contract, chain[0], chain[-1])


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, None, "1", True, [1], {"a": 1}, 10**400, 1j]
)
@pytest.mark.parametrize("kind", ["number", "integer"])
def test_what_is_no_number_matches_no_number(kind: FieldKind, value: Any) -> None:
    contract = one(kind)
    for number in (1, 1.0):
        assert not right(contract, value, number)
        assert not right(contract, number, value)
        assert not agreed(contract, value, number)
    assert not right(contract, value, value)


@pytest.mark.parametrize("gold", [math.nan, math.inf, True, None, "1"])
def test_a_gold_that_is_no_number_is_matched_by_nothing(gold: Any) -> None:
    assert not any(right(one("number", decimals=2), value, gold) for value in (gold, 1, 0.0, 1e308))


@pytest.mark.parametrize(
    ("value", "gold"), [(1, True), (0, False), (1.0, True), ("true", True), (None, False)]
)
def test_only_a_flag_is_a_flag(value: Any, gold: bool) -> None:
    assert right(one("flag"), gold, gold)
    assert not right(one("flag"), value, gold)
    assert not right(one("flag"), not gold, gold)


@given(st.integers(-(10**300), 10**300))
def test_whole_numbers_are_compared_exactly(number: int) -> None:
    contract = one("integer")
    assert right(contract, number, number)
    assert not right(contract, number + 1, number)
    assert not agreed(contract, number, number - 1)
    assert abs(number) >= 2**53 or right(contract, float(number), number)


def test_a_whole_number_written_as_a_float_is_exact_as_well() -> None:
    assert right(one("integer"), 3.0, 3)
    assert not right(one("integer"), 1_000_000_000_500.0, 1_000_000_000_000)
    assert not right(one("integer"), 3.5, 3)


@pytest.mark.parametrize(
    ("contract", "gold", "inside", "outside"),
    [
        (one("number", decimals=2, absolute=0.5), 10.0, 10.504, 10.51),
        (one("number", decimals=0, relative=0.1), 100.0, 110.4, 110.6),
        (one("number"), 1e6, 1e6 + 5e-4, 1e6 + 2e-3),
        (one("integer", absolute=1), 10, 11, 12),
        (one("integer", relative=0.1), 100, 90, 89),
    ],
)
def test_a_field_widens_its_own_tolerance(
    contract: AnswerContract, gold: Any, inside: Any, outside: Any
) -> None:
    assert right(contract, inside, gold)
    assert not right(contract, outside, gold)


@pytest.mark.parametrize(
    "answer",
    [
        42,
        None,
        "mean",
        [RIGHT],
        {},
        {name: value for name, value in RIGHT.items() if name != "rows"},
        RIGHT | {"note": "I am sure"},
        RIGHT | {1: 2},
        RIGHT | {"mean": None},
        RIGHT | {"mean": "4.25"},
        RIGHT | {"mean": (4.25,)},
        RIGHT | {"rows": 12.5},
        RIGHT | {"rows": True},
        RIGHT | {"island": True},
        RIGHT | {"island": None},
        RIGHT | {"island": ("Dream",)},
        RIGHT | {"pair": "ab"},
        RIGHT | {"pair": {"a": 1, "b": 2}},
        RIGHT | {"pair": ("a", None)},
        RIGHT | {"pair": ("a", ("b",))},
        RIGHT | {"rising": 1},
    ],
)
def test_an_answer_of_another_form_is_refused_with_a_reason(answer: Any) -> None:
    assert problem(ALL, RIGHT) is None
    assert problem(ALL, answer)
    assert not matches(ALL, answer, RIGHT)
    assert not agree(ALL, answer, answer)
    assert not agree(ALL, RIGHT, answer)


@pytest.mark.parametrize("name", RIGHT)
def test_every_field_has_to_match(name: str) -> None:
    wrong: Answer = {"mean": 9.0, "rows": 13, "island": "Biscoe", "pair": ("a", "c"), "podium": ("a", "b", "c"),
                     "rising": False}  # fmt: skip
    assert matches(ALL, RIGHT, RIGHT)
    assert not matches(ALL, RIGHT | {name: wrong[name]}, RIGHT)
    assert not agree(ALL, RIGHT | {name: wrong[name]}, RIGHT)


def test_rounding_touches_numbers_with_decimals_alone() -> None:
    assert rounded(ALL, RIGHT) == RIGHT | {"mean": 4.2}
    assert rounded(one("number"), {"x": 1.23456}) == {"x": 1.23456}


def test_the_instruction_says_all_that_the_contract_asks() -> None:
    told = instruction(ALL)
    lines = dict(line[2:].split(": ", 1) for line in told.splitlines()[1:])
    assert list(lines) == [field.name for field in ALL.fields]
    assert "1 decimal" in lines["mean"]
    assert "in kg" in lines["mean"]
    for field in ALL.fields:
        for said in (field.unit, field.ties, field.missing):
            assert said in lines[field.name]
    assert "in order" in lines["podium"]
    assert "any order" in lines["pair"]
    assert "decimal" not in instruction(one("number"))


def test_the_schema_admits_each_field_by_its_kind_and_no_other_field() -> None:
    schema = json_schema(ALL)
    assert schema["required"] == list(schema["properties"]) == [field.name for field in ALL.fields]
    assert schema["additionalProperties"] is False
    kinds = {name: given["type"] for name, given in schema["properties"].items()}
    assert kinds == {
        "mean": "number",
        "rows": "integer",
        "island": ["string", "number"],
        "pair": "array",
        "podium": "array",
        "rising": "boolean",
    }
    assert schema["properties"]["pair"]["items"] == schema["properties"]["island"]
    assert schema["properties"]["pair"]["uniqueItems"] is True


def test_the_digest_of_an_answer_follows_its_content_alone() -> None:
    same = dict(reversed(RIGHT.items())) | {"rows": 12.0, "pair": ["b", "a"], "island": "Dream"}
    assert answer_digest(ALL, same) == answer_digest(ALL, RIGHT)
    assert answer_digest(ALL, RIGHT | {"rows": 13}) != answer_digest(ALL, RIGHT)
    assert answer_digest(ALL, RIGHT | {"podium": ("a", "b", "c")}) != answer_digest(ALL, RIGHT)
    with pytest.raises(ValueError, match="rows must be a whole number"):
        answer_digest(ALL, RIGHT | {"rows": 12.5})
