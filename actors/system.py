"""Who listens to what: the one diagram in code.

    files ─ take_in ─▶ DatasetRegistered, StreamRequested
    StreamRequested ─▶ Generator ─▶ QuestionAccepted / QuestionRejected
    QuestionAccepted ─▶ Solver ─▶ AttemptEnded
    AttemptEnded ─▶ Recorder ─▶ TraceRecorded
    AttemptEnded, TraceRecorded ─▶ Grounder ─▶ HooksGraded
    QuestionAccepted, AttemptEnded, TraceRecorded, HooksGraded ─▶ Verifier ─▶ EpisodeJudged

Everything goes through the log; an actor hears of nothing that is not durable.
"""

import signal
from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

import anyio
from anyio import to_thread

from actors.generation.generator import Generator
from actors.generation.proposing import Ruling, Stretch, Table, rule_on, subject_of
from actors.generation.trial import tried
from actors.intake import Stock, request_streams, take_stock
from actors.job import Done, Job, Progress
from actors.language.court import Refusal
from actors.language.mistakes import MistakenProgram, mistaken
from actors.language.operator import Columns
from actors.ports import Workers
from actors.runtime.actor import Actor
from actors.runtime.processes import Processes
from actors.runtime.supervisor import Supervisor
from actors.teaching.dialogue import SolveSettings, Task, attempt
from actors.teaching.reading import meanings
from actors.teaching.scripted import NAME, ScriptedTeacher
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounder import ground
from actors.tracing.grounding import Grounder
from actors.tracing.recording import Recorder
from actors.verifying.foresight import Foresight
from actors.verifying.oracle import Expectation, expectation
from actors.verifying.verifier import Verifier
from actors.workers.containers import owner_label
from actors.workers.engine import worker_image
from actors.workers.opening import opened_workers
from actors.workers.probe import WallFact, probe
from events.answers import AnswerContract
from events.dataset import DatasetRegistered
from events.question import ProgramRecord, Question, StreamRequested
from events.runtime import RunStarted
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded
from events.wire import AnyRecorded
from store.artifacts import write_artifacts
from store.blobs import Blobs
from store.log.append import LogWriter
from store.log.drafts import Draft
from store.projections.state import State
from store.replay import counted_blobs, rebuild

PROCESSES = 2
"""Processes for work in our own numeric code: the court and the oracle."""


class Cast:
    """The actors of one job, each handed what it needs.

    Args:
        job: what is asked.
        tables: the tables in scope.
        streams: the requests in scope, by stream id.
        workers: what runs the questions' code.
        processes: what runs our own numeric code.
    """

    def __init__(
        self,
        job: Job,
        tables: list[DatasetRegistered],
        streams: Mapping[str, StreamRequested],
        workers: Workers,
        processes: Processes,
    ) -> None:
        self.job = job
        self.streams = streams
        self.workers = workers
        self.settings = SolveSettings()
        self.tables = {table.dataset: _table(job, table) for table in tables}
        self.teacher = ScriptedTeacher(self._columns, self._read, self._spoil, self.settings)
        self.foresight = Foresight(self._expect)
        self._processes = processes

    def actors(self) -> list[Actor[Any]]:
        """Everybody who listens, for the phases of this job."""
        generating: list[Actor[Any]] = [Generator(self.streams, self._court, self._trial)]
        solving: list[Actor[Any]] = [
            Solver(self._in_scope, NAME, self.settings, self._attempt),
            Recorder(),
            Grounder(self._in_scope, self._ground),
            Verifier(self._in_scope, NAME, self.settings, self._traces),
        ]
        phases = self.job.phases
        return (generating if "generate" in phases else []) + (solving if "solve" in phases else [])

    def _columns(self, dataset: str) -> Columns:
        return self.tables[dataset].columns

    def _in_scope(self, question: Question) -> bool:
        return question.source in self.job.sources and question.dataset in self.tables

    def _traces(self, question: Question) -> list[str]:
        return [trace_of(task, NAME, self.settings) for task in tasks(question, self.settings)]

    async def _court(self, request: StreamRequested, stretch: Stretch) -> tuple[list[Ruling], bool]:
        table = self.tables[request.dataset]
        return await self._processes.run(rule_on, table, stretch)

    async def _trial(self, question: Question) -> Refusal | None:
        return await tried(question, self.tables[question.dataset].columns, self.workers)

    async def _attempt(self, task: Task) -> tuple[AttemptEnded, Mapping[str, bytes]]:
        return await attempt(task, self.teacher, self.workers, self.settings)

    async def _read(self, question: Question) -> Sequence[ProgramRecord]:
        table = self.tables[question.dataset]
        words = (question.question_text, question.format, question.contract)
        return await self._processes.run(_meant, table, *words)

    async def _spoil(self, question: Question, record: ProgramRecord) -> MistakenProgram | None:
        return await self._processes.run(_mistaken, self.tables[question.dataset], question, record)

    async def _ground(self, question: Question, ended: AttemptEnded) -> HooksGraded:
        return await ground(ended, self.foresight.of(question), self.workers, question.dataset)

    async def _expect(self, question: Question) -> Expectation:
        table = self.tables[question.dataset]
        return await self._processes.run(_expected, table, question)


