"""`gate`: may training start? `smoke`: does the program do what it should, end to end and offline?"""

import sys
from functools import partial
from pathlib import Path
from typing import get_args

import anyio
import click
import msgspec

from actors.gating.case import Limits, Witnessed
from actors.gating.gate import Fitness, Gate, judge_home, keep
from actors.gating.limits import read_limits
from actors.gating.record import KINDS, acknowledge, simulate
from actors.gating.witness import is_complete, on_record
from actors.terminal.find import find
from actors.terminal.gate_view import gate_view, smoke_view
from actors.terminal.options import common
from actors.terminal.output import GivenPath, GivenText, Output
from actors.training.installed import is_installed, without_libraries
from events.gate import GateScope, IntegrityFailure
from events.training import TrainingSettings
from store.decisions import Decision
from store.home import Home
from store.passes import keep_pass
from store.projections.state import State
from store.replay import rebuild


@click.command()
@click.option("--simulate", "simulated", type=(click.Choice(KINDS), str), metavar="KIND EPISODE",
              help="Append a simulated failure.")  # fmt: skip
@click.option("--acknowledge", "failure", metavar="EVENT", help="Quarantine what a failure touched.")
@click.option("--why", type=GivenText(), help="The reason for acknowledging.")
@click.option("--settings", type=GivenPath(path_type=Path, dir_okay=False),
              help="The file of limits, instead of gate.toml in the home.")  # fmt: skip
@click.option("--scope", type=click.Choice(get_args(GateScope)), default="data", show_default=True,
              help="The record alone, or also whether a model can train on its export.")  # fmt: skip
@click.option("--model", type=GivenText(), help="With --scope training: a folder of weights, or a name.")
@common
def gate(simulated: tuple[IntegrityFailure, str] | None, failure: str | None, why: str | None,
         settings: Path | None, scope: GateScope, model: str | None, *, home: Path, quiet: bool,
         as_json: bool) -> None:  # fmt: skip
    """May training start? Every rule, what was found, what is allowed, where to look."""
    if (scope == "training") != bool(model):
        raise click.UsageError("--scope training and --model go together: which model is to be trained")
    output, place = Output(as_json, quiet), Home(home)
    read_limits(settings or place.gate_limits, required=settings is not None)  # before anything is appended
    if simulated is not None:
        anyio.run(simulate, place, simulated[0], find(rebuild(place), "episode", simulated[1]))
    if failure is not None and why:
        anyio.run(acknowledge, place, find(rebuild(place), "event", failure), why)
    elif failure is not None or why:
        raise click.UsageError("--acknowledge and --why go together: what is no danger, and why it is none")
    fitness = fitness_here(place, TrainingSettings("sft", model), model) if model else None
    judged, decision = judged_here(place, output, settings, fitness)
    if decision.seq and not keep(place, decision):
        output.stage("the home cannot be written to: this decision is not kept")
    output.result(judged.to_dict() | {"scope": scope}, gate_view(judged.to_dict()))
    sys.exit(0 if judged.open else 1)


def judged_here(
    home: Home, output: Output, settings: Path | None = None, fitness: Fitness | None = None
) -> tuple[Gate, Decision]:
    """The gate over a home by the limits in force, after all that it wants to have seen was run.

    Args:
        home: what is judged.
        output: told of what is run.
        settings: the file of limits; None for the home's own, where there is one.
        fitness: whether a model can train on the export; None where only the record is judged.

    Raises:
        LimitsError: the file of limits cannot be followed.
    """
    limits = read_limits(settings or home.gate_limits, required=settings is not None)
    return judge_home(home, limits, partial(_seen_to, output), fitness)


def fitness_here(home: Home, settings: TrainingSettings, model: str) -> Fitness:
    """Whether a model can be trained on what a home exports, as far as it can be told here."""
    if not is_installed():
        return Fitness(model, lambda _: (without_libraries(),))
    from actors.lessons import fitness_of  # noqa: PLC0415  loads torch

    return fitness_of(home, settings, model)


def _seen_to(output: Output, home: Home, state: State, limits: Limits) -> Witnessed:
    """What the gate wants to have seen; what is not on record is run."""
    seen = on_record(home, state, limits)
    if is_complete(seen, state, limits):
        return seen
    from actors.witnessing import Witnessing  # noqa: PLC0415  runs code: the data stack

    return Witnessing(output)(home, state, limits)


@click.command()
@common
def smoke(home: Path, quiet: bool, as_json: bool) -> None:
    """Does the program do what it should? All of it on one small table, offline, in a home of its own."""
    from actors.smoke.suite import SmokeFailed, smoked  # noqa: PLC0415  runs code: the data stack

    output = Output(as_json, quiet)
    output.stage("smoke: one small table is asked about, solved, judged, exported, replayed and run again")
    try:
        passed = smoked()
    except SmokeFailed as failed:
        output.result({"passed": False, "failed": str(failed), "outputs": {}}, f"smoke failed: {failed}")
        sys.exit(1)
    kept = keep_pass(Home(home), passed)
    if kept is None:
        output.stage("no place takes the record of this pass: the gate will run the suite again")
    output.result({"passed": True, **msgspec.to_builtins(passed)}, smoke_view(passed.outputs, passed.seconds))
