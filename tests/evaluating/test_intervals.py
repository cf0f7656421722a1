"""Intervals hold the truth as often as they say, and a difference is as sure as its test says."""

import random
from functools import cache

import pytest
from scipy import stats

from actors.evaluating.intervals import CONFIDENCE, Rate, mcnemar

SHARES = [place / 40 for place in range(1, 40)]


@cache
def intervals(of: int, confidence: float) -> list[tuple[float, float]]:
    return [Rate(right, of).interval(confidence) for right in range(of + 1)]


def covered(of: int, share: float, confidence: float = CONFIDENCE) -> float:
    """How often the interval of so many answers holds the share by which each is right: exactly, no drawing."""
    inside = [right for right, (low, high) in enumerate(intervals(of, confidence)) if low <= share <= high]
    return float(stats.binom.pmf(inside, of, share).sum())


@pytest.mark.parametrize("of", [20, 50])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_over_all_true_shares_the_interval_covers_as_often_as_it_says(of: int, confidence: float) -> None:
    coverages = [covered(of, share, confidence) for share in SHARES]
    assert sum(coverages) / len(SHARES) == pytest.approx(confidence, abs=0.025)
    assert min(coverages) > confidence - 0.12


def test_of_simulated_evaluations_the_intervals_of_nineteen_in_twenty_hold_the_truth() -> None:
    drawn, held = random.Random(5), 0
    known = {right: Rate(right, 60).interval() for right in range(61)}
    for _ in range(4000):
        share = drawn.uniform(0.02, 0.98)
        right = sum(drawn.random() < share for _ in range(60))
        held += known[right][0] <= share <= known[right][1]
    assert abs(held / 4000 - CONFIDENCE) < 4 * (CONFIDENCE * (1 - CONFIDENCE) / 4000) ** 0.5


def test_the_interval_lies_around_the_share_and_within_nothing_and_all() -> None:
    for of in (1, 7, 100):
        for right in range(of + 1):
            low, high = Rate(right, of).interval()
            assert 0 <= low <= right / of <= high <= 1
    assert (Rate(0, 0).share, Rate(0, 0).interval()) == (None, (0.0, 1.0))


def test_wilsons_interval_is_that_of_a_case_worked_out_by_hand() -> None:
    low, high = Rate(8, 10).interval()
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)


def test_only_questions_that_one_alone_got_right_tell_two_apart() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar(3, 1) == pytest.approx(2 * (1 + 4) / 2**4)
    assert mcnemar(1, 9) == mcnemar(9, 1)


def test_two_who_are_equally_good_are_seldom_told_apart() -> None:
    """The exact test errs at most as often as it is allowed to."""
    for discordant in range(1, 40):
        wrongly = [one for one in range(discordant + 1) if mcnemar(one, discordant - one) <= 0.05]
        assert sum(stats.binom.pmf(one, discordant, 0.5) for one in wrongly) <= 0.05
