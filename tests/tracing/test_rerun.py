"""The cells are run again: what must come again, what is not run at all, what a failure means."""

from collections.abc import Awaitable, Callable, Mapping

import pandas as pd
import pytest
from msgspec.structs import replace

from actors.ports import InfrastructureError
from actors.tracing.grounder import TRIED
from events.trace import (
    AttemptEnded,
    Author,
    HookGrade,
    HooksGraded,
    Perturbation,
    StatementRun,
)
from events.values import value_of

Solve = Callable[..., AttemptEnded]
Grade = Callable[..., Awaitable[HooksGraded]]
RESCALED = Perturbation(kind="rescaled", seed=1)
DUPLICATED = Perturbation(kind="duplicated", seed=2)
MEAN = "m = df['a'].mean()"
HOOKED = f"{MEAN}\nhook(m, {MEAN!r}, name='m')"


def mean(frame: pd.DataFrame) -> Mapping[str, object]:
    return {"mean": frame["a"].mean()}


def last(graded: HooksGraded) -> HookGrade:
    return graded.grades[-1]


async def test_cells_run_again_as_the_code_of_whoever_wrote_them(grade: Grade, solve: Solve) -> None:
    scripts: list[Author] = []
    models: list[Author] = []
    await grade(attempt=solve(HOOKED), authors=scripts)
    await grade(attempt=replace(solve(HOOKED), teacher="a-model"), authors=models)
    assert (set(scripts), set(models)) == ({"program"}, {"model"})


@pytest.mark.parametrize(
    ("before", "line"),
    [("", "x.append(len(df))"), ("import heapq\n", "heapq.heappush(x, len(df))")],
    ids=["known by its syntax", "known by leaving it out"],
)
async def test_one_more_run_is_made_where_syntax_does_not_tell_what_changes(
    grade: Grade, before: str, line: str
) -> None:
    seen: list[Perturbation | None] = []
    await grade(
        f"{before}x = []\n{line}\nhook(x, {line!r}, name='x')", kept=(RESCALED, DUPLICATED), seen=seen
    )
    assert seen == [*([None] if before else []), None, RESCALED, DUPLICATED]


async def test_no_more_hooks_than_a_few_are_tried_without_their_statements(grade: Grade) -> None:
    lines = [f"print(m, {number})" for number in range(TRIED + 4)]
    seen: list[Perturbation | None] = []
    graded = await grade(
        "\n".join([MEAN, *lines, *(f"hook(m, {line!r}, name='m')" for line in lines)]), kept=(), seen=seen
    )
    assert {grade.reason for grade in graded.grades} == {"not_bound"}
    assert len(seen) == 1 + TRIED


async def test_a_value_that_does_not_come_again_is_not_reproduced(grade: Grade, solve: Solve) -> None:
    attempt = solve(HOOKED)
    executed = attempt.executed[0]
    hook = replace(executed.result.hooks[0], value=value_of(99.5))
    forged = replace(executed, result=replace(executed.result, hooks=(hook,)))
    graded = await grade(attempt=replace(attempt, executed=(forged,)))
    assert (last(graded).reason, graded.reproduced) == ("not_reproduced", False)


async def test_a_hook_that_is_not_raised_again_is_not_reproduced(grade: Grade, solve: Solve) -> None:
    attempt = solve(MEAN, "x = 1")
    raised = solve(HOOKED).executed[0].result.hooks
    executed = attempt.executed[1]
    forged = replace(executed, result=replace(executed.result, hooks=raised))
    graded = await grade(attempt=replace(attempt, executed=(attempt.executed[0], forged)))
    assert (last(graded).reason, graded.reproduced) == ("not_reproduced", False)


async def test_across_environments_close_values_are_the_same(grade: Grade, solve: Solve) -> None:
    attempt = solve(f"{MEAN}\nhook(m, {MEAN!r}, name='m')\nsubmit({{'m': m}})")
    executed = attempt.executed[0]
    hook = executed.result.hooks[0]
    almost = float(hook.value.shown[1]) * (1 + 1e-13)
    other = replace(executed.result, hooks=(replace(hook, value=value_of(almost)),))
    elsewhere = replace(attempt, executed=(replace(executed, result=other),))
    assert last(await grade(attempt=elsewhere)).reason == "not_reproduced"
    graded = await grade(attempt=replace(elsewhere, fingerprint="elsewhere"), program=mean)
    assert (last(graded).reason, graded.reproduced) == ("grounded", True)


