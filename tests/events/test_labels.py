"""Labels as answers: equal by spelling, or as the number that one of them is."""

from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from events.answers import problem
from tests.events.answering import agreed, one, right

LABELS = st.sampled_from(["a", "b", "2", "02", "2.0", "2.50", "1_000", " 2", "x y", "", "NA", "nan"]) | st.sampled_from(
    [2, 2.0, 2.5, 0, 10**20]
)  # fmt: skip


@given(LABELS, LABELS)
def test_agreement_on_labels_is_symmetric_and_equal_to_matching(left: object, other: object) -> None:
    contract = one("label")
    assert agreed(contract, left, other) == agreed(contract, other, left) == right(contract, left, other)
    assert agreed(contract, left, left)


@given(st.lists(LABELS, max_size=4), st.randoms(use_true_random=False))
def test_labels_in_any_order_agree_with_themselves_in_any_order(labels: list[object], rng: Any) -> None:
    contract, ordered = one("labels"), one("labels", ordered=True)
    assume(problem(contract, {"x": labels}) is None)
    other = rng.sample(labels, len(labels))
    assert agreed(contract, labels, other)
    assert agreed(ordered, labels, other) == (labels == other)


@pytest.mark.parametrize(
    ("left", "other"),
    [("2", 2.0), ("2.0", 2), ("2", "2.0"), (2, 2.0), ("02", 2), ("2.50", 2.5), ("1e5", 100000), ("a", "a")],
)
def test_labels_are_equal_by_spelling_or_as_the_number_that_one_of_them_is(left: Any, other: Any) -> None:
    assert agreed(one("label"), left, other)
    assert agreed(one("label"), other, left)


@pytest.mark.parametrize(
    ("left", "other"),
    [
        ("02", "2"),
        ("2.50", "2.5"),
        ("1e5", "100000"),
        ("1_000", "1000"),
        ("1_000", 1000),
        (" 2", "2"),
        (" 2", 2),
        ("2\n", "2"),
        ("٢", 2),
        ("1.2.0", "1.2"),
        ("a.0", "a"),
        ("A", "a"),
        ("nan", "NaN"),
        (12345678901234567890, 12345678901234567891),
        (12345678901234567890, "12345678901234567891"),
        ("", 0),
    ],
)  # fmt: skip
def test_codes_that_are_spelled_otherwise_are_other_labels(left: Any, other: Any) -> None:
    assert not agreed(one("label"), left, other)
    assert not agreed(one("label"), other, left)


@pytest.mark.parametrize(
    "labels", [["a", "a"], ["2", 2], ["2", "2.0"], ["02", 2, "x"], [2.0, 2], ["b", "a", "b"]]
)
def test_a_label_given_twice_is_refused(labels: list[object]) -> None:
    assert "must be" in str(problem(one("labels"), {"x": labels}))
    assert not right(one("labels"), labels, labels)


def test_two_codes_that_one_number_could_be_are_no_repetition() -> None:
    assert problem(one("labels"), {"x": ["02", "2"]}) is None
    assert not agreed(one("labels"), ["02", "2"], ["2", "3"])


def test_order_counts_only_where_the_contract_says_so() -> None:
    assert right(one("labels"), ["b", "a"], ("a", "b"))
    assert not right(one("labels", ordered=True), ["b", "a"], ("a", "b"))
    assert not right(one("labels"), ["a"], ("a", "b"))
    assert not right(one("labels"), ["a", "b", "c"], ("a", "b"))


def test_a_long_list_of_labels_is_judged_at_once() -> None:
    many = [str(number) for number in range(50_000)]
    assert right(one("labels"), many[::-1], many)
    assert problem(one("labels"), {"x": [*many, "7"]})
