"""A table from its file to questions whose code was run, and the same file read by other means."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from actors.generation.streams import proposals
from actors.generation.trial import solution
from actors.language.court import judge
from actors.language.program import plain
from actors.language.subject import Subject
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from events.answers import matches
from events.dataset import DatasetRefused, DatasetRegistered, ReaderSettings
from events.question import Question, Source
from tests.language.odd_tables import Odd


@dataclass
class Tried:
    """What became of a table's proposals."""

    accepted: list[Question] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def taken(odd: Odd, name: str = "birds.csv") -> DatasetRegistered | DatasetRefused:
    """What becomes of the file."""
    return inspect_bytes(odd.data, Path(name))


def subject_of(odd: Odd) -> Subject:
    """The table, where it can serve."""
    event = taken(odd)
    assert isinstance(event, DatasetRegistered), event
    frame = read_table(odd.data, event.reader)
    return Subject(event.dataset, event.reader, event.columns, frame, event.noun)


def tried(subject: Subject, sources: Mapping[Source, int], key: str = "odd") -> Tried:
    """So many proposals of each source, judged; the code of what is accepted is run, and gives its answer."""
    found = Tried()
    for source, most in sources.items():
        for proposal in islice(proposals(source, subject, key), most):
            verdict = judge(proposal, subject) if proposal else None
            if isinstance(verdict, Question):
                check_code(verdict, subject)
                found.accepted.append(verdict)
            elif verdict is not None:
                found.refused[verdict.reason] += 1
    return found


def check_code(question: Question, subject: Subject) -> None:
    """Nothing, where the code of a question gives its answer and leaves the table as it was."""
    given: list[dict[str, Any]] = []
    frame = subject.frame.copy()
    code = solution(question, subject.columns)
    with np.errstate(all="ignore"):
        exec(code, {"df": frame, "submit": given.append})
    (answer,) = ({name: plain(value) for name, value in one.items()} for one in given)
    assert any(matches(question.contract, answer, gold) for gold in question.answers), code
    pd.testing.assert_frame_equal(frame, subject.frame)


def changed(odd: Odd, frame: pd.DataFrame, reader: ReaderSettings) -> Iterator[str]:
    """Each cell that the table holds otherwise than the file does, read with the csv module alone.

    A cell is missing where it says so; a number is the one that is written, exactly where it is whole, else
    the nearest; all else is the text of the file.
    """
    _, *rows = csv.reader(io.StringIO(odd.data.decode(), newline=""))
    assert len(rows) == len(frame)
    for place, name in enumerate(frame.columns):
        absent = {"", *(reader.missing if name not in reader.kept else ())}
        for cell, value in zip((row[place] for row in rows), frame[name].tolist(), strict=True):
            if cell.strip() in absent:
                same = pd.isna(value)
            elif isinstance(value, str):
                same = value == cell
            else:
                same = not pd.isna(value) and _is_written(cell.strip(), value)
            if not same:
                yield f"{name}: {cell!r} became {value!r}"


def _is_written(cell: str, value: float) -> bool:
    """Whether a number is what a cell says."""
    written, held = Decimal(cell), Decimal(value)
    if written == written.to_integral_value() and not set(cell.lower()) & set(".e"):
        return held == written
    return float(cell) == value and bool(written) == bool(held)
