"""`evaluate`: somebody is measured on questions that nobody trained on, in the real environment."""

import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from actors.evaluating.selection import SIDES
from actors.terminal.ending import INTERRUPTED
from actors.terminal.evaluation_view import comparison_view, evaluation_view
from actors.terminal.options import common, working
from actors.terminal.output import GivenPath, GivenText, Output
from actors.training.problems import NoLibrariesError
from events.identity import digest_of_parts
from events.question import SOURCES
from store.home import Home

_INCOMPLETE = 3


@click.command()
@click.option(
    "--teacher",
    "player",
    type=click.Choice(["openai", "local", "scripted", "guesser"]),
    default="openai",
    show_default=True,
    help="Who is measured: a model behind an OpenAI server or in a folder, the script, or chance.",
)
@click.option("--base-url", type=GivenText(), help="Where that server answers, often ending in /v1.")
@click.option("--model", type=GivenText(), help="The model's name, as the server knows it, or its folder.")
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
    found, interrupted = rated(place, given, output, _pupil(given) if given["player"] == "local" else None)
    output.result(found, evaluation_view(found))
    sys.exit(INTERRUPTED if interrupted else 0 if found["complete"] else _INCOMPLETE)


def _pupil(given: dict[str, Any]) -> Any:
    """The model in a folder; it takes many seconds to load, and nobody else waits for that.

    Raises:
        UsageError: no folder is named.
        NoLibrariesError: what models are loaded with is not installed.
        UnfitModelError: nothing in the folder can answer.
    """
    from actors.measuring import PUPIL, Named  # noqa: PLC0415  as above

    if not given["model"]:
        raise click.UsageError("--teacher local needs --model FOLDER, such as one that train has made")
    if any(find_spec(name) is None for name in ("torch", "transformers", "trl")):
        raise NoLibrariesError
    folder = Path(given["model"])
    from actors.training.student import Student  # noqa: PLC0415  loads torch

    answer = partial(Student(folder).reply, most_tokens=PUPIL.reply_tokens)
    return Named(f"{folder.resolve().name}@{digest_of_files(folder)[:12]}", answer)


def digest_of_files(folder: Path) -> str:
    """What a model is known by: the bytes of all that it is loaded from."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return digest_of_parts(part for path in files for part in (path.name.encode(), b"\0", path.read_bytes()))
