"""The same job in containers: the same questions verified with the same answers, also when one is killed."""

import subprocess
from pathlib import Path

import pytest

from events.answers import matches
from events.question import Question
from store.validate import parse_record
from tests.cli.conftest import Finished
from tests.cli.containers import containers, demand_engine
from tests.cli.program import Program

pytestmark = pytest.mark.docker


@pytest.fixture(autouse=True)
async def engine() -> None:
    await demand_engine()


def questions(program: Program) -> dict[str, Question]:
    lines = [
        line
        for name, data in program.artifacts().items()
        if "questions/" in name
        for line in data.splitlines()
    ]
    found = [parse_record(line) for line in lines]
    return {one.id: one for one in found if isinstance(one, Question)}


def verdicts(program: Program) -> dict[str, tuple[str, str]]:
    return {one["id"]: (one["question_id"], one["verdict"]) for one in program.records("episodes")}


def same_by_contract(container: Program, local: Program) -> bool:
    """Whether each question that was made in containers is one of the local ones, with the same answers."""
    mine, theirs = questions(container), questions(local)
    return all(
        any(matches(one.contract, answer, other) for other in theirs[key].answers)
        for key, one in mine.items()
        for answer in one.answers
    )


@pytest.mark.full
def test_containers_verify_the_same_questions_with_the_same_answers_as_local_processes(
    finished: Finished, program: Program, data: Path
) -> None:
    """Fewer questions are the beginning of more: so the finished home is there to compare."""
    command = ("run", data, "--all", "--workers", "docker", "--questions", 2, "--seed", 7)
    ended = program.run(*command)
    assert "workers: docker (level container)" in ended.err
    assert len(program.ids("questions")) == 8
    assert program.ids("questions") <= finished.program.ids("questions")
    assert verdicts(program).items() <= verdicts(finished.program).items()
    assert same_by_contract(program, finished.program)
    assert {one["level"] for one in program.told("AttemptEnded")} == {"container"}
    assert containers(program) == []


@pytest.mark.full
def test_a_container_killed_in_the_middle_loses_no_episode_and_refuses_none_as_wrong(
    finished: Finished, program: Program
) -> None:
    command = ["docker" if word == "local" else word for word in finished.command]
    with program.started(*command) as process:
        program.wait_for(process, "AttemptEnded", 5)
        held = containers(program)
        assert held
        subprocess.run(["docker", "kill", *held], capture_output=True, check=True)
        out, err = process.communicate(timeout=600)
    assert process.returncode == 0, out + err
    assert verdicts(program) == verdicts(finished.program)
    assert same_by_contract(program, finished.program)
    status = program.json("status")
    assert status["workers_lost"] >= 1
    assert status["episodes"]["verified"] == 24
    assert (status["dead_letters"], status["parked"]) == (0, 0)
    assert program.doubled() == []
    assert containers(program) == []
