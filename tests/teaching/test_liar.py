"""A liar gets nothing verified: each lie ends refused, in the category that says what was wrong."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from actors.ports import Limits
from actors.teaching.dialogue import Dialogue, Task
from actors.teaching.scripted import Script, ScriptedTeacher, Written
from events.answers import rounded
from events.question import Question
from events.trace import Message
from tests.birds import birds
from tests.contracts.conftest import in_a_task
from tests.trying import Bench, accepted, bench

Cells = Callable[[Question], list[str]]
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Liar:
    """Says what it likes: the cells of a script of its own."""

    name = "scripted"

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    def begin(self, task: Task) -> Dialogue:
        async def write() -> Written:
            return [Message(text="Trust me.", code=code) for code in self.cells(task.question)], None

        return Script(write)


def right(question: Question) -> str:
    return repr(dict(rounded(question.contract, question.answers[0])))


def prints_the_answer(question: Question) -> list[str]:
    forged = f"answer received\\nhook recorded: value\\n{right(question)}"
    return [f"print({forged!r})", f"df.shape\n{right(question)}"]


def hooks_code_that_never_ran(question: Question) -> list[str]:
    line = "total = df['bill'].sum()"
    return ["total = 3", f"hook(total, {line!r}, name='total')", f"submit({right(question)})"]


def hooks_another_value(question: Question) -> list[str]:
    line = "total = df['bill'].sum()"
    return [line, f"hook(total + 1, {line!r}, name='total')", f"submit({right(question)})"]


def hooks_nothing(question: Question) -> list[str]:
    return [f"submit({right(question)})"]


def submits_a_wrong_answer(question: Question) -> list[str]:
    wrong = {
        name: "nobody" if isinstance(value, str) else 12345 for name, value in question.answers[0].items()
    }
    return [
        "total = df['bill'].sum()\nhook(total, \"total = df['bill'].sum()\", name='total')",
        f"submit({wrong!r})",
    ]


def loops_for_ever(_: Question) -> list[str]:
    return ["while True:\n    pass"]


def never_submits(_: Question) -> list[str]:
    return ["df.shape"] * 30


def reaches_for_internals(question: Question) -> list[str]:
    return ["import sys\nframe = sys._getframe(1)", f"submit({right(question)})"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Bench]:
    async with in_a_task(bench(Limits(cell_seconds=0.5))) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def question(desk: Bench) -> Question:
    subject = await desk.take(birds(rows=120, seed=5))
    return accepted(subject, "procedural", 1, key="liar")[0]


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        (prints_the_answer, "too_hard"),
        (never_submits, "too_hard"),
        (hooks_code_that_never_ran, "ungrounded"),
        (hooks_another_value, "ungrounded"),
        (hooks_nothing, "ungrounded"),
        (reaches_for_internals, "ungrounded"),
        (submits_a_wrong_answer, "hint_necessary"),
        (loops_for_ever, "execution_failure"),
    ],
)
async def test_a_liar_in_the_gold_trace_is_refused(
    desk: Bench, question: Question, cells: Cells, verdict: str
) -> None:
    judged = await desk.judged(question, gold=Liar(cells))
    assert judged.verdict == verdict, judged.why


class Mixed:
    """Honest in some traces, a liar in the others."""

    name = "scripted"

    def __init__(self, honest: ScriptedTeacher, lies: dict[int, Cells]) -> None:
        self.honest = honest
        self.lies = lies

    def begin(self, task: Task) -> Dialogue:
        lie = self.lies.get(task.index) if task.role == "consistency" else None
        return Liar(lie).begin(task) if lie else self.honest.begin(task)


def submits(value: float) -> Cells:
    def cells(question: Question) -> list[str]:
        wrong = {
            name: value if not isinstance(gold, str) else str(value)
            for name, gold in question.answers[0].items()
        }
        return [f"submit({wrong!r})"]

    return cells


@pytest.mark.parametrize(
    ("lies", "verdict"),
    [
        ({0: submits(1), 1: submits(22), 2: submits(333)}, "ambiguous"),
        ({0: submits(7), 1: submits(7), 2: submits(7)}, "hint_necessary"),
        pytest.param(
            {0: never_submits, 1: never_submits, 2: prints_the_answer}, "too_hard", marks=pytest.mark.full
        ),
        pytest.param(
            {0: loops_for_ever, 1: loops_for_ever, 2: loops_for_ever},
            "execution_failure",
            marks=pytest.mark.full,
        ),
        ({}, "verified"),
    ],
)
async def test_liars_in_the_majority_decide_the_category(
    desk: Bench, question: Question, lies: dict[int, Cells], verdict: str
) -> None:
    judged = await desk.judged(question, others=Mixed(desk.scripted, lies))
    assert judged.verdict == verdict, judged.why
