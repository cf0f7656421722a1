"""Choice by many paths: whatever a text with something left open could mean, run.

Each way to fill the holes of a term that is well typed on the table is a path. The paths are run; they all
agree, or the text has to say which is meant, or every answer is accepted on purpose.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, cast

from actors.language.column_words import columns_meant
from actors.language.contract import NotAskable, contract_for, reaches
from actors.language.format_note import columns_of
from actors.language.holes import Choice, Chosen, filled
from actors.language.kinds import COLUMN_KINDS
from actors.language.program import Undefined
from actors.language.settle import answer_of
from actors.language.subject import Subject
from actors.language.term import Bound, Term, to_record, to_terms
from events.question import ProgramRecord

MOST_PATHS = 256
"""The most paths that are ever run; what is beyond is counted."""
MOST_COUNTED = 4096
"""The most paths that are counted."""
Resolution = Literal["one", "open"]
"""one: whatever is chosen, the answer is the same, or there is nothing to choose · open: it is not."""


@dataclass(frozen=True)
class Path:
    """One way to fill what is open."""

    chosen: Chosen
    """What was open to what was chosen, in the order in which it was met."""
    record: ProgramRecord
    answer: Mapping[str, Any] | None
    """None where it has none on this table."""


@dataclass(frozen=True)
class Paths:
    """What came of every path: small enough to be kept with a question."""

    tried: tuple[Path, ...]
    left_out: int
    """Paths beyond the bound, as far as they were counted."""
    clusters: int
    """Answers that differ under the contract."""
    bound: int = MOST_PATHS

    @property
    def resolution(self) -> Resolution:
        """Whether the choice matters; what was left out may."""
        return "one" if self.clusters <= 1 and not self.left_out else "open"

    @property
    def answers(self) -> tuple[Mapping[str, Any], ...]:
        """Every path's answer: what would be accepted, were the choice left open on purpose."""
        found: list[Mapping[str, Any]] = []
        for path in self.tried:
            if path.answer is not None and path.answer not in found:
                found.append(path.answer)
        return tuple(found)

    @property
    def told(self) -> tuple[str, ...]:
        """A line for each path: what was chosen, and what came of it."""
        return tuple(_line(path) for path in self.tried)


def _line(path: Path) -> str:
    chosen = ", ".join(f"{what}: {option}" for what, option in path.chosen) or "nothing to choose"
    answer = "no value" if path.answer is None else ", ".join(map(str, path.answer.values()))
    return f"{chosen} = {answer}"


def paths(answer: Mapping[str, Term], subject: Subject, *, any_order: bool = False) -> Paths:
    """Every path through what these terms leave open, run on a table.

    Args:
        answer: the answer's fields, with or without holes.
        subject: the table.
        any_order: whether it is open too which of the selections before it a selection refers to.
    """
    every = filled(answer, subject, any_order=any_order)
    tried = [_run(chosen, terms, subject) for chosen, terms in islice(every, MOST_PATHS)]
    left_out = sum(1 for _ in islice(every, MOST_COUNTED))
    return Paths(tuple(tried), left_out, len(_clusters(tried, subject)))


def column_paths(record: ProgramRecord, said: Callable[[str], str], subject: Subject) -> Paths:
    """The paths of a program whose columns are called in its text as `said` tells of each header.

    A column that its name tells from all others is no choice: with such names alone there is one path.
    """
    terms = to_terms(record)
    calls = {header: said(header) for header in sorted(columns_of(terms.values()))}
    open_to = {
        header: Choice(name)
        for header, name in calls.items()
        if columns_meant(name, subject.columns) != (header,)
    }
    return paths({field: _called(node, open_to) for field, node in terms.items()}, subject)


def _called(node: Term, calls: Mapping[str, Choice]) -> Term:
    """The term with some of its columns open, under the words that the text has for them."""
    rebuilt = node.rebuilt(lambda child: _called(child, calls) if isinstance(child, Term) else child)
    kinds = node.declared.parameters
    bound = tuple(
        (name, cast("Bound", calls.get(value, value)) if kinds[name] in COLUMN_KINDS else value)
        if isinstance(value, str)
        else (name, value)
        for name, value in rebuilt.parameters
    )
    return replace(rebuilt, parameters=bound)


def _run(chosen: Chosen, terms: Mapping[str, Term], subject: Subject) -> Path:
    record = to_record(terms)
    try:
        answer = answer_of(record, subject)
    except Undefined:
        return Path(chosen, record, None)
    return Path(chosen, record, None if any(map(is_nothing, answer.values())) else answer)


def is_nothing(value: Any) -> bool:
    """Whether a figure says that there is none."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _clusters(tried: Sequence[Path], subject: Subject) -> list[Mapping[str, Any]]:
    """One answer of each group that agrees with it; a path without one is no valid choice."""
    found: list[Mapping[str, Any]] = []
    for path in tried:
        if path.answer is not None and not any(_agree(path, other, subject) for other in found):
            found.append(path.answer)
    return found


def _agree(path: Path, other: Mapping[str, Any], subject: Subject) -> bool:
    program = subject.program(path.record)
    kinds = {field: program.kind(name) for field, name in path.record.answer.items()}
    try:
        return reaches(contract_for(kinds, other), dict(path.answer or {}), dict(other))
    except NotAskable:
        return path.answer == other
