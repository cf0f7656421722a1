"""A small history of a home, told event by event, for the tests of what is folded from it."""

from dataclasses import dataclass, field
from typing import Any

from events.answers import Answer, AnswerContract, AnswerField, instruction
from events.dataset import ColumnProfile, DatasetRegistered, ReaderSettings
from events.episode import EpisodeJudged, Evidence, TraceVote, Verdict, episode_id
from events.identity import canonical_json, digest_of, identify
from events.question import (
    Axis,
    Certificate,
    Difficulty,
    ProgramRecord,
    Question,
    QuestionAccepted,
    QuestionRejected,
    Recipe,
    Source,
    Step,
    StreamRequested,
    question_id,
    stream_id,
)
from events.runtime import HomeOpened, WorkStamp
from events.trace import (
    AttemptEnded,
    CellResult,
    Executed,
    HookGrade,
    HookRaised,
    HooksGraded,
    Message,
    Mistake,
    Perturbation,
    Role,
    StatementRun,
    Submission,
    TraceRecorded,
    trace_id,
)
from events.values import value_of
from events.wire import AnyEvent, AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.projections.state import State, fold

READER = ReaderSettings("utf-8", ",", 0, ("NA",))
CONTRACT = AnswerContract((AnswerField("mean_mass", "number", decimals=2),))
CODE = """\
m = df['mass'].mean()
hook(m, "m = df['mass'].mean()", name='m')
submit({'mean_mass': round(m, 2)})
"""
GOLD = 4201.754386


def dataset_registered(name: str = "penguins") -> DatasetRegistered:
    """A table of two columns."""
    return DatasetRegistered(
        dataset=identify("dataset", name),
        name=name,
        path=f"examples/{name}.csv",
        blob=digest_of(name.encode()),
        size=120,
        reader=READER,
        notes=("the delimiter is a comma",),
        rows=9,
        columns=(
            ColumnProfile("mass", "measure", True, 1, 8, why="floats"),
            ColumnProfile("sp[red]ecies", "category", False, 0, 3, ("a", "b", "c")),
        ),
    )


def question(dataset: str, source: Source, number: int, contract: AnswerContract = CONTRACT) -> Question:
    """A sound question: its id follows from its content."""
    text = f"What is the mean mass, for the {number}th time?"
    program = ProgramRecord(
        (Step("m", "mean", ("table",), {"column": "mass"}, {"missing": "dropped"}),), {"mean_mass": "m"}
    )
    return Question(
        id=question_id(source, dataset, program, text, contract),
        source=source,
        dataset=dataset,
        question_text=text,
        format=instruction(CONTRACT),
        hint="Take the mean of the mass.",
        contract=contract,
        answers=({"mean_mass": GOLD},),
        difficulty=Difficulty(1, 1, "easy"),
        recipe=Recipe(dataset, READER, program, {"mean": 1}, "plain_mean" if source == "template" else None),
        certificate=Certificate(
            (Axis("m", "missing", ("dropped", "zero"), "dropped", "stated"),),
            2,
            64,
            2,
            ("every step matters",),
        ),
    )


def attempt(asked: Question, role: Role, index: int, answer: Answer | None) -> AttemptEnded:
    """One turn that raises a hook and submits the answer."""
    first, *others = CODE.splitlines() if answer is not None else CODE.splitlines()[:-1]
    code = "".join(f"{line}\n" for line in (first, *others))
    result = CellResult(
        number=0,
        statements=(StatementRun(first, seconds=0.25), *map(StatementRun, others)),
        stdout="",
        hooks=(HookRaised("m", "m = df['mass'].mean()", value_of(GOLD)),),
        submission=None if answer is None else Submission(answer, digest_of(canonical_json(answer))),
        seconds=0.5,
    )
    wrong = role == "consistency" and index == 1
    return AttemptEnded(
        trace=trace_id(asked.id, role, index, "scripted", None),
        question=asked.id,
        source=asked.source,
        role=role,
        index=index,
        teacher="scripted",
        said=(Message("I take the mean.", code, 0),),
        executed=(Executed(digest_of(code.encode()), result, "submitted"),),
        outcome="gave_up" if answer is None else "answered",
        stop="submitted",
        level="process",
        fingerprint="f",
        mistake=Mistake("other_column", "m", 0, "the mean is of mass") if wrong else None,
    )


