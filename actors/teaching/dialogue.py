"""What a teacher is, and the driver that lets one solve a question in a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec
import structlog

from actors.ports import InfrastructureError, Session, Workers
from actors.teaching.compression import outputs_of, shortened, view
from events.identity import digest_of
from events.question import Question
from events.struct import Fact
from events.trace import (
    AttemptEnded,
    CellResult,
    Executed,
    Message,
    Mistake,
    Outcome,
    Role,
    author_of,
    falls_short,
    trace_id,
)

_LIMITS = {"CellTimeout": "wall_limit", "MemoryError": "memory_limit"}
"""Errors that a session's own limits raise in it, and the limit that each tells of."""
NO_CODE = "No code was run: a turn is one block of code."
"""What a solver is told that said nothing to run, where nobody has other words for it."""
_LOG = structlog.get_logger()


class Solving(Protocol):
    """What any settings say of how a question is solved; they enter the ids of its traces and its episode."""

    @property
    def traces(self) -> int:
        """Consistency traces to be had."""
        ...

    @property
    def max_turns(self) -> int:
        """Messages after which a trace has given up."""
        ...


class SolveSettings(Fact, frozen=True):
    """What decides how a script solves a question."""

    traces: int = 4
    """Consistency traces to be had."""
    mistakes: float = 0.8
    """Share of episodes in which one consistency trace carries a labelled mistake."""
    max_turns: int = 24
    """Messages after which a trace has given up."""


class Task(Fact, frozen=True):
    """What a teacher is told of the attempt that it is to make."""

    question: Question
    """The question; what a teacher may look at of it depends on the role."""
    role: Role
    """With the hint and the program (gold), or by text, format note and table alone (consistency)."""
    index: int
    """The trace's index in its role."""


@dataclass(frozen=True)
class GaveUp:
    """A teacher has nothing more to say."""

    stop: str
    """Why, in a word."""


class Dialogue(Protocol):
    """A teacher at work on one task."""

    @property
    def mistake(self) -> Mistake | None:
        """The mistake it makes on purpose, if any."""
        ...

    @property
    def prompts(self) -> str:
        """Digest of the prompt files that it is asked with; empty for a script."""
        ...

    async def next(self, view: str | None) -> Message | GaveUp:
        """The next message, after being shown what the last code gave, or told why there was none."""
        ...


class Teacher(Protocol):
    """Somebody who can solve questions."""

    @property
    def name(self) -> str:
        """`scripted`, or a model's name."""
        ...

    def begin(self, task: Task) -> Dialogue:
        """Take up a task."""
        ...


async def attempt(
    task: Task, teacher: Teacher, workers: Workers, settings: Solving
) -> tuple[AttemptEnded, Mapping[str, bytes]]:
    """One execution of one trace, and the long outputs it refers to by digest.

    Raises:
        WallTooWeak: the teacher's code needs a stronger wall.
        InfrastructureError: the session was lost for reasons outside its code.
    """
    question = task.question
    transcript = _Transcript(teacher.begin(task), settings.max_turns)
    author = author_of(teacher.name)
    async with workers.session(question.dataset, author) as session:
        outcome, stop = await transcript.play(session)
    trace = trace_id(question.id, task.role, task.index, teacher.name, settings)
    _LOG.debug("attempt ended", trace=trace, question=question.id, outcome=outcome, stop=stop)
    ended = AttemptEnded(
        trace=trace,
        question=question.id,
        source=question.source,
        role=task.role,
        index=task.index,
        teacher=teacher.name,
        said=tuple(transcript.said),
        executed=tuple(transcript.executed),
        outcome=outcome,
        stop=stop,
        level=workers.level,
        fingerprint=workers.fingerprint,
        mistake=transcript.dialogue.mistake,
        lowered=falls_short(workers.level, author),
        prompts=transcript.dialogue.prompts,
    )
    return ended, transcript.outputs


class _Transcript:
    """What is said and executed, as it goes on."""

    def __init__(self, dialogue: Dialogue, max_turns: int) -> None:
        self.dialogue = dialogue
        self.max_turns = max_turns
        self.said: list[Message] = []
        self.executed: list[Executed] = []
        self.outputs: dict[str, bytes] = {}

    async def play(self, session: Session) -> tuple[Outcome, str]:
        """Turn after turn until an answer, an end, or the limit; the outcome and why it stopped."""
        shown: str | None = None
        while len(self.said) < self.max_turns:
            message = await self.dialogue.next(shown)
            if isinstance(message, GaveUp):
                return self._without_answer(message.stop)
            if message.code is None:
                shown = message.told or NO_CODE
                self.said.append(msgspec.structs.replace(message, told=shown))
                continue
            result = await self._execute(session, message)
            shown = self.executed[-1].view
            if result.submission is not None:
                return "answered", "submitted"
            if result.end is not None:
                return "execution_failed", result.end.reason
        return self._without_answer("turn_limit")

    def _without_answer(self, stop: str) -> tuple[Outcome, str]:
        """Given up; unless the last cell hit a limit of its own: then that is what stood in the way."""
        last = self.executed[-1].result.error if self.executed else None
        limit = _LIMITS.get(last.kind) if last is not None else None
        return ("gave_up", stop) if limit is None else ("execution_failed", limit)

    async def _execute(self, session: Session, message: Message) -> CellResult:
        code = message.code or ""
        self.said.append(msgspec.structs.replace(message, cell=len(self.executed)))
        result = await session.run(code)
        if result.end is not None and result.end.reason == "lost":
            raise InfrastructureError(f"the session was lost: {result.end.detail}")
        verbatim = outputs_of(result)
        digest = None
        if verbatim is not None:
            digest = digest_of(verbatim)
            self.outputs[digest] = verbatim
        ran = Executed(digest_of(code.encode()), shortened(result), view(result, digest), digest)
        self.executed.append(ran)
        return result
