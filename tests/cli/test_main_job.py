"""`run` on a folder of tables: what it ends in, on whatever machine."""

import re
from pathlib import Path

import pytest

from tests.cli import tables
from tests.cli.conftest import Finished
from tests.cli.program import SOURCES, Program

REFUSED = {"ambiguous", "too_hard", "hint_necessary", "execution_failure", "ungrounded", "broken_trace"}


def test_the_main_job_ends_in_a_table_by_csv_and_source_and_in_the_gates_verdict(finished: Finished) -> None:
    text = finished.ended.out
    for column in ("CSV", "source", "proposed", "accepted", "rejected", "verified", "refused"):
        assert column in text
    rows = [[cell.strip() for cell in line.split("│")[1:3]] for line in text.splitlines() if "│" in line]
    assert rows[:4] == [[name, source] for name in ("birds", "days") for source in ("template", "procedural")]
    assert "dead_step 1" in text
    verdict = text.index("the gate is open at log position")
    assert verdict > text.index("birds")
    assert "yes  enough_verified: found 24; allowed at least 20" in text


def test_status_has_the_shape_that_never_changes(finished: Finished) -> None:
    status = finished.program.json("status")
    assert isinstance(status["seq"], int)
    assert status["datasets"] == 2
    assert status["questions"] == {"template": 12, "procedural": 12, "llm": 0}
    assert set(status["rejected"]) == SOURCES
    assert all(
        isinstance(count, int) for reasons in status["rejected"].values() for count in reasons.values()
    )
    assert status["rejected"]["procedural"]["dead_step"] > 0
    assert status["episodes"]["verified"] == 24
    assert status["episodes"]["refused"] == dict.fromkeys(REFUSED, 0)
    assert status["dead_letters"] == 0
    assert status["gate"]["open"] is True


def test_every_record_has_the_keys_agreed_on_and_lies_in_the_folder_of_its_source(finished: Finished) -> None:
    wanted = {
        "questions": {"id", "source", "dataset", "question_text", "format", "hint", "contract", "answers"}
        | {"difficulty", "recipe", "certificate"},
        "episodes": {"id", "question_id", "source", "evidence", "verdict", "turns"},
    }
    for kind, keys in wanted.items():
        records = finished.program.records(kind)
        assert len({one["id"] for one in records}) == len(records) == 24
        assert all(keys <= one.keys() for one in records)
    assert {one["evidence"] for one in finished.program.records("episodes")} == {"scripted"}
    for name in finished.program.artifacts():
        kind, source, file = name.split("/")
        held = [one for one in finished.program.records(kind) if one["source"] == source]
        assert len(held) == 12
        assert file.startswith(("birds-", "days-"))


@pytest.mark.full
def test_the_same_command_again_doubles_nothing(finished: Finished, copy: Program) -> None:
    before = copy.artifacts()
    copy.run(*finished.command)
    assert copy.artifacts() == before
    assert copy.doubled() == []


@pytest.mark.full
def test_an_ordinary_user_without_docker_under_the_c_locale_gets_the_whole_job_done(
    anybody: Program, open_folder: Path
) -> None:
    program = anybody.with_env(
        LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", DOCKER_HOST=f"unix://{open_folder}/no.sock"
    )
    csv = open_folder / "Vögel №1.csv"
    csv.write_bytes(tables.birds(("Art", "Insel", "♀♂", "Größe", "bill", "flipper", "chicks")))
    ended = program.run("run", csv, "--all", "--questions", 2)
    assert re.search(r"workers: local \(level (sandbox|process)\); no Docker:", ended.err)
    status = program.json("status")
    assert (status["datasets"], status["episodes"]["verified"], status["dead_letters"]) == (1, 4, 0)
    questions = program.records("questions")
    assert any("Gr\u00f6\u00dfe" in one["question_text"] for one in questions)
    for one in questions:
        program.run("inspect", "question", one["id"])
        assert program.json("inspect", "question", one["id"])["question_text"] == one["question_text"]
