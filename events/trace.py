"""What was said, executed and returned in one attempt at a question, and how it was graded."""

from typing import Any, Literal

from events.answers import Answer
from events.identity import identify
from events.printed import Printed
from events.question import Source
from events.struct import Event, Fact
from events.values import Value

Role = Literal["gold", "consistency"]
Outcome = Literal["answered", "gave_up", "execution_failed", "infrastructure_failed"]
Level = Literal["process", "sandbox", "container"]
Author = Literal["program", "model"]
"""Who wrote code: it was rendered from one of our own programs, or a model thought of it."""
SCRIPTED = "scripted"
"""The name of the teacher whose code is rendered; no model may bear it."""


class StatementRun(Fact, frozen=True):
    """One statement that was executed in a cell; nested ones are noted as they end."""

    source: str
    """The statement as syntax, printed by `ast.unparse`."""
    nested: bool = False
    """Whether it stands inside another statement of the cell."""
    error: bool = False
    """Whether it raised."""
    seconds: float = 0.0
    """Wall time of a statement that is not nested."""


class HookRaised(Fact, frozen=True):
    """A checkpoint raised by running code through `hook(value, code_line, name=…, depends_on=[…])`."""

    name: str
    """The variable that the checkpoint is about."""
    code_line: str
    """The statement, or statements, said to have computed it."""
    value: Value
    """The value as the session saw it when the hook was raised."""
    depends_on: tuple[str, ...] = ()
    """Names of earlier hooks it was computed from."""
    held: Value | None = None
    """In a re-run: what `name` held when a watched statement of `code_line` had last run before this hook."""


class Submission(Fact, frozen=True):
    """The answer that running code gave through `submit(answer)`; the first one of a session counts."""

    answer: Any
    """The answer as JSON: numbers, texts, flags, nulls, lists and objects; NaN and infinity become null."""
    digest: str
    """Digest of the canonical form, computed in the session."""
    problem: str = ""
    """Why it could not be taken as it stood, if so."""


class ErrorReport(Fact, frozen=True):
    """The exception that ended a cell."""

    kind: str
    """The exception's class name."""
    message: str
    """Its text, bounded."""
    frames: tuple[str, ...] = ()
    """Frames of user code only, outermost first: `cell 2, line 3, in f`."""


class SessionEnd(Fact, frozen=True):
    """How a session's process ended."""

    reason: Literal[
        "closed", "wall_limit", "cpu_limit", "memory_limit", "output_limit", "disk_limit", "crashed", "lost"
    ]
    """`lost` alone is a fault from outside the session, an infrastructure failure."""
    detail: str = ""
    """What was seen: signal, exit code, message."""
    cpu_seconds: float = 0.0
    """User and system time of the session."""
    peak_memory: int = 0
    """Largest resident size in bytes."""


class CellResult(Fact, frozen=True):
    """What came back for one cell, as typed fields; nothing here is parsed out of printed text."""

    number: int
    """The cell's number in its session, from 0."""
    statements: tuple[StatementRun, ...] = ()
    """What ran, in order of ending."""
    display: str | None = None
    """`repr` of the last statement when it is an expression with a value, bounded."""
    stdout: str = ""
    """What was printed; of what is too long the beginning, lines that tell something, and the end."""
    stdout_cut: int = 0
    """Characters of stdout that are not kept."""
    stderr: str = ""
    """What went to stderr, kept alike."""
    stderr_cut: int = 0
    """Characters of stderr that are not kept."""
    hooks: tuple[HookRaised, ...] = ()
    """Hooks raised in this cell, in order."""
    submission: Submission | None = None
    """The answer, if this cell submitted the session's first."""
    error: ErrorReport | None = None
    """The exception that ended the cell, if any."""
    seconds: float = 0.0
    """Wall time of the cell inside the session."""
    end: SessionEnd | None = None
    """Set when the session ended with this cell: its state is gone."""
    stdout_whole: Printed | None = None
    """All of stdout, where not all of it is kept."""
    stderr_whole: Printed | None = None
    """All of stderr, where not all of it is kept."""


class Message(Fact, frozen=True):
    """One message of the solver: what it says and, at most, one block of code to run."""

    text: str
    """The prose."""
    code: str | None = None
    """The cell, exactly as it is to be executed."""
    cell: int | None = None
    """The number of that cell in the session."""
    reasoning: str = ""
    """What a model thought aloud before, kept apart; nothing is ever parsed out of it."""
    flaw: str = ""
    """Why the message could not be used, in a word; empty when it could."""
    told: str = ""
    """What the solver was told about that, in the place of a result."""


class Executed(Fact, frozen=True):
    """What the worker reports for one cell, apart from what the solver said."""

    code_digest: str
    """Digest of the code that the worker ran."""
    result: CellResult
    """What came back; its long outputs are replaced by views, the rest lies in `outputs`."""
    view: str
    """What the solver was shown."""
    outputs: str | None = None
    """Blob digest of the verbatim outputs when they are longer than 4 KiB."""


