"""Runs of training in `status` and `inspect`: what ran, behind which decision, how far it came, where it lies."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from actors.gating.record import training_allowed
from actors.terminal.find import NotFoundError
from actors.terminal.inspecting import inspected
from actors.terminal.status import standing, status_view
from events.training import StepMetrics, TrainingEnded, TrainingProgressed, TrainingSettings, TrainingStarted
from store.decisions import decide
from store.home import Home
from store.projections.state import State
from tests.history import History, told, write_history

RUN = "5f" * 16
OTHER = "a0" * 16


def begin(history: History, run: str, step: int = 0) -> None:
    """What a run tells when it begins, or goes on from a checkpoint."""
    seq = len(history.events)
    decision = decide(seq=seq, head="h", data="d4", is_open=True, reasons=())
    history.tell(training_allowed(run, decision))
    settings = TrainingSettings("sft", "scratch:tiny", steps=8)
    versions = {"trl": "1.16.0"}
    history.tell(TrainingStarted(run, settings, seq, "d4", 12, "r0w5", versions, "cpu", step))


def measured(run: str, *steps: int) -> TrainingProgressed:
    return TrainingProgressed(run, tuple(StepMetrics(step, {"loss": 1 / step}) for step in steps))


def finished(run: str) -> TrainingEnded:
    return TrainingEnded(run, "finished", 8, {"loss": 0.125}, "we16h75")


@pytest.fixture
def history() -> History:
    """One run that was interrupted, went on and was finished; another that told of no end."""
    found = told(1)
    begin(found, RUN)
    found.tell(measured(RUN, 1, 2, 3, 4))
    found.tell(TrainingEnded(RUN, "interrupted", 4, {"loss": 0.25}))
    begin(found, RUN, step=4)
    found.tell(measured(RUN, 5, 8))
    found.tell(finished(RUN))
    begin(found, OTHER)
    found.tell(measured(OTHER, 1, 2))
    return found


@pytest.fixture
async def home(history: History, tmp_path: Path) -> Home:
    """A home with that log, and the folder of the first run under a name of its own."""
    place = Home(tmp_path / "home")
    await write_history(place, history)
    (place.training / "mine" / "model").mkdir(parents=True)
    (place.training / "mine" / "run.json").write_text(json.dumps({"run": RUN}))
    (place.training / "nobody").mkdir()
    (place.training / "nobody" / "run.json").write_text("{")
    return place


def shown(view: RenderableType) -> str:
    console = Console(file=StringIO(), width=300, color_system=None)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


def test_a_run_that_went_on_is_one_run_that_began_once_and_ended_last(history: History) -> None:
    runs = history.state().trainings
    assert list(runs.started) == [RUN, OTHER]
    assert (runs.begun[RUN], runs.started[RUN].step, runs.step(RUN)) == (2, 0, 8)
    assert runs.allowed[RUN].seq > runs.started[RUN].seq
    assert (runs.standing(RUN), runs.standing(OTHER)) == ("finished", "unfinished")


def test_one_that_goes_on_has_not_ended_whatever_was_told_before(history: History) -> None:
    begin(history, RUN, step=8)
    assert history.state().trainings.standing(RUN) == "unfinished"


def test_an_end_without_a_measure_is_told_as_what_it_is(history: History) -> None:
    history.tell(TrainingEnded(OTHER, "failed", 0, {}, why="No space left on device"))
    runs = history.state().trainings
    assert (runs.standing(OTHER), runs.step(OTHER)) == ("failed", 2)


async def test_status_names_each_run_its_end_its_decision_and_where_the_model_lies(home: Home) -> None:
    found, state = standing(home)
    mine, other = json.loads(json.dumps(found["trainings"]))
    assert (mine["run"], mine["method"], mine["standing"]) == (RUN, "sft", "finished")
    assert (mine["step"], mine["steps"], mine["data"]) == (8, 8, "d4")
    assert mine["seq"] == state.trainings.started[RUN].seq
    assert (mine["folder"], mine["model"]) == (
        str(home.training / "mine"),
        str(home.training / "mine" / "model"),
    )
    assert (other["standing"], other["step"], other["folder"], other["model"]) == (
        "unfinished",
        2,
        None,
        None,
    )
    text = shown(status_view(found))
    assert f"{RUN[:12]}: finished, 8 of 8 updates, gate judged at position {mine['seq']}" in text
    assert f"{OTHER[:12]}: under way, or it died: the same command goes on, 2 of 8 updates" in text
    assert mine["model"] in text
    assert "its folder is gone" in text


@pytest.mark.parametrize("wanted", [RUN, RUN[:6], "mine"])
async def test_a_run_is_shown_in_full_by_its_id_or_the_name_of_its_folder(home: Home, wanted: str) -> None:
    found, view = inspected(home, "training", wanted, None)
    told_of = json.loads(json.dumps(found))
    assert (told_of["run"], told_of["begun"], told_of["rows"], told_of["device"]) == (RUN, 2, 12, "cpu")
    assert told_of["settings"]["model"] == "scratch:tiny"
    assert (told_of["decision"]["run"], told_of["decision"]["data"]) == (RUN, "d4")
    assert (told_of["metrics"], told_of["weights"]) == ({"loss": 0.125}, "we16h75")
    text = shown(view)
    for wanted_words in ("8 of 8", "scratch:tiny", "scope data", "trl 1.16.0", "loss 0.125", "mine/model"):
        assert wanted_words in text


async def test_one_whose_folder_is_gone_is_told_from_the_log_alone(home: Home) -> None:
    found, view = inspected(home, "training", OTHER, None)
    assert (found["folder"], found["model"], found["weights"]) == (None, None, "")
    text = shown(view)
    assert "no folder below training/" in text
    assert "none saved" in text


async def test_what_is_not_there_or_of_no_one_source_is_told(home: Home) -> None:
    with pytest.raises(NotFoundError, match="no run of training begins with 'zz'; there are 2"):
        inspected(home, "training", "zz", None)
    with pytest.raises(NotFoundError, match="leave --source out"):
        inspected(home, "training", "mine", "template")
    await write_history(Home(home.root / "other"), told(1))
    with pytest.raises(NotFoundError, match="`tracegate train` makes them"):
        inspected(Home(home.root / "other"), "training", "mine", None)


def test_a_home_in_which_nothing_was_trained_says_nothing_of_it() -> None:
    assert State().trainings.started == {}
    assert "training" not in shown(status_view(standing(Home(Path("nowhere")))[0]))
