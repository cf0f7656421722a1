"""A table that no worker has room for: it is left out like any file that cannot serve, and the run goes on."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli import tables
from tests.cli.program import LOCAL, Program

FEW = (*LOCAL, "--source", "template", "--questions", 1)
ROWS = b"".join(b"%d,%d,%d\n" % (row, row * 7 % 13, row * 3 % 11) for row in range(90))
SMALL = "import actors.workers.sizing as sizing, cli\nsizing.MOST_FOR_TABLES = 1_500_000\ncli.main()"
"""The product on a machine that has little memory for tables."""


@pytest.mark.full
def test_a_table_that_is_too_large_for_the_workers_is_left_out_and_the_others_are_done(
    program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "good.csv").write_bytes(tables.birds())
    (folder / "large.csv").write_bytes(b"a,b,c\n" + ROWS * 900)
    small = replace(program, entry=("-c", SMALL))
    ended = small.run("run", folder, *FEW, "--json")
    (one,) = ended.json["left_out"]
    assert (Path(one["path"]).name, one["reason"]) == ("large.csv", "too_large")
    assert "larger machine" in one["detail"]
    assert f"left out: {one['path']}: {one['detail']}" in ended.err
    assert [record["verdict"] for record in program.records("episodes")] == ["verified"]
    assert program.json("status")["dead_letters"] == 0
    named = small.run("generate", folder / "good.csv", folder / "large.csv", *FEW, "--quiet", code=2)
    assert f"Error: {one['path']}: " in named.err
