"""Options that several commands share, as decorators."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from actors.profiling.overrides import ReaderOverrides, undividing_delimiter, unknown_encoding
from actors.terminal.output import GivenPath, GivenText
from events.question import SOURCES, Source

Command = Callable[..., None]
_SETTINGS = (
    "paths",
    "sources",
    "seed",
    "target",
    "teacher",
    "workers",
    "allow_process_level",
    "encoding",
    "delimiter",
    "header",
    "missing",
)


def common(command: Command) -> Command:
    """The options that every command takes."""
    for option in (
        click.option("--home", type=GivenPath(path_type=Path, file_okay=False), envvar="TRACEGATE_HOME",
                     default=Path(".tracegate"), show_default=True, help="The folder that holds everything."),
        click.option("--quiet", is_flag=True, help="No progress."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout."),
    ):  # fmt: skip
        command = option(command)
    return command


def scoped(command: Command) -> Command:
    """The options of commands that work on tables and sources."""
    for option in (
        click.argument("paths", nargs=-1, type=GivenPath(path_type=Path, readable=False)),
        click.option("--all", "every", is_flag=True, help="Every source (llm with a model): the default."),
        click.option("--source", "sources", multiple=True, type=click.Choice(SOURCES), help="Only this one."),
        click.option("--seed", default=0, show_default=True, help="Where all randomness derives from."),
    ):  # fmt: skip
        command = option(command)
    return working(command)


def working(command: Command) -> Command:
    """The options of commands that run code."""
    for option in (
        click.option("--workers", type=click.Choice(["auto", "docker", "local"]), default="auto",
                     show_default=True, help="What runs the code; auto takes Docker only if it answers."),
        click.option("--allow-process-level", is_flag=True,
                     help="Let a model's code run where no wall can be raised; its traces say so."),
    ):  # fmt: skip
        command = option(command)
    return command


def replaying(command: Command) -> Command:
    """What can be replayed, and against what."""
    for option in (
        click.option("--check", "only_check", is_flag=True, help="Compare with what stands; change nothing."),
        click.option("--at", metavar="WHEN", help="Show where things stood: a position, or a time in UTC."),
        click.option("--diff", type=(str, str), metavar="A B",
                     help="Show what changed: each a position, a time, or the folder of another home."),
        click.option("--execute", is_flag=True,
                     help="Run what EPISODE records again in fresh sessions; tell what came out otherwise."),
        click.argument("episode", required=False, type=GivenText()),
        click.option("--all", "every", is_flag=True, help="With --execute: every episode."),
        click.option("--sample", type=click.IntRange(1), help="With --all: so many, always the same ones."),
    ):  # fmt: skip
        command = option(command)
    return working(command)


def check_replay(given: Mapping[str, Any]) -> None:
    """Raise for options of `replay` that do not go together.

    Raises:
        UsageError: two exclude each other, or one needs another.
    """
    if sum(bool(given[name]) for name in ("only_check", "at", "diff", "execute")) > 1:
        raise click.UsageError("--check, --at, --diff and --execute exclude each other")
    if given["execute"] and bool(given["episode"]) == given["every"]:
        raise click.UsageError("--execute needs the id of an EPISODE, or --all")
    if not given["execute"] and (given["episode"] or given["every"]):
        raise click.UsageError("an EPISODE, or --all, goes with --execute")
    if given["sample"] and not given["every"]:
        raise click.UsageError("--sample goes with --execute --all")


def taught(command: Command) -> Command:
    """The options of commands that have questions solved."""
    for option in (
        click.option("--teacher", type=click.Choice(["scripted", "openai"]), default="scripted",
                     show_default=True,
                     help="A script, or a model behind an OpenAI server, solves; a model proposes, too."),
        click.option("--base-url", type=GivenText(), help="Where that server answers, often ending in /v1."),
        click.option("--model", type=GivenText(), help="The model's name, as the server knows it."),
        click.option("--teacher-settings", type=GivenPath(path_type=Path, dir_okay=False),
                     help="The file of settings, instead of teacher.toml in the home."),
        click.option("--cap-run", type=float, metavar="MONEY", help="What this run may cost at most."),
    ):  # fmt: skip
        command = option(command)
    return command


def generating(command: Command) -> Command:
    """The options of commands that read files and make so many questions."""
    questions = click.option("--questions", type=click.IntRange(1), default=10, show_default=True,
                             help="Accepted questions wanted of each table and source.")  # fmt: skip
    verbalise = click.option("--verbalise", is_flag=True, default=None,
                             help="Have the model reword template and procedural questions.")  # fmt: skip
    return questions(verbalise(reading(command)))


def keeping(command: Command) -> Command:
    """The options of a daemon."""
    for option in (
        click.option("--target", type=click.IntRange(1),
                     help="Verified episodes to keep of each table and source; without end when not given."),
        click.option("--settings", type=GivenPath(path_type=Path, dir_okay=False),
                     help="The file of settings, instead of daemon.toml in the home."),
        click.option("--teacher", type=click.Choice(["scripted", "openai"]), default="scripted",
                     show_default=True,
                     help="A script solves, or the model of teacher.toml beside the file of settings."),
    ):  # fmt: skip
        command = option(command)
    return scoped(reading(command))


def reading(command: Command) -> Command:
    """The options of commands that read files."""
    for option in (
        click.option("--encoding", type=GivenText(unknown_encoding),
                     help="How the files' bytes become text; found out when not given."),
        click.option("--delimiter", type=GivenText(undividing_delimiter),
                     help="The one character between two cells."),
        click.option("--header", type=click.IntRange(0), help="The line that names the columns, from 0."),
        click.option("--missing", multiple=True, type=GivenText(),
                     help="A spelling of 'no value', instead of those found."),
    ):  # fmt: skip
        command = option(command)
    return command


def said(context: click.Context) -> dict[str, Any]:
    """The settings of a daemon that its command line names; what was left to a default is not among them.

    Raises:
        UsageError: two options exclude each other.
    """
    given = {
        name: value
        for name, value in context.params.items()
        if name in _SETTINGS and context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    if context.params["every"]:
        given["sources"] = sources_said(context.params["every"], context.params["sources"])
    if "paths" in given:
        given["paths"] = tuple(map(str, given["paths"]))
    return given


def sources_said(every: bool, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """The sources named; none means all.

    Raises:
        UsageError: all of them and some are asked for.
    """
    if every and sources:
        raise click.UsageError("--all and --source exclude each other")
    return sources


def overrides_said(given: Mapping[str, Any]) -> ReaderOverrides:
    """What a person says about the files."""
    names = ("encoding", "delimiter", "header")
    return ReaderOverrides(**{name: given.get(name) for name in names}, missing=given.get("missing") or None)
