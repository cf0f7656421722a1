"""What a guess is worth: between how many answers a question leaves the choice."""

from math import prod

import numpy as np

from actors.language.court.case import Case
from actors.language.operator import IllTyped
from actors.language.soundness import Refusal
from actors.language.templates.template import measures
from actors.language.term import Term

MOST_CHANCE = 0.6
"""A question that one and the same guess answers more often says nothing of who answers it."""


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


def _choices(node: Term, case: Case) -> int:
    if node.kind == "flag":
        return 2
    if node.kind in ("header", "pair"):
        return max(1, len(measures(case.subject.columns)))
    if node.kind not in ("label", "labels"):
        return 0
    try:
        category = node.parameter("category")
    except IllTyped:  # names of columns
        return max(1, len(measures(case.subject.columns)))
    codes, _ = case.subject.arithmetic.column(category, "category", node.rows())
    return int(np.unique(codes[codes >= 0]).size)
