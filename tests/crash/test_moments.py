"""What the tests of killed daemons rely on: kills are spread over the work, and a log tells what was under way."""

from random import Random

import pytest
from hypothesis import given
from hypothesis.strategies import integers, sampled_from

from tests.crash.conftest import Undisturbed
from tests.crash.moments import ASIDE, CONCURRENCY, Stage, drawn, moment

ORDER: tuple[Stage, ...] = ("loading", "opening", "working", "resting")


@given(integers(0, 2**32), integers(3, 12), sampled_from(ASIDE))
def test_one_kill_falls_aside_and_each_other_in_its_own_part_of_the_work(
    seed: int, kills: int, aside: Stage
) -> None:
    due = drawn(Random(seed), kills, aside)
    assert len(due) == kills
    assert [one.stage for one in due if one.stage != "working"] == [aside]
    in_order = [one.share for one in due if one.stage in {"working", "draining"}]
    assert [int(share * len(in_order)) for share in in_order] == list(range(len(in_order)))
    assert all(0 <= one.late < 1 for one in due)
    if aside == "resting":
        assert due[-1].stage == aside


@pytest.mark.full
def test_a_log_cut_anywhere_tells_what_was_under_way(undisturbed: Undisturbed) -> None:
    """From one event to the next a daemon loads, opens, works and rests, and goes back to nothing of it."""
    history = undisturbed.history
    cuts = [moment(history[:length], 0) for length in range(len(history) + 1)]
    stages = list(dict.fromkeys(one.stage for one in cuts))
    assert stages == [stage for stage in ORDER if stage in stages]
    assert {"loading", "opening", "working"} <= set(stages)
    working = [one for one in cuts if one.stage == "working"]
    assert {one.attempts for one in working} == set(range(CONCURRENCY + 1))
    assert sum(one.attempts == CONCURRENCY for one in working) > len(working) / 2
