"""Somebody measured on questions: each put once, in a session of its own, and scored into the log.

    EvaluationStarted ─▶ what is asked of whom
    Examiner ─▶ AnswerScored, one for each question

The runtime is that of every other job: what was scored is not asked again, what infrastructure took is tried
again, and after a kill the same command goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import msgspec
from anyio import to_thread

from actors.apart import thin_air
from actors.cast import Cast
from actors.evaluating.examiner import Examiner
from actors.evaluating.scoring import Spent
from actors.job import PROCESSES, Progress
from actors.papers import Paper, script_of
from actors.ports import Workers
from actors.runtime.processes import Processes
from actors.runtime.supervisor import Supervisor
from actors.system import drop_garbage, opened_server, tell, until_idle_or_interrupted
from actors.teaching.dialogue import Task, Teacher, attempt
from actors.teaching.guesser import Guesser
from actors.teaching.hiring import Hired
from actors.teaching.line import Sender
from actors.teaching.orders import ModelOrders
from actors.teaching.pupil import Answer, Pupil
from actors.teaching.sitting import ModelSitting, PupilSitting, ScriptSitting, sitting_of
from actors.workers.containers import owner_of
from actors.workers.opening import opened_workers
from events.episode import episode_id
from events.evaluation import AnswerScored, EvaluationStarted, evaluation_id
from events.question import Question
from events.runtime import RunStarted
from events.struct import Event
from events.trace import trace_id
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.projections.calls import Calls, Tally
from store.projections.state import State
from store.replay import rebuild

Player = Literal["scripted", "guesser", "openai", "local"]
PUPIL = PupilSitting()
"""How a model in a folder is asked."""


@dataclass(frozen=True)
class Named:
    """A model that is at hand."""

    name: str
    """What it is known by."""
    answer: Answer
    """What it says next."""


@dataclass(frozen=True)
class Exam:
    """What a command asks."""

    home: Home
    """Whose log it goes into."""
    player: Player
    """Who answers."""
    paper: Paper
    """What is asked."""
    model: ModelOrders | None = None
    """The model behind a server, where that answers."""
    pupil: Named | None = None
    """The model in a folder, where that answers."""
    seed: int = 0
    """Where chance is drawn from."""
    workers: Literal["auto", "docker", "local"] = "auto"
    """What runs the code."""
    allow_process_level: bool = False
    """Whether a model's code may run without a wall, as a person said."""


@dataclass(frozen=True)
class Measured:
    """How it ended."""

    evaluation: str
    """Id of the evaluation."""
    workers: str
    """What ran the code, and why that."""
    interrupted: bool
    """Whether it was asked to stop before it was done."""


async def measure(exam: Exam, progress: Progress, processes: Processes | None = None) -> Measured:
    """Put every question that has no answer yet, and score what comes.

    Raises:
        HomeLocked, HomeUnwritable, LogCorrupt, NoSpace, LogPoisoned: the home cannot be worked on.
        UnfitServerError: the model's server cannot serve; nothing was done.
        BlobMissing, BlobCorrupt: a table is not kept.
        TableTooLarge: no worker has room for one.
        InfrastructureError: no worker could be had.
    """
    started = _started(exam)
    left = _left(started, await to_thread.run_sync(rebuild, exam.home))
    async with opened_server(exam.model if left else None) as server, LogWriter.open(exam.home) as writer:
        state = await to_thread.run_sync(partial(rebuild, exam.home, keep=True))
        if not left:
            if started.evaluation not in state.evaluations.started:
                await writer.append([Draft(started)])
            return Measured(started.evaluation, "none: every question has its answer", interrupted=False)
        await drop_garbage(writer, state, progress)
        _tell_of_before(started, state, progress)
        hired = _hired(exam, server, state.calls, writer)
        await writer.append([Draft(RunStarted("evaluate", exam.seed, ())), Draft(started)])
        told, interrupted = await _work(
            exam, writer, started, hired, progress, processes or Processes(PROCESSES)
        )
        await to_thread.run_sync(partial(rebuild, exam.home, keep=True))
    return Measured(started.evaluation, told, interrupted)


def _left(started: EvaluationStarted, state: State) -> int:
    """How many questions have no answer yet."""
    return sum(trace not in state.evaluations.scored for trace in started.items)


