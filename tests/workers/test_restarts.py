from hypothesis import given, strategies as st

from actors.workers.restarts import Restarts


def test_each_restart_waits_twice_as_long_until_there_were_too_many() -> None:
    restarts = Restarts(first=0.1, longest=0.5, limit=4, period=60)
    assert [restarts.delay(now) for now in (0, 1, 2, 3, 4)] == [0.1, 0.2, 0.4, 0.5, None]


def test_a_worker_that_lived_long_begins_anew() -> None:
    restarts = Restarts(first=0.1, limit=2, period=60)
    assert [restarts.delay(now) for now in (0, 100, 200, 300)] == [0.1] * 4


@given(st.lists(st.floats(0, 50), max_size=60))
def test_no_period_ever_sees_more_than_the_limit(steps: list[float]) -> None:
    restarts = Restarts(limit=5, period=60.0)
    now, granted = 0.0, []
    for step in steps:
        now += step
        if restarts.delay(now) is not None:
            granted.append(now)
    for start in granted:
        assert sum(start <= time < start + 60.0 for time in granted) <= 5
