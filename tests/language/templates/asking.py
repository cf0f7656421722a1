"""Templates asked of the shipped tables, each beside what its answer comes to when worked out apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from actors.language.court import Proposal, judge
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES, template
from actors.language.templates.template import Bindings
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from events.question import Question

EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass(frozen=True)
class Case:
    """One question that a template makes."""

    template: str
    table: str
    """The name of a shipped table."""
    bindings: Bindings
    phrasing: int
    text: str
    """What it must read like, to the letter."""
    wanted: Callable[[Any], Mapping[str, Any]]
    """The answer from the data frame, by other means than the language's."""


@lru_cache(maxsize=16)
def shipped(name: str) -> Subject:
    """One of the shipped tables."""
    path = EXAMPLES / f"{name}.csv"
    event = inspect_file(path)
    assert isinstance(event, DatasetRegistered)
    frame = read_table(path.read_bytes(), event.reader)
    return Subject(event.dataset, event.reader, event.columns, frame, event.noun)


def asked(name: str, bindings: Bindings, phrasing: int, subject: Subject) -> Question:
    """The question that a template makes of a table with these bindings."""
    made = judge(Proposal("template", template(name).program(bindings), phrasing, name, bindings), subject)
    assert isinstance(made, Question), made
    return made


def check(case: Case) -> None:
    """Nothing, where the question reads as it must and has the answer that was worked out."""
    subject = shipped(case.table)
    made = asked(case.template, case.bindings, case.phrasing, subject)
    assert made.question_text == case.text
    (answer,) = made.answers
    wanted = dict(case.wanted(subject.frame))
    assert answer.keys() == wanted.keys()
    for field, value in wanted.items():
        found = answer[field]
        if isinstance(value, float):
            assert found == pytest.approx(value, rel=1e-9), field
        else:
            assert found == value, field


def of_family(family: str) -> set[str]:
    """The names of a family's templates."""
    return {one.name for one in TEMPLATES if one.family == family}
