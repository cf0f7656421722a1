"""An attempt whose session somebody kills is nobody's answer: it is made again, within its budget."""

import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from actors.ports import Session, Watch, Workers
from actors.runtime.supervisor import Supervisor
from actors.teaching.dialogue import SolveSettings, Task, attempt
from actors.teaching.scripted import Script, Written
from actors.teaching.solver import Solver
from events.dataset import DatasetTaken
from events.question import QuestionAccepted
from events.runtime import RunStarted, WorkFailed, WorkParked
from events.struct import Event
from events.trace import AttemptEnded, Author, CellResult, Level, Message, Perturbation
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from tests.birds import birds
from tests.history import question
from tests.runtime.conftest import QuickTime
from tests.trying import bench

SETTINGS = SolveSettings(traces=0)
CELLS = ("x = 1", "submit({'mean_mass': 1.0})")


class Teacher:
    """Says the two cells."""

    name = "scripted"

    def begin(self, _: Task) -> Script:
        async def write() -> Written:
            return [Message("I look.", code) for code in CELLS], None

        return Script(write)


class Murdered:
    """Workers some of whose sessions somebody kills between their cells."""

    def __init__(self, workers: Workers, murders: int) -> None:
        self.workers = workers
        self.murders = murders
        self.level: Level = workers.level
        self.fingerprint = workers.fingerprint

    async def offer(self, *_: object) -> None:
        raise AssertionError("a solver has no table to offer")

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
            self.murders -= 1
            yield Watched(session, dies=self.murders >= 0)


class Watched:
    """A session whose process is known, and killed after its first cell where it is to die."""

    def __init__(self, session: Session, *, dies: bool) -> None:
        self.session = session
        self.dies = dies

    async def run(self, code: str) -> CellResult:
        result = await self.session.run(code)
        if self.dies:
            shown = await self.session.run("import os\nos.getpid()")
            os.kill(int(shown.display or "0"), signal.SIGKILL)
        return result


async def solved(home: Home, writer: LogWriter, quick: QuickTime, murders: int) -> list[Event]:
    """What is told of an attempt while so many of its sessions are killed."""
    async with bench() as desk:
        subject = await desk.take(birds(rows=20))
        workers = Murdered(desk.workers, murders)

        async def once(task: Task) -> tuple[AttemptEnded, Mapping[str, bytes]]:
            return await attempt(task, Teacher(), workers, SETTINGS)

        asked = question(subject.dataset, "template", 0)
        begun = [
            RunStarted("run", 0, ("template",)),
            DatasetTaken(subject.dataset),
            QuestionAccepted("s", 0, asked),
        ]
        await writer.append([Draft(event) for event in begun])
        solver = Solver("scripted", SETTINGS, once)
        await Supervisor(writer, [solver], timing=quick.timing()).run_until_idle()
    kinds = (WorkFailed, WorkParked, AttemptEnded)
    return [one.event for one in read_events(home, types=kinds)]


async def test_it_is_made_again_and_what_counts_is_the_one_that_was_left_alone(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    *failed, ended = await solved(home, writer, quick, murders=2)
    assert [isinstance(one, WorkFailed) and one.infrastructure for one in failed] == [True, True]
    assert all(isinstance(one, WorkFailed) and "from outside" in one.error for one in failed)
    assert isinstance(ended, AttemptEnded)
    assert (ended.outcome, len(ended.executed)) == ("answered", 2)


async def test_where_each_is_killed_it_is_parked_without_a_verdict(
    home: Home, writer: LogWriter, quick: QuickTime
) -> None:
    told = await solved(home, writer, quick, murders=99)
    assert [type(one) for one in told] == [WorkFailed] * 5 + [WorkParked]
