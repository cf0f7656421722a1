"""How many calls are under way, and when none is sent: by what the server does."""

import anyio

from actors.teaching.breaker import FIRST_PAUSE, LONGEST_PAUSE, TRIPS, Breaker
from actors.teaching.limiter import START, Limiter
from tests.teaching.lines import Clock


def steady(limiter: Limiter, clock: Clock, answers: int, seconds: float = 2.0) -> None:
    for _ in range(answers):
        clock.seconds += 0.1
        limiter.answered(seconds)


async def test_a_server_that_keeps_up_soon_has_as_many_calls_as_may_be() -> None:
    clock = Clock()
    limiter = Limiter(64, lambda: clock.seconds)
    assert limiter.limit == START
    for _ in range(3):
        steady(limiter, clock, limiter.limit)
    assert limiter.limit == 64
    steady(limiter, clock, 500)
    assert limiter.limit == 64


async def test_a_refusal_halves_and_a_burst_of_them_halves_once() -> None:
    clock = Clock()
    limiter = Limiter(64, lambda: clock.seconds)
    steady(limiter, clock, 100)
    for _ in range(20):
        limiter.refused()
    assert limiter.limit == 32
    clock.seconds += 10.0
    limiter.refused()
    assert limiter.limit == 16


async def test_after_a_refusal_it_grows_by_one_a_round() -> None:
    clock = Clock()
    limiter = Limiter(64, lambda: clock.seconds)
    steady(limiter, clock, 100)
    limiter.refused()
    steady(limiter, clock, 33)
    assert limiter.limit == 33


async def test_answers_that_take_ever_longer_count_as_crowding() -> None:
    clock = Clock()
    limiter = Limiter(64, lambda: clock.seconds)
    steady(limiter, clock, 100, seconds=1.0)
    for _ in range(40):
        clock.seconds += 5.0
        limiter.answered(20.0)
    assert limiter.limit < 32


async def test_it_never_ends_below_one() -> None:
    clock = Clock()
    limiter = Limiter(64, lambda: clock.seconds)
    for _ in range(50):
        clock.seconds += 100.0
        limiter.refused()
    assert limiter.limit == 1


async def test_no_more_have_a_place_than_may() -> None:
    limiter, inside, most = Limiter(64, lambda: 0.0), 0, 0

    async def call() -> None:
        nonlocal inside, most
        async with limiter.place():
            inside += 1
            most = max(most, inside)
            await anyio.lowlevel.checkpoint()
            inside -= 1

    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(call)
    assert most == START


async def test_failures_in_a_row_stop_all_calls_for_twice_as_long_each_time() -> None:
    clock = Clock()
    breaker = Breaker(clock.sleep, lambda: clock.seconds)
    for _ in range(TRIPS + 8):
        async with breaker.passage():
            breaker.failed()
    assert breaker.open
    assert clock.waits[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(clock.waits) == LONGEST_PAUSE


async def test_an_answer_between_begins_the_count_anew() -> None:
    clock = Clock()
    breaker = Breaker(clock.sleep, lambda: clock.seconds)
    for number in range(5 * TRIPS):
        breaker.answered() if number % TRIPS == 0 else breaker.failed()
    assert not breaker.open


async def test_one_goes_first_and_the_others_follow_when_it_is_answered() -> None:
    clock = Clock()
    breaker = Breaker(clock.sleep, lambda: clock.seconds)
    for _ in range(TRIPS):
        breaker.failed()
    went: list[int] = []
    first, go_on = anyio.Event(), anyio.Event()

    async def call(number: int) -> None:
        async with breaker.passage():
            went.append(number)
            first.set()
            await go_on.wait()
            breaker.answered()

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(call, number)
        await first.wait()
        await anyio.wait_all_tasks_blocked()
        assert went == [0]
        go_on.set()
    assert sorted(went) == [0, 1, 2, 3, 4]


async def test_who_goes_first_and_is_cancelled_leaves_the_way_to_the_next() -> None:
    clock = Clock()
    breaker = Breaker(clock.sleep, lambda: clock.seconds)
    for _ in range(TRIPS):
        breaker.failed()
    with anyio.CancelScope() as scope:
        async with breaker.passage():
            scope.cancel()
            await anyio.lowlevel.checkpoint()
    with anyio.fail_after(5):
        async with breaker.passage():
            breaker.answered()
    assert not breaker.open
