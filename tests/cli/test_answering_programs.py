"""--json and --quiet: what another program reads, on every command, also when it fails."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli import tables
from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program

LOOKING: dict[str, Sequence[str]] = {
    "status": ("status",),
    "gate": ("gate",),
    "replay": ("replay",),
    "replay --check": ("replay", "--check"),
    "replay --at": ("replay", "--at", "7"),
    "validate": ("validate", "{home}/questions"),
    "log verify": ("log", "verify"),
    "export sft": ("export", "sft"),
    "doctor": ("doctor",),
    "inspect dataset": ("inspect", "dataset", "birds"),
    "solve": ("solve", *LOCAL),
}
FAILING: dict[str, tuple[Sequence[str], int]] = {
    "no such command": (("fly",), 2),
    "no such option": (("status", "--fly"), 2),
    "no argument": (("validate",), 2),
    "a bad number": (("run", "--questions", "0"), 2),
    "two ways to say it": (("run", "--all", "--source", "template"), 2),
    "a path that is not there": (("validate", "/nowhere/at/all"), 2),
    "an id that is not there": (("inspect", "question", "zz"), 2),
    "a model that is not set": (("solve", "--source", "llm"), 2),
    "nothing to export": (("export", "sft"), 1),
    "a closed gate": (("gate",), 1),
    "no log": (("log", "verify"), 2),
}


@pytest.mark.parametrize("command", LOOKING)
def test_with_json_stdout_is_one_object_and_nothing_else(copy: Program, command: str) -> None:
    given = [word.format(home=copy.home) for word in LOOKING[command]]
    ended = copy.run(*given, "--json")
    assert ended.out.endswith("\n")
    assert ended.out.count("\n") == 1
    assert isinstance(json.loads(ended.out), dict)


@pytest.mark.parametrize("command", LOOKING)
def test_a_home_whose_path_is_no_utf8_is_one_like_others(
    finished: Finished, tmp_path: Path, command: str
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    program = finished.program.copied(folder)
    given = [word.format(home=program.home) for word in LOOKING[command]]
    assert isinstance(program.json(*given), dict)
    error = program.at(folder / "none").json("log", "verify", code=2)["error"]
    assert "caf\\udce9" in error


@pytest.mark.parametrize("case", FAILING)
def test_with_json_a_failure_is_one_object_on_stdout_and_a_message_on_stderr(
    program: Program, case: str
) -> None:
    command, code = FAILING[case]
    ended = program.run(*command, "--json", code=code)
    assert ended.out.count("\n") == 1
    told = json.loads(ended.out)
    if case == "a closed gate":
        assert told["open"] is False
        return
    assert told["exit_code"] == code
    assert told["error"] in " ".join(ended.err.split())
    assert not program.home.exists()


@pytest.mark.full
def test_progress_goes_to_stderr_a_line_a_stage(program: Program, tmp_path: Path) -> None:
    (tmp_path / "birds.csv").write_bytes(tables.birds())
    command = ("run", tmp_path / "birds.csv", "--source", "template", *LOCAL, "--questions", 1)
    ended = program.run(*command, "--json")
    assert [line.split(":")[0] for line in ended.err.splitlines()] == [
        "tables",
        "workers",
        "nothing is left to do",
        "artifacts",
        "gate",
    ]
    assert ended.json["episodes"]["verified"] == 1
    assert {
        "seq",
        "datasets",
        "questions",
        "rejected",
        "dead_letters",
        "gate",
        "left_out",
    } <= ended.json.keys()
    assert ended.json["gate"].keys() == {"open", "rules", "reasons", "seq"}
    (reason,) = ended.json["gate"]["reasons"]
    assert (reason["rule"], reason["found"], reason["allowed"]) == ("enough_verified", 1, "at least 20")
    quiet = program.run(*command, "--quiet")
    assert quiet.err == ""
    assert "the gate is closed" in quiet.out


def test_the_same_facts_are_given_to_a_person_and_to_a_program(finished: Finished) -> None:
    status = finished.program.json("status")
    text = finished.program.run("status").out
    assert f"log position          {status['seq']}" in text
    assert "template 12, procedural 12" in text


def test_help_tells_of_every_command(program: Program) -> None:
    text = subprocess.run(
        [program.python, "cli.py", "--help"], cwd=program.folder, capture_output=True, text=True, check=True
    ).stdout
    for command in ("run", "generate", "solve", "status", "inspect", "gate", "replay", "validate", "log"):
        assert f"\n  {command} " in text
    assert "export" in text
    assert "doctor" in text
