"""Ctrl-C, kill -9 and a second run: what was done stays done, and nothing is done twice."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Ended, Program, interrupt


class Interrupted(NamedTuple):
    """A run that was interrupted in its middle, while a second one was tried beside it."""

    program: Program
    command: tuple[object, ...]
    pid: int
    ended: Ended
    second: Ended


@pytest.fixture(scope="module")
def interrupted(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    program = Program(tmp_path_factory.mktemp("interrupted") / "home")
    command = ("run", data / "birds.csv", "--all", *LOCAL, "--questions", 2, "--seed", 7)
    with program.started(*command) as process:
        program.wait_for(process, "QuestionAccepted")
        second = program.run(*command, code=None)
        process.poll()
        assert process.returncode is None, "the first run ended before the second one was refused"
        yield Interrupted(program, command, process.pid, interrupt(process), second)


def test_a_second_run_on_the_same_home_is_refused_and_told_who_holds_it(interrupted: Interrupted) -> None:
    assert interrupted.second.code == 2
    assert f"is in use by process {interrupted.pid}" in interrupted.second.said
    assert "--home" in interrupted.second.said


def test_ctrl_c_drains_and_exits_130(interrupted: Interrupted) -> None:
    assert interrupted.ended.code == 130
    assert "Traceback" not in interrupted.ended.err
    assert "the same command goes on here" in interrupted.ended.said
    assert "the gate is closed" in interrupted.ended.out


def test_after_ctrl_c_no_work_is_counted_as_failed(interrupted: Interrupted) -> None:
    assert interrupted.program.told("WorkFailed") == []
    assert interrupted.program.told("ActorCrashed") == []
    assert interrupted.program.json("log", "verify")["ok"] is True


def test_the_same_command_goes_on_where_it_was_interrupted_and_doubles_nothing(
    interrupted: Interrupted, tmp_path: Path
) -> None:
    program = interrupted.program.copied(tmp_path)
    before = program.ids("questions")
    assert len(program.ids("episodes")) < 4
    program.run(*interrupted.command)
    status = program.json("status")
    assert status["questions"] == {"template": 2, "procedural": 2, "llm": 0}
    assert status["episodes"]["verified"] == 4
    assert (status["dead_letters"], status["parked"]) == (0, 0)
    assert before <= program.ids("questions")
    assert program.doubled() == []


def test_an_interrupt_before_the_work_has_begun_is_130_as_well(program: Program, data: Path) -> None:
    with program.started("run", data, *LOCAL, "--json") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("tables:")
        ended = interrupt(process)
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert ended.json
    assert program.json("log", "verify")["ok"] is True


@pytest.mark.full
def test_a_run_killed_at_three_moments_ends_where_an_undisturbed_one_does(
    finished: Finished, program: Program
) -> None:
    for event, count in (("QuestionAccepted", 3), ("AttemptEnded", 20), ("EpisodeJudged", 8)):
        with program.started(*finished.command) as process:
            program.wait_for(process, event, count)
            process.kill()
            process.communicate(timeout=30)  # ends only when no child holds the streams
        assert process.returncode == -signal.SIGKILL
    program.run(*finished.command)
    assert program.artifacts() == finished.program.artifacts()
    assert program.doubled() == []
    assert program.json("status")["dead_letters"] == 0
    assert program.json("replay", "--check")["same"] is True


@pytest.mark.full
def test_an_interrupted_run_ends_where_an_undisturbed_one_does(finished: Finished, program: Program) -> None:
    for event, count in (("AttemptEnded", 10), ("EpisodeJudged", 5)):
        with program.started(*finished.command) as process:
            program.wait_for(process, event, count)
            assert interrupt(process).code == 130
    program.run(*finished.command)
    assert program.artifacts() == finished.program.artifacts()
    assert program.doubled() == []
