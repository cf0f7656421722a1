"""A teacher and a session in turn: what is kept of it, and how it ends."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from actors.ports import InfrastructureError, Session, Watch, Workers
from actors.teaching.dialogue import Dialogue, GaveUp, SolveSettings, Task, attempt
from events.identity import digest_of
from events.trace import (
    AttemptEnded,
    Author,
    CellResult,
    ErrorReport,
    Level,
    Message,
    Mistake,
    Perturbation,
    SessionEnd,
    Submission,
    trace_id,
)
from tests.history import question

ASKED = question("d" * 32, "template", 0)
TASK = Task(ASKED, "consistency", 2)
SETTINGS = SolveSettings(max_turns=5)
ANSWER = Submission({"mean_mass": 4201.75}, "d")
LONG = "".join(f"line {number}\n" for number in range(2000))


class Told:
    """A teacher that says what it was given, and keeps what it was shown."""

    name = "told"
    prompts = ""

    def __init__(self, *messages: Message, mistake: Mistake | None = None) -> None:
        self.messages = list(messages)
        self.mistake = mistake
        self.shown: list[str | None] = []
        self.tasks: list[Task] = []

    def begin(self, task: Task) -> Dialogue:
        self.tasks.append(task)
        return self

    async def next(self, view: str | None) -> Message | GaveUp:
        self.shown.append(view)
        return self.messages.pop(0) if self.messages else GaveUp("teacher_stopped")


class OneSession:
    """Workers with one session, which gives what it was told to give."""

    level: Level = "sandbox"
    fingerprint = "f" * 32

    def __init__(self, *results: CellResult | Exception) -> None:
        self.results = list(results)
        self.ran: list[str] = []
        self.opened: list[str] = []
        self.authors: list[Author] = []
        self.closed = 0

    async def offer(self, *_: object) -> None:
        raise AssertionError("a solver has no table to offer")

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,  # noqa: ARG002  nobody waits here
    ) -> AsyncIterator[Session]:
        self.authors.append(author)
        assert perturbation is None
        assert not watches
        self.opened.append(dataset)
        try:
            yield self
        finally:
            self.closed += 1

    async def run(self, code: str) -> CellResult:
        self.ran.append(code)
        given = self.results.pop(0) if self.results else CellResult(0)
        if isinstance(given, Exception):
            raise given
        return msgspec.structs.replace(given, number=len(self.ran) - 1)


def code(source: str = "df.shape") -> Message:
    return Message("I look.", source)


def cell(**given: Any) -> CellResult:
    return CellResult(0, **given)


async def played(workers: Workers, *messages: Message, **given: Any) -> AttemptEnded:
    ended, _ = await attempt(TASK, Told(*messages, **given), workers, SETTINGS)
    return ended


async def test_a_submitted_answer_ends_the_attempt_at_once() -> None:
    workers = OneSession(cell(stdout="1"), cell(submission=ANSWER))
    ended = await played(workers, code("a"), code("b"), code("c"))
    assert (ended.outcome, ended.stop) == ("answered", "submitted")
    assert workers.ran == ["a", "b"]
    assert [(message.code, message.cell) for message in ended.said] == [("a", 0), ("b", 1)]
    assert [one.code_digest for one in ended.executed] == [digest_of(b"a"), digest_of(b"b")]
    assert ended.executed[-1].result.submission == ANSWER


async def test_an_attempt_is_told_with_its_identity_and_its_wall() -> None:
    ended = await played(OneSession(cell(submission=ANSWER)), code())
    assert ended.trace == trace_id(ASKED.id, "consistency", 2, "told", SETTINGS)
    assert (ended.question, ended.source, ended.role, ended.index) == (ASKED.id, "template", "consistency", 2)
    assert (ended.level, ended.fingerprint, ended.teacher) == ("sandbox", "f" * 32, "told")


async def test_a_session_is_had_for_whoever_writes_its_code() -> None:
    scripted, told = Told(code()), Told(code())
    scripted.name = "scripted"
    workers = OneSession()
    await attempt(TASK, scripted, workers, SETTINGS)
    await attempt(TASK, told, workers, SETTINGS)
    assert workers.authors == ["program", "model"]


@pytest.mark.parametrize("level", ["process", "sandbox", "container"])
async def test_a_trace_tells_where_its_wall_was_weaker_than_its_code_needs(level: Level) -> None:
    workers = OneSession()
    workers.level = level
    scripted = Told(code())
    scripted.name = "scripted"
    assert (await played(workers, code())).lowered is (level == "process")
    ended, _ = await attempt(TASK, scripted, workers, SETTINGS)
    assert ended.lowered is False


async def test_the_session_is_on_the_table_of_the_question_and_closed_in_the_end() -> None:
    workers = OneSession()
    await played(workers)
    assert (workers.opened, workers.closed) == ([ASKED.dataset], 1)


async def test_the_teacher_sees_each_result_before_its_next_message() -> None:
    teacher = Told(code("a"), code("b"))
    ended, _ = await attempt(TASK, teacher, OneSession(cell(stdout="one"), cell(display="two")), SETTINGS)
    assert teacher.shown == [None, "stdout:\none", "result:\ntwo"]
    assert [one.view for one in ended.executed] == teacher.shown[1:]


async def test_a_teacher_that_stops_has_given_up() -> None:
    ended = await played(OneSession(), code())
    assert (ended.outcome, ended.stop) == ("gave_up", "teacher_stopped")


async def test_turns_are_limited_and_prose_is_a_turn_that_runs_nothing() -> None:
    talk = Message("Let me think.")
    workers = OneSession()
    teacher = Told(talk, code("a"), talk, talk, code("b"), code("c"))
    ended, _ = await attempt(TASK, teacher, workers, SETTINGS)
    assert (ended.outcome, ended.stop) == ("gave_up", "turn_limit")
    assert len(ended.said) == SETTINGS.max_turns
    assert workers.ran == ["a", "b"]
    assert [message.cell for message in ended.said] == [None, 0, None, None, 1]
    assert teacher.shown[1] == "No code was run: a turn is one block of code."


@pytest.mark.parametrize(
    "reason", ["wall_limit", "cpu_limit", "memory_limit", "output_limit", "disk_limit", "crashed", "closed"]
)
async def test_a_session_that_its_own_code_ended_has_failed(reason: Any) -> None:
    workers = OneSession(cell(end=SessionEnd(reason)))
    ended = await played(workers, code("a"), code("b"))
    assert (ended.outcome, ended.stop) == ("execution_failed", reason)
    assert workers.ran == ["a"]


async def test_an_answer_counts_though_the_session_ends_behind_it() -> None:
    ended = await played(OneSession(cell(submission=ANSWER, end=SessionEnd("memory_limit"))), code())
    assert ended.outcome == "answered"


@pytest.mark.parametrize(("kind", "stop"), [("CellTimeout", "wall_limit"), ("MemoryError", "memory_limit")])
async def test_who_stops_at_a_limit_of_the_code_has_failed_by_it(kind: str, stop: str) -> None:
    limit = cell(error=ErrorReport(kind, "too much"))
    ended = await played(OneSession(limit), code())
    assert (ended.outcome, ended.stop) == ("execution_failed", stop)
    recovered = await played(OneSession(limit, cell()), code(), code())
    assert (recovered.outcome, recovered.stop) == ("gave_up", "teacher_stopped")


async def test_an_error_in_a_cell_is_shown_and_the_attempt_goes_on() -> None:
    workers = OneSession(cell(error=ErrorReport("KeyError", "'mas'")), cell(submission=ANSWER))
    ended = await played(workers, code("a"), code("b"))
    assert "error: KeyError: 'mas'" in ended.executed[0].view
    assert ended.outcome == "answered"


@pytest.mark.parametrize(
    "fault",
    [
        cell(end=SessionEnd("lost", "the worker is gone")),
        cell(submission=ANSWER, end=SessionEnd("lost")),
        InfrastructureError("the worker was lost"),
    ],
)
async def test_a_lost_session_is_nobodys_answer(fault: CellResult | Exception) -> None:
    workers = OneSession(cell(), fault)
    with pytest.raises(InfrastructureError, match="lost"):
        await played(workers, code(), code(), code())
    assert workers.closed == 1


async def test_long_outputs_are_kept_apart_by_digest_and_the_event_holds_the_views() -> None:
    teacher = Told(code("a"), code("b"))
    workers = OneSession(cell(stdout=LONG), cell(stdout="short"))
    ended, outputs = await attempt(TASK, teacher, workers, SETTINGS)
    long, short = ended.executed
    assert short.outputs is None
    assert short.result.stdout == "short"
    assert long.outputs is not None
    assert outputs == {digest_of(outputs[long.outputs]): outputs[long.outputs]}
    assert msgspec.json.decode(outputs[long.outputs])[0] == LONG
    assert len(long.result.stdout) < len(LONG)
    assert f"[verbatim output: {long.outputs}]" in long.view
    assert "line 0\n" in long.view
    assert "line 1999" in long.view


async def test_the_mistake_of_a_teacher_is_kept_as_its_label() -> None:
    mistake = Mistake("dropped_filter", "kept", 1, "keep_level was to be applied")
    assert (await played(OneSession(), code(), mistake=mistake)).mistake == mistake
    assert (await played(OneSession(), code())).mistake is None
