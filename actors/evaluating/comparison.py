"""Two who were measured, compared question by question."""

from collections.abc import Sequence
from typing import Any

from actors.evaluating.intervals import mcnemar
from events.evaluation import AnswerScored


class NothingInCommonError(ValueError):
    """Two evaluations share no question that both have an answer to."""


def compared(first: Sequence[AnswerScored], second: Sequence[AnswerScored]) -> dict[str, Any]:
    """Both on the questions that they have in common, with McNemar's exact test, as plain JSON values.

    Raises:
        NothingInCommonError: they have none.
    """
    one, other = _by_question(first), _by_question(second)
    common = [key for key in one if key in other]
    if not common:
        raise NothingInCommonError("the two evaluations have no question in common; compare two of one home")
    both = sum(one[key] and other[key] for key in common)
    only_first = sum(one[key] and not other[key] for key in common)
    only_second = sum(other[key] and not one[key] for key in common)
    return {
        "questions": len(common),
        "apart": len(one) + len(other) - 2 * len(common),
        "both": both,
        "only_first": only_first,
        "only_second": only_second,
        "neither": len(common) - both - only_first - only_second,
        "difference": (only_first - only_second) / len(common),
        "p_value": mcnemar(only_first, only_second),
    }


def _by_question(answers: Sequence[AnswerScored]) -> dict[str, bool]:
    return {one.question: one.right for one in answers if one.broken is None}
