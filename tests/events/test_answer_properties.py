"""What holds of matching under every contract: reflexive, symmetric, monotone, and apart from reading."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, strategies as st

from events.answer_tags import read_tags, tagged
from events.answers import (
    Answer,
    AnswerContract,
    AnswerField,
    Mismatch,
    Unreadable,
    agree,
    answer_digest,
    fault,
    instruction,
    json_schema,
    matches,
    problem,
    read,
    rounded,
)
from events.identity import canonical_json
from tests.events.answering import one
from tests.events.contracts import Case, cases

SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["f0", "key", "c0"]), inner),
    max_leaves=8,
)


@given(cases())
def test_every_answer_of_the_right_form_matches_itself_also_rounded(case: Case) -> None:
    (answer,) = case.answers
    assert problem(case.contract, answer) is None
    assert matches(case.contract, answer, answer)
    assert agree(case.contract, answer, answer)
    assert matches(case.contract, rounded(case.contract, answer), answer)


@given(cases(count=2))
def test_agreement_is_symmetric_and_wider_than_matching(case: Case) -> None:
    left, right = case.answers
    both = agree(case.contract, left, right)
    assert both == agree(case.contract, right, left)
    assert both or not matches(case.contract, left, right)


@given(cases(count=2), st.sampled_from(["absolute", "relative", "decimals"]), st.floats(0, 10))
def test_no_wider_tolerance_parts_what_matched(case: Case, what: str, by: float) -> None:
    left, right = case.answers
    wider = AnswerContract(tuple(_widened(field, what, by) for field in case.contract.fields))
    for judge in (matches, agree):
        assert judge(wider, left, right) or not judge(case.contract, left, right)


def _widened(field: AnswerField, what: str, by: float) -> AnswerField:
    if what == "decimals" and field.decimals is not None:
        return msgspec.structs.replace(field, decimals=max(0, field.decimals - math.ceil(by)))
    if field.kind not in ("number", "integer", "interval") or what == "decimals":
        return field
    return msgspec.structs.replace(field, **{what: getattr(field, what) + by})


@given(cases(), ANYTHING)
def test_what_cannot_be_read_matches_nothing_not_even_itself(case: Case, value: Any) -> None:
    (answer,) = case.answers
    strange = answer | {"f0": value}
    if isinstance(read(case.contract, strange), Unreadable):
        assert isinstance(fault(case.contract, strange, answer), Unreadable)
        assert not matches(case.contract, strange, strange)
        assert not agree(case.contract, strange, strange)


@given(cases())
def test_reading_what_was_read_changes_nothing(case: Case) -> None:
    found = read(case.contract, case.answers[0])
    assert not isinstance(found, Unreadable)
    assert read(case.contract, found) == found
    assert answer_digest(case.contract, found) == answer_digest(case.contract, case.answers[0])


@given(cases(count=2))
def test_answers_of_one_digest_match(case: Case) -> None:
    left, right = case.answers
    same = answer_digest(case.contract, left) == answer_digest(case.contract, right)
    assert matches(case.contract, left, right) or not same


@given(cases())
def test_an_answer_is_kept_in_the_log_as_it_is_compared(case: Case) -> None:
    found = read(case.contract, case.answers[0])
    assert msgspec.json.decode(canonical_json(found), type=Answer) == found
    kept = msgspec.json.decode(canonical_json(case.contract), type=AnswerContract)
    assert kept == case.contract
    assert instruction(kept) == instruction(case.contract)
    assert json_schema(kept)["required"] == [field.name for field in case.contract.fields]


@given(cases())
def test_an_answer_written_as_tags_is_read_back_and_matches(case: Case) -> None:
    (answer,) = case.answers
    found = read_tags(case.contract, f"So I find {tagged(case.contract, answer)}.")
    assert not isinstance(found, Unreadable), (tagged(case.contract, answer), found)
    assert matches(case.contract, found, answer)
    assert tagged(case.contract, found) == tagged(case.contract, answer)


@pytest.mark.parametrize("value", [np.float64(2.5), np.float32(2.5), np.array(2.5)])
def test_a_number_in_a_wrapper_of_numpy_is_a_number(value: Any) -> None:
    assert matches(one("number", decimals=1), {"x": value}, {"x": 2.5})


def test_an_answer_that_is_wrong_and_one_of_the_wrong_form_are_two_failures() -> None:
    contract = one("number", decimals=1)
    assert fault(contract, {"x": 2.5}, {"x": 2.5}) is None
    assert fault(contract, {"x": 9.9}, {"x": 2.5}) == Mismatch("x")
    assert fault(contract, {"x": "9.9"}, {"x": 2.5}) == Unreadable("x must be a number, rounded to 1 decimal")
    assert fault(contract, 2.5, {"x": 2.5}) == Unreadable(
        "the answer must be an object of named fields, not float"
    )
