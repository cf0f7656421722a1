"""One request becomes one answer: what is sent again, how long is waited, and what each time costs."""

import anyio
import pytest

from actors.ports import InfrastructureError, Postponed
from actors.teaching.line import ContextFull, ServerFailed
from actors.teaching.outcome import Failed
from actors.teaching.purse import CapReached, Caps
from events.calls import CallReserved, CallSettled
from tests.teaching.lines import PRICE, Clock, Kept, Plays, answer, asked

CROWDED = Failed("crowded", "429", free=True)
BROKEN = Failed("server", "500", free=False)
COST = 100 * PRICE.prompt + 10 * PRICE.completion


async def test_an_answer_is_paid_for_as_the_server_says() -> None:
    kept = Kept()
    assert (await kept.line(Plays(), Clock()).ask(asked())).text == "done"
    reserved, settled = kept.events
    assert isinstance(reserved, CallReserved)
    assert isinstance(settled, CallSettled)
    assert (settled.end, settled.cost, settled.certain) == ("answered", COST, True)
    assert reserved.reserved > settled.cost
    total = kept.purse.calls.total
    assert (total.cost, total.uncertain, total.answered) == (COST, 0, 1)


async def test_a_refusal_costs_nothing_and_a_failure_the_worst_case() -> None:
    kept = Kept()
    await kept.line(Plays([CROWDED, BROKEN]), Clock()).ask(asked())
    ends = [one for one in kept.events if isinstance(one, CallSettled)]
    worst = next(one.reserved for one in kept.events if isinstance(one, CallReserved))
    assert [(one.end, one.cost, one.certain) for one in ends] == [
        ("refused", 0, True),
        ("failed", worst, False),
        ("answered", COST, True),
    ]
    assert kept.purse.calls.total.uncertain == worst


async def test_what_was_answered_is_not_asked_again_for_its_trace() -> None:
    kept, plays = Kept(), Plays()
    line = kept.line(plays, Clock())
    assert await line.ask(asked()) == await line.ask(asked())
    assert len(plays.sent) == 1
    await line.ask(asked(trace="another"))
    await line.ask(asked("other words"))
    assert len(plays.sent) == 3


async def test_a_server_that_asks_for_time_is_given_it() -> None:
    clock = Clock()
    busy = Failed("crowded", "429", free=True, retry_after=17.0)
    await Kept().line(Plays([busy]), clock).ask(asked())
    assert clock.waits[0] >= 17.0


async def test_waits_double_and_some_part_of_them_is_random() -> None:
    clock = Clock()
    await Kept().line(Plays([CROWDED] * 4), clock).ask(asked())
    assert clock.waits == [0.375, 0.75, 1.5, 3.0]


async def test_a_server_that_never_answers_is_infrastructure() -> None:
    plays = Plays([CROWDED] * 9)
    with pytest.raises(ServerFailed, match="no answer in 3 tries; the last: 429") as problem:
        await Kept().line(plays, Clock(), tries=3).ask(asked())
    assert isinstance(problem.value, InfrastructureError)
    assert not isinstance(problem.value, Postponed)
    assert len(plays.sent) == 3


async def test_no_wait_is_begun_that_would_end_after_our_patience() -> None:
    busy = Failed("crowded", "429", free=True, retry_after=3600.0)
    clock = Clock()
    with pytest.raises(ServerFailed):
        await Kept().line(Plays([busy]), clock, seconds=60.0).ask(asked())
    assert clock.seconds == 0.0


async def test_what_no_retry_mends_is_left_for_a_person() -> None:
    plays = Plays([Failed("request", "401: wrong key", free=True)])
    with pytest.raises(Postponed, match="401: wrong key; mend key, model or settings"):
        await Kept().line(plays, Clock()).ask(asked())
    assert len(plays.sent) == 1


async def test_a_conversation_that_is_too_long_is_no_failure_of_the_server() -> None:
    with pytest.raises(ContextFull):
        await Kept().line(Plays([Failed("context", "400", free=True)]), Clock()).ask(asked())


async def test_after_failures_in_a_row_one_call_goes_first_alone() -> None:
    plays, clock, kept = Plays([BROKEN] * 7), Clock(), Kept()
    await kept.line(plays, clock, tries=9).ask(asked())
    pauses = [wait for wait in clock.waits if wait in (1.0, 2.0)]
    assert len(plays.sent) == 8
    assert clock.seconds > sum(pauses)


@pytest.mark.parametrize("scope", ["run", "day", "episode"])
async def test_a_cap_is_never_passed_though_many_ask_at_once(scope: str) -> None:
    kept = Kept(Caps(**{scope: 12 * COST}))
    line, refused = kept.line(Plays(), Clock(), today=lambda: "2026-01-02"), list[str]()

    async def ask(number: int) -> None:
        try:
            await line.ask(asked(f"{number}"))
        except CapReached as problem:
            refused.append(str(problem))
        assert kept.purse.calls.total.cost <= 12 * COST

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(ask, number)
    assert 0 < kept.purse.calls.total.cost <= 12 * COST
    assert refused
    assert f"on a{'n' if scope == 'episode' else ''} {scope} leaves no room" in refused[0]


async def test_a_cap_counts_what_a_process_that_died_may_have_spent() -> None:
    before = Kept()
    await before.line(Plays(), Clock()).ask(asked())
    reserved = before.events[0]
    dead = Kept()
    await dead.announce(reserved)
    after = Kept(Caps(episode=dead.purse.calls.total.cost), dead.purse.calls)
    with pytest.raises(CapReached):
        await after.line(Plays(), Clock()).ask(asked("more"))


async def test_a_run_is_not_charged_for_those_before_it() -> None:
    first = Kept()
    await first.line(Plays(), Clock()).ask(asked())
    worst = next(one.reserved for one in first.events if isinstance(one, CallReserved))
    again = Kept(Caps(run=worst), first.purse.calls)
    assert (await again.line(Plays(), Clock()).ask(asked("more?"[:5]))).text == "done"


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        "much",
        {"prompt_tokens": -1, "completion_tokens": 10},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 10**9, "completion_tokens": 10},
        {"prompt_tokens": 100, "completion_tokens": 51},
        {"prompt_tokens": True, "completion_tokens": 10},
        {"prompt_tokens": 100.0, "completion_tokens": 10},
    ],
)
async def test_figures_that_cannot_be_true_leave_the_worst_case(usage: object) -> None:
    kept = Kept()
    wrong = answer("a longer answer, of forty bytes and more")
    await kept.line(Plays([type(wrong)(wrong.reply, usage)]), Clock()).ask(asked())
    reserved, settled = kept.events
    assert isinstance(reserved, CallReserved)
    assert isinstance(settled, CallSettled)
    assert (settled.cost, settled.certain) == (reserved.reserved, False)
