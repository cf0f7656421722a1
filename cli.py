"""The command line: parse, wire, call, exit code.

Exit codes: 0 done or yes, 1 the answer is no, 2 usage or bad input, 3 the machine failed, 130 interrupted
after a drain. With --json stdout is one JSON object; everything else goes to stderr.
"""

# ruff: noqa: E402  the first lines find the packages that the others import

import importlib.util
import os
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # until there is something to drain
for _one in (signal.SIGTERM, signal.SIGHUP) if sys.argv[1:2] == ["daemon"] else ():
    signal.signal(_one, lambda number, _: os._exit(0) if number == signal.SIGTERM else None)

_VENV = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if importlib.util.find_spec("msgspec") is None:  # not the environment that `make` fills: go there
    if _VENV.exists() and Path(sys.prefix) != _VENV.parent.parent:
        os.execv(_VENV, [str(_VENV), *sys.argv])  # noqa: S606  ourselves, under our own environment
    sys.exit("tracegate's packages are not installed: run `make run`, or `pip install -e .`")

from typing import Any, Never

import anyio
import click
import msgspec

from actors.commands import COMMANDS
from actors.daemon.orders import OrderBook, OrdersError
from actors.gating.gate import judge_home, keep
from actors.gating.limits import LimitsError, read_limits
from actors.gating.witness import on_record
from actors.job import UNFIT_JOB, Job, Phase, model_of, sources_of
from actors.runtime.loop import QUICK
from actors.terminal.coverage_view import coverage_view
from actors.terminal.doctor import doctor_view, examined
from actors.terminal.ending import INTERRUPTED, ended, leave, while_nobody_listens
from actors.terminal.executed_view import executed_view
from actors.terminal.find import INSPECTED, Kind, find
from actors.terminal.gate_view import gate_view
from actors.terminal.log_view import difference_view
from actors.terminal.options import (
    check_replay,
    common,
    generating,
    keeping,
    overrides_said,
    replaying,
    said,
    scoped,
    sources_said,
    taught,
)
from actors.terminal.output import GivenText, Output
from actors.terminal.problems import ANSWERED_NO, BAD_INPUT, MACHINE_FAILED, Exits
from actors.terminal.reports import recipes_told, replayed, validated
from actors.terminal.spending import spending, spending_view
from actors.terminal.status import standing, status as status_of, status_view
from actors.terminal.summary import summary_table
from actors.training.problems import UNFIT_TRAINING
from events.question import SOURCES, Source
from store.artifacts import write_artifacts
from store.differences import difference
from store.home import Home
from store.log.lock import hold_lock
from store.positions import moment
from store.replay import check, rebuild
from store.reruns import keep_reruns
from store.validate import validate as validation_of

