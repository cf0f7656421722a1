"""What a benchmark has in common with a home is found by content, and is in no export."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from actors.exporting import decontamination
from actors.exporting.decontamination import compare
from actors.exporting.sketching import sketch_of
from actors.profiling.registration import inspect_bytes
from actors.profiling.table import read_table
from actors.terminal.reports import exported
from events.dataset import DatasetRegistered
from events.identity import digest_of
from store.dabench import NoBenchmarkError
from store.export.writing import Exported
from store.home import Home
from store.projections.state import State
from store.sketch import TableSketch
from tests.history import told

EXAMPLES = Path(__file__).parents[2] / "examples"
SHARED = Path(__file__).parents[3] / "shared" / "data"
"""Tables that are not shipped; where they are, a benchmark is among them."""


def registered(path: Path) -> tuple[DatasetRegistered, TableSketch]:
    data = path.read_bytes()
    event = inspect_bytes(data, path)
    assert isinstance(event, DatasetRegistered)
    return event, sketch_of(read_table(data, event.reader))


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> State:
    """A home with two of the examples."""
    found = told(2, ("template",)).state()
    found.datasets.by_id.clear()
    known = dict(registered(EXAMPLES / name) for name in ("penguins_raw.csv", "seattle_weather.csv"))
    found.datasets.by_id.update({one.dataset: one for one in known})
    sketches = {one.dataset: sketch for one, sketch in known.items()}
    monkeypatch.setattr(decontamination, "sketches_of", lambda *_: sketches)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bench" / "tables").mkdir(parents=True)
    return tmp_path / "bench"


def test_a_table_that_stands_in_both_is_found_under_any_name(state: State, folder: Path) -> None:
    lines = (EXAMPLES / "seattle_weather.csv").read_text().splitlines()
    (folder / "tables" / "x.csv").write_text("\n".join(["a,b,c,d,e,f", *reversed(lines[1:])]) + "\n")
    (folder / "tables" / "y.csv").write_text((EXAMPLES / "macrodata.csv").read_text())
    found = compare(Home(folder), state, folder)
    (weather,) = (key for key, one in state.datasets.by_id.items() if one.name == "seattle_weather")
    assert found.tables == ((weather, "x.csv"),)
    assert found.compared == (2, 0)


def test_a_question_that_stands_in_both_is_found_by_its_words(state: State, folder: Path) -> None:
    one, two = state.questions.accepted.values()
    long = "Of the penguins on Biscoe whose mass is known, what is the mean flipper length in millimetres?"
    state.questions.accepted[one.id] = msgspec.structs.replace(one, question_text=long)
    other = msgspec.structs.replace(two, question_text="What share of days was wet?")
    state.questions.accepted[two.id] = other
    asked = long.upper().replace("?", ", rounded")
    (folder / "questions.jsonl").write_bytes(
        msgspec.json.encode({"id": 1, "question": asked}) + b'\n{"question": 7}\nno json\n'
    )
    found = compare(Home(folder), state, folder)
    assert found.questions == ((one.id, asked),)
    assert found.left_out(state) == {one.id}


def test_all_questions_of_a_table_that_stands_in_both_are_left_out(state: State, folder: Path) -> None:
    weather = next(key for key, one in state.datasets.by_id.items() if one.name == "seattle_weather")
    for key, one in list(state.questions.accepted.items()):
        state.questions.accepted[key] = msgspec.structs.replace(one, dataset=weather)
    (folder / "tables" / "x.csv").write_bytes((EXAMPLES / "seattle_weather.csv").read_bytes())
    assert compare(Home(folder), state, folder).left_out(state) == state.questions.accepted.keys()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.json", '{"data": [{"question": %s}]}'),
        ("a.json", '[[{"rows": {"row": {"question_text": %s}}}]]'),
        ("a.json", '{"question": [%s, "Why?"]}'),
        ("a.jsonl", '{"id": 1}\n\n{"row": {"question": %s}}\n'),
        ("a.jsonl", '\ufeff{"question": %s}\n'),
    ],
)
def test_a_question_is_found_however_deep_it_stands(state: State, folder: Path, name: str, form: str) -> None:
    one = next(iter(state.questions.accepted.values()))
    (folder / name).write_text(form % msgspec.json.encode(one.question_text).decode(), "utf-8")
    found = compare(Home(folder), state, folder)
    assert (one.id, one.question_text) in found.questions
    assert found.unread == ()


@pytest.mark.parametrize("depth", [decontamination.DEEPEST + 2, 1200, 100_000])
def test_what_is_too_deep_to_be_looked_through_is_refused_by_its_place(
    state: State, folder: Path, depth: int
) -> None:
    (folder / "a.jsonl").write_text('{"question": "What?"}\n' + "[" * depth + "]" * depth)
    with pytest.raises(NoBenchmarkError, match=r"a\.jsonl, line 2: more than 100 values within values"):
        compare(Home(folder), state, folder)


def test_what_cannot_be_read_is_told(state: State, folder: Path) -> None:
    (folder / "questions.jsonl").write_text('{"question": "What?"}\nno json\n')
    (folder / "tables" / "x.csv").write_text("")
    (folder / "tables" / "y.csv").write_text((EXAMPLES / "macrodata.csv").read_text())
    found = compare(Home(folder), state, folder)
    table, line = found.unread
    assert table.startswith(f"{folder / 'tables' / 'x.csv'}: ")
    assert line.startswith(f"{folder / 'questions.jsonl'}, line 2: ")
    assert found.to_dict()["unread"] == [table, line]
    assert found.compared == (1, 1)
    _, shown = exported(Exported({}, 0, ""), found.to_dict())
    assert f"not compared: {table}\nnot compared: {line}\ncompared with 1 tables" in str(shown)


def test_where_there_is_nothing_to_compare_it_is_said(state: State, folder: Path) -> None:
    with pytest.raises(NoBenchmarkError, match="holds no CSV file and no question"):
        compare(Home(folder), state, folder)
    with pytest.raises(NoBenchmarkError, match="is no folder"):
        compare(Home(folder), state, folder / "nowhere")


@pytest.mark.full
@pytest.mark.skipif(not SHARED.is_dir(), reason="the benchmark's files are not shipped")
def test_the_tables_that_stand_in_a_real_benchmark_too_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the tables from elsewhere none; of the benchmark's own each, and its copies under other names."""
    own = dict(readable(SHARED / "dabench" / "tables"))
    known = dict(readable(SHARED / "csv")) | own
    state = told(1).state()
    state.datasets.by_id.update({one.dataset: one for one in known})
    sketches = {one.dataset: sketch for one, sketch in known.items()}
    monkeypatch.setattr(decontamination, "sketches_of", lambda *_: sketches)
    found = compare(Home(SHARED), state, SHARED / "dabench").tables
    names = {one.dataset: Path(one.path).name for one in known}
    theirs = {one.name for one in own}
    pairs = {(names[dataset], file) for dataset, file in found}
    elsewhere = {path.name for path in (SHARED / "csv").glob("*.csv")}
    assert len(elsewhere & {*names.values()}) > 20
    assert not elsewhere & {name for name, _ in pairs}
    assert not digests(SHARED / "csv") & digests(SHARED / "dabench" / "tables")
    titanic = ("test_ave.csv", "titanic.csv", "titanic_train.csv")
    assert pairs == {(f"{one}.csv", f"{one}.csv") for one in theirs} | {
        (a, b) for a in titanic for b in titanic
    }


def digests(folder: Path) -> set[str]:
    return {digest_of(path.read_bytes()) for path in folder.glob("*.csv")}


def readable(folder: Path) -> Iterator[tuple[DatasetRegistered, TableSketch]]:
    for path in sorted(folder.glob("*.csv")):
        data = path.read_bytes()
        event = inspect_bytes(data, path)
        if isinstance(event, DatasetRegistered):
            yield event, sketch_of(read_table(data, event.reader))
