"""A run of training from the command line: what it tells the log, what it leaves, and that no death disturbs it."""

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program
from tests.training.lessons import SFT, measured, updates

pytest.importorskip("trl")
pytestmark = pytest.mark.train


@dataclass(frozen=True)
class Ran:
    """A home in which a model was trained by imitation; nobody changes it."""

    program: Program
    found: dict[str, Any]

    @property
    def folder(self) -> Path:
        return self.program.home / "training" / "sft"


@pytest.fixture(scope="module")
def ran(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    program = finished.program.copied(tmp_path_factory.mktemp("trained")).with_env(OMP_NUM_THREADS="1")
    return Ran(program, program.json(*SFT))


def test_it_ends_with_a_model_that_has_learned_and_pictures_of_how_it_went(ran: Ran) -> None:
    steps = measured(ran.program, ran.found["run"])
    assert (ran.found["finished"], ran.found["step"], sorted(steps)) == (True, 8, list(range(1, 9)))
    assert steps[8]["loss"] < steps[1]["loss"]
    assert (ran.folder / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert (ran.folder / "model" / "model.safetensors").exists()


def test_the_log_tells_what_it_stood_on_how_it_went_and_how_it_ended(ran: Ran) -> None:
    program, run = ran.program, ran.found["run"]
    (allowed,), (started,), (ended,) = (
        [one for one in program.told(event) if one["run"] == run]
        for event in ("TrainingAllowed", "TrainingStarted", "TrainingEnded")
    )
    lines = (program.home / "gate" / "decisions.jsonl").read_text("utf-8").splitlines()
    (decision,) = [one for one in map(json.loads, lines) if one["time"] == allowed["decided"]]
    assert decision["open"]
    assert (allowed["seq"], allowed["data"]) == (decision["seq"], decision["data"])
    assert (started["seq"], started["data"], started["step"]) == (decision["seq"], decision["data"], 0)
    assert started["rows"] == ran.found["rows"] > 0
    assert started["settings"]["method"] == "sft"
    assert {"torch", "trl", "transformers"} <= started["versions"].keys()
    assert (ended["outcome"], ended["step"]) == ("finished", 8)
    assert ended["metrics"] == measured(program, run)[8]
    assert ended["weights"]


def test_training_leaves_the_gate_open_and_every_artifact_as_it_was(ran: Ran, finished: Finished) -> None:
    assert ran.program.json("gate")["open"]
    assert ran.program.artifacts() == finished.program.artifacts()
    assert ran.program.json("replay", "--check")["same"]


def test_the_same_command_again_finds_nothing_left_to_do(ran: Ran, tmp_path: Path) -> None:
    program = ran.program.copied(tmp_path)
    again = program.json(*SFT)
    assert {**again, "gate": 0, "folder": 0, "model": 0, "pictures": 0} == {
        **ran.found, "gate": 0, "folder": 0, "model": 0, "pictures": 0,
    }  # fmt: skip
    assert len(program.told("TrainingStarted")) == 1


def test_killed_after_a_checkpoint_it_goes_on_and_ends_with_the_measures_of_an_undisturbed_run(
    ran: Ran, finished: Finished, tmp_path: Path
) -> None:
    program = finished.program.copied(tmp_path).with_env(OMP_NUM_THREADS="1")
    with program.started(*SFT) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("checkpoint of update 4"):
                break
        process.send_signal(signal.SIGKILL)
    found = program.json(*SFT)
    assert found["metrics"] == ran.found["metrics"]
    assert measured(program, found["run"]) == measured(ran.program, ran.found["run"])
    assert [one["step"] for one in program.told("TrainingStarted")] == [0, 4]
    assert [step for step in updates(program) if step <= 4] == [1, 2, 3, 4]  # none was made twice
    (ended,), (undisturbed,) = program.told("TrainingEnded"), ran.program.told("TrainingEnded")
    assert ended["weights"] == undisturbed["weights"]


def test_a_folder_of_another_run_is_refused_and_left_alone(ran: Ran, tmp_path: Path) -> None:
    program = ran.program.copied(tmp_path)
    other = program.run(*SFT, "--seed", 1, code=2)
    assert "holds a checkpoint of another run" in other.said
    assert "move that folder aside" in other.said
    assert (program.home / "training" / "sft" / "checkpoint-8").is_dir()


def test_a_model_that_cannot_be_trained_on_the_rows_keeps_the_gate_closed(ran: Ran, tmp_path: Path) -> None:
    program = ran.program.copied(tmp_path)
    model = program.home / "training" / "sft" / "model"
    found = program.json("train", "dpo", "--model", model, "--max-length", 9000, code=1)["gate"]
    (rule,) = found["reasons"]
    assert (rule["rule"], rule["allowed"]) == ("rows_fit", "4096, what the model can take")
    nowhere = program.run("train", "sft", "--model", tmp_path, code=2)
    assert "name the folder of a model" in nowhere.said
    assert len(program.told("TrainingStarted")) == 1


def test_the_gate_judges_a_model_as_training_does_and_keeps_which_it_was(ran: Ran, tmp_path: Path) -> None:
    program = ran.program.copied(tmp_path)
    model = str(program.home / "training" / "sft" / "model")
    found = program.json("gate", "--scope", "training", "--model", model)
    asked = {rule["rule"] for rule in found["rules"]}
    assert {"template_known", "round_trip", "rows_fit", "rows_teach", "tool_same", "trace_integrity"} <= asked
    lines = (program.home / "gate" / "decisions.jsonl").read_text("utf-8").splitlines()
    kept = json.loads(lines[-1])
    assert (kept["scope"], kept["model"], kept["open"]) == ("training", model, True)


def test_a_dry_run_shows_what_is_learned_and_leaves_the_log_alone(ran: Ran) -> None:
    before = ran.program.segment.read_bytes()
    shown = ran.program.json("train", "sft", "--model", ran.folder / "model", "--dry-run")["examples"]
    assert len(shown) == 3
    for spans in shown:
        learned = "".join(text for text, is_learned in spans if is_learned)
        other = "".join(text for text, is_learned in spans if not is_learned)
        assert "submit(" in learned
        assert "<tool_response>" in other
        assert "<tool_response>" not in learned
    assert ran.program.segment.read_bytes() == before


def test_play_is_in_real_sessions_and_told_with_its_reward(ran: Ran, tmp_path: Path) -> None:
    program = ran.program.copied(tmp_path)
    model = program.home / "training" / "sft" / "model"
    found = program.json(
        "train", "grpo", "--model", model, "--name", "play", "--steps", 1, "--batch", 1, "--generations", 2,
        "--easiest", 1, "--max-length", 1500, *LOCAL,
    )  # fmt: skip
    values = measured(program, found["run"])[1]
    assert {"reward", "right", "grad_norm", "tools/call_frequency"} <= values.keys()
    assert values["lost"] == 0
    assert program.told("WorkerStarted")
    assert (program.home / "training" / "play" / "reward.png").exists()
