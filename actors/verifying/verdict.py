"""The judgement of an episode: one question, its gold trace and its consistency traces.

Verified means: the question is what its id says, the gold trace is sound, every one of its hooks is
grounded, and some accepted answer is both the gold's and that of more than half of all consistency traces
that are not infrastructure failures, or of a model at least 3 of 3 or 4 of 5. Giving up counts against.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from actors.verifying.evidence import Evidence
from actors.verifying.opinion import Opinion
from events.answers import Answer, agree, matches
from events.episode import EpisodeJudged, Evidence as By, TraceVote, Verdict, enough
from events.question import Question, question_id
from events.trace import HooksGraded, author_of

Finding = tuple[Verdict, str]
UNASKED = Opinion()
"""Where the second implementation was not asked."""


def judge(
    question: Question,
    evidence: Sequence[Evidence],
    episode: str,
    opinion: Opinion = UNASKED,
    unasked: int = 0,
) -> EpisodeJudged:
    """The verdict on a question.

    Args:
        question: the question as it was accepted.
        evidence: the gold trace first, then the consistency traces by index.
        episode: id of the episode.
        opinion: what the second implementation says of it.
        unasked: consistency traces beyond the evidence that the verdict is certain without.
    """
    votes = tuple(_vote(question, one) for one in evidence)
    attempts = [one.attempt for one in evidence]
    by: By = "scripted" if all(author_of(one.teacher) == "program" for one in attempts) else "model"
    verdict, why = _verdict(question, evidence, votes, opinion, by)
    return EpisodeJudged(
        episode=episode,
        question=question.id,
        dataset=question.dataset,
        source=question.source,
        evidence=by,
        level=min((one.level for one in attempts), key=("process", "sandbox", "container").index),
        verdict=verdict,
        why=f"{why}; certain without asking for {unasked} more" if unasked else why,
        votes=votes,
        second_opinion=opinion.said,
        unasked=unasked,
    )


def apart(question: Question, evidence: Sequence[Evidence]) -> dict[str, Answer]:
    """The answers that are not accepted, by trace."""
    votes = (_vote(question, one) for one in evidence)
    return {vote.trace: vote.answer for vote in votes if vote.answer is not None and not vote.accepted}


def agreeing(judged: EpisodeJudged) -> frozenset[str]:
    """The traces that the others are held against: those with an accepted answer, else the gold."""
    right = frozenset(vote.trace for vote in judged.votes if vote.accepted)
    return right or frozenset({judged.votes[0].trace})


def accepted(question: Question, answer: Any) -> bool:
    """Whether an answer matches one that the question accepts."""
    return any(matches(question.contract, answer, gold) for gold in question.answers)


def _verdict(
    question: Question, evidence: Sequence[Evidence], votes: Sequence[TraceVote], opinion: Opinion, by: By
) -> Finding:
    findings = (
        _identity(question),
        _second_opinion(opinion),
        _soundness(evidence[0]),
        _read_otherwise(_answers(question, votes, by), votes, opinion),
        _grounding(evidence[0].grades),
        _remade(opinion),
    )
    return next((found for found in findings if found), ("verified", _agreement(votes)))


def _identity(question: Question) -> Finding | None:
    computed_by = question.recipe.computed_by
    meant = question_id(
        question.source, question.dataset, computed_by, question.question_text, question.contract
    )
    if meant == question.id:
        return None
    return "broken_trace", "the question does not match its id: it was changed after it was accepted"


def _second_opinion(opinion: Opinion) -> Finding | None:
    """The question's own answer and certificate, before anybody's who solved it."""
    if opinion.said == "disagrees":
        return "broken_trace", f"the question does not bear its answer: {opinion.answer}"
    if opinion.open_axis:
        return "ambiguous", f"the certificate does not hold: {opinion.open_axis}"
    return None


def _remade(opinion: Opinion) -> Finding | None:
    """Last, so that what those who solved it say of a changed question is told before."""
    if not opinion.unlike:
        return None
    return "broken_trace", f"the question's {opinion.unlike} is not what its recipe makes"


def _read_otherwise(finding: Finding | None, votes: Sequence[TraceVote], opinion: Opinion) -> Finding | None:
    """A refusal, told to be one of an ambiguous question where traces gave the answer of another reading."""
    if finding is None or finding[0] not in ("ambiguous", "hint_necessary"):
        return finding
    read = {vote.trace: opinion.readings.get(vote.trace) for vote in votes}
    told = Counter(reading for readings in read.values() for reading in (readings or ())[:1])
    if not told:
        return finding
    reading, count = told.most_common(1)[0]
    return "ambiguous", f"{finding[1]}; {count} of them gave what is right for {reading}"


def _soundness(gold: Evidence) -> Finding | None:
    if gold.record.broken is not None:
        return "broken_trace", f"the gold trace is broken: {gold.record.broken}"
    if gold.grades.tampering is not None:
        return "ungrounded", f"the gold trace reaches for interpreter internals: {gold.grades.tampering}"
    if gold.record.outcome == "execution_failed":
        return "execution_failure", f"the gold trace hit a limit of its own: {gold.attempt.stop}"
    if gold.record.outcome == "gave_up":
        return "too_hard", f"the gold trace gave up: {gold.attempt.stop}"
    return None


def _answers(question: Question, votes: Sequence[TraceVote], by: By) -> Finding | None:
    gold, others = votes[0], [vote for vote in votes[1:] if vote.outcome != "infrastructure_failed"]
    right = sum(vote.accepted for vote in others)
    if gold.accepted and enough(right, len(others), by):
        return None
    if gold.accepted and 2 * right > len(others):
        return _too_few(others)
    if (elsewhere := _largest_agreement(question, others)) * 2 > len(others):
        return (
            "hint_necessary",
            f"{elsewhere} of {len(others)} traces without the hint agree on an answer that is not accepted",
        )
    if right * 2 > len(others):
        given = "another answer than the accepted one" if gold.answer else "no answer in the form asked for"
        return "hint_necessary", f"the gold trace gives {given}"
    return _disagreement(others)


def _too_few(others: Sequence[TraceVote]) -> Finding:
    """More than half are right, which is not enough for a model: the category says what the others did."""
    apart = [vote.outcome for vote in others if not vote.accepted]
    right = f"{len(others) - len(apart)} of {len(others)} traces"
    why = f"{right} without the hint reach the gold answer, and a model needs 3 of 3 or 4 of 5"
    if apart.count("execution_failed") * 2 > len(apart):
        return "execution_failure", why
    return ("too_hard" if not apart or apart.count("gave_up") * 2 > len(apart) else "ambiguous"), why


def _disagreement(others: Sequence[TraceVote]) -> Finding:
    """No answer has a strict majority: the category says what stands in its way."""
    total = len(others)
    failed = sum(vote.outcome == "execution_failed" for vote in others)
    given_up = sum(vote.outcome == "gave_up" for vote in others)
    if total and failed * 2 >= total:
        return "execution_failure", f"{failed} of {total} traces hit limits of their own"
    if not total or given_up * 2 >= total:
        return "too_hard", f"{given_up} of {total} traces gave up"
    return "ambiguous", f"no answer is shared by more than half of the {total} traces without the hint"


def _largest_agreement(question: Question, votes: Sequence[TraceVote]) -> int:
    """How many answers agree with one that is not accepted; closeness to one pivot, never a chain."""
    outside = [vote.answer for vote in votes if vote.answer is not None and not vote.accepted]
    return max((sum(agree(question.contract, a, b) for b in outside) for a in outside), default=0)


def _grounding(grades: HooksGraded) -> Finding | None:
    if not grades.grades:
        return "ungrounded", "the gold trace raises no hook"
    bad = next((grade for grade in grades.grades if not grade.grounded), None)
    if bad is not None:
        return "ungrounded", f"hook {bad.name} is {bad.reason}: {bad.detail}"
    if not any(grade.checkpoint for grade in grades.grades):
        return "ungrounded", "no hook of the gold trace stands for a step of the question's program"
    if not grades.reproduced:
        return "ungrounded", "running the gold trace again gives other values"
    return None


def _agreement(votes: Sequence[TraceVote]) -> str:
    others = [vote for vote in votes[1:] if vote.outcome != "infrastructure_failed"]
    right = sum(vote.accepted for vote in others)
    return (
        f"{right} of {len(others)} traces without the hint reach the gold answer,"
        f" and all {votes[0].hooks} hooks of the gold trace are grounded"
    )


def _vote(question: Question, one: Evidence) -> TraceVote:
    answer = one.record.answer if one.record.broken is None else None
    return TraceVote(
        trace=one.attempt.trace,
        role=one.attempt.role,
        index=one.attempt.index,
        outcome=one.record.outcome,
        answer=answer,
        accepted=answer is not None and accepted(question, answer),
        hooks=len(one.grades.grades),
        grounded=sum(grade.grounded for grade in one.grades.grades),
        mistake=one.attempt.mistake is not None,
    )
