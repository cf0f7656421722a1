"""A person who cannot be told: a full disk under stderr changes nothing, one under stdout is a failure."""

from pathlib import Path

import pytest

from tests.cli import tables
from tests.cli.program import LOCAL, Program, sent


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    (tmp_path / "birds.csv").write_bytes(tables.birds(rows=40))
    return tmp_path / "birds.csv"


def test_a_job_whose_progress_cannot_be_written_ends_as_any_other(program: Program, asked: Path) -> None:
    unheard = sent(program, "2>/dev/full").with_env(TRACEGATE_LOG="debug")
    found = unheard.json("generate", asked, "--questions", 1, "--source", "template", *LOCAL)
    assert found["seq"] > 0
    assert program.json("log", "verify")["ok"]


def test_a_failure_that_cannot_be_told_keeps_its_exit_code(program: Program, asked: Path) -> None:
    ended = sent(program, "2>/dev/full").run("status", "--nothing", code=2)
    assert (ended.out, ended.err) == ("", "")
    assert sent(program, "2>/dev/full").json("log", "tail", code=2)["exit_code"] == 2


def test_a_result_that_cannot_be_written_is_a_failure_in_words(program: Program) -> None:
    for form in ("--json", "--quiet"):
        ended = sent(program, ">/dev/full").run("status", form, code=3)
        assert "No space left on device" in ended.err