def _tell_of_before(started: EvaluationStarted, state: State, progress: Progress) -> None:
    """Say how much of it was done before, by another evaluation or by this one before a kill."""
    asked, left = len(started.items), _left(started, state)
    if left < asked:
        progress.stage(f"goes on: {asked - left} of {asked} questions have an answer, {left} are put")


async def _work(  # noqa: PLR0913, PLR0917  called in one place
    exam: Exam,
    writer: LogWriter,
    started: EvaluationStarted,
    hired: Hired | None,
    progress: Progress,
    processes: Processes,
) -> tuple[str, bool]:
    """Have the questions answered; what ran the code, and whether somebody interrupted."""

    async def announce(event: Event) -> None:
        await writer.append([Draft(event)])

    await processes.start()
    owner = owner_of(writer.home_id, exam.home.root)
    wanted = hired.orders.attempts if hired else 0
    async with opened_workers(exam.workers, owner, announce, exam.allow_process_level, wanted) as (
        workers,
        told,
    ):
        progress.stage(f"workers: {told}")
        room = _Room(exam, workers, processes, hired)
        await exam.paper.lay_out(room.cast)
        asked = dict(zip(started.items, exam.paper.chosen.questions, strict=True))
        untell = writer.subscribe(lambda batch: tell(batch, progress))
        limits = {Examiner.name: wanted} if hired else {}
        try:
            supervisor = Supervisor(writer, [Examiner(asked, room.put)], limits=limits)
            return told, await until_idle_or_interrupted(supervisor)
        finally:
            untell()


class _Room:
    """Where questions are put: who answers, and what scores."""

    def __init__(self, exam: Exam, workers: Workers, processes: Processes, hired: Hired | None) -> None:
        self.cast = Cast(exam.home, (), workers, processes)
        self._exam = exam
        self._hired = hired
        self._processes = processes
        self._settings = _settings(exam)
        self._teacher = self._whoever()

    async def put(self, question: Question) -> tuple[AnswerScored, Mapping[str, bytes]]:
        task = Task(question, "consistency", 0)
        ended, outputs = await attempt(task, self._teacher, self.cast.workers, self._settings)
        return await self._exam.paper.score(question, ended, self._spent(question), self.cast), outputs

    def _whoever(self) -> Teacher:
        if self._hired is not None:
            return self._hired.teacher(self.cast.columns_of)
        if self._exam.pupil is not None:
            return Pupil(self._exam.pupil.name, self._exam.pupil.answer, PUPIL)
        if self._exam.player == "guesser":
            return Guesser(self._guess)
        return script_of(self.cast, ScriptSitting())

    async def _guess(self, question: Question) -> Mapping[str, Any]:
        table = self.cast.tables[question.dataset]
        return await self._processes.run(thin_air, table, question, self._exam.seed)

    def _spent(self, question: Question) -> Spent:
        if self._hired is None:
            return Spent()
        settings = self._hired.settings
        account = episode_id(question.id, self._hired.orders.model, settings, settings.traces)
        tally = self._hired.purse.calls.accounts.get(account, Tally())
        return Spent(tally.sent, tally.prompt_tokens + tally.completion_tokens, tally.cost)


def _started(exam: Exam) -> EvaluationStarted:
    settings, known = _settings(exam), exam.pupil.name if exam.pupil else exam.player
    player = exam.model.model if exam.model else known
    questions = tuple(one.id for one in exam.paper.chosen.questions)
    return EvaluationStarted(
        evaluation=evaluation_id(player, settings, exam.paper.benchmark, questions),
        player=player,
        settings=msgspec.to_builtins(settings),
        chosen=exam.paper.chosen.told,
        items={trace_id(one, "consistency", 0, player, settings): one for one in questions},
        benchmark=exam.paper.benchmark,
    )


def _settings(exam: Exam) -> ScriptSitting | ModelSitting | PupilSitting:
    """What decides how it is answered; of a script nothing is left to chance."""
    if exam.model is not None:
        return sitting_of(exam.model, exam.seed)
    if exam.pupil is not None:
        return PUPIL
    return ScriptSitting(seed=exam.seed if exam.player == "guesser" else 0)


def _hired(exam: Exam, server: Sender | None, calls: Calls, writer: LogWriter) -> Hired | None:
    if exam.model is None or server is None:
        return None

    async def announce(event: Event) -> None:
        await writer.append([Draft(event)])

    hired = Hired(exam.model, server, calls, announce, sitting_of(exam.model, exam.seed))
    writer.subscribe(hired.purse.hear)
    return hired
