"""`evaluate` on the home of a finished job: who is measured, what is told, and what goes on where it stopped."""

import json
import re
import signal
import subprocess
from collections import Counter

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program

SCRIPT = ("evaluate", "--teacher", "scripted", "--split", "all", *LOCAL)
CHANCE = ("evaluate", "--teacher", "guesser", "--split", "all", "--allow-process-level", *LOCAL)


def told(program: Program) -> Counter[str]:
    """How many events of each type the log holds."""
    lines = program.segment.read_text("utf-8").splitlines()
    return Counter(json.loads(line)["event"]["type"] for line in lines if line.startswith('{"seq":'))


@pytest.mark.full
def test_the_script_gets_everything_right_and_goes_on_where_it_stopped(copy: Program) -> None:
    before = told(copy)
    first = copy.json(*SCRIPT, "--limit", 2)
    assert (first["solved"]["right"], first["solved"]["of"], first["solved"]["rate"]) == (2, 2, 1.0)
    assert first["complete"]
    assert 0 < first["hooks"]["coverage"] <= 1
    again = copy.json(*SCRIPT, "--limit", 2)
    assert again == {**first, "workers": "none: every question has its answer"}
    more = copy.json(*SCRIPT, "--limit", 3)
    assert more["solved"]["right"] == 3
    assert more["evaluation"] != first["evaluation"]
    after = told(copy)
    assert (after["AnswerScored"], after["EvaluationStarted"]) == (3, 2)
    assert {kind: after[kind] for kind in before if kind in ("AttemptEnded", "EpisodeJudged")} == {
        kind: before[kind] for kind in ("AttemptEnded", "EpisodeJudged")
    }
    assert copy.json("replay", "--check")["same"]


@pytest.mark.full
def test_killed_while_it_measures_it_goes_on_and_asks_nothing_twice(copy: Program) -> None:
    asked = (*SCRIPT, "--limit", 12)
    with copy.started(*asked) as process:
        assert process.stderr is not None
        assert any(line.startswith("workers:") for line in process.stderr)  # the log is open from here on
        follow = ["timeout", "300", "tail", "-n", "+1", "-F", str(copy.segment)]
        with subprocess.Popen(follow, stdout=subprocess.PIPE, text=True) as tail:
            assert tail.stdout is not None
            assert any('"event":{"type":"AnswerScored"' in line for line in tail.stdout)
            assert any(not line.startswith('{"seq":') for line in tail.stdout)  # its batch is whole
            process.send_signal(signal.SIGKILL)
            tail.terminate()
    known = len(copy.told("AnswerScored"))  # of a batch that is torn nothing counts
    ended = copy.run(*asked, "--json")
    goes_on = re.search(r"goes on: (\d+) of 12 questions have an answer, (\d+) are put", ended.said)
    answers = copy.told("AnswerScored")
    traces = {one["attempt"]["trace"] for one in answers}
    assert len(answers) == len(traces) == 12
    assert goes_on is not None
    assert 0 < int(goes_on[1]) <= known
    assert int(goes_on[1]) + int(goes_on[2]) == 12
    assert ended.json["complete"]
    assert (ended.json["solved"]["right"], ended.json["solved"]["of"]) == (12, 12)
    assert copy.json("replay", "--check")["same"]
    assert copy.json("log", "verify")["ok"]


@pytest.mark.full
def test_the_script_solves_every_question_chance_hardly_any_and_both_are_compared(copy: Program) -> None:
    script, chance = copy.json(*SCRIPT), copy.json(*CHANCE)
    asked = script["questions"]
    assert script["solved"]["rate"] == 1.0
    held_out = copy.json("evaluate", "--teacher", "scripted", *LOCAL)  # where nothing else is said
    assert 0 < held_out["solved"]["right"] == held_out["solved"]["of"] < asked
    assert "train" not in held_out["by"]["split"]
    assert script["departures"] == []
    assert chance["solved"]["low"] <= chance["solved"]["chance"] <= chance["solved"]["high"]
    wrong = asked - chance["solved"]["right"]
    assert len(chance["departures"]) == wrong
    assert all(one["step"] and one["expected"] for one in chance["departures"])
    found = copy.json("evaluate", "--compare", script["evaluation"][:10], chance["evaluation"][:10])
    assert (found["questions"], found["only_first"], found["only_second"]) == (asked, wrong, 0)
    assert found["p_value"] == pytest.approx(2 / 2**wrong)
    shown = copy.run("evaluate", "--compare", script["evaluation"], chance["evaluation"]).said
    assert "McNemar's exact p" in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--teacher", "openai"), "no server is named"),
        (("--teacher", "scripted", "--base-url", "http://127.0.0.1:1/v1"), "add --teacher openai"),
        (("--teacher", "scripted", "--source", "llm"), "no verified episode is of source llm"),
        (("--teacher", "local"), "needs --model FOLDER"),
        (("--teacher", "scripted", "--benchmark", "dabench", "."), "only a model can answer"),
        (
            ("--base-url", "http://a/v1", "--model", "m", "--benchmark", "dabench", "docs"),
            "no DABench folder",
        ),
        (("--base-url", "http://a/v1", "--model", "m", "--benchmark", "other", "docs"), "is not 'dabench'"),
        (
            ("--compare", "abc", "def"),
            "no evaluation begins with 'abc'; there are 0; `tracegate evaluate` makes them",
        ),
        (("--base-url", "http://127.0.0.1:1/v1", "--model", "m"), "nobody answers"),
    ],
)
def test_what_cannot_be_measured_is_told_before_anything_is_done(
    finished: Finished, options: tuple[str, ...], words: str
) -> None:
    before = finished.program.segment.read_bytes()
    assert words in finished.program.run("evaluate", *options, code=2).said
    assert finished.program.segment.read_bytes() == before


def test_a_home_without_episodes_has_nothing_to_ask_and_is_not_made(program: Program) -> None:
    assert "no verified episode" in program.run(*SCRIPT, code=2).said
    assert not program.home.exists()
