"""The actors of a job, each handed what it needs: where rooms that do not know each other meet."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from anyio import to_thread

from actors.apart import expected, meant, misled, opined
from actors.generation.generator import Generator
from actors.generation.hearing import Bench, hear
from actors.generation.proposing import Ruling, Stretch, Table, rule_on
from actors.generation.rewording import in_other_words, objection
from actors.generation.trial import tried
from actors.generation.verbaliser import Verbaliser
from actors.job import Phase
from actors.language.lexicon import Lexicon
from actors.language.mistakes import MistakenProgram
from actors.language.operator import Columns
from actors.language.soundness import Refusal
from actors.ports import InfrastructureError, Settled, Workers
from actors.proposed import run_reference
from actors.runtime.actor import Actor
from actors.runtime.processes import Processes
from actors.teaching.authoring import Errand
from actors.teaching.dialogue import SolveSettings, Task, Teacher, attempt
from actors.teaching.hiring import Hired
from actors.teaching.orders import ModelSettings
from actors.teaching.scripted import ScriptedTeacher
from actors.teaching.solver import Solver, tasks, trace_of
from actors.tracing.grounder import ground
from actors.tracing.grounding import Grounder
from actors.tracing.recording import Recorder
from actors.tracing.rerun import Reruns
from actors.tracing.tampering import tampering
from actors.tracing.triangulating import departures
from actors.verifying.economy import settled
from actors.verifying.evidence import Evidence
from actors.verifying.foresight import Foresight
from actors.verifying.foretold import foretold
from actors.verifying.opinion import Opinion
from actors.verifying.oracle import Expectation
from actors.verifying.verdict import UNASKED, agreeing
from actors.verifying.verifier import Verifier
from events.answers import Answer
from events.dataset import DatasetRegistered
from events.episode import Departure, EpisodeJudged, episode_id
from events.question import ProgramRecord, Proposal, Question, Rewording, StreamRequested, proposal_id
from events.trace import AttemptEnded, HooksGraded, author_of
from store.blobs import BlobCorrupt, BlobMissing, Blobs
from store.home import Home

Settings = SolveSettings | ModelSettings


class Cast:
    """The actors of one job, each handed what it needs.

    Args:
        home: where the tables lie.
        phases: whether questions are made, solved, or both.
        workers: what runs the questions' code.
        processes: what runs our own numeric code.
        hired: the model that solves the questions; None leaves it to the script.
    """

    def __init__(
        self,
        home: Home,
        phases: Collection[Phase],
        workers: Workers,
        processes: Processes,
        hired: Hired | None = None,
    ) -> None:
        self.home = home
        self.phases = phases
        self.workers = workers
        self.tables: dict[str, Table] = {}
        self.settings, self.teacher = self._scripted() if hired is None else self._hired(hired)
        self.foresight = Foresight(self._expect)
        self._processes = processes
        self._reruns = Reruns(workers)
        self._author = None if hired is None else hired.author()
        self._rewriter = None if hired is None else hired.rewriter()
        self._at_once = None if hired is None else hired.orders.attempts
        # A script costs nothing, and the mistakes that it makes are data: all its attempts are made.
        self._ahead = None if hired is None else hired.orders.ahead
        self._settled: Settled | None = None
        if hired is not None:
            self._settled = partial(settled, traces=hired.settings.traces)

    async def take(self, registered: DatasetRegistered, data: bytes | None = None) -> None:
        """Have a table at hand, before anybody is told that it is in scope.

        Args:
            registered: the table.
            data: the file's bytes; read from the blobs when they are not given.

        Raises:
            BlobMissing, BlobCorrupt: the bytes are not kept.
            TableTooLarge: no worker has room for it.
        """
        if data is None:
            data = await to_thread.run_sync(Blobs(self.home).get, registered.blob)
        again = partial(self._bytes, registered.blob)
        await self.workers.offer(registered.dataset, data, registered.reader, again)
        self.tables[registered.dataset] = table_of(self.home, registered)

    def actors(self) -> list[Actor[Any]]:
        """Everybody who listens, for the phases of this job."""
        generating: list[Actor[Any]] = [
            Generator(self._court, self._trial, self._episode, self._invent if self._author else None)
        ]
        if self._rewriter is not None:
            generating.append(Verbaliser(self._rewriter.name, self._reword))
        solving: list[Actor[Any]] = [
            Solver(self.teacher.name, self.settings, self._attempt, self._settled, self._ahead),
            Recorder(),
            Grounder(self._ground),
            self._verifier(),
        ]
        return (generating if "generate" in self.phases else []) + (solving if "solve" in self.phases else [])

    @property
    def limits(self) -> dict[str, int]:
        """How much of the work for which a model is asked runs at once, by actor."""
        if self._at_once is None:
            return {}
        rewording = self._rewriter is not None and "generate" in self.phases
        asking = ([Verbaliser.name] if rewording else []) + ([Solver.name] if "solve" in self.phases else [])
        return dict.fromkeys(asking, self._at_once)

    def _verifier(self) -> Verifier:
        called, asked = self.teacher.name, (self._second, self._explain)
        return Verifier(called, self.settings, self._traces, *asked, self._settled)

    def _scripted(self) -> tuple[Settings, Teacher]:
        settings = SolveSettings()
        return settings, ScriptedTeacher(self.columns_of, self.read, self._spoil, settings)

    def _hired(self, hired: Hired) -> tuple[Settings, Teacher]:
        return hired.settings, hired.teacher(self.columns_of)

    async def _bytes(self, blob: str) -> bytes:
        try:
            return await to_thread.run_sync(Blobs(self.home).get, blob)
        except (BlobMissing, BlobCorrupt) as problem:
            raise InfrastructureError(str(problem)) from problem

    def columns_of(self, dataset: str) -> Columns:
        """The profile of a table that was taken."""
        return self.tables[dataset].columns

    def _episode(self, question: Question) -> str:
        return episode_id(question.id, self.teacher.name, self.settings, self.settings.traces)

    def _traces(self, question: Question) -> list[str]:
        return [trace_of(task, self.teacher.name, self.settings) for task in tasks(question, self.settings)]

    async def _court(self, request: StreamRequested, stretch: Stretch) -> tuple[list[Ruling], bool]:
        table = self.tables[request.dataset]
        return await self._processes.run(rule_on, table, stretch)

    async def _trial(self, question: Question) -> Refusal | None:
        return await tried(question, self.tables[question.dataset].columns, self.workers)

    async def _invent(
        self, request: StreamRequested, index: int, known: Sequence[Question], refused: Sequence[str]
    ) -> Ruling:
        """What became of one proposal of a model."""
        assert self._author is not None
        author, table = self._author, self.tables[request.dataset]
        asked = [one.question_text for one in known]
        errand = Errand(proposal_id(request.stream, index), table.columns, table.noun, asked, refused)
        async with self.workers.session(request.dataset, author_of(author.name)) as session:
            draft = await author.propose(errand, session)
        heard = await hear(
            draft,
            Bench(
                dataset=request.dataset,
                reader=table.reader,
                columns=table.columns,
                model=author.name,
                prompts=author.prompts,
                known=known,
                run=partial(run_reference, self.workers, request.dataset),
                guess=partial(author.guesses, errand),
                reach=lambda code: tampering([code]),
            ),
        )
        if isinstance(heard, Question):
            return Ruling(index, heard)
        return Ruling(index, reason=heard.reason, detail=heard.detail)

    async def _reword(self, question: Question, known: Collection[str]) -> Question | Refusal:
        """A question in a model's words, or why it has none; attempts on them see nothing else of it."""
        assert self._rewriter is not None
        rewriter, table = self._rewriter, self.tables[question.dataset]
        names = Lexicon(table.columns, table.noun)
        text = await rewriter.words(
            question, table.columns, lambda words: objection(words, question, names, known)
        )
        if isinstance(text, Refusal):
            return text
        reworded = in_other_words(question, Rewording(question.id, text, rewriter.name, rewriter.prompts))
        refusal = await rewriter.tried(reworded, question.id, table.columns, self.workers)
        return refusal or reworded

    async def _attempt(self, task: Task) -> tuple[AttemptEnded, Mapping[str, bytes]]:
        return await attempt(task, self.teacher, self.workers, self.settings)

    async def read(self, question: Question) -> Sequence[ProgramRecord]:
        """The programs that a question's text and note can mean."""
        table = self.tables[question.dataset]
        words = (question.question_text, question.format, question.contract)
        return await self._processes.run(meant, table, *words)

    async def _spoil(self, question: Question, record: ProgramRecord) -> MistakenProgram | None:
        return await self._processes.run(misled, self.tables[question.dataset], question, record)

    async def _ground(self, question: Question, ended: AttemptEnded) -> HooksGraded:
        return await ground(ended, self.foresight.of(question), self._reruns, question.dataset)

    async def _second(self, question: Question, given: Mapping[str, Answer]) -> Opinion:
        if question.source == "llm":
            return UNASKED  # there is no program that a second implementation could run
        return await self._processes.run(opined, self.tables[question.dataset], question, given)

    async def _explain(
        self, question: Question, judged: EpisodeJudged, evidence: Sequence[Evidence]
    ) -> Sequence[Departure]:
        whole = [one.attempt for one in evidence if one.record.broken is None]
        attempts = [one for one in whole if one.outcome != "infrastructure_failed"]
        return await departures(attempts, agreeing(judged), question.contract, self.workers, question.dataset)

    async def _expect(self, question: Question) -> Expectation:
        computed_by, table = question.recipe.computed_by, self.tables[question.dataset]
        if isinstance(computed_by, Proposal):
            return await foretold(partial(run_reference, self.workers, question.dataset, computed_by))
        return await self._processes.run(expected, table, question)


def table_of(home: Home, registered: DatasetRegistered) -> Table:
    """The table as the court and the oracle are handed it."""
    return Table(
        registered.dataset,
        str(home.root),
        registered.blob,
        registered.reader,
        registered.columns,
        registered.noun,
    )
