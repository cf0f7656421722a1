"""Growing one term: an operator's inputs are grown, its parameters bound, by what was used least."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

import numpy as np

from actors.language.constants import constants_of
from actors.language.demands import unmet
from actors.language.evaluation import Undefined
from actors.language.kinds import COLUMN_KINDS, DERIVED, Kind, ParameterKind
from actors.language.liveness import ways_not_gone
from actors.language.operator import Operator, grammar
from actors.language.pattern import reads_plainly
from actors.language.search.columns import columns_for, level_value, made_of, takes_derived
from actors.language.search.uses import Uses
from actors.language.search.worth import is_idle_column
from actors.language.sense import adds_up, compare
from actors.language.soundness import Refusal, unsound
from actors.language.subject import Subject
from actors.language.term import Bound, Input, Term, over_all_records, parts
from events.question import Parameter

MOST_LEAD = 3
"""How many times more one way of a decision may be gone than another."""
DERIVED_SHARE = 0.4
"""How often a derived column is taken where one may be."""


class NothingFits(Exception):
    """No operator, column or level fits here."""


Check = Callable[[Term, Subject], Refusal | None]


class Growth:
    """Grows terms on one table.

    What a term grown for an input must be about is kept in `_about`: the figure of a group is of one of its
    own category.

    Args:
        subject: the table.
        rng: draws.
        uses: what was used how often.
        check: tells why a term is nothing to ask about; such a one is not grown.
    """

    def __init__(
        self,
        subject: Subject,
        rng: Random,
        uses: Uses,
        check: Callable[[Term, Subject], Refusal | None] = unsound,
    ) -> None:
        self.subject = subject
        self.rng = rng
        self.uses = uses
        self._check = check
        self._profiles = {column.name: column for column in subject.columns}
        self._path: list[str] = []
        self._wanted = ""
        self._about: dict[str, Bound] = {}

    def operators(self, kind: Kind | ParameterKind) -> list[type[Operator]]:
        """The operators that give a kind and that search may use; none stands in its own inputs."""
        return [
            one
            for one in grammar().values()
            if one.result == kind and one.searchable and one.phrases and one.name not in self._path
        ]

    def grow(self, kind: Kind | ParameterKind, rows: Input, *, is_deep: bool = False) -> Term:
        """A term of this kind about these records, by the least used operator that can be had.

        Args:
            kind: what it is to give.
            rows: the records that it is about.
            is_deep: whether only operators will do that take more than these records.

        Raises:
            NothingFits: none can.
        """
        fitting = [one for one in self.operators(kind) if not is_deep or len(one.inputs) > 1]
        if any(one.name == self._wanted for one in fitting):
            wanted, self._wanted = self._wanted, ""
            return self._applied(grammar()[wanted], rows)
        families = self.uses.ranked(sorted({one.family for one in fitting}), "family", kind, is_deep)
        for family in families:
            names = sorted(one.name for one in fitting if one.family == family)
            for name in self.uses.ranked(names, "operator", kind):
                try:
                    grown = self._applied(grammar()[name], rows)
                except NothingFits:
                    continue
                self.note(grown, is_deep=is_deep)
                return grown
        message = f"no {kind} fits"
        raise NothingFits(message)

    def note(self, grown: Term, *, is_deep: bool = False, times: int = 1) -> None:
        """What was grown was used, as `grow` evens it out."""
        self.uses.note(grown.declared.family, "family", grown.kind, is_deep, times=times)
        self.uses.note(grown.operator, "operator", grown.kind, times=times)

    def apply(self, declared: type[Operator], rows: Input, inner: str = "") -> Term:
        """One operator on these records, with a value.

        Args:
            declared: the operator.
            rows: the records.
            inner: one that it has to be made of, if any.

        Raises:
            NothingFits: its inputs or parameters cannot be had, or it has no value.
        """
        self._wanted = inner
        grown = self._applied(declared, rows)
        if inner and all(part.operator != inner for part in parts(grown)):
            message = f"no {inner} fits"
            raise NothingFits(message)
        return grown

    def _applied(self, declared: type[Operator], rows: Input) -> Term:
        self._path.append(declared.name)
        try:
            inputs: dict[str, Input] = {}
            for name, kind in declared.inputs.items():
                inputs[name] = rows if kind == "table" else self._input(declared, name, inputs, rows)
            bound = self._bound(declared, tuple(inputs.values()))
        finally:
            self._path.pop()
        grown = Term(
            declared.name, tuple(inputs.values()), tuple(sorted(bound.items(), key=lambda one: one[0]))
        )
        try:
            self.subject.arithmetic.value(grown)
            refusal = self._check(grown, self.subject)
        except Undefined as problem:
            raise NothingFits(str(problem)) from problem
        if refusal is not None:
            raise NothingFits(refusal.detail)
        if declared.branches and self._decides_nothing(grown):
            raise NothingFits(f"{declared.name} gives the same either way")
        self._even_ways(grown)
        return grown

    def _even_ways(self, grown: Term) -> None:
        """Note which way a decision goes; one that was gone far more often than another is not gone again.

        Raises:
            NothingFits: it was.
        """
        decided = self.subject.arithmetic.decided(grown)
        if decided is None or len(ways := list(grown.declared.branches)) < 2:
            return
        if self.uses.lead(decided[0], ways, "way", grown.operator) >= MOST_LEAD:
            raise NothingFits(f"{grown.operator} has gone this way too often")
        self.uses.note(decided[0], "way", grown.operator)

    def _decides_nothing(self, grown: Term) -> bool:
        """Whether the way that a decision does not go gives the same as the one that it goes."""
        if grown.kind in DERIVED:
            return is_idle_column(grown, self.subject)
        found = self.subject.arithmetic.value(grown)
        try:
            others = [self.subject.arithmetic.value(other) for other in ways_not_gone(grown, self.subject)]
        except Undefined:
            return False
        return any(np.array_equal(found, other) for other in others)

    def _input(self, declared: type[Operator], name: str, given: dict[str, Input], rows: Input) -> Term:
        """An input that is no table; some follow from those before it."""
        first = given.get("first") or given.get("after")
        if name == "second" and isinstance(first, Term) and (contrary := first.contrary()):
            return contrary
        if name == "before" and isinstance(first, Term):
            return over_all_records(first)
        of = given.get("first") or given.get("values")
        if name not in ("second", "group") or not isinstance(of, Term):
            return self.grow(declared.inputs[name], rows)
        self._about = {"category": of.parameter("category")}
        try:
            grown = self.grow(declared.inputs[name], rows)
        finally:
            self._about = {}
        if grown == first:
            raise NothingFits("a group cannot be held against itself")
        return grown

    def _bound(self, declared: type[Operator], inputs: tuple[Input, ...]) -> dict[str, Bound]:
        """A value for each parameter; what an input decides is taken from it."""
        decided = Term(declared.name, inputs)
        follows = any(isinstance(child, Term) and child.kind in {"label", "labels"} for child in inputs)
        bound: dict[str, Bound] = {}
        for name in declared.parameters:
            if name == "category" and follows:
                bound[name] = decided.parameter("category")
            elif name in self._about:
                bound[name] = self._about[name]
        for name, kind in declared.parameters.items():
            if name in bound:
                continue
            if kind == "level":
                bound[name] = self._level(declared, bound, decided.rows())
            elif kind in COLUMN_KINDS:
                bound[name] = self._column(declared, name, decided.rows(), tuple(bound.values()))
            else:
                bound[name] = self._constant(declared, name, bound, inputs)
        return bound

    def _constant(
        self, declared: type[Operator], name: str, bound: Mapping[str, Bound], inputs: tuple[Input, ...]
    ) -> Parameter:
        """A value for a parameter that is no column; now and then one drawn from what the operator takes."""
        offered = constants_of(Term(declared.name, inputs, tuple(bound.items())), name, self.subject)
        if not offered:
            raise NothingFits(f"no {name} can be drawn")
        return self.uses.least(offered, declared.name, name)

    def _column(self, declared: type[Operator], name: str, rows: Input, used: Sequence[Bound]) -> Bound:
        """A column that fits and that nothing in this step is made of yet; now and then a derived one."""
        kind = declared.parameters[name]
        taken = {column for one in used for column in made_of(one)}
        may_derive = takes_derived(declared, name) and (
            self._is_wanted(kind) or self.rng.random() < DERIVED_SHARE
        )
        derived = self._derived(declared, kind, rows) if may_derive else None
        if derived and not taken & made_of(derived) and self._is_as_demanded(declared, name, derived, rows):
            return derived
        left = [
            column
            for column in columns_for(kind, self.subject.columns, declared.most_levels)
            if column not in taken
            and self._makes_sense(declared, name, column, used)
            and self._is_as_demanded(declared, name, column, rows)
        ]
        if not left:
            message = f"no {kind} is left"
            raise NothingFits(message)
        return self.uses.least(left, "column", kind)

    def _derived(self, declared: type[Operator], kind: ParameterKind, rows: Input) -> Term | None:
        """A derived column for an operator that takes one; None where none can be had."""
        try:
            grown = self.grow(kind, rows)
        except NothingFits:
            return None
        if declared.sizes and grown.declared.even:
            return None
        return None if is_idle_column(grown, self.subject) else grown

    def _is_wanted(self, kind: ParameterKind) -> bool:
        return bool(self._wanted) and grammar()[self._wanted].result == kind

    def _makes_sense(self, declared: type[Operator], name: str, column: str, used: Sequence[Bound]) -> bool:
        """Whether a column may be added up, or held against the one bound before it, where that is done."""
        profile = self._profiles[column]
        if name in declared.adds and not adds_up(profile):
            return False
        before = [one for one in used if isinstance(one, str) and one in self._profiles]
        return name not in declared.compares or not before or compare(self._profiles[before[0]], profile)

    def _is_as_demanded(self, declared: type[Operator], name: str, bound: Bound, rows: Input) -> bool:
        if name not in declared.demands:
            return True
        column = self.subject.arithmetic.column(bound, declared.parameters[name], rows)
        return not unmet({name: declared.demands[name]}, {name: column})

    def _level(self, declared: type[Operator], bound: Mapping[str, Bound], rows: Input) -> Parameter:
        """A level of the last category bound, as its column holds it; one pair of them comes in one order."""
        kinds = declared.parameters
        category = [bound[name] for name in bound if kinds[name] == "category"][-1]
        column = next((column for column in self.subject.columns if column.name == category), None)
        if column is None:
            raise NothingFits("a derived category has no level that a question may name")
        levels = [level_value(column, level) for level in column.levels if reads_plainly(level)]
        if declared.names_one:
            levels = [level for level in levels if self._is_one(column.name, level, rows)]
        before = [bound[name] for name in bound if kinds[name] == "level"]
        start = next((levels.index(level) + 1 for level in levels if level in before[-1:]), 0)
        more = sum(kind == "level" for kind in kinds.values()) - len(before) - 1
        left = levels[start : len(levels) - more]
        if not left:
            raise NothingFits("the category has too few levels")
        return self.uses.least(left, "level", category)

    def _is_one(self, category: str, level: Parameter, rows: Input) -> bool:
        """Whether one record at hand has this level."""
        codes, held = self.subject.arithmetic.column(category, "category", rows)
        return level in held and np.count_nonzero(codes == held.index(level)) == 1
