"""Each method learns from its rows, with all weights or with adapters, and what is saved is what was trained."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from store.export.conversation import SYSTEM, TOOL
from tests.training.lessons import asked, made_in, rows, sft

pytest.importorskip("trl")
pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

from transformers.utils import get_json_schema  # noqa: E402

from actors.training.building import Lesson  # noqa: E402
from actors.training.fitness import Fit, judged, round_trip, rows_teach, tool_same  # noqa: E402
from actors.training.going import claim, go  # noqa: E402
from actors.training.models import load_tokenizer  # noqa: E402
from actors.training.playing import Environment  # noqa: E402
from actors.training.preparing import Named, prepared  # noqa: E402
from actors.training.problems import OtherRunError, UnfitModelError  # noqa: E402
from actors.training.saving import last_checkpoint  # noqa: E402
from actors.training.student import Student  # noqa: E402
from events.training import Method, StepMetrics, TrainingSettings  # noqa: E402


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_in(tmp_path_factory.mktemp("model") / "tiny")


def settings(method: Method, **given: Any) -> TrainingSettings:
    return TrainingSettings(
        method, "m", **{"steps": 4, "batch": 2, "max_length": 2048, "learning_rate": 3e-3} | given
    )


def trained(method: Method, model: str, folder: Path, **given: Any) -> list[StepMetrics]:
    told: list[StepMetrics] = []
    given |= {"learning_rate": 3e-4} if method == "prm" else {}
    lesson = Lesson(settings(method, **given), rows(method), model, load_tokenizer(model), folder)
    ended = go(lesson, told.extend, lambda: False)
    assert ended.finished
    assert ended.weights
    assert [one.step for one in told] == [1, 2, 3, 4]
    return told


@pytest.mark.parametrize("lora", [0, 4], ids=["weights", "adapters"])
@pytest.mark.parametrize("method", ["sft", "dpo", "reward", "prm"])
def test_a_method_lowers_its_loss_on_its_rows(method: Method, lora: int, model: str, tmp_path: Path) -> None:
    steps = trained(method, model, tmp_path, lora=lora)
    assert steps[-1].values["loss"] < steps[0].values["loss"]
    assert all(one.values["grad_norm"] > 0 for one in steps)
    assert (tmp_path / "model" / "config.json").exists()
    assert not list((tmp_path / "model").glob("adapter*"))


def test_a_stop_saves_first_and_what_is_gone_on_with_is_the_newest_whole_checkpoint(
    model: str, tmp_path: Path
) -> None:
    lesson = Lesson(settings("prm"), rows("prm"), model, load_tokenizer(model), tmp_path)
    ended = go(lesson, lambda _: None, lambda: True)
    assert (ended.finished, ended.step) == (False, 1)
    (tmp_path / "checkpoint-3").mkdir()  # one that was being written when the process died
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-1"
    assert not (tmp_path / "checkpoint-3").exists()
    assert go(lesson, lambda _: None, lambda: False).finished


def test_a_folder_belongs_to_one_run(tmp_path: Path) -> None:
    claim(tmp_path / "run", "a")
    claim(tmp_path / "run", "a")
    with pytest.raises(OtherRunError, match="another run, a; move that folder aside"):
        claim(tmp_path / "run", "b")
    (tmp_path / "bare" / "checkpoint-4").mkdir(parents=True)
    with pytest.raises(OtherRunError, match="one that nobody knows"):
        claim(tmp_path / "bare", "a")


def test_a_checkpoint_that_came_from_another_run_is_refused_and_left_alone(
    model: str, tmp_path: Path
) -> None:
    one, other = (
        Lesson(settings("prm", seed=seed), rows("prm"), model, load_tokenizer(model), tmp_path / str(seed))
        for seed in (0, 1)
    )
    for lesson in (one, other):
        claim(lesson.folder, lesson.folder.name)
    assert not go(one, lambda _: None, lambda: True).finished
    shutil.copytree(one.folder / "checkpoint-1", other.folder / "checkpoint-1")
    with pytest.raises(OtherRunError, match="checkpoint-1 holds a checkpoint of another run, 0; move that"):
        go(other, lambda _: None, lambda: False)
    with pytest.raises(OtherRunError, match="another run, 0"):
        claim(other.folder, "1")
    assert (other.folder / "checkpoint-1" / "optimizer.pt").exists()
    assert go(one, lambda _: None, lambda: False).finished


def test_the_tool_that_rows_teach_is_the_one_that_is_called_in_play(model: str) -> None:
    assert get_json_schema(Environment.python) == TOOL
    other = [{**sft(0), "tools": [{**TOOL, "type": "routine"}]}]
    assert not tool_same(Fit(settings("sft"), other, load_tokenizer(model), 2048)).passed


def test_a_tokenizer_that_gives_back_another_text_is_refused(model: str) -> None:
    from tokenizers.normalizers import Lowercase  # noqa: PLC0415  of the extra

    tokenizer = load_tokenizer(model)
    tokenizer.backend_tokenizer.normalizer = Lowercase()
    found = round_trip(Fit(settings("sft"), rows("sft"), tokenizer, 2048))
    assert not found.passed
    assert "texts come back otherwise" in str(found.found)


def test_rows_that_teach_nothing_are_refused(model: str) -> None:
    silent = [{**row, "labels": [None] * 3} for row in rows("prm")]
    assert not rows_teach(Fit(settings("prm"), silent, load_tokenizer(model), 2048)).passed
    short = Fit(settings("sft", max_length=20), rows("sft"), load_tokenizer(model), 2048)
    assert {rule.rule for rule in judged(short) if not rule.passed} == {"rows_fit", "rows_teach"}


def test_a_disk_without_room_is_told_before_any_work(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("actors.training.preparing.shutil.disk_usage", lambda _: Usage)
    with pytest.raises(OSError, match="make room"):
        prepared(settings("prm"), (rows("prm"), rows("prm")), Named(model), tmp_path, "run")
    assert not list((tmp_path / "run").glob("checkpoint-*"))


def test_a_model_made_anew_is_the_same_for_the_same_seed_and_rows(tmp_path: Path) -> None:
    found = [
        prepared(settings("sft"), (rows("sft"), rows("sft")), Named(scratch="tiny"), tmp_path / place, "run")
        for place in ("one", "other")
    ]
    one, other = (Path(each.lesson.model) / "model.safetensors" for each in found)
    assert one.read_bytes() == other.read_bytes()
    assert found[0].run == found[1].run


def test_a_student_that_learned_a_conversation_by_heart_says_it_again(model: str, tmp_path: Path) -> None:
    lesson = Lesson(
        settings("sft", steps=150, batch=1), [sft(0)], model, load_tokenizer(model), tmp_path
    )  # fmt: skip
    go(lesson, lambda _: None, lambda: False)
    student = Student(tmp_path / "model")
    found = student.reply(asked(0), [TOOL])
    assert (found.finish, [call.name for call in found.tool_calls]) == ("tool_calls", ["python"])
    assert found.tool_calls[0].arguments == '{"code":"df.shape"}'
    assert found.text == "First a look at the size of the table."
    assert SYSTEM in asked(0)[0]["content"]


def test_a_folder_without_a_model_answers_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnfitModelError, match="name one that `tracegate train` made"):
        Student(tmp_path / "nowhere")
