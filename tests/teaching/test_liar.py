"""A liar gets nothing verified: each lie ends refused, in the category that says what was wrong."""

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from actors.ports import Limits
from actors.teaching.dialogue import Dialogue, Task
from actors.teaching.scripted import ScriptedTeacher
from events.question import Question
from tests.contracts.conftest import in_a_task
from tests.teaching.lies import LIES, Lie, asked, instructive_birds
from tests.trying import Bench, Said, bench

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUICK = {
    "prints the answer", "raises its hooks in comments", "vouches by code that never ran",
    "writes the hint's value beside the table", "vouches for what has nothing to do with it",
    "patches `submit`", "submits something else", "loops for ever",
}  # fmt: skip
"""One lie of each kind, for the quick suite."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Bench]:
    async with in_a_task(bench(Limits(cell_seconds=0.5))) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def question(desk: Bench) -> Question:
    return asked(await desk.take(instructive_birds()))


@pytest.mark.parametrize(
    "lie",
    [pytest.param(LIES[name], id=name, marks=() if name in QUICK else pytest.mark.full) for name in LIES],
)
async def test_a_liar_in_the_gold_trace_is_refused(desk: Bench, question: Question, lie: Lie) -> None:
    judged = await desk.judged(question, gold=Said(*lie.told(question)))
    assert judged.verdict == lie.verdict, judged.why
    assert lie.why in judged.why


class Mixed:
    """Honest in some traces, a liar in the others."""

    name = "scripted"

    def __init__(self, honest: ScriptedTeacher, lies: Mapping[int, Lie]) -> None:
        self.honest = honest
        self.lies = lies

    def begin(self, task: Task) -> Dialogue:
        lie = self.lies.get(task.index) if task.role == "consistency" else None
        return Said(*lie.told(task.question)).begin(task) if lie else self.honest.begin(task)


def submits(value: float) -> Lie:
    return Lie((f"submit({{'value': {value}}})",), "hint_necessary", "another answer")


NEVER_SUBMITS, PRINTS_THE_ANSWER = LIES["never submits"], LIES["prints the answer"]
LOOPS_FOR_EVER = LIES["loops for ever"]


@pytest.mark.parametrize(
    ("lies", "verdict"),
    [
        ({0: submits(1), 1: submits(22), 2: submits(333)}, "ambiguous"),
        ({0: submits(7), 1: submits(7), 2: submits(7)}, "hint_necessary"),
        pytest.param(
            {0: NEVER_SUBMITS, 1: NEVER_SUBMITS, 2: PRINTS_THE_ANSWER}, "too_hard", marks=pytest.mark.full
        ),
        pytest.param(
            {0: LOOPS_FOR_EVER, 1: LOOPS_FOR_EVER, 2: LOOPS_FOR_EVER},
            "execution_failure",
            marks=pytest.mark.full,
        ),
        ({}, "verified"),
    ],
)
async def test_liars_in_the_majority_decide_the_category(
    desk: Bench, question: Question, lies: Mapping[int, Lie], verdict: str
) -> None:
    judged = await desk.judged(question, others=Mixed(desk.scripted, lies))
    assert judged.verdict == verdict, judged.why
