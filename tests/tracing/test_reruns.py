"""Traces of the same cells have one run in common; what is not the same has one of its own."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from actors.tracing.claims import ClaimedHook, claims_of
from actors.tracing.rerun import Rerun, Rerunner, Reruns
from events.trace import AttemptEnded, Author, Perturbation
from tests.tracing.conftest import FakeWorkers

MEAN = "m = df['a'].mean()"
HOOKED = f"{MEAN}\nhook(m, {MEAN!r}, name='m')"
RESCALED = Perturbation(kind="rescaled", seed=1)


def hooks_of(attempt: AttemptEnded) -> Sequence[ClaimedHook]:
    return claims_of([one.result for one in attempt.executed])


@pytest.fixture
def again(workers: FakeWorkers, solve: Callable[..., AttemptEnded]) -> Callable[..., Rerunner]:
    reruns = Reruns(workers)

    def rerunner(*cells: str, author: Author = "model", watched: bool = True) -> Rerunner:
        hooks = hooks_of(solve(*cells)) if watched else []
        return Rerunner(reruns, "dataset", author, cells, hooks)

    return rerunner


async def test_the_same_cells_are_run_once_on_each_table(
    workers: FakeWorkers, again: Callable[..., Rerunner]
) -> None:
    told: list[Rerun] = []
    for _ in range(3):
        told += [await again(HOOKED).on(None), await again(HOOKED).on(RESCALED)]
    assert workers.seen == [None, RESCALED]
    assert told[:2] * 3 == told
    assert told[0].hooks != told[1].hooks


@pytest.mark.parametrize(
    "other",
    [
        {"author": "program"},
        {"watched": False},
        {"cells": (HOOKED, "x = 1")},
        {"cells": (HOOKED.replace("mean", "sum"),)},
    ],
)
async def test_whatever_differs_is_run_of_its_own(
    workers: FakeWorkers, again: Callable[..., Rerunner], other: dict[str, object]
) -> None:
    await again(HOOKED).on(None)
    await again(*other.pop("cells", (HOOKED,)), **other).on(None)  # type: ignore[misc]
    assert workers.seen == [None, None]


async def test_a_run_that_its_cells_ended_is_nobody_elses(
    workers: FakeWorkers, again: Callable[..., Rerunner]
) -> None:
    for _ in range(2):
        await again(HOOKED, "raise SystemExit").on(None)
    assert workers.seen == [None, None]


async def test_hooks_are_asked_for_in_the_order_of_the_trace(
    again: Callable[..., Rerunner], solve: Callable[..., AttemptEnded]
) -> None:
    (hook,) = hooks_of(solve(HOOKED))
    (found,) = (await again(HOOKED).on(None)).hooks
    assert found is not None
    assert replace(found, held=None) == hook.hook
