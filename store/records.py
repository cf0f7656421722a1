"""The episode as a line of an artifact: what was asked, done and judged, and nothing of when or where.

It holds no time, position in the log, host, worker, level, number of tries or cost: those live in the
log, and two runs that end in the same judgements must end in the same bytes.
"""

from typing import Any, Literal

from events.answers import Answer
from events.episode import Departure, EpisodeJudged, Evidence, TraceVote, Verdict
from events.question import Source
from events.struct import Fact
from events.trace import (
    AttemptEnded,
    ErrorReport,
    Executed,
    HookGrade,
    HookRaised,
    Message,
    Mistake,
    Outcome,
    Perturbation,
    Role,
)
from events.values import Value
from store.projections.questions import Questions
from store.projections.traces import Traces

EndReason = Literal[
    "closed", "wall_limit", "cpu_limit", "memory_limit", "output_limit", "disk_limit", "crashed", "lost"
]


class HookRecord(Fact, frozen=True):
    """A checkpoint and its grade."""

    name: str
    """The variable that the checkpoint is about."""
    code_line: str
    """The statement, or statements, said to have computed it."""
    value: Value
    """The value that the session saw."""
    depends_on: tuple[str, ...]
    """Names of earlier hooks that it says it was computed from."""
    grounded: bool
    """Whether every rule of grounding holds."""
    reason: str
    """`grounded`, the first rule that fails, or `ungraded`."""
    detail: str = ""
    """What the grounder saw."""
    checkpoint: str | None = None
    """The program's step with which it pairs, if any."""
    edges: tuple[str, ...] = ()
    """Dependencies found, as `kind:name`."""


class SubmissionRecord(Fact, frozen=True):
    """An answer as the session took it."""

    answer: Any
    """The answer as JSON."""
    problem: str = ""
    """Why it could not be taken as it stood, if so."""


class TurnRecord(Fact, frozen=True):
    """One message of the solver and what came back for its cell."""

    number: int
    """Its place among the messages, from 0."""
    message: str
    """The prose."""
    code: str | None = None
    """The cell, exactly as it was executed."""
    view: str | None = None
    """What the solver was shown, or told where nothing was run; None where it was told nothing."""
    hooks: tuple[HookRecord, ...] = ()
    """Checkpoints raised in the cell, in order."""
    error: ErrorReport | None = None
    """The exception that ended the cell, if any."""
    submission: SubmissionRecord | None = None
    """The answer, if this cell submitted the first one."""
    end: EndReason | None = None
    """Why the session ended with this cell, if it did."""


class VotedTrace(Fact, frozen=True):
    """One trace of the episode and what it contributed."""

    trace: str
    """Id of the trace."""
    role: Role
    """With the hint (gold) or without (consistency)."""
    index: int
    """Its index in its role."""
    outcome: Outcome
    """How it ended."""
    stop: str
    """Why it stopped: submitted, turn_limit, …"""
    answer: Answer | None
    """What it submitted."""
    accepted: bool
    """Whether that matches an accepted answer under the contract."""
    hooks: int
    """How many hooks it raised."""
    grounded: int
    """How many of them are grounded."""
    reproduced: bool
    """Whether a re-run gave the recorded answer and hooks again."""
    broken: str | None = None
    """Why said, executed and returned do not fit together, if they do not."""
    tampering: str | None = None
    """The reach for interpreter internals that was seen, if any."""
    mistake: Mistake | None = None
    """The labelled mistake, if one was made on purpose."""
    perturbations: tuple[Perturbation, ...] = ()
    """The perturbed tables on which its cells were run again."""
    turns: tuple[TurnRecord, ...] = ()
    """Its turns; empty for the gold trace, whose turns are the episode's own."""


class EpisodeRecord(Fact, frozen=True):
    """A judged episode in full; a line of an episodes artifact."""

    id: str
    """Digest of question, teacher, settings and number of traces."""
    question_id: str
    """Id of the question."""
    source: Source
    """The question's source: the only discriminator of origin."""
    dataset: str
    """Id of the dataset."""
    evidence: Evidence
    """Who solved: a script or a model."""
    teacher: str
    """`scripted`, or the model's name."""
    question_text: str
    """What was asked."""
    verdict: Verdict
    """Verified, or the category of the refusal."""
    why: str
    """The judgement in a sentence."""
    turns: tuple[TurnRecord, ...]
    """The gold trace's turns."""
    traces: tuple[VotedTrace, ...]
    """Every trace that was judged: the gold first, then the consistency traces by index."""
    departures: tuple[Departure, ...] = ()
    """Of each trace that ended otherwise than those with the accepted answer, where it left them."""
    unasked: int = 0
    """Consistency traces that the verdict was certain without: how many of all would have been right is not
    known."""


