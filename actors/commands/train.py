"""`train`: a model learns from verified episodes, behind an open gate."""

import os
import sys
from pathlib import Path
from typing import Any

import anyio
import click

from actors.commands.gate_commands import fitness_here, judged_here
from actors.gating.gate import keep
from actors.job import Job
from actors.runtime.loop import QUICK
from actors.terminal.gate_view import gate_view
from actors.terminal.options import common, working
from actors.terminal.output import GivenText, Output
from actors.terminal.training_view import examples_view, learned_view
from actors.training.installed import is_installed
from actors.training.problems import NoLibrariesError
from events.training import METHODS, Method, TrainingSettings
from store.home import Home

RATES: dict[Method, float] = {"sft": 2e-4, "dpo": 1e-5, "reward": 1e-4, "prm": 1e-4, "grpo": 1e-5}
"""Learning rates where none is said."""
SIZES = ("tiny", "small")


@click.command()
@click.argument("method", type=click.Choice(METHODS))
@click.option("--model", type=GivenText(), help="A folder of weights, or a name on a hub.")
@click.option("--from-scratch", "scratch", type=click.Choice(SIZES), help="Make one on the spot instead.")
@click.option("--name", type=GivenText(), default="", help="The run's folder below training/ in the home.")
@click.option("--steps", type=click.IntRange(1), default=100, show_default=True, help="Updates.")
@click.option(
    "--batch", type=click.IntRange(1), default=4, show_default=True, help="Rows, or questions, for one."
)
@click.option("--learning-rate", type=click.FloatRange(0, 1, min_open=True), help="By method when not given.")
@click.option(
    "--max-length", type=click.IntRange(16), default=4096, show_default=True, help="Tokens of a row."
)
@click.option(
    "--lora", type=click.IntRange(0), default=0, show_default=True, help="Rank of adapters; 0: none."
)
@click.option("--generations", type=click.IntRange(2), default=4, show_default=True,
              help="Episodes played of one question.")  # fmt: skip
@click.option("--easiest", type=click.IntRange(0), default=0, show_default=True,
              help="Only so many questions, of the fewest steps; 0: all.")  # fmt: skip
@click.option("--save-every", type=click.IntRange(1), default=50, show_default=True, help="Updates.")
@click.option("--seed", default=0, show_default=True, help="Where all randomness derives from.")
@click.option(
    "--dry-run", is_flag=True, help="Show the first examples with what is learned of them; no more."
)
@working
@common
def train(method: Method, dry_run: bool, home: Path, quiet: bool, as_json: bool, **given: Any) -> None:
    """Train a model on verified episodes, behind an open gate; the same command goes on after any death."""
    if bool(given["model"]) == bool(given["scratch"]):
        raise click.UsageError("name the model: either --model FOLDER_OR_NAME or --from-scratch tiny")
    if dry_run and given["scratch"]:
        raise click.UsageError("--dry-run shows what a model sees: it needs --model")
    if given["name"] and (Path(given["name"]).parts != (given["name"],) or given["name"] == ".."):
        raise click.UsageError(
            f"--name {given['name']!r} is no name of one folder: leave out slashes and dots"
        )
    output, place = Output(as_json, quiet), Home(home)
    if dry_run:
        shown = _learning().examples(_orders(method, place, given))
        output.result({"examples": shown}, examples_view(shown))
        return
    fitness = fitness_here(place, settings_of(method, "", given), given["model"]) if given["model"] else None
    judged, decision = judged_here(place, output, fitness=fitness)
    keep(place, decision)
    if not judged.open:
        output.result({"gate": judged.to_dict()}, gate_view(judged.to_dict()))
        sys.exit(1)
    orders = _orders(method, place, given)
    done = anyio.run(_learning().learn, orders, judged, decision, output, backend_options=QUICK)
    output.result(done.to_dict(), learned_view(done.to_dict()))
    sys.exit(0 if done.finished else 130)


def _learning() -> Any:
    """What trains; it takes many seconds to load, and whoever is refused needs none of it.

    Raises:
        NoLibrariesError: it is not installed.
    """
    if not is_installed():
        raise NoLibrariesError
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from actors import learning  # noqa: PLC0415  loads torch

    return learning


def settings_of(method: Method, model: str, given: dict[str, Any]) -> TrainingSettings:
    """The settings that the options give; the learning rate follows from the method where none is said."""
    names = set(TrainingSettings.__struct_fields__) - {"method", "model", "learning_rate"}
    rate = given["learning_rate"] or RATES[method]
    return TrainingSettings(method, model, learning_rate=rate, **{name: given[name] for name in names})


def _orders(method: Method, place: Home, given: dict[str, Any]) -> Any:
    learning = _learning()
    named = learning.Named(given["model"] or "", given["scratch"])
    settings = settings_of(method, named.identity, given)
    job = Job(
        "train",
        frozenset(),
        place,
        workers=given["workers"],
        allow_process_level=given["allow_process_level"],
    )
    return learning.Orders(job, named, settings, given["name"])
