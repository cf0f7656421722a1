"""A command that is forked from a process which has loaded everything is as one that was started."""

from collections.abc import Sequence

import pytest

from tests.cli.program import LOCAL, Ended, Program

COMMANDS: list[Sequence[str]] = [
    ("status",),
    ("stats",),
    ("inspect", "dataset", "birds"),
    ("recipe", "zz"),
    ("gate", "--json"),
    ("replay", "--check"),
    ("export", "sft"),
    ("log", "verify"),
    ("fly",),
    ("run", "/nowhere/at/all", *LOCAL),
]


def cold(program: Program, *args: str) -> Ended:
    with program.started(*args) as process:
        out, err = process.communicate()
    return Ended(process.returncode, out, err)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_says_the_same_and_ends_with_the_same_code(copy: Program, command: Sequence[str]) -> None:
    assert copy.forked(*command) == cold(copy, *command)


def test_it_has_its_own_environment_and_leaves_nothing_to_the_next(program: Program) -> None:
    narrow, wide = program.with_env(COLUMNS="40"), program.with_env(COLUMNS="90")
    assert narrow.forked("status", "--help") == cold(narrow, "status", "--help")
    assert wide.forked("status", "--help") == cold(wide, "status", "--help")
    assert narrow.forked("status", "--help") != wide.forked("status", "--help")
