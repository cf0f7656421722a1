"""What an evaluation found: rates with intervals, how far answers can be followed, what they cost."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from actors.evaluating.examiner import unanswered
from actors.evaluating.intervals import CONFIDENCE, Rate
from events.evaluation import AnswerScored, EvaluationStarted
from store.projections.calls import UNIT

_SORTS = ("split", "source", "template", "difficulty", "concept")


def reported(started: EvaluationStarted, answers: Sequence[AnswerScored]) -> dict[str, Any]:
    """The report of one evaluation, as plain JSON values.

    What was lost to infrastructure, and answers whose record does not fit together, are named and in no rate.

    Args:
        started: the evaluation.
        answers: its answers so far, in the order of its questions.
    """
    lost = unanswered(tuple(started.items), answers)
    whole = [one for one in answers if one.broken is None]
    return {
        "evaluation": started.evaluation,
        "player": started.player,
        "settings": started.settings,
        "benchmark": started.benchmark,
        "chosen": started.chosen,
        "questions": len(started.items),
        "scored": len(whole),
        "complete": not lost,
        "left_out": {"lost": len(lost), "broken": len(answers) - len(whole)},
        "confidence": CONFIDENCE,
        "solved": rate_of(whole),
        "by": {name: found for name in _SORTS if (found := _by(name, whole))},
        "outcomes": dict(sorted(Counter(one.attempt.outcome for one in whole).items())),
        "stops": dict(sorted(Counter(one.attempt.stop for one in whole).items())),
        "hooks": _hooks(whole),
        "departures": _departures(whole),
        "tampering": sum(one.tampering is not None for one in whole),
        "cost": _cost(answers),
        **({"official": _official(whole)} if started.benchmark else {}),
    }


def rate_of(answers: Sequence[AnswerScored]) -> dict[str, Any]:
    """How many are right, with the interval, beside what guesses without the data would get right."""
    rate = Rate(sum(one.right for one in answers), len(answers))
    low, high = rate.interval()
    chance = sum(one.chance for one in answers) / len(answers) if answers else 0.0
    return {
        "right": rate.right,
        "of": rate.of,
        "rate": rate.share,
        "low": low,
        "high": high,
        "chance": chance,
    }


def _by(name: str, answers: Sequence[AnswerScored]) -> dict[str, Any]:
    keys = sorted({one.sort[name] for one in answers if name in one.sort})
    return {key: rate_of([one for one in answers if one.sort.get(name) == key]) for key in keys}


def _hooks(answers: Sequence[AnswerScored]) -> dict[str, Any]:
    """Hooks that hold, and the share of the programs' checkpoints for which one stands, by question."""
    covered = [len(one.passed) / one.steps for one in answers if one.steps]
    return {
        "raised": sum(one.hooks for one in answers),
        "grounded": sum(one.grounded for one in answers),
        "checkpoints": sum(one.steps for one in answers),
        "passed": sum(len(one.passed) for one in answers),
        "coverage": sum(covered) / len(covered) if covered else None,
    }


def _departures(answers: Iterable[AnswerScored]) -> list[Mapping[str, Any]]:
    """Each wrong answer, with the first step of the program's own solution that it does not have."""
    return [
        {
            "question": one.question,
            "trace": one.attempt.trace,
            "outcome": one.attempt.outcome,
            "step": one.departed,
            "expected": one.expected,
            "found": one.found,
        }
        for one in answers
        if not one.right and one.steps
    ]


def _cost(answers: Sequence[AnswerScored]) -> dict[str, Any]:
    return {
        "calls": sum(one.calls for one in answers),
        "tokens": sum(one.tokens for one in answers),
        "cost": sum(one.cost for one in answers) / UNIT,
        "turns": sum(len(one.attempt.said) for one in answers),
        "seconds": round(sum(run.result.seconds for one in answers for run in one.attempt.executed), 3),
    }


def _official(answers: Sequence[AnswerScored]) -> dict[str, Any]:
    """A benchmark's own rule, as it counts: unanswered questions leave the denominator; and over all."""
    answered = [one for one in answers if one.official is not None]
    right = sum(one.official is True for one in answered)
    parts = [part for one in answers for part in one.fields.values()]
    apart = [one.question for one in answered if one.official != one.right]
    return {
        "right": right,
        "answered": len(answered),
        "rate": right / len(answered) if answered else None,
        "of_all": right / len(answers) if answers else None,
        "parts": len(parts),
        "parts_right": sum(official for official, _ in parts),
        "parts_by_contract": sum(ours for _, ours in parts),
        "judged_apart": apart,
    }
