"""Slips that a text may have whatever it means."""

import pytest
from hypothesis import given, strategies as st

import actors.language.operators  # noqa: F401  completes the grammar, whose names are slips in a text
from actors.language.lint import MOST_WORDS, faults


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("What is the the mean bill?", "says 'the' twice"),
        ("Which is a island?", "says 'a island'"),
        ("Which is an bird?", "says 'an bird'"),
        ("What does the dataset hold?", "says 'dataset'"),
        ("How many columns are there?", "says 'columns'"),
        ("What is the mean_by_group of bill?", "names the operator 'mean_by_group'"),
        ("What is bill if you group by island?", "says 'group by'"),
        ("Take only the birds. Take only the heavy ones.", "two sentences begin with 'Take only'"),
        (f"What {'very ' * 3}is it?", "says 'very' twice"),
    ],
)
def test_a_slip_is_found(text: str, told: str) -> None:
    assert told in faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which is an island, a unit, an hour, a one-off?",
        'What is the mean "step" of the "an island" that "filter" names?',
        "Consider the birds whose bill is long. Of these, how many are heavy?",
        'Which has "a. Take only" in it? Take what is left.',
    ],
)
def test_what_is_in_order_has_no_fault(text: str) -> None:
    assert faults(text) == []


def test_a_question_of_quality_may_say_column() -> None:
    assert faults("In how many columns is a value missing?", is_of_quality=True) == []


@given(st.integers(1, 2 * MOST_WORDS))
def test_only_what_is_too_long_is_too_long(number: int) -> None:
    text = " ".join("ab"[word % 2] * 3 for word in range(number))
    assert bool(faults(text)) == (number > MOST_WORDS)