async def perform(job: Job, progress: Progress) -> Done:
    """Do a job on its home: take in tables, let the actors work until nothing is owed, write artifacts.

    Raises:
        HomeLocked, HomeUnwritable, LogCorrupt, OldBlobs, NoSpace, LogPoisoned: the home cannot be worked on.
        NoTableError: nothing that was named can serve.
        InfrastructureError: no worker could be had.
    """
    async with LogWriter.open(job.home) as writer:
        state = await to_thread.run_sync(rebuild, job.home)
        await _drop_garbage(writer, state, progress)
        await writer.append([Draft(RunStarted(job.command, job.seed, job.sources))])
        stock = await take_stock(job, writer, state, progress)
        streams = await request_streams(job, stock, writer, state)
        told, interrupted = await _work(job, writer, stock, streams, progress)
        progress.stage(
            "interrupted; the same command goes on here" if interrupted else "nothing is left to do"
        )
        state = await to_thread.run_sync(rebuild, job.home)
        written = await to_thread.run_sync(write_artifacts, job.home, state, job.sources)
        progress.stage(f"artifacts: {len(written.written)} written, {written.unchanged} unchanged")
    return Done(told, tuple(stock.left_out), tuple(stock.bad_paths), interrupted)


async def _drop_garbage(writer: LogWriter, state: State, progress: Progress) -> None:
    """Make room where interrupted work left many bytes that no event names."""
    dropped = await writer.collect(counted_blobs(state))
    if dropped is not None:
        progress.stage(
            f"blobs: {dropped.blobs} dropped that the log does not name, {dropped.freed} bytes freed"
        )


async def examine() -> tuple[WallFact, ...]:
    """What walls this machine offers, the strongest first."""
    return await probe(worker_image())


async def _work(
    job: Job, writer: LogWriter, stock: Stock, streams: Mapping[str, StreamRequested], progress: Progress
) -> tuple[str, bool]:
    """Let the actors work until nothing is owed or somebody interrupts; what ran the code, and whether."""

    async def announce(event: Event) -> None:
        await writer.append([Draft(event)])

    processes = Processes(PROCESSES)
    await processes.start()
    async with opened_workers(job.workers, owner_label(writer.home_id, job.home.root), announce) as (
        workers,
        told,
    ):
        progress.stage(f"workers: {told}")
        blobs = Blobs(job.home)
        for table in stock.tables:
            data = await to_thread.run_sync(blobs.get, table.blob)
            await workers.offer(table.dataset, data, table.reader)
        untell = writer.subscribe(lambda batch: _tell(batch, progress))
        try:
            cast = Cast(job, stock.tables, streams, workers, processes)
            return told, await _until_idle_or_interrupted(Supervisor(writer, cast.actors()))
        finally:
            untell()


async def _until_idle_or_interrupted(supervisor: Supervisor) -> bool:
    """Run until nothing is owed; the first interrupt drains. Whether there was one."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_drain_on_signal, supervisor)
        ended = await supervisor.run_until_idle()
        tasks.cancel_scope.cancel()
    return ended != "idle"


async def _drain_on_signal(supervisor: Supervisor) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            supervisor.drain()


def _tell(batch: Sequence[AnyRecorded], progress: Progress) -> None:
    for recorded in batch:
        progress.heard(recorded)


def _table(job: Job, registered: DatasetRegistered) -> Table:
    home = str(job.home.root)
    return Table(registered.dataset, home, registered.blob, registered.reader, registered.columns)


@lru_cache(maxsize=256)
def _meant(table: Table, text: str, note: str, contract: AnswerContract) -> list[ProgramRecord]:
    """Run in a process of its own, which remembers it for the other traces of the question."""
    return meanings(text, note, contract, subject_of(table))


def _mistaken(table: Table, question: Question, record: ProgramRecord) -> MistakenProgram | None:
    """Run in a process of its own."""
    return mistaken(record, subject_of(table), question.contract, Random(f"{question.id}/mistake"))


def _expected(table: Table, question: Question) -> Expectation:
    """Run in a process of its own."""
    return expectation(question.recipe.program, subject_of(table))
