"""What a person reads of a question, an episode, a trace, a hook and a table."""

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Finished


@pytest.fixture(scope="module")
def episode(finished: Finished) -> dict[str, Any]:
    """One with several turns, and a mistake that was made on purpose."""
    episodes = finished.program.records("episodes")
    return next(one for one in episodes if any(trace["mistake"] for trace in one["traces"]))


def read(finished: Finished, *what: str) -> str:
    return " ".join(finished.program.run("inspect", *what).out.split())


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_episode_shows_question_turns_hooks_answers_and_verdict(
    finished: Finished, episode: dict[str, Any]
) -> None:
    text = read(finished, "episode", episode["id"])
    question = finished.program.json("inspect", "question", episode["question_id"])
    assert flat(question["question_text"]) in text
    assert flat(question["format"]) in text
    assert "scripted" in text
    for turn in episode["turns"]:
        assert flat(turn["message"]) in text
        assert flat(turn["code"] or "") in text
        assert flat(turn["view"] or "") in text
    hooks = [hook for turn in episode["turns"] for hook in turn["hooks"]]
    assert hooks
    assert all(hook["name"] in text for hook in hooks)
    assert text.count("grounded") >= len(hooks)
    for trace in episode["traces"]:
        assert f"{trace['role']} {trace['index']}: {json.dumps(trace['answer'], ensure_ascii=False)}" in text
        assert trace["trace"] in text
    assert "mistake made on purpose" in text
    assert f"{episode['verdict']}: {flat(episode['why'])}" in text


def test_a_question_shows_its_program_the_readings_tried_the_axes_and_the_checks(finished: Finished) -> None:
    questions = finished.program.records("questions")
    one = next(q for q in questions if q["certificate"]["axes"] and len(q["recipe"]["program"]["steps"]) > 1)
    text = read(finished, "question", one["id"])
    assert flat(one["question_text"]) in text
    assert flat(one["hint"]) in text
    for number, step in enumerate(one["recipe"]["program"]["steps"], start=1):
        assert f"{number}. {step['name']} = {step['operator']}(" in text
    assert f"{one['certificate']['readings']} readings run (bound {one['certificate']['bound']})" in text
    for axis in one["certificate"]["axes"]:
        assert f"- {axis['axis']} of {axis['step']}: {axis['taken']} out of" in text
    assert one["certificate"]["checks"]
    assert all(flat(check) in text for check in one["certificate"]["checks"])
    assert all(json.dumps(answer, ensure_ascii=False) in text for answer in one["answers"])


def test_a_trace_shows_how_it_ended_and_each_turn(finished: Finished, episode: dict[str, Any]) -> None:
    wrong = next(trace for trace in episode["traces"] if trace["mistake"])
    text = read(finished, "trace", wrong["trace"])
    assert "answered" in text
    assert f"{wrong['mistake']['kind']} at {wrong['mistake']['step']}" in text
    assert "turn 1" in text


def test_a_hook_shows_its_value_and_what_the_grounder_saw(
    finished: Finished, episode: dict[str, Any]
) -> None:
    hook = next(hook for turn in episode["turns"] for hook in turn["hooks"])
    text = read(finished, "hook", f"{episode['id']}/{hook['name']}")
    assert hook["value"]["digest"] in text
    assert "yes: grounded" in text
    assert flat(hook["code_line"]) in text


def test_a_table_is_found_by_name_and_shows_how_it_was_read_and_its_funnel(finished: Finished) -> None:
    text = read(finished, "dataset", "birds")
    assert all(wanted in text for wanted in ("utf-8", "species", "flipper"))
    counted = re.search(r"template (\d+) proposed, 6 accepted, (\d+) rejected, 6 verified", text)
    assert counted is not None
    assert int(counted[1]) == 6 + int(counted[2])


def test_what_is_not_there_is_told_with_what_there_is(finished: Finished) -> None:
    for kind in ("dataset", "question", "episode", "trace", "hook"):
        ended = finished.program.run("inspect", kind, "zz/zz" if kind == "hook" else "zz", code=2)
        assert "begins with 'zz'" in ended.said


def test_stats_tell_what_is_wanted_and_with_coverage_every_count(finished: Finished) -> None:
    told = finished.program.json("stats", "--coverage")
    questions = finished.program.records("questions")
    assert told["accepted"] == len(questions)
    assert told["proposals"] == sum(one["tried"] for one in told["coverage"]["dataset"])
    used = {step["operator"] for one in questions for step in one["recipe"]["program"]["steps"]}
    assert {one["name"] for one in told["coverage"]["operator"] if one["accepted"]} == used
    floors = [one for one in told["promises"] if one["what"].startswith("procedural questions of birds")]
    assert len(floors) == 1
    brief, whole = (finished.program.run("stats", *option).out for option in ((), ("--coverage",)))
    assert floors[0]["what"] in brief
    assert "By operator" in whole
    assert "By operator" not in brief
