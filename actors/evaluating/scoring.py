"""What an answer is worth: the record of an attempt, its grades, and the question's contract."""

from dataclasses import dataclass, field

from events.answers import matches
from events.episode import Departure
from events.evaluation import AnswerScored
from events.question import Question
from events.trace import AttemptEnded, HooksGraded, TraceRecorded


@dataclass(frozen=True)
class Spent:
    """What calls of a model's server came to for one answer."""

    calls: int = 0
    """Requests that were sent."""
    tokens: int = 0
    """Tokens that are paid for."""
    cost: int = 0
    """What they cost at most, in trillionths."""


@dataclass(frozen=True)
class Followed:
    """How far an answer can be followed beside its being right or wrong."""

    graded: HooksGraded
    """The grounder's judgement of its hooks."""
    departure: Departure | None = None
    """Where it left the program's own solution."""
    spent: Spent = field(default_factory=Spent)
    """What it cost."""
    split: str = ""
    """The split of its question; empty where it is in none."""


def is_right(question: Question, record: TraceRecorded) -> bool:
    """Whether an answer was given that matches an accepted one."""
    return record.outcome == "answered" and any(
        matches(question.contract, record.answer, gold) for gold in question.answers
    )


def scored(
    question: Question, attempt: AttemptEnded, record: TraceRecorded, followed: Followed
) -> AnswerScored:
    """An answer to one of the home's own questions, scored.

    Args:
        question: what was asked.
        attempt: the raw record.
        record: what the recorder makes of it.
        followed: its hooks, where it went another way, and what it cost.
    """
    held = [one for one in followed.graded.grades if one.grounded]
    passed = dict.fromkeys(one.checkpoint for one in held if one.checkpoint is not None)
    away = followed.departure
    return AnswerScored(
        question=question.id,
        dataset=question.dataset,
        attempt=attempt,
        right=record.broken is None and is_right(question, record),
        sort=sort_of(question) | ({"split": followed.split} if followed.split else {}),
        chance=question.certificate.chance,
        broken=record.broken,
        hooks=len(followed.graded.grades),
        grounded=len(held),
        steps=len(question.recipe.program.steps),
        passed=tuple(passed),
        departed=away.expected[0].name if away and away.expected else "",
        expected=away.expected[0].statement if away and away.expected else "",
        found=away.found.statement if away and away.found else "",
        tampering=followed.graded.tampering,
        calls=followed.spent.calls,
        tokens=followed.spent.tokens,
        cost=followed.spent.cost,
    )


def sort_of(question: Question) -> dict[str, str]:
    """What a question is counted under."""
    template = question.recipe.template
    named = {"template": template} if template else {}
    return {"source": question.source, **named, "difficulty": question.difficulty.level}
