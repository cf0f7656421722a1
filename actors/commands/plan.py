"""The command `plan`: the lint of `current.md`."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Group

from actors.planning.reading import MOST_BYTES, NotAPlanError, read_text
from actors.terminal.options import common
from actors.terminal.output import GivenPath, Output
from actors.terminal.plain import line
from store.durable import open_file

_TELLING = ("--help", "--version")
"""Options after which nothing is done but telling."""


class GivenDay(click.types.StringParamType):
    """A day that was given, as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The day; refused when the calendar has none such."""
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(f"{str(value)!r} is no day; write one as YYYY-MM-DD", param, ctx)


@click.command()
@click.argument("file", default=Path("current.md"), type=GivenPath(path_type=Path, readable=False))
@click.option("--today", type=GivenDay(), help="The day to judge by, in place of today in UTC.")
@click.option("--graph", is_flag=True, help="First tell in which order the items can be done.")
@common
@click.pass_context
def plan(context: click.Context, /, file: Path, today: str | None, graph: bool, *, quiet: bool, as_json: bool,
         **_: Any) -> None:  # fmt: skip
    """Does the plan, current.md, keep its form, and is what it names there?"""
    try:
        with open_file(file) as given:
            text = read_text(given.read(MOST_BYTES + 1))
    except NotAPlanError as problem:
        raise click.UsageError(f"{file}: {problem}") from None
    except FileNotFoundError:
        raise click.UsageError(f"there is no {file}: name the plan, or go where current.md is") from None
    from actors.planning.outline import outline_of  # noqa: PLC0415  the parser, which no other command needs
    from actors.planning.plan import Plan  # noqa: PLC0415  as above
    from actors.planning.report import report  # noqa: PLC0415  as above

    day = date.fromisoformat(today) if today else datetime.now(UTC).date()
    app = context.find_root().command
    found = report(
        str(file), Plan(outline_of(text), day, file.resolve().parent, lambda words: amiss(app, words))
    )
    Output(as_json, quiet).result(msgspec.to_builtins(found), Group(*map(line, found.lines(graph))))
    sys.exit(0 if found.clean else 1)


def amiss(app: click.Command, words: list[str]) -> str | None:
    """Why the words of a command of ours cannot be parsed; None when they can."""
    command, left = app, [one for one in words if one not in _TELLING]
    only_tells = len(left) < len(words)
    while isinstance(command, click.Group):
        if not left:
            return None if only_tells else "no command is named"
        inner = command.commands.get(left[0])
        if inner is None:
            return f"there is no command `{left[0]}`"
        command, left = inner, left[1:]
    try:
        command.make_context(words[0], left)
    except click.MissingParameter as problem:
        return None if only_tells else problem.format_message()
    except click.ClickException as problem:
        return problem.format_message()
    return None