def episode_record(judged: EpisodeJudged, questions: Questions, traces: Traces) -> EpisodeRecord:
    """The record of a judged episode, from the read models of the log."""
    question = questions.accepted.get(judged.question)
    gold = [vote.trace for vote in judged.votes if vote.role == "gold"]
    attempt = traces.attempts.get(gold[0]) if gold else None
    return EpisodeRecord(
        id=judged.episode,
        question_id=judged.question,
        source=judged.source,
        dataset=judged.dataset,
        evidence=judged.evidence,
        teacher=attempt.teacher if attempt else "",
        question_text=question.question_text if question else "",
        verdict=judged.verdict,
        why=judged.why,
        turns=turns_of(gold[0], traces) if gold else (),
        traces=tuple(voted_trace(vote, traces) for vote in judged.votes),
        departures=judged.departures,
        unasked=judged.unasked,
    )


def voted_trace(vote: TraceVote, traces: Traces) -> VotedTrace:
    """One trace of an episode, its turns left out when it is the gold."""
    attempt = traces.attempts.get(vote.trace)
    record = traces.records.get(vote.trace)
    graded = traces.grades.get(vote.trace)
    return VotedTrace(
        trace=vote.trace,
        role=vote.role,
        index=vote.index,
        outcome=vote.outcome,
        stop=attempt.stop if attempt else "",
        answer=vote.answer,
        accepted=vote.accepted,
        hooks=vote.hooks,
        grounded=vote.grounded,
        reproduced=graded is not None and graded.reproduced,
        broken=record.broken if record else None,
        tampering=graded.tampering if graded else None,
        mistake=attempt.mistake if attempt else None,
        perturbations=graded.perturbations if graded else (),
        turns=() if vote.role == "gold" else turns_of(vote.trace, traces),
    )


def turns_of(trace: str, traces: Traces) -> tuple[TurnRecord, ...]:
    """The turns of a trace: each message beside what came back for its cell; empty without an attempt."""
    attempt = traces.attempts.get(trace)
    if attempt is None:
        return ()
    hooks = _graded_hooks(attempt, traces)
    executed = {one.result.number: one for one in attempt.executed}
    return tuple(
        _turn(number, message, None if message.cell is None else executed.get(message.cell), hooks)
        for number, message in enumerate(attempt.said)
    )


def _turn(
    number: int, message: Message, executed: Executed | None, hooks: dict[int, list[HookRecord]]
) -> TurnRecord:
    if executed is None:
        told = message.told or None
        return TurnRecord(number=number, message=message.text, code=message.code, view=told)
    result = executed.result
    given = result.submission
    return TurnRecord(
        number=number,
        message=message.text,
        code=message.code,
        view=executed.view,
        hooks=tuple(hooks.get(result.number, ())),
        error=result.error,
        submission=SubmissionRecord(given.answer, given.problem) if given else None,
        end=result.end.reason if result.end else None,
    )


def _graded_hooks(attempt: AttemptEnded, traces: Traces) -> dict[int, list[HookRecord]]:
    """The hooks of each cell; grades stand in the order in which hooks were raised over all cells."""
    found: dict[int, list[HookRecord]] = {}
    position = 0
    for executed in attempt.executed:
        for hook in executed.result.hooks:
            record = _hook(hook, traces.grade(attempt.trace, position))
            found.setdefault(executed.result.number, []).append(record)
            position += 1
    return found


def _hook(hook: HookRaised, grade: HookGrade | None) -> HookRecord:
    return HookRecord(
        name=hook.name,
        code_line=hook.code_line,
        value=hook.value,
        depends_on=hook.depends_on,
        grounded=grade is not None and grade.grounded,
        reason=grade.reason if grade else "ungraded",
        detail=grade.detail if grade else "",
        checkpoint=grade.checkpoint if grade else None,
        edges=grade.edges if grade else (),
    )
