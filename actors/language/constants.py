"""The numbers that an operator's declaration offers where its text names one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from actors.language.kinds import COLUMN_KINDS
from actors.language.subject import Subject
from actors.language.term import Term
from events.question import Scalar


def constants_of(part: Term, name: str, subject: Subject) -> Sequence[Scalar]:
    """The values that fit a constant of a term.

    Args:
        part: the term, with every column bound that it takes.
        name: the constant.
        subject: the table.

    Raises:
        Undefined: what they are drawn from has no value on this table.
    """
    offered = part.declared.constants.get(name, ())
    return offered(_drawn_from(part, subject)) if callable(offered) else offered


def _drawn_from(part: Term, subject: Subject) -> Any:
    """The first column that an operator takes, or the groups' numbers where it takes none."""
    first, kind = next(iter(part.declared.parameters.items()))
    if kind in COLUMN_KINDS:
        return subject.arithmetic.column(dict(part.parameters)[first], kind, part.rows())
    return np.array([*subject.arithmetic.value(part.inputs[0]).values()], dtype=float)
