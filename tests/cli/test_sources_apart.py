"""Each source keeps its own files, and the same seed and files give the same questions."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program

FEW = (*LOCAL, "--questions", 2, "--seed", 7)
ORDERS = (("template",), ("procedural",), ("template",))
"""One source alone, another, and the first again."""
MORE = (("procedural",), (), ("template",), ("procedural",))
"""The same the other way round, with all of them between."""


@pytest.mark.full
@pytest.mark.parametrize(
    ("command", "orders"),
    [
        ("generate", ORDERS),
        ("generate", MORE),
        ("run", (*ORDERS, *MORE)),
    ],
    ids=["generate", "generate more", "run"],
)
def test_no_command_changes_a_byte_of_a_source_it_was_not_asked_for(
    command: str, orders: Sequence[Sequence[str]], program: Program, data: Path
) -> None:
    kept: dict[str, bytes] = {}
    for sources in orders:
        asked = [word for source in sources for word in ("--source", source)] or ["--all"]
        program.run(command, data / "birds.csv", *asked, *FEW)
        stands = program.artifacts()
        assert {name.split("/")[1] for name in stands} >= set(sources)
        assert {name: stands[name] for name in kept} == kept, f"{asked} changed what was finished before"
        kept = stands
    kinds = ("questions", "episodes") if command == "run" else ("questions",)
    wanted = {(kind, source) for kind in kinds for source in ("template", "procedural")}
    assert {tuple(name.split("/")[:2]) for name in kept} == wanted
    assert len(program.ids("questions")) == 4


@pytest.mark.full
def test_more_questions_of_one_source_leave_the_files_of_the_other_whole(copy: Program, data: Path) -> None:
    before = copy.artifacts()
    copy.run("generate", data, "--source", "template", *LOCAL, "--questions", 7, "--seed", 7)
    after = copy.artifacts()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed
    assert {tuple(name.split("/")[:2]) for name in changed} == {("questions", "template")}
    assert after.keys() == before.keys()


def test_a_source_that_needs_a_model_is_refused_and_touches_nothing(copy: Program, data: Path) -> None:
    before = copy.digest()
    ended = copy.run("run", data, "--source", "llm", *LOCAL, code=2)
    assert "source llm needs a model" in ended.said
    assert copy.digest() == before


def test_the_same_seed_and_files_give_the_same_records_whatever_the_hash_seed(
    finished: Finished, data: Path, program: Program
) -> None:
    """Fewer questions are the beginning of more: so the records of the finished home are there to compare."""
    known = {one["id"]: one for one in finished.program.records("questions")}
    program.with_env(PYTHONHASHSEED="2").run("generate", data / "days.csv", "--all", *FEW)
    made = program.records("questions")
    assert len(made) == 4
    assert all(one == known.get(one["id"]) for one in made)


@pytest.mark.full
def test_the_same_run_gives_the_same_bytes_in_another_home_and_from_other_paths(
    finished: Finished, data: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name in ("days.csv", "birds.csv"):
        (moved / name).write_bytes((data / name).read_bytes())
    program = Program(tmp_path / "home").with_env(PYTHONHASHSEED="3")
    program.run("run", moved / "days.csv", moved / "birds.csv", *finished.command[2:])
    assert program.artifacts() == finished.program.artifacts()


@pytest.mark.full
def test_another_seed_gives_other_questions_beside_the_first(copy: Program, data: Path) -> None:
    before = copy.ids("questions")
    copy.run("generate", data / "birds.csv", "--source", "procedural", *LOCAL, "--questions", 2, "--seed", 8)
    after = copy.ids("questions")
    assert before < after
    assert len(after) <= len(before) + 2
