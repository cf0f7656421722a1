"""Hooks are grounded by statements that ran, values that hold, flow that exists and tables that move."""

from collections.abc import Awaitable, Callable, Mapping

import pandas as pd
import pytest

from events.trace import (
    HookGrade,
    HooksGraded,
    Perturbation,
)

Grade = Callable[..., Awaitable[HooksGraded]]
RESCALED = Perturbation(kind="rescaled", seed=1)
DUPLICATED = Perturbation(kind="duplicated", seed=2)
MEAN = "m = df['a'].mean()"
HOOKED = f"{MEAN}\nhook(m, {MEAN!r}, name='m')"


def mean(frame: pd.DataFrame) -> Mapping[str, object]:
    return {"mean": frame["a"].mean()}


def last(graded: HooksGraded) -> HookGrade:
    return graded.grades[-1]


@pytest.mark.parametrize(
    "cell",
    [
        "x = len(df)\nhook(7, 'x = len(df)', name='x')",
        "x = len(df)\nx = 7\nhook(x, 'x = len(df)', name='x')\nhook(x, 'x = 7', name='x')",
        "x = len(df)\nx = 7\nz = 1\nhook(x, 'x = len(df)\\nz = 1', name='x')",
        "x = len(df)\ndel x\nhook(6, 'del x', name='x')",
        "def f():\n    x = len(df)\n    hook(x, 'x = len(df)', name='x')\nf()",
    ],
)
async def test_a_hook_of_another_value_is_refused(grade: Grade, cell: str) -> None:
    assert (await grade(cell, kept=())).grades[0].reason == "other_value"


async def test_an_honest_hook_is_grounded_and_stands_for_a_step(grade: Grade) -> None:
    graded = await grade(HOOKED, program=mean)
    assert last(graded) == HookGrade(
        name="m",
        cell=0,
        grounded=True,
        reason="grounded",
        detail="every rule holds; it equals the program's `mean`",
        checkpoint="mean",
    )
    assert (graded.reproduced, graded.tampering) == (True, None)
    assert graded.perturbations == (RESCALED, DUPLICATED)


@pytest.mark.parametrize(
    "cell",
    [
        "x = 10\nhook(x, 'x = 1', name='x')",
        "x = 1\nhook(x, 'x = 10', name='x')",
        "x = 'y = 1'\ny = x\nhook(y, 'y = 1', name='y')",
        "x = 2  # x = 1\nhook(x, 'x = 1', name='x')",
        "x = 1 + len(df)\nhook(x, 'x = 1', name='x')",
        "x = len(df); y = x + 1\nhook(y, 'y = x', name='y')",
        "x = len(df)\nhook(x, '# x = len(df)', name='x')",
        "x = len(df)\nhook(x, 'x = len(df', name='x')",
        "x = len(df)\nhook(x, '', name='x')",
        "for i in [1]:\n    x = len(df)\nhook(x, 'for i in [1]:', name='x')",
    ],
)
async def test_only_a_whole_equal_statement_grounds(grade: Grade, cell: str) -> None:
    assert last(await grade(cell)).reason == "not_executed"


async def test_a_statement_of_a_later_cell_grounds_nothing(grade: Grade) -> None:
    graded = await grade("x = 6\nhook(x, 'x = len(df)', name='x')", "x = len(df)")
    assert last(graded).reason == "not_executed"


async def test_a_statement_that_raised_grounds_nothing(grade: Grade) -> None:
    hooked = "x = 6\nhook(x, 'x = len(df) / 0', name='x')"
    assert last(await grade("x = len(df) / 0", hooked)).reason == "not_executed"


async def test_a_statement_that_ran_after_the_hook_grounds_nothing(grade: Grade) -> None:
    graded = await grade("hook(6, 'x = len(df)', name='x')\nx = len(df)")
    assert last(graded).reason == "other_value"


async def test_two_claims_to_one_name_are_each_held_to_their_own_statement(grade: Grade) -> None:
    cell = "x = len(df)\ny = x\nx = x + 1\nhook(y, 'x = len(df)', name='x')\nhook(x, 'x = x + 1', name='x')"
    assert [one.reason for one in (await grade(cell)).grades] == ["grounded", "grounded"]


async def test_an_edge_that_exists_is_named(grade: Grade) -> None:
    cell = (
        f"{MEAN}\nhook(m, {MEAN!r}, name='m')\nif m > 1:\n    k = df['b'].max()\n"
        "    hook(k, 'k = df[\"b\"].max()', name='k', depends_on=['m'])\n"
        "r = m + k\nhook(r, 'r = m + k', name='r', depends_on=['m', 'k', 'm'])"
    )
    graded = await grade(cell)
    assert [one.edges for one in graded.grades] == [(), ("control:m",), ("data:m", "data:k")]
    assert all(one.grounded for one in graded.grades)