def recorded_trace(ended: AttemptEnded, answer: Answer | None) -> TraceRecorded:
    """The recorder found the attempt whole."""
    return TraceRecorded(ended.trace, ended.question, ended.role, ended.index, ended.outcome, answer)


def graded(ended: AttemptEnded) -> HooksGraded:
    """Every hook is grounded."""
    grade = HookGrade("m", 0, True, "grounded", "held on 2 tables", "m", ("data:table",))
    return HooksGraded(ended.trace, ended.question, (grade,), (Perturbation("bootstrap", 3),), True)


def vote(ended: AttemptEnded, answer: Answer | None, accepted: bool) -> TraceVote:
    """What a trace contributed."""
    return TraceVote(
        ended.trace,
        ended.role,
        ended.index,
        ended.outcome,
        answer,
        accepted,
        1,
        1,
        mistake=ended.mistake is not None,
    )


@dataclass
class History:
    """Recorded events in order, each with the id that its place and content give it."""

    events: list[AnyRecorded] = field(default_factory=list)

    def tell(self, event: AnyEvent, work: WorkStamp | None = None) -> AnyRecorded:
        """Record one more event."""
        seq = len(self.events) + 1
        recorded = AnyRecorded(
            seq=seq,
            time=f"2026-01-01T00:00:00.{seq:06}+00:00",
            id=identify("event", seq, event),
            event=event,
            work=work,
        )
        self.events.append(recorded)
        return recorded

    def finish(self, event: AnyEvent, key: str) -> AnyRecorded:
        """Record the event that finishes a piece of work at its first try."""
        return self.tell(event, WorkStamp(key, 1, finishes=True))

    def stream(self, dataset: str, source: Source, seed: int = 0) -> str:
        """Ask a stream for questions; its id."""
        stream = stream_id(dataset, source, seed)
        self.tell(StreamRequested(stream, dataset, source, seed, 16))
        return stream

    def judge(
        self, asked: Question, verdict: Verdict = "verified", evidence: Evidence = "scripted"
    ) -> EpisodeJudged:
        """Solve a question with a gold trace and four others, one of them wrong, and judge it."""
        votes: list[TraceVote] = []
        for role, index in (("gold", 0), *(("consistency", index) for index in range(4))):
            kind: Role = "gold" if role == "gold" else "consistency"
            wrong = kind == "consistency" and index == 1
            answer: Answer = {"mean_mass": 1.0 if wrong else 4201.75}
            ended = attempt(asked, kind, index, answer)
            self.finish(ended, f"solve:{ended.trace}")
            self.finish(recorded_trace(ended, answer), f"record:{ended.trace}")
            self.finish(graded(ended), f"ground:{ended.trace}")
            votes.append(vote(ended, answer, not wrong))
        judged = EpisodeJudged(
            episode=episode_id(asked.id, "scripted", None, 4),
            question=asked.id,
            dataset=asked.dataset,
            source=asked.source,
            evidence=evidence,
            level="process",
            verdict=verdict,
            why="3 of 4 agree with the gold",
            votes=tuple(votes),
        )
        self.finish(judged, f"judge:{judged.episode}")
        return judged

    def state(self) -> State:
        """What all events fold to."""
        return fold(self.events)


def told(questions: int = 2, sources: tuple[Source, ...] = ("template", "procedural")) -> History:
    """A home with one table, some questions of each source, a rejection each, and all episodes verified."""
    history = History()
    history.tell(HomeOpened("home", "0.1.0"))
    table = dataset_registered()
    history.finish(table, "register")
    for source in sources:
        stream = history.stream(table.dataset, source)
        for number in range(questions):
            asked = question(table.dataset, source, number)
            history.finish(QuestionAccepted(stream, number, asked), f"court:{stream}:{number}")
            history.judge(asked)
        rejected = QuestionRejected(stream, questions, "dead_step", "step 2 does not matter")
        history.finish(rejected, f"court:{stream}:{questions}")
    return history


async def write_history(home: Home, history: History, **habits: Any) -> None:
    """Append a history to a log; the log opens itself, so the history's first event is left out."""
    async with LogWriter.open(home, draw=lambda: "home", **habits) as writer:
        for recorded in history.events[1:]:
            await writer.append([Draft(recorded.event, correlation=recorded.correlation, work=recorded.work)])
