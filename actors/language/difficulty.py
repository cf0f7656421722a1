"""How hard a question is, told from its program: the share of careless solvers that get it right.

The weights are fitted to what the first panel (`panel.FITTED`) makes of many questions; `python -m
benchmarks.difficulty` fits them, and reports what the second panel, which shares no member with it, makes of
others.
"""

import math
from typing import Literal

from actors.language.operator import Columns
from actors.language.panel import traps
from actors.language.program import Program
from actors.language.sums import exact_sum
from actors.language.term import Terms

Level = Literal["easy", "medium", "hard"]
Features = tuple[float, ...]
FEATURES = ("steps", "depth", "decisions", "traps", "different readings")
"""Of these a question's difficulty is predicted."""
INTERCEPT = -2.315
WEIGHTS: Features = (-0.328, -0.393, 1.179, 0.309, -1.409)
"""Of the log odds that a careless solver is right, by feature."""
EASY, HARD = 0.056, 0.02
"""Above the first share a question is easy, below the second hard: the thirds of many questions."""


def features(program: Program, terms: Terms, columns: Columns, clusters: int) -> Features:
    """What is looked at: each a number of things.

    Args:
        program: as it is settled.
        terms: the same as terms.
        columns: the profile of the table.
        clusters: how many different answers its readings gave.
    """
    decisions = sum(bool(node.declared.branches or node.declared.opposite) for node in program.terms.values())
    return (
        float(len(program.steps)),
        float(program.depth()),
        float(decisions),
        float(len(list(traps(terms, columns)))),
        float(clusters > 1),
    )


def predicted(found: Features) -> float:
    """The share of careless solvers that are expected to be right."""
    odds = INTERCEPT + exact_sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))
    return 1 / (1 + math.exp(-odds))


def level(share: float) -> Level:
    """The word for it."""
    if share > EASY:
        return "easy"
    return "hard" if share < HARD else "medium"