@pytest.mark.parametrize(
    "cell",
    [
        "x = len(df)\nhook(x, 'x = len(df)', name='x', depends_on=['y'])",
        "x = len(df)\nhook(x, 'x = len(df)', name='x', depends_on=['x'])",
        f"{HOOKED}\nx = len(df)\nhook(x, 'x = len(df)', name='x', depends_on=['m'])",
        "m = 4\nhook(m, 'm = 4', name='m')\nx = len(df) + m\nhook(x, 'x = len(df) + m', 'x', ['m'])",
        f"{MEAN}\nx = m\nhook(x, 'x = m', name='x', depends_on=['m'])",
    ],
)
async def test_an_edge_that_does_not_exist_is_missing(grade: Grade, cell: str) -> None:
    assert last(await grade(cell)).reason == "missing_edge"


async def test_a_number_that_follows_only_on_the_original_table_is_another_value(grade: Grade) -> None:
    statement = "m = df['a'].sum() / 6"
    graded = last(await grade(f"{statement}\nhook(m, {statement!r}, name='m')", program=mean))
    assert graded.reason == "other_value"
    assert "duplicated 2" in graded.detail


async def test_a_computed_hook_is_not_robbed_of_its_step_by_a_copy(grade: Grade) -> None:
    copy = "c = 3.8333333333333335"
    cell = f"{copy}\nhook(c, {copy!r}, name='mean')\nhook(c, {copy!r}, name='c')\n{HOOKED}"
    graded = await grade(cell, program=mean)
    assert [(one.reason, one.checkpoint) for one in graded.grades] == [
        ("not_bound", None),
        ("constant", None),
        ("grounded", "mean"),
    ]


async def test_an_unpaired_hook_is_grounded_and_earns_nothing(grade: Grade) -> None:
    graded = last(await grade("n = len(df)\nhook(n, 'n = len(df)', name='n')", program=mean))
    assert (graded.reason, graded.checkpoint) == ("grounded", None)


async def test_a_hook_that_speaks_for_another_value_on_other_tables_is_refused(grade: Grade) -> None:
    cell = (
        "m = 3.8333333333333335\n"
        "hook(m if abs(df['a'].mean() - m) < 1e-9 else df['a'].mean(), 'm = 3.8333333333333335', name='m')"
    )
    graded = last(await grade(cell, program=mean))
    assert graded.reason == "other_value"
    assert "does not hold what the hook says" in graded.detail


TOP = "top = df['a'].max()"
ABOVE = "x = df.loc[df['a'] > 4, 'a'].mean()"
SHOWS_TOP = f"{TOP}\nhook(top, {TOP!r}, name='top')\nprint(f'the largest is {{top}}')"
CHOSEN = f"{ABOVE}\nhook(x, {ABOVE!r}, name='x', depends_on=['top'])"


@pytest.mark.parametrize(
    "cells",
    [
        (SHOWS_TOP, CHOSEN),
        (SHOWS_TOP, "limit = 4", CHOSEN),
        ("print(df['a'].max())", f"{TOP}\nhook(top, {TOP!r}, name='top')", CHOSEN),
    ],
)
async def test_what_an_earlier_turn_showed_is_observed(grade: Grade, cells: tuple[str, ...]) -> None:
    graded = await grade(*cells)
    assert [one.edges for one in graded.grades] == [(), ("observed:top",)]
    assert last(graded).grounded


@pytest.mark.parametrize(
    "cells",
    [
        (SHOWS_TOP.replace("print(", "str("), CHOSEN),
        (SHOWS_TOP.replace("{top}", "{top + 1}"), CHOSEN),
        (f"{SHOWS_TOP}\n{CHOSEN}",),
        (SHOWS_TOP.replace("print(", "str("), f"{CHOSEN}\nprint(top)"),
        (SHOWS_TOP.replace(TOP, "top = 8.0"), CHOSEN),
    ],
    ids=["not shown", "another shown", "in one turn", "shown later", "a literal"],
)
async def test_what_was_not_seen_in_an_earlier_turn_is_no_edge(grade: Grade, cells: tuple[str, ...]) -> None:
    assert last(await grade(*cells)).reason == "missing_edge"


async def test_hooks_of_a_loop_are_told_apart(grade: Grade) -> None:
    cell = "t = 0\nfor v in df['b']:\n    t = t + v\n    hook(t, 't = t + v', name='t')"
    graded = await grade(cell, program=lambda frame: {"total": frame["b"].sum()}, kept=(RESCALED,))
    assert [one.checkpoint for one in graded.grades] == [None] * 5 + ["total"]
    assert all(one.grounded for one in graded.grades)


async def test_tampering_is_named_beside_the_grades(grade: Grade) -> None:
    graded = await grade("import gc", HOOKED, program=mean)
    assert (last(graded).reason, graded.tampering) == ("grounded", "cell 0 reaches for the module `gc`")
