"""Fifth: what is no part of the question changes nothing: the order of rows and columns, columns beside."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from actors.language.contract import reaches
from actors.language.court.case import Case
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.term import Terms, parts
from events.dataset import ColumnProfile

REASONS = {
    "rows shuffled": "row_order",
    "columns turned round": "column_order",
    "columns beside": "distractor",
}
"""What may be changed about a table, and the word for a refusal where it changes the answer."""
DISTURBED = tuple(REASONS)
_SEED = 0


def is_disturbed(case: Case) -> Refusal | None:
    """All three at once; where the answer changes, it is told which of them does it."""
    beside = distractors(case.terms)
    if _holds(case, disturbed(case.subject, DISTURBED, beside)):
        return None
    for one, reason in REASONS.items():
        found = _answer(case, disturbed(case.subject, (one,), beside))
        if not reaches(case.contract, found, dict(case.answer)):
            return Refusal(reason, f"{found} with {one}, {dict(case.answer)} without")
    return Refusal(
        "distractor", "the answer changes with rows shuffled, columns turned round and more beside"
    )


def distractors(terms: Terms) -> tuple[str, ...]:
    """The kinds of columns that a program does not range over, each of which may stand beside it."""
    ranges = {name for node in terms.values() for part in parts(node) for name in _ranged(part)}
    if ranges & {"alike", "known"}:
        return ()
    return ("text",) if ranges else ("text", "category", "measure")


def _ranged(part: Any) -> set[str]:
    found = {"numbers", "alike", "known"} & set(part.declared.takes("arithmetic"))
    literals = (literal for axis in part.declared.axes for literal in axis.options.values())
    return found | ({"numbers"} if any(callable(literal) for literal in literals) else set())


def _holds(case: Case, subject: Subject) -> bool:
    return reaches(case.contract, _answer(case, subject), dict(case.answer))


def _answer(case: Case, subject: Subject) -> dict[str, Any]:
    return case.program.answer(case.program.run(subject.idioms))


def disturbed(subject: Subject, ways: tuple[str, ...], beside: tuple[str, ...] = ()) -> Subject:
    """The table changed in some of the ways of `DISTURBED`, with columns of these kinds beside."""
    return subject.changed((ways, beside), lambda: _made(subject, ways, beside))


def _made(subject: Subject, ways: tuple[str, ...], beside: tuple[str, ...]) -> Subject:
    frame, columns = subject.frame, list(subject.columns)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    if "columns beside" in ways:
        more = {f"beside {kind}": _BESIDE[kind](len(frame)) for kind in beside}
        frame = frame.assign(**more)
        columns += [_profile(f"beside {kind}", kind, frame) for kind in beside]
    if "columns turned round" in ways:
        frame, columns = frame[frame.columns[::-1]], columns[::-1]
    if "rows shuffled" in ways:
        frame = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    return Subject(subject.dataset, subject.reader, tuple(columns), frame, subject.noun)


_BESIDE: Mapping[str, Callable[[int], Any]] = {
    "text": lambda size: pd.Series([f"note {number}" for number in range(size)]),
    "category": lambda size: pd.Series(["north" if number % 3 else "south" for number in range(size)]),
    "measure": lambda size: pd.Series(np.sqrt(np.arange(size) % 97 + 1.0)),
}


def _profile(name: str, kind: Any, frame: Any) -> ColumnProfile:
    values = frame[name]
    levels = tuple(sorted(values.unique())) if kind == "category" else ()
    return ColumnProfile(name, kind, kind == "measure", 0, int(values.nunique()), levels)
