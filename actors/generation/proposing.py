"""The court's work on one stretch of a stream, as a plain function that a worker process can run.

Tables and streams are kept by the process, so that a stretch costs what its proposals cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from actors.generation.streams import proposed
from actors.language.court import Proposal, judge
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.term import to_record
from actors.profiling.table import read_table
from events.dataset import ColumnProfile, ReaderSettings
from events.question import ProgramRecord, Question, Source
from events.struct import Fact
from store.blobs import Blobs
from store.home import Home

DUPLICATE = Refusal("duplicate", "an earlier proposal of this stream is the same program")


class Table(Fact, frozen=True):
    """Where a registered table is kept, and how it is read."""

    dataset: str
    """Id of the dataset."""
    home: str
    """The folder of the home that keeps it."""
    blob: str
    """Digest of the file's bytes there."""
    reader: ReaderSettings
    """How the bytes become the table."""
    columns: tuple[ColumnProfile, ...]
    """Its profile."""
    noun: str = "record"
    """What one row is, in the singular."""


class Stretch(Fact, frozen=True):
    """Proposals of one stream, from one index on."""

    stream: str
    """Id of the stream."""
    source: Source
    """Which generator proposes."""
    start: int
    """Index of the first proposal."""
    most: int
    """How many proposals are judged at most."""
    need: int
    """How many accepted ones end the stretch."""


class Ruling(Fact, frozen=True):
    """What became of one proposal: a question, or the reason why not."""

    index: int
    """Its place in the stream."""
    question: Question | None = None
    """The question, if it was accepted."""
    reason: str = ""
    """The reason's word, if it was not."""
    detail: str = ""
    """What was seen."""
    operators: tuple[str, ...] = ()
    """The operators of its program, each once."""
    steps: int = 0
    """How many steps its program has."""


@lru_cache(maxsize=32)
def subject_of(table: Table) -> Subject:
    """The table in memory, read once a process."""
    data = Blobs(Home(Path(table.home))).get(table.blob)
    frame = read_table(data, table.reader)
    return Subject(table.dataset, table.reader, table.columns, frame, table.noun)


def rule_on(table: Table, stretch: Stretch) -> tuple[list[Ruling], bool]:
    """The rulings on a stretch in order, and whether the stream ends with it."""
    subject = subject_of(table)
    stream = _stream(stretch.stream, stretch.source, table)
    rulings: list[Ruling] = []
    accepted = 0
    for index in range(stretch.start, stretch.start + stretch.most):
        if not stream.holds(index):
            return rulings, True
        ruling = _rule(index, *stream.known[index], subject)
        rulings.append(ruling)
        accepted += ruling.question is not None
        if accepted == stretch.need:
            break
    return rulings, False


def _rule(index: int, proposal: Proposal, is_repetition: bool, subject: Subject) -> Ruling:
    subject.trim()
    verdict = DUPLICATE if is_repetition else judge(proposal, subject)
    if isinstance(verdict, Question):
        record = verdict.recipe.program
        return Ruling(index, verdict, operators=operators_in(record), steps=len(record.steps))
    record = to_record(proposal.answer)
    return Ruling(index, None, verdict.reason, verdict.detail, operators_in(record), len(record.steps))


def operators_in(record: ProgramRecord) -> tuple[str, ...]:
    """The operators of a program, each once, in order of use."""
    return tuple(dict.fromkeys(step.operator for step in record.steps))


@dataclass
class _Stream:
    """A stream's proposals as far as they were needed, and whether each asks what an earlier one does."""

    rest: Iterator[tuple[Proposal, bool]]
    known: list[tuple[Proposal, bool]] = field(default_factory=list)

    def holds(self, index: int) -> bool:
        """Whether the stream has a proposal at this place."""
        while len(self.known) <= index:
            try:
                self.known.append(next(self.rest))
            except StopIteration:
                return False
            except Exception:  # asked again, a sequence that failed looks like one that has ended
                _stream.cache_clear()
                raise
        return True


@lru_cache(maxsize=64)
def _stream(stream: str, source: Source, table: Table) -> _Stream:
    return _Stream(proposed(source, subject_of(table), stream))
