"""Running terms on a table, each once: what a step came to is kept for every program that has it."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from typing import Any, Literal

import numpy as np
import pandas as pd
import xxhash

from actors.language.coded import Coded, day_forms, number_forms, restricted, spread
from actors.language.demands import unmet
from actors.language.kinds import COLUMN_KINDS, DERIVED
from actors.language.operator import Columns
from actors.language.term import TABLE, Bound, Input, Term

Engine = Literal["idiom", "arithmetic"]
"""Which of the two implementations is run."""


Change = Callable[[str, Any], Any]
"""From the name and the value of an argument to what stands in its place."""
MOST_BYTES = 128 * 2**20
"""What an evaluation keeps at most between two questions."""


class Undefined(Exception):
    """A term has no value on this table; the message names the operator."""


class Evaluation(ABC):
    """The values of terms on one table, by one of the two implementations.

    Args:
        columns: the profile of the table.
    """

    engine: Engine

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._values: dict[Term, Any] = {}
        self._decided: dict[Term, tuple[str, float] | None] = {}
        self._bytes = 0

    def value(self, node: Input) -> Any:
        """What a term comes to; a table, a column or a figure, as the implementations hold them.

        Raises:
            Undefined: it has no value here.
        """
        if not isinstance(node, Term):
            return self.table
        if node not in self._values:
            try:
                self._values[node] = self._run(node)
                self._bytes += _size(self._values[node])
            except Undefined as problem:
                self._values[node] = problem
        found = self._values[node]
        if isinstance(found, Undefined):
            raise found
        return found

    @property
    @abstractmethod
    def table(self) -> Any:
        """The whole dataset."""

    @abstractmethod
    def column(self, bound: Bound, kind: str, rows: Input) -> Any:
        """A column's values for the records of a table."""

    def whole(self, name: str) -> Any:
        """What an implementation takes beside what its operator declares: all columns of a kind, by name.

        Raises:
            KeyError: there is no such thing.
        """
        raise KeyError(name)

    def kept(self, node: Term, value: Any) -> Any:  # noqa: ARG002  one of the two keeps all as it is
        """What is kept of a value."""
        return value

    def decided(self, node: Term) -> tuple[str, float] | None:
        """Which way a term that decides goes, and by what share of the threshold; None for any other.

        Raises:
            Undefined: it has no value here.
        """
        if not node.declared.branch:
            return None
        if node not in self._decided:
            self._decided[node] = self._applied(node, "branch")
        return self._decided[node]

    def trim(self, most: int = MOST_BYTES) -> None:
        """Forget what was kept, if it takes more than so many bytes; all of it can be had again."""
        if self._bytes > most:
            self.forget()

    def forget(self) -> None:
        """Forget what was kept."""
        self._values.clear()
        self._decided.clear()
        self._bytes = 0

    def _run(self, node: Term) -> Any:
        return self.kept(node, self._applied(node, self.engine))

    def _applied(self, node: Term, implementation: str, change: Change | None = None) -> Any:
        taken = node.declared.takes(implementation)
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                arguments = self._arguments(node, taken)
                if change is not None:
                    arguments = {name: change(name, value) for name, value in arguments.items()}
                return getattr(node.declared, implementation)(**{name: arguments[name] for name in taken})
        except (ArithmeticError, ValueError, IndexError, KeyError, TypeError) as error:
            msg = f"{node.operator} has no value here: {error}"
            raise Undefined(msg) from error

    def _arguments(self, node: Term, taken: Collection[str]) -> dict[str, Any]:
        """Whatever an implementation takes, by name."""
        declared = node.declared
        taken_in = zip(declared.inputs, node.inputs, strict=True)
        arguments = {name: self.value(child) for name, child in taken_in}
        own, settled = dict(node.parameters), dict(node.axes)
        for name, kind in declared.parameters.items():
            bound = own[name]
            arguments[name] = self.column(bound, kind, node.rows()) if kind in COLUMN_KINDS else bound
            if kind == "numeral":
                arguments |= number_forms(self._columns)[str(bound)]
        for axis in declared.axes:
            literal = axis.literal(settled.get(axis.name, axis.default), self._columns)
            arguments[axis.name] = list(literal) if isinstance(literal, tuple) else literal
        if problem := unmet(declared.demands, arguments):
            raise Undefined(f"{node.operator} has no value here: {problem}")
        return arguments | {name: self.whole(name) for name in taken if name not in arguments}


