"""Whether a step does enough to be grown: one that moves a handful of records is dead in most questions."""

import numpy as np

from actors.language.evaluation import Undefined
from actors.language.liveness import ablations, exchange, undone, ways_not_gone
from actors.language.subject import Subject
from actors.language.term import TABLE, Input, Term

LEAST_SHARE = 0.06
"""A selection that concerns a smaller share of the records is left out."""
LEAST_OTHERWISE = 0.02
"""One that depends on what the data are like may be as near to what it would be otherwise."""
LEAST_CHANGED = 0.02
"""A derived column that differs from its own in a smaller share of them is."""


def is_idle_selection(rows: Term, subject: Subject) -> bool:
    """Whether nearly the same records are left when some step of a selection is left out or turned round."""
    table = subject.arithmetic
    kept = table.value(rows)
    for target, other in ablations([rows], subject):
        instead = other if target == rows else exchange(rows, target, other)
        try:
            found = table.value(instead if isinstance(instead, Term) else TABLE)
        except Undefined:
            continue
        differing = np.setxor1d(kept, found, assume_unique=True).size
        least = LEAST_OTHERWISE if target.declared.branches else LEAST_SHARE
        if differing < least * max(kept.size, found.size):
            return True
    return False


def is_idle_column(derived: Term, subject: Subject) -> bool:
    """Whether a derived column is nearly the one that it is made from, or had it been decided otherwise."""
    if derived.declared.branches:
        others: list[Input | None] = [*ways_not_gone(derived, subject)]
    else:
        others = [undone(derived)]
    return any(_is_nearly(derived, other, subject) for other in others if other is not None)


def _is_nearly(derived: Term, other: Input, subject: Subject) -> bool:
    rows = derived.rows()
    one, base = (subject.arithmetic.column(bound, derived.kind, rows) for bound in (derived, other))
    if isinstance(one, tuple):
        return False
    same = (one == base) | (np.isnan(one) & np.isnan(base))
    return bool(np.mean(~same) < LEAST_CHANGED)
