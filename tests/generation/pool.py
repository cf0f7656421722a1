"""What search and court make of a table in this process, counted: as a home's log would tell it, unrun."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from actors.generation.balance import Balance
from actors.generation.generator import STRETCH
from actors.generation.proposing import Ruling, Stretch, Table, rule_on
from actors.generation.sorting import sorts
from actors.language.soundness import Refusal
from actors.profiling.registration import inspect_file
from events.dataset import DatasetRegistered
from events.question import QuestionRejected, Source, stream_id
from store.blobs import BlobWriter
from store.home import Home
from store.projections.coverage import Coverage, Tried


def registered(path: Path, home: Home) -> DatasetRegistered:
    """The table at a path, its bytes kept in a home."""
    event = inspect_file(path)
    assert isinstance(event, DatasetRegistered), event
    with closing(BlobWriter(home)) as writer:
        writer.put_all({event.blob: path.read_bytes()})
    return event


def judged(event: DatasetRegistered, home: Home, source: Source, seed: int = 0) -> Iterator[Ruling]:
    """The rulings on a stream, one after the other, until it ends."""
    table = Table(event.dataset, str(home.root), event.blob, event.reader, event.columns, event.noun)
    stream, start, ended = stream_id(event.dataset, source, seed), 0, False
    while not ended:
        rulings, ended = rule_on(table, Stretch(stream, source, start, STRETCH, STRETCH))
        yield from rulings
        start += len(rulings)


def grown(coverage: Coverage, event: DatasetRegistered, home: Home, wanted: int, most: int) -> None:
    """Count the procedural proposals of a table until so many are questions, or so many were judged."""
    stream = stream_id(event.dataset, "procedural", 0)
    coverage.datasets[event.dataset] = event
    coverage.streams[stream] = (event.dataset, "procedural")
    balance, found = Balance(stream), 0
    for number, ruling in enumerate(judged(event, home, "procedural")):
        if found >= wanted or number == most:
            return
        one = _tried(event, stream, ruling, balance)
        found += one.question is not None
        coverage.count(one, sorts)


def _tried(event: DatasetRegistered, stream: str, ruling: Ruling, balance: Balance) -> Tried:
    asked, why = ruling.question, Refusal(ruling.reason, ruling.detail)
    if asked is not None and (objection := balance.objection(asked)) is not None:
        asked, why = None, objection
    if asked is not None:
        balance.hear(asked)
        return Tried(event, "procedural", ruling.operators, ruling.steps, question=asked)
    told = QuestionRejected(stream, ruling.index, why.reason, why.detail, ruling.operators, ruling.steps)
    return Tried(event, "procedural", ruling.operators, ruling.steps, rejection=told)
