"""Rows that all come from one source are no lesson: it is told before anything is spent, with what to do."""

from pathlib import Path

import pytest

pytest.importorskip("trl")

from click.testing import CliRunner
from msgspec.structs import replace

import cli
from actors import learning, lessons
from actors.lessons import fitness_of, rows_of
from actors.training.problems import UnfitRowsError
from events.question import Source
from events.training import METHODS, Method, TrainingSettings
from store.export.harvest import Harvest
from store.home import Home
from store.projections.state import State
from store.splits import Splits, TablePlace
from tests.history import told
from tests.store.test_export import parted

pytestmark = pytest.mark.train
NOWHERE = Home(Path("nowhere"))
WORDS = (
    "all rows come from source {}: what is learned is how those questions are made; run `tracegate run --all`"
)


def home_of(monkeypatch: pytest.MonkeyPatch, *sources: Source) -> State:
    """The state of a home whose episodes are of these sources alone, all of them trained on."""
    state = parted(told(2, sources).state())
    places = Splits({dataset: TablePlace("train", ()) for dataset in state.datasets.by_id})
    monkeypatch.setattr(lessons, "harvest_of", lambda *_: Harvest(state, places))
    return state


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("source", ["template", "procedural"])
def test_every_method_refuses_rows_of_one_source_alone(
    method: Method, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = home_of(monkeypatch, source)
    with pytest.raises(UnfitRowsError, match=WORDS.format(source)):
        rows_of(state, NOWHERE, TrainingSettings(method, "m"))


def test_rows_of_two_sources_are_a_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    state = home_of(monkeypatch, "template", "procedural")
    rows, every = rows_of(state, NOWHERE, TrainingSettings("sft", "m"))
    assert rows == every != []


def test_the_gate_of_a_model_is_closed_by_it_with_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    state = home_of(monkeypatch, "template")
    (rule,) = fitness_of(NOWHERE, TrainingSettings("sft", "m"), "m").rules(state)
    assert (rule.rule, rule.passed) == ("rows_there", False)
    assert WORDS.format("template") in rule.opens_with


def test_on_the_command_line_it_is_bad_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    state = home_of(monkeypatch, "procedural")
    monkeypatch.setattr(learning, "rebuild", lambda *_: state)
    given = ["train", "sft", "--model", "m", "--dry-run", "--home", str(tmp_path)]
    found = CliRunner().invoke(cli.app, given)
    assert isinstance(found.exception, UnfitRowsError)
    assert isinstance(found.exception, cli._EXITS[2])


def test_an_update_of_play_that_wants_more_questions_than_there_are_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would end before its first update."""
    state = home_of(monkeypatch, "template", "procedural")
    played = TrainingSettings("grpo", "m", easiest=1)
    with pytest.raises(
        UnfitRowsError, match="each update plays 2 questions, and there are 1; take a smaller `--batch`"
    ):
        rows_of(state, NOWHERE, replace(played, batch=2))
    rows, _ = rows_of(state, NOWHERE, replace(played, batch=1))
    assert len(rows) == 1
