"""Which side of a split a table and a question stand on, by content alone and for good.

A side never changes when more comes in:
- A table that is like none before it stands where the digest of its bytes says; the first table of a home is
  trained on, so that there is something to train on.
- A near-duplicate stands where the first registered of those that it is like stands. One that joins two which
  stand on different sides stands apart, in no split: neither of them can move any more.
- Of a table that is trained on, a question whose program's shape is drawn is held out, and so is one whose
  template is. A shape is operators and how they are joined: no column, constant or reading enters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from msgspec import UNSET

from events.identity import identify
from events.question import ProgramRecord, Question, Recipe
from store.sketch import TableSketch, alike

Split = Literal["train", "test_tables", "test_programs", "test_templates"]
"""Trained on; or held out, because its table, the shape of its program or its template is."""
SPLITS: tuple[Split, ...] = get_args(Split)
TableSide = Literal["train", "held", "apart"]
SHARES: Mapping[str, float] = {"table": 0.2, "program": 0.2, "template": 0.1}
"""What share of each is held out."""


@dataclass(frozen=True)
class TablePlace:
    """Where a table stands, and why."""

    side: TableSide
    """Trained on, held out, or in no split."""
    like: tuple[str, ...]
    """Tables registered before of which it is a near-duplicate."""


@dataclass(frozen=True)
class Splits:
    """Where everything stands."""

    tables: Mapping[str, TablePlace]
    """By id of the table, in the order in which they were registered."""

    def of(self, question: Question) -> Split | None:
        """The split of a question; None for one whose table stands apart, or is not known."""
        place = self.tables.get(question.dataset)
        if place is None or place.side == "apart":
            return None
        if place.side == "held":
            return "test_tables"
        if held_out("program", shape_of(question.recipe)):
            return "test_programs"
        template = question.recipe.template
        return "test_templates" if template is not None and held_out("template", template) else "train"


@dataclass(frozen=True)
class Leak:
    """Something that is trained on and held out at once."""

    kind: Literal["table", "program", "template"]
    """What both have in common."""
    trained: str
    """Id of a table or question that is trained on."""
    held: str
    """Id of one that is held out, and is like it."""


def place_tables(sketches: Mapping[str, TableSketch], digests: Mapping[str, str]) -> Splits:
    """Where each table stands.

    Args:
        sketches: of each table by its id, in the order in which they were registered.
        digests: of each table's bytes, by its id.
    """
    places: dict[str, TablePlace] = {}
    for dataset, sketch in sketches.items():
        like = tuple(one for one in places if alike(sketches[one], sketch))
        sides = {places[one].side for one in like} - {"apart"}
        if len(sides) > 1:
            side: TableSide = "apart"
        elif sides:
            (side,) = sides
        else:
            side = "held" if places and held_out("table", digests[dataset]) else "train"
        places[dataset] = TablePlace(side, like)
    return Splits(places)


def held_out(kind: str, key: str) -> bool:
    """Whether the share of its kind that is held out holds this; the same in every home."""
    return int(identify("split", kind, key), 16) / 16**32 < SHARES[kind]


def shape(program: ProgramRecord) -> str:
    """A digest of the operators of a program and of how they are joined, however the steps are ordered."""
    found = {"table": "table"}
    for step in program.steps:
        found[step.name] = identify("shape", step.operator, [found[one] for one in step.inputs])
    return identify("shapes", sorted(found[one] for one in program.answer.values()))


def shape_of(recipe: Recipe) -> str:
    """The shape of a question's program; the code that a model proposed is a shape of its own."""
    if recipe.proposal is UNSET:
        return shape(recipe.program)
    return identify("shape of code", recipe.proposal.code)


def leaks(
    sides: Mapping[str, Split | None], questions: Mapping[str, Question], sketches: Mapping[str, TableSketch]
) -> tuple[Leak, ...]:
    """What is trained on and held out at once, found anew from content.

    Args:
        sides: the split of each question, by its id; None for one that is in none.
        questions: by their ids.
        sketches: of each table by its id.
    """
    chosen = {split: [questions[one] for one in sides if sides[one] == split] for split in SPLITS}
    train, tables = chosen["train"], chosen["test_tables"]
    known = chosen["test_programs"] + chosen["test_templates"]
    found = list(
        _like_tables({one.dataset for one in train + known}, {one.dataset for one in tables}, sketches)
    )
    shapes = {shape_of(one.recipe): one.id for one in train}
    templates = {one.recipe.template: one.id for one in train if one.recipe.template is not None}
    for one in chosen["test_programs"]:
        found += _known("program", one, shapes.get(shape_of(one.recipe)))
    for one in chosen["test_templates"]:
        found += _known("template", one, templates.get(one.recipe.template or ""))
    return tuple(found)


def _known(kind: Literal["program", "template"], held: Question, trained: str | None) -> list[Leak]:
    return [] if trained is None else [Leak(kind, trained, held.id)]


def _like_tables(
    trained: Iterable[str], held: Iterable[str], sketches: Mapping[str, TableSketch]
) -> Iterable[Leak]:
    others = sorted(held)
    for one in sorted(trained):
        for other in others:
            if one == other or alike(sketches[one], sketches[other]):
                yield Leak("table", one, other)
