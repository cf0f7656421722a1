"""The command line: parse, wire, call, exit code.

Exit codes: 0 done or yes, 1 the answer is no, 2 usage or bad input, 3 the machine failed, 130 interrupted
after a drain. With --json stdout is one JSON object; everything else goes to stderr.
"""

# ruff: noqa: E402  the first lines find the packages that the others import

import importlib.util
import os
import signal
import sys
from pathlib import Path

signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # until there is something to drain

_VENV = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if importlib.util.find_spec("msgspec") is None:  # not the environment that `make` fills: go there
    if _VENV.exists() and Path(sys.prefix) != _VENV.parent.parent:
        os.execv(_VENV, [str(_VENV), *sys.argv])  # noqa: S606  ourselves, under our own environment
    sys.exit("tracegate's packages are not installed: run `make run`, or `pip install -e .`")

from collections.abc import Callable
from typing import Any

import anyio
import click
import msgspec

from actors.gating.gate import judge_home, keep
from actors.gating.record import KINDS as FAILURES, acknowledge, simulate
from actors.job import Job, NoModelError, NoTableError, Phase, sources_of
from actors.ports import InfrastructureError
from actors.profiling.overrides import ReaderOverrides
from actors.runtime.host import TooManyRestarts
from actors.terminal.doctor import doctor_view, examined
from actors.terminal.find import AmbiguousError, Kind, NotFoundError, find
from actors.terminal.gate_view import gate_view
from actors.terminal.output import GivenPath, Output, configure
from actors.terminal.reports import INSPECTED, exported, inspected, log_verified, replayed, validated
from actors.terminal.status import status as status_of, status_view
from actors.terminal.summary import summary_table
from events.gate import IntegrityFailure
from events.question import SOURCES, Source
from store.artifacts import write_artifacts
from store.blobs import BlobCorrupt, BlobMissing, OldBlobs
from store.decisions import InvalidDecisionsError, last_decision
from store.export.sft import NothingToExportError, export_sft
from store.home import Home
from store.log.lock import HomeLocked, HomeUnwritable, hold_lock
from store.log.scan import LogCorrupt
from store.log.segments import LogPoisoned, NoSpace
from store.projections.fold import BrokenHistoryError
from store.replay import check, rebuild
from store.validate import validate as validation_of
from store.verify import verify_home

Command = Callable[..., None]
INTERRUPTED = 130
_EXITS: dict[int, tuple[type[Exception], ...]] = {
    1: (BrokenHistoryError, InvalidDecisionsError, LogCorrupt, NothingToExportError),
    2: (HomeLocked, HomeUnwritable, OldBlobs, NoTableError, NoModelError, NotFoundError, AmbiguousError,
        FileNotFoundError, PermissionError),
    3: (LogPoisoned, NoSpace, InfrastructureError, BlobMissing, BlobCorrupt, TooManyRestarts, OSError),
}  # fmt: skip
"""Known problems by exit code, the first that fits; anything else is a fault of ours and is raised."""


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
        click.option("--all", "every", is_flag=True, help="Every source that needs no model: the default."),
        click.option("--source", "sources", multiple=True, type=click.Choice(SOURCES), help="Only this one."),
        click.option("--seed", default=0, show_default=True, help="Where all randomness derives from."),
        click.option("--workers", type=click.Choice(["auto", "docker", "local"]), default="auto",
                     show_default=True, help="What runs the code; auto takes Docker only if it answers."),
    ):  # fmt: skip
        command = option(command)
    return command


