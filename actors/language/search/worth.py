"""Whether a step does enough to be grown: one that moves a handful of records is dead in most questions."""

import numpy as np

from actors.language.evaluation import Undefined
from actors.language.liveness import ablations, exchange, undone
from actors.language.subject import Subject
from actors.language.term import TABLE, Term

LEAST_SHARE = 0.06
"""A selection that concerns a smaller share of the records is left out."""
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
        if differing < LEAST_SHARE * max(kept.size, found.size):
            return True
    return False


def is_idle_column(derived: Term, subject: Subject) -> bool:
    """Whether a derived column is nearly the one that it is made from."""
    base = undone(derived)
    if base is None:
        return False
    rows = derived.rows()
    one = subject.arithmetic.column(derived, derived.kind, rows)
    other = subject.arithmetic.column(base, derived.kind, rows)
    if isinstance(one, tuple):
        return False
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return bool(np.mean(~same) < LEAST_CHANGED)
