"""A copy of a table on the other side is found from what both hold, whoever put it there."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from actors import leaking
from actors.exporting.sketching import sketch_of
from actors.gating.gate import judge
from actors.leaking import between_splits
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from events.dataset import DatasetRegistered
from events.gate import FailureAcknowledged
from events.question import QuestionAccepted, Source
from events.runtime import HomeOpened
from store.home import Home
from store.projections.state import State
from store.sketch import TableSketch
from store.splits import Splits, TablePlace, place_tables
from tests.gating.asked import LIMITS, failing, report
from tests.history import History, question

EXAMPLES = Path(__file__).parents[1] / "examples"
NOWHERE = Home(Path("nowhere"))
SOURCES: tuple[Source, ...] = ("template", "procedural")


@dataclass(frozen=True)
class Told:
    """A history of two tables, each with verified episodes, and what the tables are like."""

    history: History
    tables: tuple[DatasetRegistered, DatasetRegistered]
    sketches: dict[str, TableSketch]

    @property
    def state(self) -> State:
        return self.history.state()

    def placed(self) -> Splits:
        """Where content puts them."""
        return place_tables(self.sketches, {one.dataset: one.blob for one in self.tables})


def shuffled(data: bytes) -> bytes:
    """The same table under other names, its rows in another order, and one in twenty of them gone."""
    head, *rows = data.decode().splitlines()
    random.Random(5).shuffle(rows)
    kept = rows[len(rows) // 20 :]
    return "\n".join([",".join(f"v{at}" for at, _ in enumerate(head.split(","))), *kept, ""]).encode()


def registered(name: str, data: bytes) -> tuple[DatasetRegistered, TableSketch]:
    event = inspect_bytes(data, Path(name))
    assert isinstance(event, DatasetRegistered), event
    return event, sketch_of(read_table(data, event.reader))


@pytest.fixture(scope="module")
def pair() -> tuple[tuple[DatasetRegistered, TableSketch], tuple[DatasetRegistered, TableSketch]]:
    data = (EXAMPLES / "seattle_weather.csv").read_bytes()
    return registered("weather.csv", data), registered("other.csv", shuffled(data))


@pytest.fixture
def found(pair: tuple[tuple[DatasetRegistered, TableSketch], ...], monkeypatch: pytest.MonkeyPatch) -> Told:
    history = History()
    history.tell(HomeOpened("home", "0.1.0"))
    for table, _ in pair:
        history.finish(table, f"register:{table.dataset}")
        for source in SOURCES:
            stream = history.stream(table.dataset, source)
            for number in range(2):
                asked = question(table.dataset, source, number)
                history.finish(QuestionAccepted(stream, number, asked), f"court:{stream}:{number}")
                history.judge(asked)
    tables = (pair[0][0], pair[1][0])
    told = Told(history, tables, {table.dataset: sketch for table, sketch in pair})
    monkeypatch.setattr(leaking, "sketches_of", lambda *_: told.sketches)
    monkeypatch.setattr(leaking, "splits_of", lambda *_: told.placed())
    return told


def tampered(found: Told, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Have the copy held out though it is like what is trained on; the ids of both."""
    trained, copy = (one.dataset for one in found.tables)
    places = {trained: TablePlace("train", ()), copy: TablePlace("held", ())}
    monkeypatch.setattr(leaking, "splits_of", lambda *_: Splits(places))
    return trained, copy


def test_where_content_decides_a_copy_is_on_the_same_side_and_nothing_leaks(found: Told) -> None:
    trained, copy = (one.dataset for one in found.tables)
    assert found.placed().tables[copy] == TablePlace("train", (trained,))
    assert list(between_splits(NOWHERE, found.state)) == []


def test_a_copy_that_was_put_on_the_other_side_closes_the_gate_which_names_both(
    found: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained, copy = tampered(found, monkeypatch)
    (leak,) = between_splits(NOWHERE, found.state)
    event = leak.split("(event ")[1][:32]
    assert leak == f"table {copy} is held out, and {trained} is like it (event {event})"
    state = found.state
    stood = report(state)
    gate = judge(state, replace(stood, witnessed=replace(stood.witnessed, leaks=(leak,))), LIMITS)
    assert failing(gate) == ["leakage"]
    assert gate.reasons[0].where == leak


def test_once_its_event_is_acknowledged_the_copy_is_trained_and_tested_on_no_more(
    found: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, copy = tampered(found, monkeypatch)
    (leak,) = between_splits(NOWHERE, found.state)
    found.history.tell(FailureAcknowledged(leak.split("(event ")[1][:32], "somebody moved it"))
    assert list(between_splits(NOWHERE, found.state)) == []
    assert copy not in {one.dataset for one in found.state.verified().values()}
