"""The table that a question is about, in both forms, with what is known of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from actors.language.operator import Columns
from actors.language.program import Program, arrays
from events.dataset import ReaderSettings
from events.question import ProgramRecord


@dataclass(frozen=True)
class Subject:
    """One table; nobody changes its frame."""

    dataset: str
    reader: ReaderSettings
    columns: Columns
    frame: Any

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The table as the second implementation holds it."""
        return arrays(self.frame)

    @cached_property
    def shuffled(self) -> "Subject":
        """The same rows in another, fixed order."""
        order = np.random.Generator(np.random.PCG64(0)).permutation(len(self.frame))
        frame = self.frame.iloc[order].reset_index(drop=True)
        return Subject(self.dataset, self.reader, self.columns, frame)

    def program(self, record: ProgramRecord) -> Program:
        """The program, typed on this table."""
        return Program(record, self.columns)