_UNFIT = (*UNFIT_JOB, OrdersError, LimitsError, *UNFIT_TRAINING)
_EXITS: Exits = {1: ANSWERED_NO, 2: (*_UNFIT, *BAD_INPUT), 3: MACHINE_FAILED}
"""Known problems by exit code, the first that fits; anything else is a fault of ours and is raised."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def app() -> None:
    """Verified, replayable data-analysis episodes from CSV files, behind a gate."""


@app.command()
@scoped
@taught
@generating
@common
def run(**given: Any) -> None:
    """Register, generate, solve, verify, judge: the main job."""
    _work("run", frozenset({"generate", "solve"}), **given)


@app.command()
@scoped
@taught
@generating
@common
def generate(**given: Any) -> None:
    """Make questions, and stop there."""
    _work("generate", frozenset({"generate"}), **given)


@app.command()
@scoped
@taught
@common
def solve(**given: Any) -> None:
    """Solve and verify the questions that the home holds."""
    _work("solve", frozenset({"solve"}), **given)


def _work(command: str, phases: frozenset[Phase], home: Path, **given: Any) -> None:
    # The data stack costs two seconds at start: only the commands that compute load it.
    from actors.apart import run_with_processes  # noqa: PLC0415
    from actors.system import perform  # noqa: PLC0415  as above
    from actors.witnessing import Witnessing  # noqa: PLC0415  as above

    output, place = Output(given["as_json"], given["quiet"]), Home(home)
    model = model_of(given, place, os.environ)
    sources = sources_of(sources_said(given["every"], given["sources"]), with_model=model is not None)
    job = Job(command, phases, place, given["paths"], sources, given["seed"], given.get("questions", 0),
              given["workers"], overrides_said(given), given["allow_process_level"], model)  # fmt: skip
    limits, witness = read_limits(place.gate_limits), Witnessing(output)
    solves = "solve" in phases
    afterwards = partial(witness.while_warm, place, limits) if solves else None
    done = run_with_processes(partial(perform, afterwards=afterwards), job, output)
    witnessed = witness if solves and not done.interrupted else on_record
    state, (judged, decision) = rebuild(place), judge_home(place, limits, witnessed)
    output.result(status_of(state) | done.to_dict() | {"gate": judged.to_dict()}, summary_table(state))
    if solves:
        keep(place, decision)
        output.show(gate_view(judged.to_dict()))
    for one in done.bad_paths:
        click.echo(f"Error: {one.path}: {one.detail}", err=True)
    sys.exit(INTERRUPTED if done.interrupted else 2 if done.bad_paths else 0)


@app.command()
@keeping
@common
@click.pass_context
def daemon(context: click.Context, /, home: Path, quiet: bool, as_json: bool, settings: Path | None,
           **_: Any) -> None:  # fmt: skip
    """The main job without end: watches files, keeps a target, goes on after any death."""
    output, place = Output(as_json, quiet), Home(home)
    book = OrderBook(said(context), settings or place.settings, required=settings is not None)
    book.model(book.read())  # so that what cannot be followed is told at once
    while_nobody_listens()
    from actors.apart import run_with_processes  # noqa: PLC0415  as above
    from actors.daemon.service import serve  # noqa: PLC0415  as above

    ended_by = run_with_processes(serve, place, book, output)
    while_nobody_listens()
    found, state = standing(place)
    output.result(found, summary_table(state))
    leave(INTERRUPTED if ended_by is signal.SIGINT else 0)


@app.command()
@common
def status(home: Path, quiet: bool, as_json: bool) -> None:
    """Where things stand."""
    found, _ = standing(Home(home))
    Output(as_json, quiet).result(found, status_view(found))


@app.command()
@click.option("--coverage", "whole", is_flag=True, help="Tell every count, and what never appeared.")
@click.option("--costs", "paid", is_flag=True, help="Tell instead what judged episodes came to, and cost.")
@common
def stats(whole: bool, paid: bool, *, home: Path, quiet: bool, as_json: bool) -> None:
    """What is wanted of the questions, beside what was found; and how far they reach."""
    from actors.generation.coverage import covered  # noqa: PLC0415  knows the grammar, and so the data stack

    found, spent = covered(Home(home)).to_dict(), spending(rebuild(Home(home)))
    view = spending_view(spent) if paid else coverage_view(found, whole=whole)
    Output(as_json, quiet).result(found | {"spending": spent}, view)


@app.command()
@click.argument("kind", type=click.Choice(INSPECTED))
@click.argument("key", metavar="ID")
@click.option("--source", type=click.Choice(SOURCES), help="Only if it is of this source.")
@common
def inspect(kind: Kind, key: str, source: Source | None, *, home: Path, quiet: bool, as_json: bool) -> None:
    """One dataset, question, episode, trace, hook (TRACE/NAME) or training in full, by its first digits."""
    from actors.terminal.inspecting import inspected  # noqa: PLC0415  tells what a table offers: the data stack

    Output(as_json, quiet).result(*inspected(Home(home), kind, key, source))


@app.command()
@click.argument("question", required=False, type=GivenText())
@common
def recipe(question: str | None, *, home: Path, quiet: bool, as_json: bool) -> None:
    """Rebuild a question, or all, from what the log keeps of its recipe: is it the same to the byte?"""
    from actors.generation.rebuilding import rebuilt_all  # noqa: PLC0415  runs programs: the data stack

    state = rebuild(Home(home))
    found = rebuilt_all(Home(home), state, question and find(state, "question", question))
    Output(as_json, quiet).result(*recipes_told(msgspec.to_builtins(found)))
    sys.exit(0 if all(one.same for one in found) else 1)


@app.command()
@replaying
@common
def replay(*, home: Path, quiet: bool, as_json: bool, **given: Any) -> None:
    """Rebuild every projection and artifact from the log alone, or run again what it records."""
    check_replay(given)
    output, place = Output(as_json, quiet), Home(home)
    if given["execute"]:
        _execute(place, output, **given)
    if given["at"] is not None:
        state = moment(place, given["at"]).state
        output.result(status_of(state), summary_table(state))
        return
    if given["diff"] is not None:
        found = difference(*(moment(place, one).state for one in given["diff"]))
        output.result(found.to_dict(), difference_view(found))
        return
    if not given["only_check"]:
        with hold_lock(place):
            write_artifacts(place, rebuild(place, cached=False))
    report = check(place)
    output.result(*replayed(report))
    sys.exit(0 if report.same else 1)


def _execute(place: Home, output: Output, **given: Any) -> Never:
    from actors.replaying import drawn, run_again  # noqa: PLC0415  runs code: the data stack

    state = rebuild(place)
    episodes = (
        [find(state, "episode", given["episode"])] if given["episode"] else drawn(state, given["sample"])
    )
    job = Job("replay", frozenset(), place, workers=given["workers"],
              allow_process_level=given["allow_process_level"])  # fmt: skip
    found = anyio.run(run_again, job, state, episodes, output, backend_options=QUICK)
    with suppress(OSError):  # a home that cannot be written to keeps nothing of it
        keep_reruns(place, state, found.came_again(state, episodes), found.workers)
    output.result(found.to_dict(), executed_view(found.to_dict()))
    sys.exit(INTERRUPTED if found.interrupted else 0 if found.same else 1)


@app.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--grader", is_flag=True, help="Try each known answer in forms that must match, and must not.")
@click.option(
    "--benchmark", type=click.Choice(["dabench"]), help="Judge the labels of this benchmark's folder."
)
@common
def validate(paths: tuple[Path, ...], grader: bool, benchmark: str | None, *, quiet: bool, as_json: bool,
             **_: Any) -> None:  # fmt: skip
    """Judge question and episode files by the contract."""
    if grader or benchmark:
        from actors.validating import judged_further  # noqa: PLC0415  computes: the data stack

        found, view = judged_further(paths, grader=grader, benchmark=benchmark)
    else:
        found, view = validated([validation_of(path) for path in paths])
    Output(as_json, quiet).result(found, view)
    sys.exit(0 if found["valid"] else 1)


@app.command()
@click.option("--reap", is_flag=True, help="First remove what dead hosts left: containers, local folders.")
@common
def doctor(home: Path, quiet: bool, as_json: bool, reap: bool) -> None:
    """What this machine can and cannot do."""
    from actors.system import examine  # noqa: PLC0415  asks the workers, and so loads the data stack

    found = examined(msgspec.to_builtins(anyio.run(examine, Home(home) if reap else None)), home)
    Output(as_json, quiet).result(found, doctor_view(found))


for _command in COMMANDS:
    app.add_command(_command)


def main() -> None:
    """Run one command."""
    ended(app, _EXITS)


if __name__ == "__main__":
    main()
