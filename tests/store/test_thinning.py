"""What is kept of a long past stays little, and every position of it stays near."""

from bisect import bisect_right
from itertools import pairwise

from hypothesis import given, strategies as st

from store.thinning import DENSE, redundant

EVERY = 50


def thinned(steps: int, every: int = EVERY, offset: int = 7, asked: int = 1) -> list[int]:
    """What is left after so many steps, of which one each was kept, when it was asked every so many of them."""
    kept: list[int] = []
    for number in range(1, steps + 1):
        kept.append(number * every + offset)
        if number % asked == 0 or number == steps:
            gone = redundant(kept, every)
            kept = [position for position in kept if position not in gone]
    return kept


@given(steps=st.integers(1, 700), offset=st.integers(0, EVERY - 1))
def test_before_every_position_one_is_kept_that_is_near_for_its_age(steps: int, offset: int) -> None:
    kept = [0, *thinned(steps, offset=offset)]
    for position in range(0, kept[-1] + 1, 9):
        away = (position - kept[bisect_right(kept, position) - 1]) / EVERY
        age = (kept[-1] - position) / EVERY
        assert away <= max(1, age / DENSE) + 1


def test_what_is_kept_grows_with_the_logarithm_of_the_past() -> None:
    counts = [len(thinned(2 * DENSE * 2**doublings)) for doublings in range(8)]
    assert counts[0] == 2 * DENSE
    grown = [later - before for before, later in pairwise(counts)]
    assert all(DENSE - 1 <= more <= DENSE + 2 for more in grown), counts


@given(steps=st.integers(1, 300), asked=st.integers(1, 60))
def test_how_often_it_is_asked_changes_nothing(steps: int, asked: int) -> None:
    assert thinned(steps, asked=asked) == thinned(steps)


@given(positions=st.sets(st.integers(0, 10**6)), every=st.integers(1, 10**5))
def test_whatever_is_there_the_newest_and_the_oldest_stay_and_nothing_is_asked_for_twice(
    positions: set[int], every: int
) -> None:
    left = positions - set(redundant(positions, every))
    assert not positions or {min(positions), max(positions)} <= left
    assert redundant(left, every) == []


def test_nothing_recent_is_given_up() -> None:
    kept = thinned(100)
    assert kept[-DENSE * 2 :] == [number * EVERY + 7 for number in range(101 - DENSE * 2, 101)]
