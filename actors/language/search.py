"""Typed search for programs: grow a term of a wanted kind from operators that result in it.

A proposal is a pure function of (key, index): its depth cycles through 2 to 5, operators are drawn
evenly over families, columns over the profile. Ill-typed programs cannot be grown.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from actors.language.kinds import DERIVED, Kind, ParameterKind
from actors.language.operator import Columns, Operator, grammar
from actors.language.parse_english import field_of
from actors.language.program import TABLE, Program
from actors.language.render_english import MOST_SELECTIONS
from actors.language.templates.template import categories, measures
from actors.language.term import Bound, Input, Term, over_all_records, to_record
from events.dataset import ColumnProfile
from events.question import Parameter

SHALLOWEST, DEEPEST = 2, 5
_TRIES = 60
_FINAL: tuple[Kind, ...] = ("number", "number", "number", "label", "label", "count")
"""Kinds an answer may have, as often as they are drawn."""


class Barren(Exception):
    """The table's columns allow no program."""


def propose(columns: Columns, key: str, index: int) -> Mapping[str, Term]:
    """The answer field and term of the proposal at this place of a stream.

    Raises:
        Barren: nothing can be grown on these columns.
    """
    rng = Random(f"{key}/{index}")
    wanted = SHALLOWEST + index % (DEEPEST - SHALLOWEST + 1)
    best: Term | None = None
    for _ in range(_TRIES):
        try:
            grown = _Growth(columns, rng).program(wanted)
        except Barren:
            continue
        depth = Program(to_record({"value": grown}), columns).depth()
        if depth == wanted:
            return {field_of(grown): grown}
        if SHALLOWEST <= depth <= DEEPEST and best is None:
            best = grown
    if best is None:
        raise Barren("no program of a fitting depth can be built from this table's columns")
    return {field_of(best): best}


class _Growth:
    """One program as it grows."""

    def __init__(self, columns: Columns, rng: Random) -> None:
        self.columns = columns
        self.rng = rng

    def program(self, depth: int) -> Term:
        """Selections, then what is asked of the records left."""
        rows: Input = TABLE
        for _ in range(self.rng.randint(0, min(MOST_SELECTIONS, depth - 1))):
            rows = self.grow("table", rows)
        return self.grow(self.rng.choice(_FINAL), rows)

    def grow(self, kind: Kind | ParameterKind, rows: Input) -> Term:
        """A term of this kind about these records; a table is one more selection of them."""
        fitting = [one for one in grammar().values() if one.result == kind and one.searchable]
        if not fitting:
            raise Barren(f"no operator gives a {kind}")
        families = sorted({one.family for one in fitting})
        family = self.rng.choice(families)
        return self.apply(self.rng.choice([one for one in fitting if one.family == family]), rows)

    def apply(self, declared: type[Operator], rows: Input) -> Term:
        """One operator, its inputs grown and its parameters bound."""
        inputs: dict[str, Input] = {}
        for name, kind in declared.inputs.items():
            inputs[name] = rows if kind == "table" else self.input(declared, name, inputs, rows)
        bound = self.bind(declared, tuple(inputs.values()))
        return Term(declared.name, tuple(inputs.values()), tuple(sorted(bound.items())))

    def input(self, declared: type[Operator], name: str, given: Mapping[str, Input], rows: Input) -> Term:
        """An input that is no table; some follow from those before it."""
        first = given.get("first") or given.get("after")
        if name == "second" and isinstance(first, Term):
            return replace(first, operator=first.declared.opposite)
        if name == "before" and isinstance(first, Term):
            return over_all_records(first)
        if name == "after":
            plain = [one for one in grammar().values() if one.result == "number" and one.searchable]
            simple = [one for one in plain if "table" in one.inputs.values() and len(one.inputs) == 1]
            return self.apply(self.rng.choice(simple), rows)
        return self.grow(declared.inputs[name], rows)

    def bind(self, declared: type[Operator], inputs: tuple[Input, ...]) -> dict[str, Bound]:
        """A value for each parameter; what an input decides is taken from it."""
        decided = Term(declared.name, inputs)
        follows = any(isinstance(child, Term) and child.kind == "label" for child in inputs)
        bound: dict[str, Bound] = {}
        for name, kind in declared.parameters.items():
            if name == "category" and follows:
                bound[name] = decided.parameter("category")
            elif kind == "level":
                bound[name] = self.level(str(bound["category"]))
            elif kind in DERIVED and self.may_derive(declared):
                bound[name] = self.grow(kind, decided.rows())
            else:
                bound[name] = self.column(kind, set(bound.values()))
        return bound

    def may_derive(self, declared: type[Operator]) -> bool:
        """Whether a column may be derived here: now and then, and never from a derived one."""
        return (
            declared.result not in DERIVED and "level" not in declared.parameters and self.rng.random() < 0.3
        )

    def column(self, kind: ParameterKind, used: set[Bound]) -> str:
        """A column that fits and is not used in this step yet."""
        fitting = {
            "measure": measures(self.columns),
            "category": categories(self.columns),
            "column": [column.name for column in self.columns if column.missing],
        }[kind]
        left = [name for name in fitting if name not in used]
        if not left:
            raise Barren(f"no {kind} is left")
        return self.rng.choice(left)

    def level(self, category: str) -> Parameter:
        """One level of a category, as its column holds it."""
        column = next(column for column in self.columns if column.name == category)
        return level_value(column, self.rng.choice(column.levels))


def level_value(column: ColumnProfile, level: str) -> Parameter:
    """A level as the reader holds it: a number in a numeric column, else its spelling."""
    value: Parameter = json.loads(level) if column.numeric else level
    return value
