"""`gate`: may training start? `smoke`: does the program do what it should, end to end and offline?"""

import sys
from functools import partial
from pathlib import Path

import anyio
import click
import msgspec

from actors.gating.case import Limits, Witnessed
from actors.gating.gate import Gate, judge_home, keep
from actors.gating.limits import read_limits
from actors.gating.record import KINDS, acknowledge, simulate
from actors.gating.witness import is_complete, on_record
from actors.terminal.find import find
from actors.terminal.gate_view import gate_view, smoke_view
from actors.terminal.options import common
from actors.terminal.output import GivenPath, GivenText, Output
from events.gate import IntegrityFailure
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
@click.option("--scope", type=click.Choice(["data"]), default="data", help="What is judged.")
@common
def gate(simulated: tuple[IntegrityFailure, str] | None, failure: str | None, why: str | None,
         settings: Path | None, scope: str, *, home: Path, quiet: bool, as_json: bool) -> None:  # fmt: skip
    """May training start? Every rule, what was found, what is allowed, where to look."""
    output, place = Output(as_json, quiet), Home(home)
    read_limits(settings or place.gate_limits, required=settings is not None)  # before anything is appended
    if simulated is not None:
        anyio.run(simulate, place, simulated[0], find(rebuild(place), "episode", simulated[1]))
    if failure is not None and why:
        anyio.run(acknowledge, place, find(rebuild(place), "event", failure), why)
    elif failure is not None or why:
        raise click.UsageError("--acknowledge and --why go together: what is no danger, and why it is none")
    judged, decision = judged_here(place, output, settings)
    if decision.seq and not keep(place, decision):
        output.stage("the home cannot be written to: this decision is not kept")
    output.result(judged.to_dict() | {"scope": scope}, gate_view(judged.to_dict()))
    sys.exit(0 if judged.open else 1)


def judged_here(home: Home, output: Output, settings: Path | None = None) -> tuple[Gate, Decision]:
    """The gate over a home by the limits in force, after all that it wants to have seen was run.

    Raises:
        LimitsError: the file of limits cannot be followed.
    """
    limits = read_limits(settings or home.gate_limits, required=settings is not None)
    return judge_home(home, limits, partial(_seen_to, output))


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