MistakeKind = Literal["dropped_filter", "other_column", "wrong_ddof", "off_by_one", "missing_values"]
"""A selection left out, another column, another divisor of a spread, a bound off by one, other treatment of
missing values."""


class Mistake(Fact, frozen=True):
    """A deliberate error of the scripted teacher, labelled: data for preferences and step labels."""

    kind: MistakeKind
    """What was done wrong."""
    step: str
    """The step of the parsed program that it touched."""
    cell: int
    """The number of the first cell that it made wrong."""
    detail: str
    """What should have been done."""


class Perturbation(Fact, frozen=True):
    """A table rebuilt from the original by kind and seed."""

    kind: Literal["bootstrap", "blanked", "duplicated", "spiked", "rescaled"]
    """What is done to the rows or cells."""
    seed: int
    """The seed it is done with."""


class AttemptEnded(Event, frozen=True):
    """One execution of one trace came to its end; the raw record, not yet judged."""

    trace: str
    """Id: question, role, index, teacher, settings."""
    question: str
    """Id of the question."""
    source: Source
    """The question's source."""
    role: Role
    """With the hint (gold) or without (consistency)."""
    index: int
    """0 for gold, 0..N-1 for the consistency traces."""
    teacher: str
    """Who solved: `scripted` or a model's name."""
    said: tuple[Message, ...]
    """What the solver said, in order."""
    executed: tuple[Executed, ...]
    """What the worker ran and returned, in order."""
    outcome: Outcome
    """How it ended."""
    stop: str
    """Why it stopped: submitted, turn_limit, no_parse, wall_limit, …"""
    level: Level
    """How strong the wall was."""
    fingerprint: str
    """Digest of the numeric environment inside the wall."""
    mistake: Mistake | None = None
    """The labelled mistake, if one was made on purpose."""
    lowered: bool = False
    """Whether the wall was weaker than its author's code needs, as somebody explicitly allowed."""
    prompts: str = ""
    """Digest of the prompt files that a model was asked with; empty for a script."""


FaultKind = Literal["missing", "doubled", "reordered", "foreign", "edited", "after_end", "lost", "outcome"]
"""Something was said and not run; happened twice, or out of turn; was run and not said, or otherwise than
said; came after the session's end; went with the session; or the outcome is not what the record shows."""


class TraceFault(Fact, frozen=True):
    """The first thing in a trace that does not fit, with both sides."""

    kind: FaultKind
    """What is wrong."""
    said: str
    """What the solver said, by number of cell, and the code in question, bounded."""
    ran: str
    """What was executed and came back, by number of cell, and the statements in question, bounded."""


class TraceRecorded(Event, frozen=True):
    """The recorder aligned an attempt, or declared the trace broken."""

    trace: str
    """Id of the trace."""
    question: str
    """Id of the question."""
    role: Role
    """Gold or consistency."""
    index: int
    """Its index in its role."""
    outcome: Outcome
    """How it ended."""
    answer: Answer | None
    """What was submitted, if it is an object of named fields."""
    broken: str | None = None
    """Why said, executed and returned do not fit together, if they do not."""
    fault: TraceFault | None = None
    """The kind of that, and both sides; none where it was not told yet."""


class HookGrade(Fact, frozen=True):
    """The grounder's judgement of one hook."""

    name: str
    """The hook's name."""
    cell: int
    """The cell that raised it."""
    grounded: bool
    """Whether every rule holds."""
    reason: str
    """`grounded`, or the first rule that fails: not_executed, not_bound, other_value, missing_edge,
    constant, not_reproduced, opaque."""
    detail: str
    """What was seen, for a person."""
    checkpoint: str | None = None
    """The program's step with which it pairs, if any."""
    edges: tuple[str, ...] = ()
    """Dependencies found, as `kind:name`."""


class HooksGraded(Event, frozen=True):
    """The grounder judged every hook of a trace."""

    trace: str
    """Id of the trace."""
    question: str
    """Id of the question."""
    grades: tuple[HookGrade, ...]
    """One for each hook, in order."""
    perturbations: tuple[Perturbation, ...]
    """The perturbed tables on which the cells were run again."""
    reproduced: bool
    """Whether the re-run on the original table gave the recorded answer and hooks."""
    tampering: str | None = None
    """The reach for interpreter internals that was seen in the code, if any."""


def author_of(teacher: str) -> Author:
    """Who writes a teacher's code: the script renders our own programs, and everybody else is a model."""
    return "program" if teacher == SCRIPTED else "model"


def falls_short(level: Level, author: Author) -> bool:
    """Whether a wall is weaker than what an author's code needs: a model's needs one around each session."""
    return author != "program" and level == "process"


def trace_id(question: str, role: Role, index: int, teacher: str, settings: object) -> str:
    """The id of a trace to be had; tries, seeds, workers and levels do not enter."""
    return identify("trace", question, role, index, teacher, settings)
