"""The table that a question is about, in both forms, with what is known of it."""

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

PLACEHOLDERS = frozenset(
    {"unknown", "?", "-", "--", ".", "none", "na", "n/a", "n.a.", "nan", "null", "nil", "missing", "no data"}
    | {"unspecified", "undetermined", "not available", "not known", "not recorded"}
)
"""Words for 'no value' that a table may hold as values; case and white space around them aside."""


@dataclass(frozen=True)
class Subject:
    """One table; nobody changes its frame."""

    dataset: str
    reader: ReaderSettings
    columns: Columns
    frame: Any
    noun: str = "record"
    """What one row is, in the singular."""
    _resamples: "dict[int, Subject]" = field(default_factory=dict, init=False, repr=False, compare=False)

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
        """Columns of text in which some value may mean 'no value' to a careful reader."""
        texts = [column.name for column in self.columns if not column.numeric]
        return frozenset(
            name
            for name in texts
            if any(
                str(value).strip().casefold() in PLACEHOLDERS for value in self.frame[name].dropna().unique()
            )
        )

    @cached_property
    def shuffled(self) -> "Subject":
        """The same rows in another, fixed order."""
        order = np.random.Generator(np.random.PCG64(0)).permutation(len(self.frame))
        frame = self.frame.iloc[order].reset_index(drop=True)
        return Subject(self.dataset, self.reader, self.columns, frame, self.noun)

    def resampled(self, number: int) -> "Subject":
        """As many rows drawn from these with repetition, the same for a number whenever it is asked for."""
        if number not in self._resamples:
            rng = np.random.Generator(np.random.PCG64(number))
            drawn = rng.integers(max(1, len(self.frame)), size=len(self.frame))
            frame = self.frame.iloc[drawn].reset_index(drop=True)
            self._resamples[number] = Subject(self.dataset, self.reader, self.columns, frame, self.noun)
        return self._resamples[number]

    def program(self, record: ProgramRecord) -> Program:
        """The program, typed on this table."""
        return Program(record, self.columns)
