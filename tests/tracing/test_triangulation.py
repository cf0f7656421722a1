"""Traces that end otherwise part from the others at one step, whatever their code looks like."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from actors.tracing.triangulating import departures
from events.answers import AnswerContract, AnswerField
from events.episode import Departure
from events.trace import AttemptEnded

Solve = Callable[..., AttemptEnded]
CONTRACT = AnswerContract(
    fields=(AnswerField(name="m", kind="number", decimals=3), AnswerField(name="n", kind="integer"))
)
GOLD = (
    "kept = df[df['a'] > 1.5]",
    "m = kept['b'].std() + kept['a'].mean()",
    "n = int((kept['b'] > 3).sum())",
    "submit({'m': round(float(m), 3), 'n': n})",
)
STEPWISE = (
    "big = df['a'] > 1.5",
    "rows = df.loc[big, ['a', 'b']]\nspread = rows['b'].std()",
    "middle = rows['a'].mean()\ntotal = spread + middle\ncount = sum(1 for b in rows['b'] if b > 3)",
    "submit({'m': round(total, 3), 'n': count})",
)


@pytest.fixture
def parted(solve: Solve, workers: Any) -> Callable[..., Any]:
    """Where a trace of these cells leaves the others."""

    async def found(*wrong: str, others: tuple[tuple[str, ...], ...] = (GOLD, STEPWISE)) -> Departure:
        attempts = [replace(solve(*cells), trace=f"right-{at}") for at, cells in enumerate(others)]
        last = replace(solve(*wrong), trace="wrong", role="consistency", index=1)
        agreeing = {one.trace for one in attempts}
        (departed,) = await departures([*attempts, last], agreeing, CONTRACT, workers, "dataset")
        return departed

    return found


async def test_another_column_is_named_on_both_sides_whatever_variables_are_called(parted: Any) -> None:
    found = await parted(
        "few = df[df['a'] > 1.5]",
        "wrong = few['b'].std() + few['b'].mean()",
        "n = int((few['b'] > 3).sum())",
        "submit({'m': round(float(wrong), 3), 'n': n})",
    )
    assert (found.expected[0].trace, found.expected[0].statement) == ("right-0", GOLD[1])
    assert found.found.statement == "wrong = few['b'].std() + few['b'].mean()"
    assert found.shared.name == "few"
    assert (found.trace, found.role, found.index) == ("wrong", "consistency", 1)


async def test_a_step_that_was_left_out_is_named_where_the_others_have_it(parted: Any) -> None:
    found = await parted(
        "m = df['b'].std() + df['a'].mean()",
        "n = int((df['b'] > 3).sum())",
        "submit({'m': round(float(m), 3), 'n': n})",
    )
    assert found.expected[0].statement == GOLD[0]
    assert found.found.statement == "m = df['b'].std() + df['a'].mean()"


async def test_a_detour_that_comes_back_is_no_departure(parted: Any) -> None:
    detour = ("squares = (df['a'] ** 2).tolist()", "kept = df[[s > 2.25 for s in squares]]", *GOLD[1:3])
    found = await parted(*detour, "submit({'m': round(float(m), 1), 'n': n})")
    assert (found.expected[0].name, found.found.name) == ("m", "m")
    assert found.found.statement.startswith("submit(")
    assert found.shared.name == "n"


async def test_a_small_number_that_is_equal_by_chance_leads_nobody_back(parted: Any) -> None:
    found = await parted(
        "kept = df[df['a'] < 8]",
        "m = kept['b'].std() + kept['a'].mean()",
        "n = 3",
        "submit({'m': round(float(m), 3), 'n': n})",
    )
    assert found.expected[0].statement == GOLD[0]
    assert found.found.statement == "kept = df[df['a'] < 8]"


async def test_a_field_whose_way_is_shared_is_not_blamed(parted: Any) -> None:
    found = await parted(*GOLD[:2], "n = int((kept['b'] > 7).sum())", GOLD[3])
    assert found.expected[0].statement == GOLD[2]
    assert found.found.statement == "n = int((kept['b'] > 7).sum())"


async def test_who_gave_up_lacks_what_the_others_did_next(parted: Any) -> None:
    found = await parted(GOLD[0])
    assert found.expected[0].statement in GOLD[1:3]
    assert found.found is None
    assert found.shared.name == "kept"


async def test_what_functions_and_loops_make_is_followed(parted: Any) -> None:
    looped = (
        GOLD[0],
        "def spread(column):\n    return kept[column].std()\ntotal = 0.0\nfor one in kept['b']:\n    total += one",
        "m = spread('b') + total / len(kept)",
        *GOLD[2:],
    )
    found = await parted(*looped)
    assert found.expected[0].statement == GOLD[1]
    assert found.found.statement.startswith(("for one", "m = spread"))


async def test_the_step_is_told_in_every_trace_that_has_it(parted: Any) -> None:
    found = await parted("kept = df", *GOLD[1:], others=(GOLD, GOLD, STEPWISE))
    assert [one.trace for one in found.expected] == ["right-1", "right-0"]
    assert {one.statement for one in found.expected} == {GOLD[0]}
    assert found.expected_value.size == 5


async def test_traces_that_agree_are_not_run_and_the_same_code_is_run_once(
    solve: Solve, workers: Any
) -> None:
    attempts = [replace(solve(*GOLD), trace=name) for name in "abc"]
    assert await departures(attempts, {"a", "b", "c"}, CONTRACT, workers, "dataset") == ()
    assert workers.seen == []
    other = replace(solve("kept = df", *GOLD[1:]), trace="d")
    assert len(await departures([*attempts, other], {"a", "b", "c"}, CONTRACT, workers, "dataset")) == 1
    assert len(workers.seen) == 2


ADDED = (
    "import numpy as np\ncounted = np.zeros(3)",
    "kept = df[df['a'] > 1.5]",
    "np.add.at(counted, kept['b'].to_numpy() % 3, 1)",
    "m = float(counted[0]) / 7",
    "submit({'m': round(m, 3), 'n': 0})",
)


async def test_what_a_call_changes_of_what_it_is_handed_is_followed(parted: Any) -> None:
    wrong = (*ADDED[:2], "np.add.at(counted, kept['b'].to_numpy() % 2, 1)", *ADDED[3:])
    found = await parted(*wrong, others=(ADDED,))
    assert (found.expected[0].statement, found.expected[0].name) == (ADDED[2], "counted")
    assert found.found.statement == wrong[2]


LEADING = (
    "totals = {group: float(df[df['g'] == group]['a'].sum()) for group in ('y', 'z')}",
    "leader = max(totals, key=totals.get)",
    "m = df[df['g'] == leader]['b'].mean()",
    "submit({'m': round(float(m), 3), 'n': 0})",
)


async def test_values_by_group_with_one_group_more_are_other_values(parted: Any) -> None:
    more = "totals = {**{group: float(df[df['g'] == group]['a'].sum()) for group in ('y', 'z')}, 'all': 99.5}"
    found = await parted(more, "leader = min(totals, key=totals.get)", *LEADING[2:], others=(LEADING,))
    assert found.expected[0].statement == LEADING[0]
    assert found.found.statement == more


TWICE = (
    "bound = 1.5",
    "kept = df[df['a'] > bound]",
    "bound_2 = float(kept['b'].median())",
    "kept_2 = kept[kept['a'] < bound_2]",
    "m = kept_2['b'].mean() + kept_2['a'].sum()",
    "submit({'m': round(float(m), 3), 'n': 0})",
)


async def test_of_two_like_steps_the_one_that_was_left_out_is_named_and_not_what_only_it_needs(
    parted: Any,
) -> None:
    without = (*TWICE[:2], "m = kept['b'].mean() + kept['a'].sum()", TWICE[5])
    assert (await parted(*without, others=(TWICE,))).expected[0].statement == TWICE[3]


SIDES = (
    "first = df['a'].dropna()",
    "m = first.mean()",
    "second = df['a'].dropna()",
    "n = int(second.mean() > 1)",
    "submit({'m': round(float(m), 3), 'n': n})",
)


async def test_a_field_is_followed_back_by_what_it_was_made_from_alone(parted: Any) -> None:
    found = await parted("first = df['b'].dropna()", *SIDES[1:], others=(SIDES,))
    assert found.expected[0].statement == SIDES[0]
    assert found.found.statement == "first = df['b'].dropna()"