async def test_a_cell_that_fails_where_the_program_does_not_is_not_reproduced(grade: Grade) -> None:
    cell = f"assert len(df) == 6\n{MEAN}\nhook(m, {MEAN!r}, name='m')"
    assert last(await grade(cell, program=mean)).reason == "not_reproduced"
    assert last(await grade(cell, program=mean, kept=(RESCALED,))).reason == "grounded"


async def test_a_cell_that_fails_where_the_program_has_no_value_is_forgiven(grade: Grade) -> None:
    cell = f"assert len(df) == 6\n{MEAN}\nhook(m, {MEAN!r}, name='m')"
    graded = await grade(cell, program=lambda frame: mean(frame) if len(frame) == 6 else {})
    assert last(graded).reason == "grounded"


async def test_a_trace_without_hooks_is_run_again_only_on_the_original_table(grade: Grade) -> None:
    seen: list[Perturbation | None] = []
    graded = await grade("submit({'n': len(df)})", seen=seen)
    assert (graded.grades, graded.reproduced, graded.perturbations, seen) == ((), True, (), [None])


async def test_a_trace_whose_hooks_all_fell_is_not_run_on_perturbed_tables(grade: Grade) -> None:
    seen: list[Perturbation | None] = []
    await grade("hook(1, 'x = 1', name='x')", seen=seen)
    assert seen == [None]


async def test_another_answer_in_the_re_run_is_not_reproduced(grade: Grade) -> None:
    assert not (await grade("submit({'n': again})")).reproduced
    assert (await grade("submit({'n': 1})")).reproduced


async def test_a_cell_that_ended_the_session_is_not_run_again(grade: Grade) -> None:
    graded = await grade(HOOKED, "raise SystemExit", program=mean)
    assert (last(graded).reason, graded.reproduced) == ("grounded", True)


async def test_hooks_of_the_cell_that_ended_the_session_are_not_reproduced(grade: Grade) -> None:
    graded = await grade(f"{MEAN}\nhook(m, {MEAN!r}, name='m')\nraise SystemExit", program=mean)
    assert (last(graded).reason, graded.reproduced) == ("not_reproduced", False)


async def test_a_session_that_ends_only_in_the_re_run_is_not_reproduced(grade: Grade) -> None:
    graded = await grade("if again:\n    raise SystemExit", HOOKED, program=mean)
    assert (last(graded).reason, graded.reproduced) == ("not_reproduced", False)


async def test_a_broken_trace_is_not_run_again(grade: Grade, solve: Solve) -> None:
    attempt = solve(HOOKED)
    executed = attempt.executed[0]
    forged = replace(executed, result=replace(executed.result, statements=(StatementRun("x = 1"),)))
    seen: list[Perturbation | None] = []
    graded = await grade(attempt=replace(attempt, executed=(forged,)), seen=seen)
    assert (last(graded).reason, graded.reproduced, seen) == ("not_reproduced", False, [])
    assert "the trace is broken" in last(graded).detail


async def test_a_session_lost_in_the_re_run_is_a_failure_of_infrastructure(grade: Grade) -> None:
    with pytest.raises(InfrastructureError, match="lost in a re-run"):
        await grade(HOOKED, lost=True)


async def test_an_attempt_without_a_cell_is_graded_without_a_session(grade: Grade) -> None:
    seen: list[Perturbation | None] = []
    graded = await grade(seen=seen)
    assert (graded.grades, graded.reproduced, seen) == ((), True, [])


async def test_nothing_is_run_after_the_last_cell_that_has_something_to_compare(grade: Grade) -> None:
    seen: list[Perturbation | None] = []
    await grade("x = 1", "y = 2", seen=seen)
    assert seen == []
    graded = await grade(HOOKED, "assert False", program=mean)
    assert (last(graded).reason, graded.reproduced) == ("grounded", True)
