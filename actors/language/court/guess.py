"""What a guess is worth: between how many answers a question leaves the choice."""

from math import prod
from random import Random
from typing import Any

import numpy as np

from actors.language.court.case import Case
from actors.language.operator import IllTyped
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.templates.template import measures
from actors.language.term import Term
from events.question import Question

MOST_CHANCE = 0.6
"""A question that one and the same guess answers more often says nothing of who answers it."""
_THIN_AIR = 10**9


def alternatives(case: Case) -> dict[str, int]:
    """Between how many values each answer field leaves the choice; 0 for numbers, which are not bounded."""
    return {field: _choices(node, case) for field, node in case.terms.items()}


def chance(case: Case) -> float:
    """How often one constant answer would be right, were each of a field's values equally likely."""
    return prod(1 / choices if choices else 0.0 for choices in alternatives(case).values())


def is_guessable(case: Case) -> Refusal | None:
    """A question that is answered by guessing."""
    found = chance(case)
    if found > MOST_CHANCE:
        return Refusal("guessable", f"a guess is right in {found:.0%} of such questions")
    return None


def guessed(question: Question, subject: Subject, drawn: Random) -> dict[str, Any]:
    """An answer given without the data: of each field one of the values between which it leaves the choice.

    A number is drawn out of thin air. Where several labels or a pair of columns are asked for, one label
    or one pair is drawn: that is right less often than the chance that is told of them.

    Args:
        question: what is asked.
        subject: its table, of which columns and labels alone are looked at.
        drawn: where it is drawn from.
    """
    record = question.recipe.program
    terms = subject.program(record).terms
    return {field: _drawn(terms[step], subject, drawn) for field, step in record.answer.items()}


def _drawn(node: Term, subject: Subject, drawn: Random) -> Any:
    values = candidates(node, subject)
    if node.kind == "pair":
        return drawn.sample(values, 2) if len(values) > 1 else values
    if not values:
        return drawn.randrange(1, _THIN_AIR)
    value = drawn.choice(values)
    return [value] if node.kind == "labels" else value


def candidates(node: Term, subject: Subject) -> list[Any]:
    """The values between which a field leaves the choice; none for numbers, which are not bounded."""
    if node.kind == "flag":
        return [False, True]
    if node.kind in ("header", "pair"):
        return measures(subject.columns)
    if node.kind not in ("label", "labels"):
        return []
    try:
        category = node.parameter("category")
    except IllTyped:  # names of columns
        return measures(subject.columns)
    codes, levels = subject.arithmetic.column(category, "category", node.rows())
    return [levels[code] for code in np.unique(codes[codes >= 0])]


def _choices(node: Term, case: Case) -> int:
    if node.kind not in ("flag", "header", "pair", "label", "labels"):
        return 0
    return max(1, len(candidates(node, case.subject)))
