"""`export` as a command: every format, one split, a benchmark left out, and refusals that say what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from store.export.formats import FORMATS
from store.splits import SPLITS
from tests.cli.program import Program

ROWS = list(FORMATS)


@pytest.mark.parametrize(
    "name", [*(pytest.param(one, marks=pytest.mark.full) for one in ROWS), "sessions", "harbor"]
)
def test_every_format_is_written_and_its_files_told(copy: Program, name: str) -> None:
    found = copy.json("export", name)
    assert found["files"]
    for path, count in found["files"].items():
        assert path.startswith(f"exports/{name}/")
        assert (copy.home / path).stat().st_size > 0
        assert count > 0
    told = json.loads((copy.home / "exports" / f"{name}.files.json").read_bytes())
    written = {path.relative_to(copy.home / "exports" / name).as_posix() for path in files(copy, name)}
    assert written == set(told)


def rows(program: Program, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Each row that an export told of."""
    paths = (program.home / path for path in told["files"])
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]


def files(program: Program, name: str) -> list[Path]:
    return [path for path in (program.home / "exports" / name).rglob("*") if path.is_file()]


def test_one_split_alone_is_written_and_what_was_there_of_others_goes(copy: Program) -> None:
    whole = copy.json("export", "rl")["files"]
    sides = {Path(path).stem for path in whole}
    for split in SPLITS:
        if split in sides:
            part = copy.json("export", "rl", "--split", split)["files"]
            assert part == {path: rows for path, rows in whole.items() if Path(path).stem == split}
            assert {path.stem for path in files(copy, "rl") if path.suffix == ".jsonl"} == {split}
        else:
            said = copy.run("export", "rl", "--split", split, code=1).said
            assert f"no verified episode stands in {split}" in said


def test_what_a_benchmark_has_too_is_left_out_and_told(copy: Program, data: Path, tmp_path: Path) -> None:
    bench = tmp_path / "bench"
    bench.mkdir()
    (bench / "theirs.csv").write_bytes((data / "birds.csv").read_bytes())
    found = copy.json("export", "rl", "--decontaminate", bench)
    (table,) = found["benchmark"]["tables"]
    assert table["file"] == "theirs.csv"
    assert {row["lineage"]["file"] for row in rows(copy, found)} == {"days.csv"}
    (bench / "more.csv").write_bytes((data / "days.csv").read_bytes())
    said = copy.run("export", "rl", "--decontaminate", bench, code=1).said
    assert "no verified episode stands in" in said
    assert "those of a benchmark left out" in said
    assert files(copy, "rl"), "what stood there was lost"
    assert "is no folder" in copy.run("export", "rl", "--decontaminate", tmp_path / "nowhere", code=2).said


def test_an_unknown_format_is_refused_with_the_ones_there_are(copy: Program) -> None:
    said = copy.run("export", "csv", code=2).said
    for name in (*ROWS, "hub", "verl", "sessions", "harbor"):
        assert name in said


def test_licences_beside_the_home_are_told_or_refused(copy: Program) -> None:
    (copy.home / "licences.toml").write_text('"birds.csv" = "CC0-1.0"\n')
    lineages = [row["lineage"] for row in rows(copy, copy.json("export", "rl"))]
    assert {(one["file"], one["licence"]) for one in lineages} == {
        ("birds.csv", "CC0-1.0"),
        ("days.csv", "unknown"),
    }
    (copy.home / "licences.toml").write_text("birds = 7\n")
    assert 'birds must be a text, such as "birds" = "CC0-1.0"' in copy.run("export", "rl", code=2).said
    (copy.home / "licences.toml").write_text("birds\n")
    assert "is no TOML" in copy.run("export", "rl", code=2).said


def test_without_the_extra_parquet_is_refused_before_anything_is_written(
    copy: Program, tmp_path: Path
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "pyarrow.py").write_text("raise ModuleNotFoundError(__name__)\n")
    ended = copy.with_env(PYTHONPATH=str(hidden)).run("export", "hub", code=2)
    assert "needs the extra `export`" in ended.said
    assert not (copy.home / "exports" / "hub").exists()
