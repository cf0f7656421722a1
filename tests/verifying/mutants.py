"""Questions to be spoiled by hand, and the ways in which the mutants beside this file spoil them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from msgspec.structs import replace

from actors.language.court import Proposal, judge
from actors.language.operator import operator
from actors.language.subject import Subject
from actors.language.templates import template
from actors.language.term import Term, Terms
from events.question import Parameter, Question, question_id
from tests.birds import birds


def table() -> pd.DataFrame:
    """The birds under names that stand in a text as they are."""
    return birds(rows=120, seed=3).rename(columns={'the "island"': "island", "mass (kg)": "mass"})


def step(name: str, rows: Term | str = "table", **parameters: Parameter) -> Term:
    """An operator on rows, its parameters in the order in which it declares them."""
    given = tuple((one, parameters[one]) for one in operator(name).parameters if one in parameters)
    assert len(given) == len(parameters), name
    return Term(name, (rows,), given)


@dataclass(frozen=True)
class Drawn:
    """A program by a template."""

    template: str
    bindings: Mapping[str, Parameter]


Base = Terms | Drawn


_MADE: dict[tuple[str, str], Question] = {}


def question(base: Base, subject: Subject) -> Question:
    """The question that the court makes of a program, made once."""
    key = (subject.dataset, repr(base))
    if key not in _MADE:
        _MADE[key] = _judged(base, subject)
    return _MADE[key]


def _judged(base: Base, subject: Subject) -> Question:
    if isinstance(base, Drawn):
        terms = template(base.template).program(base.bindings)
        made = judge(Proposal("template", terms, 0, base.template, base.bindings), subject)
    else:
        made = judge(Proposal("procedural", base, 0), subject)
    assert isinstance(made, Question), (base, made)
    return made


@dataclass(frozen=True)
class Mutant:
    """A question that was true, and one thing about it that is not any more."""

    kind: str
    base: Base
    spoil: Callable[[Question, Subject], Question]

    def made(self, subject: Subject) -> Question:
        """The spoiled question, under the id that its content has now: only judgement can tell."""
        made = self.spoil(question(self.base, subject), subject)
        new = question_id(made.source, made.dataset, made.recipe.program, made.question_text, made.contract)
        return replace(made, id=new)


def told(kind: str, base: Base, old: str, new: str) -> Mutant:
    """The text says another thing than the program computes."""

    def spoil(asked: Question, _: Subject) -> Question:
        assert asked.question_text.count(old) == 1, (old, asked.question_text)
        return replace(asked, question_text=asked.question_text.replace(old, new))

    return Mutant(kind, base, spoil)


def computed(kind: str, base: Base, other: Base) -> Mutant:
    """Everything but the text is that of another program."""
    return Mutant(
        kind,
        base,
        lambda asked, subject: replace(question(other, subject), question_text=asked.question_text),
    )


def changed(kind: str, base: Base, spoil: Callable[[Question], Question]) -> Mutant:
    """Some other part of the record is wrong."""
    return Mutant(kind, base, lambda asked, _: spoil(asked))


def answered(kind: str, base: Base, wrong: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Mutant:
    """Another answer is kept as the right one."""

    def spoil(asked: Question) -> Question:
        (gold,) = asked.answers
        return replace(asked, answers=({**gold, **wrong(dict(gold))},))

    return changed(kind, base, spoil)
