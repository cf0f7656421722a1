"""Questions for blind readers: what they see, and how what they answered is told."""

import json
from pathlib import Path

import pytest

from benchmarks import reading
from events.answers import rounded

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins_raw.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = tmp_path_factory.mktemp("tables")
    (tables / PENGUINS.name).write_bytes(PENGUINS.read_bytes())
    drawn = tmp_path_factory.mktemp("drawn")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "DEEP", 4)
        options = ["--tables", str(tables), "--templates", "2", "--programs", "2", "--seed", "tested"]
        reading.main(["draw", str(drawn), *options])
    return drawn


def key(folder: Path) -> list[reading.Entry]:
    return reading.entries(folder)


def written(folder: Path, answers: dict[int, object]) -> Path:
    lines = (json.dumps({"number": number, "answer": answer}) + "\n" for number, answer in answers.items())
    path = folder / "answers.jsonl"
    path.write_text("".join(lines), "utf-8")
    return path


def test_a_reader_sees_question_format_and_table_and_no_answer(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "sheet.jsonl").read_text("utf-8").splitlines()]
    assert [set(line) for line in lines] == [{"number", "table", "question", "format"}] * 4
    assert [line["question"] for line in lines] == [one.question.question_text for one in key(folder)]
    assert {one.question.source for one in key(folder)} == {"template", "procedural"}


def test_what_was_read_as_it_was_meant_is_right_and_the_rest_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {one.number: rounded(one.question.contract, one.question.answers[0]) for one in key(folder)}
    reading.main(["score", str(folder), str(written(folder, dict(answers)))])
    assert capsys.readouterr().out == "4 of 4 right\n"
    reading.main(["score", str(folder), str(written(folder, {**answers, 2: {"nothing": 0}}))])
    told = capsys.readouterr().out
    assert told.endswith("3 of 4 right\n")
    assert key(folder)[1].question.question_text in told
