"""Validation: one shape of a record, every other refused with what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from events.identity import canonical_json
from store.artifacts import render_artifacts
from store.validate import validate, validate_file, validate_line
from tests.history import told

Record = dict[str, Any]


def record(kind: str) -> Record:
    files = render_artifacts(told(1, ("template",)).state())
    (data,) = (data for path, data in files.items() if path.startswith(kind))
    found: Record = json.loads(data)
    return found


QUESTION_LINE = canonical_json(record("questions"))


def judged(changed: Record) -> str:
    return validate_line(json.dumps(changed).encode()) or ""


def renamed(found: Record, old: str, new: str) -> Record:
    return {new if key == old else key: value for key, value in found.items()}


@pytest.mark.parametrize("kind", ["questions", "episodes"])
def test_a_record_spelled_by_another_json_writer_is_sound(kind: str) -> None:
    assert validate_line(json.dumps(record(kind), indent=None, ensure_ascii=True).encode()) is None


@pytest.mark.parametrize("kind", ["questions", "episodes"])
@pytest.mark.parametrize("name", ["_ground_truth", "_ground_truths", "question"])
def test_legacy_fields_are_refused_by_name(kind: str, name: str) -> None:
    assert f"legacy field '{name}'" in judged(record(kind) | {name: 1})


def test_question_in_place_of_question_text_is_refused() -> None:
    assert "question_text" in judged(renamed(record("questions"), "question_text", "question"))


@pytest.mark.parametrize("source", ["synthetic", "Template", "", None, 1, ["template"]])
@pytest.mark.parametrize("kind", ["questions", "episodes"])
def test_a_source_outside_the_triad_is_refused(kind: str, source: object) -> None:
    assert "template, procedural, llm" in judged(record(kind) | {"source": source})


@pytest.mark.parametrize("kind", ["questions", "episodes"])
def test_unknown_and_missing_fields_are_refused(kind: str) -> None:
    assert "surprise" in judged(record(kind) | {"surprise": 1})
    assert "dataset" in judged({key: value for key, value in record(kind).items() if key != "dataset"})


def test_an_unknown_field_deep_inside_is_refused() -> None:
    changed = record("questions")
    changed["recipe"]["program"]["is_procedural"] = True
    assert "is_procedural" in judged(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda q: q["contract"]["fields"][0].update(absolute=5.0),
        lambda q: q.update(question_text=q["question_text"] + " "),
        lambda q: q["recipe"]["program"]["steps"][0]["parameters"].update(column="other"),
        lambda q: q.update(source="procedural"),
    ],
    ids=["tolerance", "text", "program", "source"],
)
def test_a_question_changed_after_acceptance_does_not_match_its_id(change: Callable[[Record], None]) -> None:
    changed = record("questions")
    change(changed)
    assert "its id does not match its content" in judged(changed)


@pytest.mark.parametrize(
    ("answers", "told_of"),
    [
        ([], "no answer"),
        ([{"other": 1.0}], "breaks the contract"),
        ([{"mean_mass": True}], "breaks the contract"),
    ],
)
def test_accepted_answers_are_there_and_well_formed(answers: list[Record], told_of: str) -> None:
    assert told_of in judged(record("questions") | {"answers": answers})


def test_a_recipe_of_another_dataset_is_refused() -> None:
    changed = record("questions")
    changed["recipe"]["dataset"] = "0" * 32
    assert "recipe is for dataset" in judged(changed)


def test_a_verified_episode_must_show_why_it_is() -> None:
    found = record("episodes")
    found["turns"][0]["hooks"][0]["grounded"] = False
    assert "not every hook" in judged(found)
    found = record("episodes")
    for trace in found["traces"][1:]:
        trace["accepted"] = False
    assert "strict majority" in judged(found)
    assert judged(found | {"verdict": "ambiguous"}) == ""
    assert "gold trace" in judged(found | {"traces": found["traces"][1:]})


@pytest.mark.parametrize(
    ("line", "told_of"),
    [
        (b"", "blank line"),
        (b"{", "not JSON"),
        (b"[]", "object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"source": NaN}', "NaN"),
        (b'{"source": "llm", "source": "llm"}', "twice"),
        (b'{"source": "llm"}', "neither"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"question_id": "\\ud800", "source": "llm"}', "episode"),
    ],
)
def test_what_is_no_record_is_explained(line: bytes, told_of: str) -> None:
    assert told_of in (validate_line(line) or "")


@given(st.binary(max_size=60))
def test_no_bytes_whatever_make_validation_raise(line: bytes) -> None:
    assert validate_line(line)


@given(st.data())
def test_a_damaged_record_is_judged_and_never_raises(data: st.DataObject) -> None:
    line = QUESTION_LINE
    at = data.draw(st.integers(0, len(line) - 1))
    damaged = line[:at] + bytes([data.draw(st.integers(0, 255))]) + line[at + 1 :]
    what = validate_line(damaged)
    assert what is None or what


def test_a_file_is_judged_line_by_line(tmp_path: Path) -> None:
    good = canonical_json(record("questions"))
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(good + b"\n{}\n" + good + b"\n")
    found = validate_file(file)
    assert [one.line for one in found] == [2, 3]
    assert "repeats" in found[1].what


def test_a_json_file_holds_one_record_or_a_list(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(record("questions"), indent=2))
    (tmp_path / "many.json").write_text(json.dumps([record("questions"), record("episodes"), 3]))
    found = validate(tmp_path)
    assert (found.files, found.records) == (2, 4)
    assert [(Path(one.path).name, one.line) for one in found.problems] == [("many.json", 3)]


def test_a_folder_is_searched_and_an_empty_one_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    assert "no .jsonl" in validate_file(tmp_path)[0].what
    (tmp_path / "deep" / "er" / "x.jsonl").write_bytes(b"")
    assert "no record" in validate_file(tmp_path)[0].what


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing at"):
        validate(tmp_path / "nowhere")
