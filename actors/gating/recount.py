"""A verified episode judged once more from the raw record: nothing is believed that can be recomputed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from actors.tracing.recorder import record
from events.answers import matches
from events.episode import EpisodeJudged, TraceVote, enough
from events.identity import canonical_json
from events.question import Question
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from store.projections.state import State

_ABOUT = ("question", "role", "index", "outcome")
"""What a record says of its attempt, beside the answer and whether it is whole."""


@dataclass(frozen=True)
class Finding:
    """Something that does not hold in a verified episode."""

    episode: str
    """Id of the episode."""
    event: str
    """Id of the event that shows it; acknowledging that event quarantines the episode."""
    what: str
    """What was seen."""


def trace_findings(state: State, judged: EpisodeJudged) -> Iterator[Finding]:
    """Broken traces, hooks without ground and digests that do not match, in one verified episode."""
    for vote in judged.votes:
        event = state.traces.events.get(vote.trace, state.episodes.events[judged.episode])
        for what in _vote_faults(state, vote):
            yield Finding(judged.episode, event, f"{vote.role} trace {vote.trace}: {what}")


def majority_fault(state: State, judged: EpisodeJudged) -> str | None:
    """Why the gold and a strict majority do not agree after all; None when they do.

    Right means to match an accepted answer of the question under its contract; all accepted answers count
    as one. Infrastructure failures are no votes; giving up is a vote against.
    """
    question = state.questions.accepted.get(judged.question)
    if question is None:
        return f"its question {judged.question} is not in the log"
    gold = [vote for vote in judged.votes if vote.role == "gold"]
    if len(gold) != 1 or not _right(state, question, gold[0]):
        return "its gold answer is not an accepted answer"
    voters = [vote for vote in judged.votes if vote.role == "consistency" and _counts(state, vote)]
    agreeing = sum(_right(state, question, vote) for vote in voters)
    if not enough(agreeing, len(voters), "scripted"):
        return f"{agreeing} of {len(voters)} consistency traces agree, which is no strict majority"
    if not enough(agreeing, len(voters), judged.evidence):
        return f"{agreeing} of {len(voters)} agree; a model needs at least 3 of 3 or 4 of 5"
    return None


def _vote_faults(state: State, vote: TraceVote) -> Iterator[str]:
    attempt = state.traces.attempts.get(vote.trace)
    kept = state.traces.records.get(vote.trace)
    if attempt is None or kept is None:
        yield "its attempt and its record are not both in the log"
        return
    if kept.broken is not None:
        yield f"broken: {kept.broken}"
        return
    yield from _record_faults(attempt, kept)
    if not _same(kept.answer, vote.answer):
        yield "the answer that was judged is not the recorded one"
    if vote.role == "gold":
        yield from _hook_faults(attempt, state.traces.grades.get(vote.trace))


def _record_faults(attempt: AttemptEnded, kept: TraceRecorded) -> Iterator[str]:
    """The record, made again from what was said and what ran, must be whole, and the one that was kept."""
    made = record(attempt)
    if made.broken is not None:
        yield f"recorded as whole, but made again its record is broken: {made.broken}"
    if not _same(made.answer, kept.answer):
        yield "the recorded answer is not the one that was submitted"
    for name in _ABOUT:
        if getattr(made, name) != getattr(kept, name):
            yield f"its record names {name} {getattr(kept, name)}, its attempt {getattr(made, name)}"


def _hook_faults(attempt: AttemptEnded, graded: HooksGraded | None) -> Iterator[str]:
    raised = [(one.result.number, hook.name) for one in attempt.executed for hook in one.result.hooks]
    if not raised:
        yield "it has no hook, so nothing is grounded"
        return
    if graded is None or [(grade.cell, grade.name) for grade in graded.grades] != raised:
        yield "its hooks and their grades do not pair"
        return
    if not graded.reproduced:
        yield "a re-run did not give the recorded answer and hooks"
    if graded.tampering is not None:
        yield f"its code reaches for interpreter internals: {graded.tampering}"
    for grade in graded.grades:
        if not grade.grounded or grade.reason != "grounded":
            yield f"hook {grade.name} in cell {grade.cell} is not grounded: {grade.reason}"
    if not any(grade.checkpoint for grade in graded.grades):
        yield "none of its hooks stands for a step of the question's program"


def _right(state: State, question: Question, vote: TraceVote) -> bool:
    kept = state.traces.records.get(vote.trace)
    if kept is None or kept.broken is not None or kept.outcome != "answered":
        return False
    return any(matches(question.contract, kept.answer, gold) for gold in question.answers)


def _counts(state: State, vote: TraceVote) -> bool:
    kept = state.traces.records.get(vote.trace)
    return kept is None or kept.outcome != "infrastructure_failed"


def _same(left: Any, right: Any) -> bool:
    return canonical_json(left) == canonical_json(right)