class Idioms(Evaluation):
    """By the first implementations, on data frames.

    Args:
        frame: the table.
        columns: its profile.
    """

    engine = "idiom"

    def __init__(self, frame: Any, columns: Columns) -> None:
        super().__init__(columns)
        self._frame = frame
        self._forms = day_forms(columns)

    @property
    def table(self) -> Any:
        """The data frame."""
        return self._frame

    def column(self, bound: Bound, kind: str, rows: Input) -> Any:
        """A series; one of days where days are wanted.

        Raises:
            Undefined: a day is beyond what pandas holds.
        """
        frame = self.value(rows)
        if isinstance(bound, Term):
            series = self.value(bound)
            return series if bound.rows() == rows else series.loc[frame.index]
        if kind in ("date", "order") and bound in self._forms:
            try:
                return pd.to_datetime(frame[bound], format=self._forms[str(bound)])
            except ValueError as error:
                raise Undefined(f"{bound} has a day that pandas cannot hold: {error}") from error
        return frame[bound]


class Arithmetic(Evaluation):
    """By the second implementations, on arrays.

    Args:
        coded: the table.
        columns: its profile.
    """

    engine = "arithmetic"

    def __init__(self, coded: Coded, columns: Columns) -> None:
        super().__init__(columns)
        self._coded = coded
        self._restricted: dict[tuple[Bound, str, Input], Any] = {}
        self._plain: dict[Term, Term] = {}
        self._tables: dict[bytes, Term] = {}

    def value(self, node: Input) -> Any:
        """What a term comes to; of tables that hold the same records, all else is reckoned once.

        Raises:
            Undefined: it has no value here.
        """
        return super().value(self._simplest(node) if isinstance(node, Term) else node)

    def decided(self, node: Term) -> tuple[str, float] | None:
        """Which way a term that decides goes, and by what share of the threshold; None for any other."""
        return super().decided(self._of_simplest(node))

    def forget(self) -> None:
        """Forget what was kept."""
        super().forget()
        self._restricted.clear()
        self._plain.clear()
        self._tables.clear()

    def otherwise(self, node: Term, change: Change) -> Any:
        """What a term comes to when each of its arguments is changed; nothing of it is kept.

        Raises:
            Undefined: it has no value so.
        """
        return self._applied(self._of_simplest(node), self.engine, change)

    def _of_simplest(self, node: Term) -> Term:
        """The term itself, made of the simplest: whatever holds the same records, this one decides."""
        return node.rebuilt(lambda child: self._simplest(child) if isinstance(child, Term) else child)

    def _simplest(self, node: Term) -> Term:
        """The term with every table exchanged for the first one that held the same records."""
        if node not in self._plain:
            found = self._of_simplest(node)
            if found.kind == "table":
                try:
                    records = xxhash.xxh3_128_digest(super().value(found))
                    found = self._tables.setdefault(records, found)
                except Undefined:
                    pass  # told to whoever asks for it
            self._plain[node] = found
        return self._plain[node]

    @property
    def table(self) -> Any:
        """The places of all records."""
        return self._coded.table

    def column(self, bound: Bound, kind: str, rows: Input) -> Any:
        """An array, or codes with their levels."""
        key = (bound, kind, rows)
        if key not in self._restricted:
            whole = self.value(bound) if isinstance(bound, Term) else self._coded.column(str(bound), kind)
            self._restricted[key] = whole if rows == TABLE else restricted(whole, self.value(rows))
            self._bytes += _size(self._restricted[key])
        return self._restricted[key]

    def whole(self, name: str) -> Any:
        """All columns of numbers, where each column is known, or which values of each column are alike."""
        if name not in ("numbers", "known", "alike"):
            raise KeyError(name)
        return getattr(self._coded, name)

    def kept(self, node: Term, value: Any) -> Any:
        """A column is kept whole, since it may be asked for over fewer records."""
        if node.kind in DERIVED:
            return spread(value, self.value(node.rows()), self._coded.table.size)
        return value


def _size(value: Any) -> int:
    """About how many bytes a value takes; what is small counts for nothing."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        return int(value[0].nbytes)
    if isinstance(value, pd.DataFrame):
        return int(value.shape[0] * (value.shape[1] + 1) * 8)
    return int(value.size * 8) if isinstance(value, pd.Series) else 0
