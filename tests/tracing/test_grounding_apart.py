"""What needs further runs of the cells is found in real sessions as well."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
import pytest_asyncio

from actors.tracing.grounder import ground
from actors.tracing.rerun import Reruns
from events.trace import Perturbation
from events.values import Value
from tests.contracts.conftest import in_a_task
from tests.tracing.desk import Desk, opened_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Silent:
    """A program of which nothing is known: no table is kept of it."""

    async def original(self) -> Mapping[str, Value]:
        return {}

    async def perturbed(self) -> Sequence[tuple[Perturbation, Mapping[str, Value]]]:
        return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with in_a_task(opened_desk()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        ("import heapq\nx = []\nfor v in df['bill']:\n    heapq.heappush(x, v)", "heapq.heappush(x, v)", "grounded"),
        ("x = []\ndef note():\n    x.__iadd__([len(df)])\nnote()", "x.__iadd__([len(df)])", "grounded"),
        ("x = [len(df)]\nfor v in x:\n    print(x)\nx[0]", "print(x)", "not_bound"),
        ("x = 'high' if df['bill'].mean() > 40 else 'low'",) * 2 + ("grounded",),
        ("x = 'high' if len(df) else 'low'",) * 2 + ("constant",),
    ],
)  # fmt: skip
async def test_a_hook_is_held_to_further_runs(desk: Desk, code: str, line: str, reason: str) -> None:
    attempt = await desk.solved(f"{code}\nhook(x, {line!r}, name='x')")
    graded = await ground(attempt, Silent(), Reruns(desk.bench.workers), desk.question.dataset)
    (hook,) = graded.grades
    assert hook.reason == reason, hook.detail
