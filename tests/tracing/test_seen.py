"""A value was seen where it stands in a view as printing would put it there, and nowhere else."""

import pytest
from hypothesis import given, strategies as st

from actors.tracing.seen import seen
from events.values import value_of


@pytest.mark.parametrize(
    ("value", "view"),
    [
        (4.25, "4.25"),
        (8, "max    8.0"),
        (8.0, "8 rows"),
        (-0.5, "a=-0.5, b=2"),
        (3.8333333333, "the mean is 3.83."),
        (1234.56, "1.235e+03"),
        (10**15, "1e15"),
        ("Adelie", "['Adelie', 'Gentoo']"),
        ("the north", "in the north of it"),
        (True, "normal: True"),
        ([1.5, 22], "1.50\n22.0"),
        ({"x": 1.5, "y": 2.5}, "x    1.5\ny    2.5\nName: a"),
        ({"x", "y"}, "y x"),
    ],
)
def test_a_value_is_seen(value: object, view: str) -> None:
    assert seen(value_of(value), view)


@pytest.mark.parametrize(
    ("value", "view"),
    [
        (4.25, ""),
        (4.25, "4.3"),
        (4.25, "14.25"),
        (4.25, "4.253"),
        (4.25, "4.25.1"),
        (5, "x5 5y"),
        (5, "-5"),
        (float("inf"), "inf"),
        (10**400, "1"),
        ("Adelie", "Adelies"),
        ("Adelie", "adelie"),
        ("", "anything"),
        (True, "true"),
        (True, "1"),
        (None, "None"),
        ([], "[]"),
        ([1.5, 22], "1.5"),
        ([[1], [2]], "[[1], [2]]"),
        ({"x": 1.5}, "1.5"),
        (list(range(65)), " ".join(map(str, range(65)))),
        (object(), "object"),
    ],
)
def test_a_value_is_not_seen(value: object, view: str) -> None:
    assert not seen(value_of(value), view)


@given(st.floats(-1e9, 1e9, allow_subnormal=False), st.integers(3, 14), st.text(" \n,;:()", max_size=3))
def test_a_number_printed_to_three_digits_or_more_is_seen(value: float, digits: int, around: str) -> None:
    assert seen(value_of(value), f"{around}{value:#.{digits}g}{around}".replace(".e", "e"))


@given(st.integers(100, 10**6), st.integers(100, 10**6))
def test_two_whole_numbers_are_told_apart(value: int, other: int) -> None:
    assert seen(value_of(value), f"n = {other}") == (value == other)
