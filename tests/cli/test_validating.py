"""`validate` refuses what is not a record by the contract, and one discriminator of origin holds everywhere."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, SOURCES, Program

ROOT = Path(__file__).parents[2]
Record = dict[str, Any]
ALIASES = {"is_procedural", "is_template", "is_llm", "subtype", "origin", "question_type", "source_type"}


def test_every_artifact_of_a_finished_home_is_valid(finished: Finished) -> None:
    home = finished.program.home
    found = finished.program.json("validate", home / "questions", home / "episodes")
    assert found == {"valid": True, "files": 8, "records": 48, "problems": []}


def test_the_audit_of_the_grader_finds_no_answer_misjudged_and_leaves_the_home_as_it_was(
    finished: Finished,
) -> None:
    found = finished.program.json("validate", "--grader", finished.program.home / "questions")
    told = found["grader"]
    assert (told["false_refusals"], told["false_acceptances"], told["misjudged"]) == (0, 0, [])
    assert told["answers"] == found["records"] == 24
    assert told["tried"] == sum(form["tried"] for form in told["forms"].values()) > 20 * told["answers"]
    assert {"number: inside", "number: not outside", "answer: extra field"} <= told["forms"].keys()
    said = finished.program.run("validate", "--grader", finished.program.home / "questions").out
    assert f"0 false refusals, 0 false acceptances among {told['tried']} forms of 24 answers" in said


def test_a_benchmark_is_judged_alone_and_only_where_its_folder_holds_it(
    program: Program, tmp_path: Path
) -> None:
    told = program.run("validate", "--benchmark", "dabench", tmp_path, code=2).said
    assert "is no DABench folder: it has no questions.jsonl, labels.jsonl, tables" in told
    for more in (("--grader", tmp_path), (tmp_path, tmp_path)):
        told = program.run("validate", "--benchmark", "dabench", *more, code=2).said
        assert "--benchmark takes one folder, and no --grader" in told


def test_the_legacy_field_ground_truth_is_refused(finished: Finished, tmp_path: Path) -> None:
    refused(finished, tmp_path, lambda one: one | {"_ground_truth": 1}, "legacy field '_ground_truth'")


def test_the_legacy_field_ground_truths_is_refused(finished: Finished, tmp_path: Path) -> None:
    refused(finished, tmp_path, lambda one: one | {"_ground_truths": [1]}, "legacy field '_ground_truths'")


def test_question_in_place_of_question_text_is_refused(finished: Finished, tmp_path: Path) -> None:
    def renamed(one: Record) -> Record:
        return {("question" if name == "question_text" else name): value for name, value in one.items()}

    refused(finished, tmp_path, renamed, "the text stands in `question_text`")


def test_a_source_outside_the_triad_is_refused_in_questions_and_episodes(
    finished: Finished, tmp_path: Path
) -> None:
    wrong = ("synthetic", "Template", "", None, 1, ["template"])
    kinds = (finished.program.records("questions")[0], finished.program.records("episodes")[0])
    changed = tmp_path / "changed.jsonl"
    lines = [json.dumps(record | {"source": source}) for record in kinds for source in wrong]
    changed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = finished.program.json("validate", changed, code=1)
    assert [one["line"] for one in found["problems"]] == list(range(1, 13))
    assert all("the source is one of template, procedural, llm" in one["what"] for one in found["problems"])


def test_a_record_without_a_source_is_refused(finished: Finished, tmp_path: Path) -> None:
    def bare(one: Record) -> Record:
        return {name: value for name, value in one.items() if name != "source"}

    refused(finished, tmp_path, bare, "has no source")


def test_an_unknown_field_is_refused(finished: Finished, tmp_path: Path) -> None:
    for kind in ("questions", "episodes"):
        refused(finished, tmp_path, lambda one: one | {"surprise": 1}, "unknown field `surprise`", kind)


def test_an_unknown_field_within_a_field_is_refused(finished: Finished, tmp_path: Path) -> None:
    def deeper(one: Record) -> Record:
        return one | {"contract": one["contract"] | {"fuzzy": True}}

    refused(finished, tmp_path, deeper, "unknown field `fuzzy`")


def test_a_loosened_tolerance_is_refused_for_it_does_not_match_the_id(
    finished: Finished, tmp_path: Path
) -> None:
    def loosened(one: Record) -> Record:
        fields = [field | {"absolute": 0.1} for field in one["contract"]["fields"]]
        return one | {"contract": {"fields": fields}}

    refused(finished, tmp_path, loosened, "its id does not match its content")


def refused(
    finished: Finished, folder: Path, change: Callable[[Record], Record], told: str, kind: str = "questions"
) -> None:
    """The record as it was is valid beside the changed one, which is named by file and line."""
    record = finished.program.records(kind)[0]
    changed = folder / "changed.jsonl"
    changed.write_text(json.dumps(record) + "\n" + json.dumps(change(record)) + "\n", encoding="utf-8")
    found = finished.program.json("validate", changed, code=1)
    assert found["valid"] is False
    assert found["records"] == 2
    (problem,) = found["problems"]
    assert (problem["path"], problem["line"]) == (str(changed), 2)
    assert told in problem["what"]


@pytest.mark.parametrize(
    "command",
    [
        ("run", "{data}", *LOCAL),
        ("generate", "{data}", *LOCAL),
        ("solve", *LOCAL),
        ("inspect", "question", "0"),
    ],
    ids=lambda command: command[0],
)
def test_no_command_takes_a_source_outside_the_triad(
    finished: Finished, data: Path, command: tuple[str, ...]
) -> None:
    given = [word.format(data=data) for word in command]
    ended = finished.program.run(*given, "--source", "synthetic", code=2)
    assert "'synthetic' is not one of 'template', 'procedural', 'llm'" in ended.said


@pytest.mark.full
def test_no_json_that_is_given_tells_of_another_source_or_of_an_alias(
    finished: Finished, copy: Program
) -> None:
    episode = finished.program.records("episodes")[0]
    hook = next(hook["name"] for turn in episode["turns"] for hook in turn["hooks"])
    commands: list[tuple[object, ...]] = [
        ("status",),
        ("gate",),
        ("replay", "--check"),
        ("inspect", "dataset", episode["dataset"]),
        ("inspect", "question", episode["question_id"]),
        ("inspect", "episode", episode["id"]),
        ("inspect", "trace", episode["traces"][0]["trace"]),
        ("inspect", "hook", f"{episode['id']}/{hook}"),
        ("export", "sft"),
        ("validate", copy.home / "episodes"),
        ("log", "verify"),
        ("solve", *LOCAL),
    ]
    told = [pair for command in commands for pair in members(copy.json(*command))]
    assert {value for name, value in told if name == "source"} == {episode["source"]}
    assert not {name for name, _ in told} & ALIASES
    status = copy.json("status")
    assert set(status["questions"]) == set(status["rejected"]) == SOURCES
    records = [*finished.program.records("questions"), *finished.program.records("episodes")]
    assert {value for name, value in members(records) if name == "source"} <= SOURCES


def test_inspect_finds_nothing_of_another_source(finished: Finished) -> None:
    for kind, key in (("question", "questions"), ("episode", "episodes")):
        record = finished.program.records(key)[0]
        assert finished.program.json("inspect", kind, record["id"], "--source", record["source"])
        other = finished.program.run("inspect", kind, record["id"], "--source", "llm", code=2)
        assert f"{kind} {record['id']} is not of source llm" in other.said


def members(value: object) -> Iterator[tuple[str, Any]]:
    """Every name and value of all objects within a JSON value."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield name, held
            yield from members(held)
    elif isinstance(value, list):
        for held in value:
            yield from members(held)
