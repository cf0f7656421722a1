"""`evaluate`: somebody is measured on questions that nobody trained on, in the real environment."""

import sys
from pathlib import Path
from typing import Any

import click

from actors.evaluating.selection import SIDES
from actors.terminal.ending import INTERRUPTED
from actors.terminal.evaluation_view import comparison_view, evaluation_view
from actors.terminal.options import common, working
from actors.terminal.output import GivenPath, GivenText, Output
from events.question import SOURCES
from store.home import Home

_INCOMPLETE = 3


@click.command()
@click.option(
    "--teacher",
    "player",
    type=click.Choice(["openai", "scripted", "guesser"]),
    default="openai",
    show_default=True,
    help="Who is measured: a model behind an OpenAI server, the script, or chance.",
)
@click.option("--base-url", type=GivenText(), help="Where that server answers, often ending in /v1.")
@click.option("--model", type=GivenText(), help="The model's name, as the server knows it.")
@click.option(
    "--teacher-settings",
    type=GivenPath(path_type=Path, dir_okay=False),
    help="The file of settings, instead of teacher.toml in the home.",
)
@click.option("--cap-run", type=float, metavar="MONEY", help="What this run may cost at most.")
@click.option("--split", type=click.Choice(SIDES), default="held-out", show_default=True,
              help="Whatever is held out from training, everything, or one split.")  # fmt: skip
@click.option("--benchmark", type=(click.Choice(["dabench"]), GivenPath(path_type=Path, file_okay=False)),
              metavar="NAME DIRECTORY",
              help="The questions of a benchmark's folder, instead of the home's.")  # fmt: skip
@click.option("--source", "sources", multiple=True, type=click.Choice(SOURCES), help="Only of this one.")
@click.option("--limit", type=click.IntRange(1), help="So many questions at most, always the same ones.")
@click.option("--seed", default=0, show_default=True, help="Another one asks a model anew.")
@click.option(
    "--compare",
    type=(GivenText(), GivenText()),
    metavar="EVALUATION EVALUATION",
    help="Measure nobody: compare two who were, question by question.",
)
@working
@common
def evaluate(home: Path, quiet: bool, as_json: bool, compare: tuple[str, str] | None, **given: Any) -> None:
    """How often is it right? A model, or whoever else, on questions of verified episodes, each put once."""
    # Questions are put and scored with the data stack: help, and a wrong option, do not wait for that.
    from actors.rating import compared_in, rated  # noqa: PLC0415

    output, place = Output(as_json, quiet), Home(home)
    if compare is not None:
        found = compared_in(place, *compare)
        output.result(found, comparison_view(found))
        return
    found, interrupted = rated(place, given, output)
    output.result(found, evaluation_view(found))
    sys.exit(INTERRUPTED if interrupted else 0 if found["complete"] else _INCOMPLETE)
