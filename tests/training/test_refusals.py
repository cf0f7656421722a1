"""What keeps a run from beginning is told before torch is loaded, and without it."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from actors.gating.gate import Gate
from actors.training.problems import NoLibrariesError
from events.training import METHODS, TrainingSettings
from store.decisions import decide
from store.home import Home
from store.projections.state import State
from tests.cli.conftest import Finished


def asked(*given: str) -> Result:
    return CliRunner().invoke(cli.app, ["train", *given])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("tune", "--from-scratch", "tiny"), "'tune' is not one of"),
        (("sft",), "name the model: either --model FOLDER_OR_NAME or --from-scratch tiny"),
        *(
            (("sft", "--from-scratch", "tiny", "--name", name), "is no name of one folder")
            for name in ("../escaped", "..", "a/b", "/escaped", ".")
        ),
        (("sft", "--model", "m", "--from-scratch", "tiny"), "name the model: either"),
        (("sft", "--from-scratch", "huge"), "'huge' is not one of"),
        (("sft", "--from-scratch", "tiny", "--steps", "0"), "0 is not in the range"),
        (("sft", "--from-scratch", "tiny", "--learning-rate", "0"), "0.0 is not in the range"),
        (("grpo", "--model", "m", "--generations", "1"), "1 is not in the range"),
        (
            ("sft", "--from-scratch", "tiny", "--dry-run"),
            "--dry-run shows what a model sees: it needs --model",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(given: tuple[str, ...], told: str, tmp_path: Path) -> None:
    found = asked(*given, "--home", str(tmp_path / "home"))
    assert (found.exit_code, told in found.output) == (2, True), found.output
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("method", METHODS)
def test_a_home_with_nothing_verified_has_its_gate_closed_and_nothing_is_trained(
    method: str, tmp_path: Path
) -> None:
    home = str(tmp_path / "home")
    found = asked(method, "--from-scratch", "tiny", "--home", home)
    said = CliRunner().invoke(cli.app, ["gate", "--home", home])
    assert (found.exit_code, said.exit_code) == (1, 1)
    assert found.output == said.output
    assert not (tmp_path / "home" / "training").exists()


def test_without_the_extra_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = decide(seq=0, head="", data="", is_open=True, reasons=())
    command = import_module("actors.commands.train")
    monkeypatch.setattr(command, "judged_here", lambda *_, **__: (Gate(open=True, rules=(), seq=0), decision))
    monkeypatch.setattr(command, "is_installed", lambda: False)
    found = asked("sft", "--from-scratch", "tiny", "--home", str(tmp_path))
    assert isinstance(found.exception, NoLibrariesError)
    assert "pip install -e '.[train]'" in str(found.exception)


@pytest.mark.parametrize("given", [("--scope", "training"), ("--model", "m")], ids=" ".join)
def test_a_scope_of_training_and_a_model_go_together(given: tuple[str, ...], tmp_path: Path) -> None:
    found = CliRunner().invoke(cli.app, ["gate", *given, "--home", str(tmp_path)])
    assert (found.exit_code, "go together" in found.output) == (2, True), found.output


def test_without_the_extra_the_gate_of_a_model_is_closed_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = import_module("actors.commands.gate_commands")
    monkeypatch.setattr(command, "is_installed", lambda: False)
    fitness = command.fitness_here(Home(Path("nowhere")), TrainingSettings("sft", "m"), "m")
    (found,) = fitness.rules(State())
    assert not found.passed
    assert "pip install -e '.[train]'" in found.opens_with


@pytest.mark.full
def test_a_failure_closes_training_with_the_words_of_the_gate(finished: Finished, tmp_path: Path) -> None:
    program = finished.program.copied(tmp_path)
    episode = next(one["id"] for one in program.records("episodes") if one["verdict"] == "verified")
    program.run("gate", "--simulate", "ungrounded_hook", episode, code=1)
    said: dict[str, Any] = program.json("gate", code=1)
    found = program.json("train", "sft", "--from-scratch", "tiny", code=1)["gate"]
    assert found["reasons"] == said["reasons"]
    assert [rule["rule"] for rule in found["reasons"]] == ["trace_integrity"]
    assert (
        program.run("train", "sft", "--from-scratch", "tiny", code=1).out == program.run("gate", code=1).out
    )
    assert not program.told("TrainingStarted")
