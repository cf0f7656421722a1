"""The main job on the tables that are shipped, and what can be asked of the home it leaves."""

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The home that `make run` makes; nobody changes it."""
    program = Program(tmp_path_factory.mktemp("examples") / "home")
    command = ("run", "examples", "--all", *LOCAL)
    return Finished(program, program.run(*command), command)


def test_they_give_enough_verified_episodes_of_each_source_and_an_open_gate(examples: Finished) -> None:
    assert "the gate is open" in examples.ended.out
    status = examples.program.json("status")
    assert status["datasets"] >= 5
    assert status["episodes"]["verified"] >= 130
    assert (status["dead_letters"], status["parked"]) == (0, 0)
    episodes = examples.program.records("episodes")
    verified = [one["source"] for one in episodes if one["verdict"] == "verified"]
    assert verified.count("template") >= 30
    assert verified.count("procedural") >= 30


def test_their_episodes_run_again_come_out_as_recorded(examples: Finished) -> None:
    found = examples.program.json("replay", "--execute", "--all", *LOCAL)
    assert (found["same"], found["divergences"], found["broken"], found["elsewhere"]) == (True, [], [], 0)
    assert found["episodes"] >= 130
    assert found["traces"] == 5 * found["episodes"]


def test_the_audit_of_the_grader_finds_nothing_over_all_their_questions(examples: Finished) -> None:
    told = examples.program.json("validate", "--grader", examples.program.home / "questions")["grader"]
    assert (told["false_refusals"], told["false_acceptances"]) == (0, 0)
    assert told["answers"] >= 130
