"""Where a student plays: attempts at questions in real sessions, judged as every other attempt is.

The trainer asks from a thread of its own and waits; sessions, grades and our numeric code live on the event
loop.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import structlog
from anyio import to_thread
from anyio.abc import TaskGroup
from anyio.from_thread import BlockingPortal

from actors.apart import expected
from actors.cast import table_of
from actors.ports import InfrastructureError, Workers
from actors.runtime.processes import Processes
from actors.teaching.dialogue import Dialogue, GaveUp, SolveSettings, Task, attempt
from actors.tracing.grounder import ground
from actors.tracing.recorder import record
from actors.tracing.rerun import Reruns
from actors.training.credit import Earned, earned, hook_graph
from actors.training.playing import OVER
from actors.verifying.foresight import Foresight
from actors.verifying.oracle import Expectation
from actors.verifying.verdict import accepted
from events.question import Question
from events.trace import AttemptEnded, Message, Mistake
from store.blobs import Blobs
from store.home import Home
from store.projections.state import State

STUDENT = "student"
"""The name of whoever plays; a model, whose code needs a wall around each session."""
PATIENCE = 300.0
"""Seconds that the first word of an attempt may wait for a session."""
LOST = Earned(None, False, 0.0, "infrastructure_failed")
_CROWDED = "no session could be had for an episode; play fewer at once: --generations, --batch"
_LOG = structlog.get_logger()


class Playground:
    """Begins attempts; made by `opened_playground`.

    Args:
        portal: the way from the trainer's thread to the event loop.
        tasks: runs what attempts do.
        home, state: the questions and their tables.
        workers: the sessions.
        settings: how long an attempt may be.
    """

    def __init__(  # noqa: PLR0913, PLR0917  made in one place
        self,
        portal: BlockingPortal,
        tasks: TaskGroup,
        home: Home,
        state: State,
        workers: Workers,
        settings: SolveSettings,
    ) -> None:
        self.portal = portal
        self.tasks = tasks
        self.workers = workers
        self.settings = settings
        self._home = home
        self._state = state
        self._processes = Processes(1)
        self._reruns = Reruns(workers)
        self._foresight = Foresight(self._expect)

    def begin(self, question: str) -> "PlayedMatch":
        """Begin an attempt, from the trainer's thread.

        Raises:
            InfrastructureError: no session could be had.
        """
        return self.portal.call(self.begun, self._state.questions.accepted[question])

    async def begun(self, question: Question) -> "PlayedMatch":
        """An attempt whose session is open.

        Raises:
            InfrastructureError: no session could be had.
        """
        match = PlayedMatch(self, question)
        self.tasks.start_soon(match.play)
        with anyio.move_on_after(PATIENCE) as waited:
            await match.ready.wait()
        if waited.cancelled_caught:
            raise InfrastructureError(_CROWDED)
        return match

    async def judged(self, question: Question, ended: AttemptEnded) -> Earned:
        """What an attempt earned.

        Raises:
            InfrastructureError: it could not be run again.
        """
        held = await self._foresight.expectation(question)
        table = self._state.datasets.by_id[question.dataset]
        graph = hook_graph(question.recipe.program, held.original, table.rows, len(table.columns))
        graded = await ground(ended, self._foresight.of(question), self._reruns, question.dataset)
        answer = record(ended).answer
        right = answer is not None and accepted(question, answer)
        return earned(ended.outcome, right=right, graded=graded, graph=graph)

    async def _expect(self, question: Question) -> Expectation:
        table = table_of(self._home, self._state.datasets.by_id[question.dataset])
        return await self._processes.run(expected, table, question)


class PlayedMatch:
    """One attempt: a dialogue whose other side is the trainer's thread."""

    name = STUDENT
    mistake: Mistake | None = None
    prompts = ""

    def __init__(self, ground_: Playground, question: Question) -> None:
        self.ready = anyio.Event()
        self._playground = ground_
        self._question = question
        self._asked, self._answered = anyio.Event(), anyio.Event()
        self._said: Message | GaveUp = GaveUp("nothing_said")
        self._shown = ""
        self._done = anyio.Event()
        self._ended: AttemptEnded | None = None
        self._fault: InfrastructureError | None = None

    def turn(self, code: str) -> str:
        """Run a piece of code, from the trainer's thread; what the solver is shown."""
        return self._playground.portal.call(self.played, code)

    def end(self) -> Earned:
        """End the attempt and judge it, from the trainer's thread."""
        return self._playground.portal.call(self.judged)

    async def played(self, code: str) -> str:
        """Run a piece of code; what the solver is shown."""
        if not self._done.is_set():
            await self._say(Message(text="", code=code))
        if not self._done.is_set():
            return self._shown
        if self._ended is None:
            return "The session was lost."
        return self._ended.executed[-1].view if self._ended.executed else OVER

    async def judged(self) -> Earned:
        """End the attempt, if it has not, and judge it; what was lost from outside earns nothing at all."""
        if not self._done.is_set():
            await self._say(GaveUp("student_stopped"))
        if self._ended is None:
            return LOST
        try:
            return await self._playground.judged(self._question, self._ended)
        except InfrastructureError as fault:
            _LOG.warning("an episode could not be judged", question=self._question.id, error=str(fault))
            return LOST

    def begin(self, _: Task) -> Dialogue:
        """The dialogue is this match itself: it is played once."""
        return self

    async def next(self, view: str | None) -> Message | GaveUp:
        """What the trainer's thread says next, after being shown what came back."""
        self._shown = view or ""
        self.ready.set()
        self._answered.set()
        await self._asked.wait()
        self._asked = anyio.Event()
        return self._said

    async def _say(self, said: Message | GaveUp) -> None:
        """Say something, and wait until it is answered or the attempt is over."""
        self._said, self._answered = said, anyio.Event()
        self._asked.set()
        await self._answered.wait()

    async def play(self) -> None:
        """Have the attempt made, to its end."""
        task = Task(self._question, "consistency", 0)
        try:
            self._ended, _ = await attempt(task, self, self._playground.workers, self._playground.settings)
        except InfrastructureError as fault:
            _LOG.warning("an episode was lost", question=self._question.id, error=str(fault))
            self._fault = fault
        finally:
            self._done.set()
            self.ready.set()
            self._answered.set()


@asynccontextmanager
async def opened_playground(
    home: Home, state: State, questions: frozenset[str], workers: Workers, settings: SolveSettings
) -> AsyncIterator[Playground]:
    """A playground whose tables the workers hold; at the end every attempt is over.

    Raises:
        InfrastructureError: no session could be had, as where the wall is too weak for a model's code.
        BlobMissing, BlobCorrupt: a table is not kept.
    """
    datasets = sorted({state.questions.accepted[one].dataset for one in questions})
    for dataset in datasets:
        table = state.datasets.by_id[dataset]
        data = await to_thread.run_sync(partial(Blobs(home).get, table.blob))
        await workers.offer(dataset, data, table.reader)
    async with workers.session(datasets[0], "model"):
        pass  # whether a model's code may run here is told before any is asked for
    async with BlockingPortal() as portal, anyio.create_task_group() as tasks:
        yield Playground(portal, tasks, home, state, workers, settings)
        tasks.cancel_scope.cancel()
