"""The table that a question is about, in both forms, with what is known of it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from actors.language.coded import Coded
from actors.language.evaluation import Arithmetic, Idioms
from actors.language.lexicon import Lexicon
from actors.language.operator import Columns
from actors.language.program import Program
from events.dataset import ReaderSettings
from events.question import ProgramRecord

MOST_DRAWN = 5000
"""Rows of a resample."""


@dataclass(frozen=True)
class Subject:
    """One table; nobody changes its frame."""

    dataset: str
    reader: ReaderSettings
    columns: Columns
    frame: Any
    noun: str = "record"
    """What one row is, in the singular."""
    _forms: "dict[Hashable, Subject]" = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def words(self) -> Lexicon:
        """What its columns and records are called."""
        return Lexicon(self.columns, self.noun)

    @cached_property
    def idioms(self) -> Idioms:
        """Runs terms by the first implementations."""
        return Idioms(self.frame, self.columns)

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """Runs terms by the second implementations."""
        return Arithmetic(Coded(self.frame, self.columns), self.columns)

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Columns in which some value may mean 'no value' to a careful reader."""
        return frozenset(column.name for column in self.columns if column.doubtful)

    def changed(self, how: Hashable, made: "Callable[[], Subject]") -> "Subject":
        """This table in another form, made once.

        Args:
            how: what tells this form from others.
            made: makes it.
        """
        if how not in self._forms:
            self._forms[how] = made()
        return self._forms[how]

    def trim(self) -> None:
        """Let go of what was kept of it and its other forms, where that is much."""
        for form in (self, *self._forms.values()):
            form.arithmetic.trim()
            form.idioms.trim()

    def resampled(self, number: int) -> "Subject":
        """Rows drawn from these with repetition, the same for a number whenever it is asked for.

        There are as many, up to a few thousand: what differs on some table differs on one of these.
        """
        return self.changed(number, lambda: self._drawn(number))

    def _drawn(self, number: int) -> "Subject":
        rng = np.random.Generator(np.random.PCG64(number))
        drawn = rng.integers(max(1, len(self.frame)), size=min(len(self.frame), MOST_DRAWN))
        frame = self.frame.iloc[drawn].reset_index(drop=True)
        return Subject(self.dataset, self.reader, self.columns, frame, self.noun)

    def program(self, record: ProgramRecord) -> Program:
        """The program, typed on this table."""
        return Program(record, self.columns)
