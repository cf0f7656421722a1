"""Each thing that is wanted of the questions is shown by tests and commands that there are."""

import re
from pathlib import Path

import click
import pytest

import cli
from tests.docs.test_promises import named_in, rows, shown_in

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evidence.md"
_COMMAND = re.compile(r"`((?:tracegate|python -m) [^`]+)`")


def named_commands() -> list[str]:
    return _COMMAND.findall(PAGE.read_text(encoding="utf-8"))


def test_everything_that_is_wanted_is_shown_by_tests_that_there_are() -> None:
    wanted = rows(PAGE, "Wanted")
    assert len(wanted) > 12
    for what, tests, commands in wanted:
        assert what.endswith(".")
        assert named_in(tests), what
        assert all(test in shown_in(place) for place, test in named_in(tests)), what
        assert commands == "-" or _COMMAND.findall(commands), what


@pytest.mark.parametrize("line", sorted(set(named_commands())))
def test_every_command_that_shows_something_is_there(line: str) -> None:
    words = line.split()
    if words[0] == "python":
        assert (ROOT / f"{words[2].replace('.', '/')}.py").is_file()
        return
    command = cli.app.commands[words[1]]
    known = {name for one in command.params for name in one.opts}
    assert {word for word in words[2:] if word.startswith("--")} <= known
    chosen = [one.type.choices for one in command.params if isinstance(one.type, click.Choice)]
    assert all(any(word in choices for choices in chosen) for word in words[2:] if word[0] != "-")
