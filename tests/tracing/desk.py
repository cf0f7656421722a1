"""Recorded traces that are run again: by the workers that recorded them, or by others."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from actors.ports import Session, Watch, Workers
from actors.teaching.dialogue import SolveSettings, Task, attempt
from actors.tracing.reexecution import Divergence, re_execute
from events.answers import AnswerContract, AnswerField
from events.question import Question
from events.trace import AttemptEnded, Author, CellResult, Executed, Level, Perturbation
from tests.birds import birds
from tests.trying import Bench, Said, accepted, bench

CONTRACT = AnswerContract(fields=(AnswerField(name="m", kind="number", decimals=2),))
MEAN = "m = df['bill'].mean()"
CELLS = (
    "df.shape",
    f"n = len(df)\nprint('rows', n)\n{MEAN}\nhook(m, {MEAN!r}, name='m')\nprint('mean', round(m, 3))",
    "def twice(x):\n    y = 2 * x\n    return y\nt = twice(m)\nhook(t, 't = twice(m)', name='t')",
    "submit({'m': round(m, 2)})",
)


@dataclass
class Desk:
    """A question to hang attempts on, and workers."""

    bench: Bench
    question: Question
    outputs: dict[str, bytes] = field(default_factory=dict)

    async def solved(self, *cells: str) -> AttemptEnded:
        task = Task(self.question, "consistency", 0)
        ended, outputs = await attempt(task, Said(*cells), self.bench.workers, SolveSettings())
        self.outputs |= outputs
        return ended

    def verbatim(self, one: Executed) -> CellResult:
        if one.outputs is None:
            return one.result
        stdout, stderr, display = msgspec.json.decode(self.outputs[one.outputs])
        return replace(one.result, stdout=stdout, stderr=stderr, display=display)

    async def again(self, ended: AttemptEnded, workers: Workers | None = None) -> Divergence | None:
        return await re_execute(
            ended, CONTRACT, self.verbatim, workers or self.bench.workers, self.question.dataset
        )


@asynccontextmanager
async def opened_desk() -> AsyncIterator[Desk]:
    async with bench() as opened:
        subject = await opened.take(birds())
        yield Desk(opened, accepted(subject, "template", 1)[0])


@dataclass
class Elsewhere:
    """The same workers with another library, which is what they say of themselves."""

    workers: Workers
    library: str = ""
    fingerprint: str = "elsewhere"
    level: Level = "process"

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,
    ) -> AsyncIterator[Session]:
        async with self.workers.session(dataset, author, perturbation, watches, priority) as session:
            await session.run(self.library)
            yield session

    async def offer(self, *given: Any) -> None:
        await self.workers.offer(*given)


def altered(ended: AttemptEnded, cell: int, change: Callable[[CellResult], CellResult]) -> AttemptEnded:
    """The record with one result edited."""
    executed: list[Executed] = list(ended.executed)
    executed[cell] = replace(executed[cell], result=change(executed[cell].result))
    return replace(ended, executed=tuple(executed))
