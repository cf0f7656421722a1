"""A folder that holds no whole model is refused in words before anything is told, made or run."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Program
from tests.training.lessons import made_in, rows

pytest.importorskip("trl")
pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

from actors.training.fitness import Fit, template_known  # noqa: E402
from actors.training.models import load_model, load_tokenizer  # noqa: E402
from actors.training.preparing import Named, prepared  # noqa: E402
from actors.training.problems import UnfitModelError  # noqa: E402
from actors.training.student import Student  # noqa: E402
from events.training import Method, TrainingSettings  # noqa: E402

Breaks = Callable[[Path], object]
OWN = (
    "{%- for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
    "{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% endif %}<|im_end|>{% endgeneration %}\n"
    "{% else %}{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""A template that marks what is learned, and whose tool calls nobody knows how to read."""


def cut(name: str, size: int) -> Breaks:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


def put(name: str, text: str) -> Breaks:
    return lambda folder: (folder / name).write_text(text)


def changed(name: str, **fields: Any) -> Breaks:
    return lambda folder: (folder / name).write_text(
        json.dumps(json.loads((folder / name).read_text()) | fields)
    )


def parted(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-1.safetensors")
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def lacking(name: str) -> Breaks:
    return lambda folder: (folder / name).unlink()


BROKEN: dict[str, tuple[Breaks, str]] = {
    "no configuration": (lacking("config.json"), "no model could be loaded"),
    "a configuration that is none": (put("config.json", "[]"), "no model could be loaded"),
    "half a configuration": (cut("config.json", 20), "no model could be loaded"),
    "an unknown kind": (changed("config.json", model_type="zork"), "has model type `zork`"),
    "sizes that are none": (changed("config.json", hidden_size="wide"), "no model could be loaded"),
    "no weights": (lacking("model.safetensors"), "it has no weights, such as model.safetensors"),
    "half a header of weights": (cut("model.safetensors", 1000), "no model could be loaded"),
    "half of the weights": (cut("model.safetensors", 100_000), "no model could be loaded"),
    "a part of the weights": (parted, "model-2.safetensors"),
    "half a tokenizer": (cut("tokenizer.json", 300), "no tokenizer could be loaded"),
    "a tokenizer that is none": (put("tokenizer.json", "{}"), "no tokenizer could be loaded"),
    "a tokenizer without an end": (
        changed("tokenizer_config.json", eos_token=None, pad_token=None),
        "names no eos_token",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(made_in(tmp_path_factory.mktemp("model") / "tiny"))


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(model, tmp_path / "model")


def settings(method: Method) -> TrainingSettings:
    return TrainingSettings(method, "m", steps=1, batch=2, max_length=2048)


@pytest.mark.parametrize("what", BROKEN)
def test_it_is_refused_before_a_folder_is_made_and_before_it_answers(
    what: str, copy: Path, tmp_path: Path
) -> None:
    breaks, told = BROKEN[what]
    breaks(copy)
    place, found = tmp_path / "training", (rows("sft"), rows("sft"))
    with pytest.raises(UnfitModelError, match=told) as refused:
        prepared(settings("sft"), found, Named(str(copy)), place, "run")
    assert str(copy) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not place.exists()
    with pytest.raises(UnfitModelError):
        Student(copy)


@pytest.mark.parametrize("method", ["sft", "prm", "grpo"])
def test_a_whole_one_is_taken_by_any_method(method: Method, model: Path) -> None:
    fit = Fit(settings(method), rows("sft"), load_tokenizer(str(model)), 2048)
    assert template_known(fit).passed
    load_model(str(model), "steps" if method == "prm" else "words", fit.tokenizer)


@pytest.mark.parametrize(
    "given",
    [("train", "sft"), ("gate", "--scope", "training"), ("evaluate", "--teacher", "local")],
    ids=" ".join,
)
def test_a_command_refuses_it_before_anything_else_is_asked_and_makes_no_home(
    given: tuple[str, ...], copy: Path, tmp_path: Path
) -> None:
    (copy / "model.safetensors").unlink()
    program = Program(tmp_path / "home")
    assert "no model could be loaded from" in program.run(*given, "--model", copy, code=2).said
    assert not program.home.exists()


def test_play_wants_a_template_whose_tool_calls_can_be_read_back(copy: Path) -> None:
    (copy / "chat_template.jinja").write_text(OWN)
    judged = template_known(Fit(settings("grpo"), rows("sft"), load_tokenizer(str(copy)), 2048))
    assert not judged.passed
    assert judged.found == "it has tool calls that cannot be read back"
