"""The court alone, in this process: questions accepted per CPU-second, and which check takes the time."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from actors.generation import proposing
from actors.generation.proposing import Ruling, Stretch, Table, rule_on, subject_of
from actors.generation.stream import budget
from actors.job import WITHOUT_MODEL
from actors.language import court
from actors.profiling.intake import take_in
from benchmarks.stages import Stages
from events.dataset import DatasetRegistered
from events.question import Source, stream_id
from store.blobs import BlobWriter
from store.home import Home

PROPOSING, REST = "proposing", "the rest of the court: the gold answer, wording, id"
CHECKS = {
    "settle": "settling the readings",
    "_soundness": "sizes of groups, margins, p-values",
    "_second_engine": "the second implementation",
    "_liveness": "liveness of every step",
    "_row_order": "shuffled rows",
    "parse": "reading the text back",
}
"""Functions that the court calls by these names, and what each is for."""


@dataclass(frozen=True)
class Session:
    """What the court did for one source, over all tables."""

    source: Source
    """Which generator proposed."""
    proposals: int
    """How many were judged."""
    accepted: int
    """How many of them became questions."""
    cpu: dict[str, float]
    """CPU-seconds by stage, the longest first."""

    @property
    def seconds(self) -> float:
        """CPU-seconds in all."""
        return sum(self.cpu.values())


def sessions(paths: Sequence[Path], wanted: int) -> list[Session]:
    """The court in session for each source, on tables that are in memory.

    Args:
        paths: files and folders.
        wanted: accepted questions wanted of each table and source.
    """
    tables = [table for path in paths for table in _tables(path)]
    for table in tables:
        rule_on(table, Stretch("warm-up", "template", 0, 1, 1))
    return [_session(source, tables, wanted) for source in WITHOUT_MODEL]


def _session(source: Source, tables: Sequence[Table], wanted: int) -> Session:
    clock = Stages(PROPOSING, time.process_time)
    checks: dict[str, Any] = {name: clock.around(told, getattr(court, name)) for name, told in CHECKS.items()}
    judge = clock.around(REST, court.judge)
    rulings: list[Ruling] = []
    with mock.patch.multiple(court, **checks), mock.patch.object(proposing, "judge", judge):
        for table in tables:
            stream = stream_id(table.dataset, source, 0)
            rulings += rule_on(table, Stretch(stream, source, 0, budget(wanted), wanted))[0]
    accepted = sum(ruling.question is not None for ruling in rulings)
    return Session(source, len(rulings), accepted, clock.seconds())


def _tables(path: Path) -> list[Table]:
    """The tables at a path, in memory; what they were read from is gone again."""
    tables: list[Table] = []
    with TemporaryDirectory() as folder, closing(BlobWriter(Home(Path(folder)))) as writer:
        for taken in take_in([path]):
            event = taken.event
            if isinstance(event, DatasetRegistered):
                writer.put_all({event.blob: taken.data})
                tables.append(Table(event.dataset, folder, event.blob, event.reader, event.columns))
                subject_of(tables[-1])
    return tables