def generating(command: Command) -> Command:
    """The options of commands that read files and make questions."""
    for option in (
        click.option("--questions", type=click.IntRange(1), default=16, show_default=True,
                     help="Accepted questions wanted of each table and source."),
        click.option("--encoding", help="How the files' bytes become text; found out when not given."),
        click.option("--delimiter", help="The one character between two cells."),
        click.option("--header", type=click.IntRange(0), help="The line that names the columns, from 0."),
        click.option("--missing", multiple=True, help="A spelling of 'no value', instead of those found."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def app() -> None:
    """Verified, replayable data-analysis episodes from CSV files, behind a gate."""


@app.command()
@scoped
@generating
@common
def run(**given: Any) -> None:
    """Register, generate, solve, verify, judge: the main job."""
    _work("run", frozenset({"generate", "solve"}), **given)


@app.command()
@scoped
@generating
@common
def generate(**given: Any) -> None:
    """Make questions, and stop there."""
    _work("generate", frozenset({"generate"}), **given)


@app.command()
@scoped
@common
def solve(**given: Any) -> None:
    """Solve and verify the questions that the home holds."""
    _work("solve", frozenset({"solve"}), **given)


def _work(command: str, phases: frozenset[Phase], home: Path, **given: Any) -> None:
    # The data stack costs two seconds at start: only the commands that compute load it.
    from actors.system import perform  # noqa: PLC0415

    output, place = Output(given["as_json"], given["quiet"]), Home(home)
    if given["every"] and given["sources"]:
        raise click.UsageError("--all and --source exclude each other")
    said = {name: given.get(name) for name in ("encoding", "delimiter", "header")}
    overrides = ReaderOverrides(**said, missing=given.get("missing") or None)
    job = Job(command, phases, place, given["paths"], sources_of(given["sources"]), given["seed"],
              given.get("questions", 16), given["workers"], overrides)  # fmt: skip
    done = anyio.run(perform, job, output)
    state = rebuild(place)
    judged, decision = judge_home(place)
    left_out = [{"path": one.path, "reason": one.reason, "detail": one.detail} for one in done.left_out]
    found = status_of(state) | {"left_out": left_out, "workers": done.workers, "gate": judged.to_dict()}
    output.result(found, summary_table(state))
    if "solve" in phases:
        keep(place, decision)
        output.show(gate_view(judged.to_dict()))
    for one in done.bad_paths:
        click.echo(f"Error: {one.path}: {one.detail}", err=True)
    sys.exit(INTERRUPTED if done.interrupted else 2 if done.bad_paths else 0)


@app.command()
@common
def status(home: Path, quiet: bool, as_json: bool) -> None:
    """Where things stand."""
    found = status_of(rebuild(Home(home)), last_decision(Home(home)))
    Output(as_json, quiet).result(found, status_view(found))


@app.command()
@click.argument("kind", type=click.Choice(INSPECTED))
@click.argument("key", metavar="ID")
@click.option("--source", type=click.Choice(SOURCES), help="Only if it is of this source.")
@common
def inspect(kind: Kind, key: str, source: Source | None, *, home: Path, quiet: bool, as_json: bool) -> None:
    """One dataset, question, episode, trace or hook (TRACE/NAME) in full, by the first digits of its id."""
    Output(as_json, quiet).result(*inspected(rebuild(Home(home)), kind, key, source))


@app.command()
@click.option("--simulate", "simulated", type=(click.Choice(FAILURES), str), metavar="KIND EPISODE",
              help="Append a simulated failure.")  # fmt: skip
@click.option("--acknowledge", "failure", metavar="EVENT", help="Quarantine what a failure touched.")
@click.option("--why", help="The reason for acknowledging.")
@click.option("--scope", type=click.Choice(["data"]), default="data", help="What is judged.")
@common
def gate(simulated: tuple[IntegrityFailure, str] | None, failure: str | None, why: str | None, scope: str,
         *, home: Path, quiet: bool, as_json: bool) -> None:  # fmt: skip
    """May training start? Every rule, what was found, what is allowed, where to look."""
    output, place = Output(as_json, quiet), Home(home)
    if simulated is not None:
        anyio.run(simulate, place, simulated[0], find(rebuild(place), "episode", simulated[1]))
    if failure is not None and why:
        anyio.run(acknowledge, place, find(rebuild(place), "event", failure), why)
    elif failure is not None or why:
        raise click.UsageError("--acknowledge and --why go together: what is no danger, and why it is none")
    judged, decision = judge_home(place)
    if decision.seq and not keep(place, decision):
        output.stage("the home cannot be written to: this decision is not kept")
    output.result(judged.to_dict() | {"scope": scope}, gate_view(judged.to_dict()))
    sys.exit(0 if judged.open else 1)


@app.command()
@click.option("--check", "only_check", is_flag=True, help="Compare with what stands; change nothing.")
@click.option("--at", type=click.IntRange(1), help="Show where things stood after so many events.")
@common
def replay(only_check: bool, at: int | None, *, home: Path, quiet: bool, as_json: bool) -> None:
    """Rebuild every projection and artifact from the log alone."""
    output, place = Output(as_json, quiet), Home(home)
    if at is not None:
        if only_check or at > (state := rebuild(place, at)).seq:
            raise click.UsageError("--at takes a position that the log has reached, and no --check")
        output.result(status_of(state), summary_table(state))
        return
    if not only_check:
        with hold_lock(place):
            write_artifacts(place, rebuild(place))
    report = check(place)
    output.result(*replayed(report))
    sys.exit(0 if report.same else 1)


@app.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@common
def validate(paths: tuple[Path, ...], *, quiet: bool, as_json: bool, **_: Any) -> None:
    """Judge question and episode files by the contract."""
    found, view = validated([validation_of(path) for path in paths])
    Output(as_json, quiet).result(found, view)
    sys.exit(0 if found["valid"] else 1)


@app.group()
def log() -> None:
    """The event log itself."""


@log.command()
@common
def verify(home: Path, quiet: bool, as_json: bool) -> None:
    """Check every byte of the log, and every blob that it names."""
    report, kept = verify_home(Home(home))
    if report.events == 0 and not report.problems:
        raise click.UsageError(f"there is no log in {home}: `tracegate run` makes one")
    Output(as_json, quiet).result(*log_verified(report, kept))
    sys.exit(0 if report.ok and kept.ok else 1)


@app.group()
def export() -> None:
    """Files for others."""


@export.command()
@common
def sft(home: Path, quiet: bool, as_json: bool) -> None:
    """Verified episodes as messages for supervised fine-tuning."""
    Output(as_json, quiet).result(*exported(export_sft(Home(home), rebuild(Home(home)))))


@app.command()
@common
def doctor(home: Path, quiet: bool, as_json: bool) -> None:
    """What this machine can and cannot do."""
    from actors.system import examine  # noqa: PLC0415  asks the workers, and so loads the data stack

    found = examined(msgspec.to_builtins(anyio.run(examine)), home)
    Output(as_json, quiet).result(found, doctor_view(found))


def main() -> None:
    """Run one command; a known problem becomes a message and an exit code, nothing else is caught."""
    configure()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app.main(standalone_mode=False, prog_name="tracegate")
    except click.ClickException as problem:
        problem.show()
        sys.exit(_failed(problem.format_message(), 2))
    except click.Abort:
        click.echo("Error: interrupted; the same command goes on here", err=True)
        sys.exit(_failed("interrupted", INTERRUPTED))
    except sum(_EXITS.values(), ()) as problem:
        click.echo(f"Error: {problem}", err=True)
        code = next(code for code, kinds in _EXITS.items() if isinstance(problem, kinds))
        sys.exit(_failed(str(problem), code))


def _failed(message: str, code: int) -> int:
    if "--json" in sys.argv:
        click.echo(msgspec.json.encode({"error": message, "exit_code": code}))
    return code


if __name__ == "__main__":
    main()
