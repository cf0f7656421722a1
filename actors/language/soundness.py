"""What no question may stand on: too few records, groups of a handful, leads that are rounding noise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from actors.language.coded import Places
from actors.language.evaluation import Change
from actors.language.subject import Subject
from actors.language.term import Term

FEWEST_RECORDS = 10
"""A selection that leaves fewer is refused: one record would decide the answer."""
FEWEST_IN_GROUP = 4
CLOSE_CALL = 0.01
"""Evidence that lies off a decision's threshold by a smaller share of it would round to it."""
UNITS = ((0.7, 0.1), (1 / 3, -12.7))
"""Factor and shift to other units, in which nothing may be different but the rounding."""
NARROW = 1e-6
"""A winner that leads by a smaller share is no winner."""


@dataclass(frozen=True)
class Refusal:
    """Why a proposal is no question."""

    reason: str
    detail: str


def unsound(node: Term, subject: Subject) -> Refusal | None:
    """Why one step is nothing to ask about; None where nothing is amiss.

    Raises:
        Undefined: it has no value.
    """
    value = subject.arithmetic.value(node)
    if refusal := _close_call(node, subject):
        return refusal
    if node.kind == "table":
        return _few_records(node.operator, value) or _on_the_edge(node, subject)
    if node.kind == "by_group":
        codes, _ = subject.arithmetic.column(node.parameter("category"), "category", node.rows())
        return _small_groups(codes) or _narrow(value)
    low, high = node.declared.within
    if node.kind == "number" and not low <= value <= high:
        return Refusal(node.declared.outside, f"{node.operator} is {value:.3g}, outside what is asked for")
    return None


def _few_records(name: str, rows: Places) -> Refusal | None:
    if rows.size < FEWEST_RECORDS:
        return Refusal("too_few_records", f"{name} has {rows.size} records")
    return None


def _on_the_edge(node: Term, subject: Subject) -> Refusal | None:
    """Refuse selections that turn on rounding: a value that lies at the mean, or just on a fence.

    What a measure's own statistic selects is the same in any other unit, but for what rounding decides.
    """
    if not node.declared.refers or "measure" not in node.declared.parameters:
        return None
    chosen = subject.arithmetic.value(node)
    for factor, shift in UNITS:
        found = subject.arithmetic.otherwise(node, _in_units(factor, shift))
        if not np.array_equal(chosen, found):
            return Refusal("narrow_margin", f"{node.operator} turns on rounding: a value lies on its edge")
    return None


def _in_units(factor: float, shift: float) -> Change:
    return lambda name, value: value * factor + shift if name == "measure" else value


def _small_groups(codes: Any) -> Refusal | None:
    counts = np.bincount(codes[codes >= 0])
    counts = counts[counts > 0]
    if counts.size < 2:
        return Refusal("degenerate", "fewer than two groups are left")
    if counts.min() < FEWEST_IN_GROUP:
        return Refusal("small_groups", f"a group has {counts.min()} records")
    return None


def _narrow(by_group: Mapping[Any, float]) -> Refusal | None:
    """Refuse leads that are rounding noise, or not to be told; exact ties are left to the readings."""
    ranked = np.sort(np.array([value for value in by_group.values() if not math.isnan(value)], dtype=float))
    if np.isinf(ranked).any():
        return Refusal("degenerate", "a group's number is too large to be held")
    for lead in ranked[1:] - ranked[:-1]:
        if 0 < lead < NARROW * max(abs(ranked[-1]), abs(ranked[0])):
            return Refusal("narrow_margin", f"groups differ by {lead:.2g}")
    return None


def _close_call(node: Term, subject: Subject) -> Refusal | None:
    """Refuse decisions on evidence that lies at their threshold, but for rounding."""
    decided = subject.arithmetic.decided(node)
    if decided and not decided[1] >= CLOSE_CALL:  # also where it is no number
        return Refusal("narrow_margin", f"{node.operator} decides by {decided[1]:.2g} of its threshold")
    return None
