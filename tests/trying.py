"""Solving and judging one question with real workers, without the log: for tests of judgement."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from random import Random

import pandas as pd

from actors.generation.streams import proposals
from actors.language.court import judge
from actors.language.mistakes import MistakenProgram, mistaken
from actors.language.subject import Subject
from actors.ports import Limits, Workers
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from actors.teaching.dialogue import Dialogue, SolveSettings, Task, Teacher, attempt
from actors.teaching.reading import meanings
from actors.teaching.scripted import Script, ScriptedTeacher, Written
from actors.teaching.solver import tasks
from actors.tracing.grounder import ground
from actors.tracing.recorder import record
from actors.tracing.rerun import Reruns
from actors.verifying.evidence import Evidence
from actors.verifying.opinion import opinion
from actors.verifying.oracle import Expectation, expectation
from actors.verifying.verdict import apart, judge as verdict_of
from actors.workers.guard import GuardedWorkers
from actors.workers.link import Backend
from actors.workers.local import LocalBackend
from actors.workers.pool import running_pool
from events.dataset import DatasetRegistered
from events.episode import EpisodeJudged
from events.question import ProgramRecord, Question, Source
from events.struct import Event
from events.trace import SCRIPTED, Message, Perturbation
from events.values import Value

SETTINGS = SolveSettings()
SOURCES: tuple[Source, ...] = ("template", "procedural")


class Bench:
    """Registered tables, and workers that hold them."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self._reruns = Reruns(workers)
        self._played: dict[str, list[Evidence]] = {}
        self.subjects: dict[str, Subject] = {}

    async def take(self, frame: pd.DataFrame) -> Subject:
        """Register a table as if it had been read from a file."""
        data = frame.to_csv(index=False).encode()
        event = inspect_bytes(data, Path("birds.csv"))
        assert isinstance(event, DatasetRegistered), event
        table = read_table(data, event.reader)
        subject = Subject(event.dataset, event.reader, event.columns, table)
        self.subjects[event.dataset] = subject
        await self.workers.offer(event.dataset, data, event.reader)
        return subject

    @property
    def scripted(self) -> ScriptedTeacher:
        return ScriptedTeacher(
            lambda dataset: self.subjects[dataset].columns, self._read, self._spoil, SETTINGS
        )

    async def _read(self, question: Question) -> Sequence[ProgramRecord]:
        subject = self.subjects[question.dataset]
        return meanings(question.question_text, question.format, question.contract, subject)

    async def _spoil(self, question: Question, record: ProgramRecord) -> MistakenProgram | None:
        subject = self.subjects[question.dataset]
        return mistaken(record, subject, question.contract, Random(f"{question.id}/mistake"))

    async def judged(
        self, question: Question, gold: Teacher | None = None, others: Teacher | None = None
    ) -> EpisodeJudged:
        """The verdict when `gold` plays the gold trace and `others` the rest; the script where none is named."""
        first, *rest = tasks(question, SETTINGS)
        evidence = [await self._evidence(first, gold or self.scripted)]
        if others is not None:
            evidence += [await self._evidence(task, others) for task in rest]
        elif question.id in self._played:
            evidence += self._played[question.id]
        else:
            evidence += [await self._evidence(task, self.scripted) for task in rest]
            self._played[question.id] = evidence[1:]
        subject = self.subjects[question.dataset]
        asked = opinion(question, subject, apart(question, evidence))
        return verdict_of(question, evidence, "e" * 32, asked)

    async def _evidence(self, task: Task, teacher: Teacher) -> Evidence:
        ended, _ = await attempt(task, teacher, self.workers, SETTINGS)
        subject = self.subjects[task.question.dataset]
        grades = await ground(ended, _Oracle(task.question, subject), self._reruns, subject.dataset)
        return Evidence(ended, record(ended), grades)


@asynccontextmanager
async def bench(limits: Limits | None = None, backend: Backend | None = None) -> AsyncIterator[Bench]:
    """A bench with one worker, a local one where nothing is said."""

    async def announce(_: Event) -> None:
        return None

    async with running_pool(backend or LocalBackend(), announce, limits=limits) as pool:
        yield Bench(GuardedWorkers(pool, allow_process=True))


def accepted(subject: Subject, source: Source, most: int, key: str = "tests") -> list[Question]:
    """The first questions that the court accepts of a stream, at most so many of 200 proposals."""
    return list(islice(accepted_one_by_one(subject, source, key), most))


def accepted_one_by_one(subject: Subject, source: Source, key: str = "tests") -> Iterator[Question]:
    """The questions that the court accepts of a stream's first 200 proposals, judged as they are asked for."""
    for proposal in islice(proposals(source, subject, key), 200):
        verdict = judge(proposal, subject) if proposal else None
        if isinstance(verdict, Question):
            yield verdict


class _Oracle:
    def __init__(self, question: Question, subject: Subject) -> None:
        self._expectation: Expectation | None = None
        self._question = question
        self._subject = subject

    def _known(self) -> Expectation:
        if self._expectation is None:
            self._expectation = expectation(self._question.recipe.program, self._subject)
        return self._expectation

    async def original(self) -> Mapping[str, Value]:
        return self._known().original

    async def perturbed(self) -> Sequence[tuple[Perturbation, Mapping[str, Value]]]:
        return self._known().perturbed


class Said:
    """A solver who says these cells, whatever comes back.

    Args:
        cells: the code of each.
        name: who it passes for.
    """

    def __init__(self, *cells: str, name: str = SCRIPTED) -> None:
        self.name = name
        self._cells = cells

    def begin(self, _: Task) -> Dialogue:
        return Script(self._written)

    async def _written(self) -> Written:
        return [Message(text="", code=code) for code in self._cells], None
