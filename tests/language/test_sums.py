"""Sums are exact whatever is summed, in whatever order."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from actors.language.sums import exact_sum

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


def many(numbers: list[float]) -> np.ndarray:
    """These over and over, so many that they are not summed one by one."""
    return np.resize(np.array(numbers, dtype=float), 9000)


@settings(max_examples=60, deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=40))
def test_many_are_summed_as_one_by_one(numbers: list[float]) -> None:
    assert exact_sum(many(numbers)) == math.fsum(many(numbers).tolist())


@pytest.mark.parametrize(
    "numbers",
    [
        [0.1, -0.3, 1e-300],
        [5e-324, 1.0],
        [5e-324, -5e-324, 5e-324],
        [2.0**53, 1.0, -(2.0**53)],
        [1e16, 1.0, 1e-16],
        [0.0, -0.0],
        [1e300, -1e300, 1.0],
    ],
)
def test_numbers_far_apart_in_size_lose_nothing(numbers: list[float]) -> None:
    assert exact_sum(many(numbers)) == math.fsum(many(numbers).tolist())


def test_the_order_does_not_matter_and_that_of_a_plain_sum_does() -> None:
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=60_000) * 10.0 ** chance.integers(-8, 9, 60_000)
    turned = numbers[::-1]
    assert exact_sum(numbers) == exact_sum(turned)
    assert numbers.sum() != turned.sum()


@pytest.mark.parametrize("size", [3, 3000])
def test_whole_numbers_and_flags_are_summed_too(size: int) -> None:
    assert exact_sum(np.arange(size)) == size * (size - 1) / 2
    assert exact_sum(np.ones(size, dtype=bool)) == size


def test_lists_and_generators_are_summed() -> None:
    assert exact_sum([0.1] * 10) == 1.0
    assert exact_sum(0.1 for _ in range(10)) == 1.0


def test_what_is_not_finite_is_as_one_by_one() -> None:
    assert math.isnan(exact_sum(many([1.0, math.nan])))
    assert exact_sum(many([1.0, math.inf])) == math.inf
    with pytest.raises(ValueError, match="-inf \\+ inf"):
        exact_sum(many([math.inf, -math.inf]))
    with pytest.raises(OverflowError):
        exact_sum(many([1.7e308, 1.7e308]))
