"""Second: no step stands on a handful of records, on noise, or on nothing."""

import numpy as np

from actors.language.court.case import Case
from actors.language.soundness import Refusal, unsound

NARROW_CORRELATION = 1e-4
COPIES = 0.9999
"""Columns that correlate more strongly are copies of each other."""


def stands_on_little(case: Case) -> Refusal | None:
    """Every step by itself, and an answer that counts nothing."""
    found = (unsound(case.program.terms[step.name], case.subject) for step in case.program.steps)
    if refusal := next((one for one in found if one), None):
        return refusal
    if any(type(value) is int and value == 0 for value in case.answer.values()):
        return Refusal("degenerate", "the answer is a count of nothing")
    return None


def has_rival(case: Case) -> Refusal | None:
    """The strongest of several pairs must lead by more than rounding noise, and be no copy."""
    if all(step.operator != "strongest_pair" for step in case.program.steps):
        return None
    values = case.program.run(case.subject.arithmetic)
    columns = next(values[step.inputs[1]] for step in case.program.steps if step.operator == "strongest_pair")
    strength = case.subject.frame[columns].corr().abs().to_numpy(copy=True)
    ranked = np.sort(strength[np.triu_indices(len(columns), k=1)])
    ranked = ranked[~np.isnan(ranked)]
    if ranked[-1] > COPIES:
        return Refusal("degenerate", "two of the columns are copies of each other")
    if ranked.size > 1 and ranked[-1] - ranked[-2] < NARROW_CORRELATION:
        return Refusal("narrow_margin", "two pairs of columns correlate equally strongly")
    return None
