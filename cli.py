"""The command line: parse, wire, call, exit code.

Exit codes: 0 done or yes, 1 the answer is no, 2 usage or bad input, 3 the machine failed, 130 interrupted
after a drain. With --json stdout is one JSON object; everything else goes to stderr.
"""

import importlib.util
import os
import sys
from pathlib import Path

_VENV = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if importlib.util.find_spec("msgspec") is None:  # not the environment that `make` fills: go there
    if _VENV.exists() and Path(sys.prefix) != _VENV.parent.parent:
        os.execv(_VENV, [str(_VENV), *sys.argv])  # noqa: S606  ourselves, under our own environment
    sys.exit("tracegate's packages are not installed: run `make run`, or `pip install -e .`")

from collections.abc import Callable  # noqa: E402  the lines above find the packages
from typing import Any  # noqa: E402

import anyio  # noqa: E402
import click  # noqa: E402
import msgspec  # noqa: E402

from actors.gating.gate import closed_by_log, judge_home, keep  # noqa: E402
from actors.gating.record import KINDS as FAILURES  # noqa: E402
from actors.gating.record import acknowledge, simulate  # noqa: E402
from actors.job import Job, NoModelError, NoTableError, Phase, sources_of  # noqa: E402
from actors.ports import InfrastructureError  # noqa: E402
from actors.profiling.detect import ReaderOverrides  # noqa: E402
from actors.profiling.discover import PathProblem  # noqa: E402
from actors.runtime.host import TooManyRestarts  # noqa: E402
from actors.terminal import find as finding  # noqa: E402
from actors.terminal.describe import describe  # noqa: E402
from actors.terminal.doctor import doctor_view  # noqa: E402
from actors.terminal.gate_view import gate_view  # noqa: E402
from actors.terminal.inspect_episode import inspect_episode, inspect_hook, inspect_trace  # noqa: E402
from actors.terminal.inspect_question import inspect_dataset, inspect_question  # noqa: E402
from actors.terminal.output import Output, configure  # noqa: E402
from actors.terminal.status import status as status_of  # noqa: E402
from actors.terminal.status import status_view  # noqa: E402
from actors.terminal.summary import summary_table  # noqa: E402
from events.question import SOURCES, Source  # noqa: E402
from store.artifacts import write_artifacts  # noqa: E402
from store.blobs import BlobCorrupt, BlobMissing  # noqa: E402
from store.decisions import last_decision  # noqa: E402
from store.export.sft import NothingToExportError, export_sft  # noqa: E402
from store.home import Home  # noqa: E402
from store.log.lock import HomeLocked, HomeUnwritable, hold_lock  # noqa: E402
from store.log.scan import LogCorrupt  # noqa: E402
from store.log.segments import LogPoisoned, NoSpace  # noqa: E402
from store.log.verify import verify_log  # noqa: E402
from store.projections.fold import BrokenHistoryError  # noqa: E402
from store.replay import check, compare, rebuild  # noqa: E402
from store.validate import validate as validated  # noqa: E402

Command = Callable[..., None]
INTERRUPTED = 130
_EXIT_CODES: dict[type[Exception], int] = {
    HomeLocked: 2,
    HomeUnwritable: 2,
    PathProblem: 2,
    NoTableError: 2,
    NoModelError: 2,
    FileNotFoundError: 2,
    finding.NotFoundError: 2,
    finding.AmbiguousError: 2,
    NothingToExportError: 1,
    BrokenHistoryError: 1,
    LogCorrupt: 1,
    LogPoisoned: 3,
    NoSpace: 3,
    InfrastructureError: 3,
    BlobMissing: 3,
    BlobCorrupt: 3,
    TooManyRestarts: 3,
}
"""Known problems, each with its exit code; anything else is a fault of ours and is raised."""


def common(command: Command) -> Command:
    """The options that every command takes."""
    for option in (
        click.option(
            "--home",
            type=click.Path(path_type=Path, file_okay=False),
            envvar="TRACEGATE_HOME",
            default=Path(".tracegate"),
            show_default=True,
            help="The folder that holds everything.",
        ),
        click.option("--quiet", is_flag=True, help="No progress."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout."),
    ):
        command = option(command)
    return command


def scoped(command: Command) -> Command:
    """The options of commands that work on tables and sources."""
    for option in (
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
        click.option("--all", "every", is_flag=True, help="Every source that needs no model (the default)."),
        click.option(
            "--source", "sources", multiple=True, type=click.Choice(SOURCES), help="Only this source."
        ),
        click.option("--seed", default=0, show_default=True, help="Where all randomness derives from."),
        click.option(
            "--workers",
            type=click.Choice(["auto", "docker", "local"]),
            default="auto",
            show_default=True,
            help="What runs the code.",
        ),
    ):
        command = option(command)
    return command


def generating(command: Command) -> Command:
    """The options of commands that read files and make questions."""
    for option in (
        click.option(
            "--questions",
            type=click.IntRange(1),
            default=16,
            show_default=True,
            help="Accepted questions wanted of each table and source.",
        ),
        click.option("--encoding", help="How the files' bytes become text; found out when not given."),
        click.option("--delimiter", help="The one character between two cells."),
        click.option("--header", type=click.IntRange(0), help="The line that names the columns, from 0."),
        click.option("--missing", multiple=True, help="A spelling of 'no value'; replaces those found out."),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def app() -> None:
    """Verified, replayable data-analysis episodes from CSV files, behind a gate."""


def _work(command: str, phases: frozenset[Phase], output: Output, home: Path, **given: Any) -> None:
    # The data stack costs two seconds at start: only the commands that compute load it.
    from actors.system import perform

    overrides = ReaderOverrides(
        given.get("encoding"), given.get("delimiter"), given.get("header"), given.get("missing") or None
    )
    job = Job(
        command,
        phases,
        Home(home),
        given["paths"],
        sources_of(given["sources"]),
        given["seed"],
        given.get("questions", 16),
        given["workers"],
        overrides,
    )
    done = anyio.run(perform, job, output)
    state = rebuild(job.home)
    left_out = [{"path": one.path, "reason": one.reason, "detail": one.detail} for one in done.left_out]
    found = status_of(state, last_decision(job.home)) | {"left_out": left_out, "workers": done.workers}
    if "solve" in phases:
        judged, decision = judge_home(job.home)
        keep(job.home, decision)
        found |= {"gate": judged.to_dict()}
        output.result(found, summary_table(state))
        output.show(gate_view(judged.to_dict()))
    else:
        output.result(found, summary_table(state))
    sys.exit(INTERRUPTED if done.interrupted else 2 if done.bad_path else 0)


@app.command()
@scoped
@generating
@common
def run(home: Path, quiet: bool, as_json: bool, **given: Any) -> None:
    """Register, generate, solve, verify, judge: the main job."""
    _work("run", frozenset({"generate", "solve"}), Output(as_json, quiet), home, **given)


@app.command()
@scoped
@generating
@common
def generate(home: Path, quiet: bool, as_json: bool, **given: Any) -> None:
    """Make questions, and stop there."""
    _work("generate", frozenset({"generate"}), Output(as_json, quiet), home, **given)


@app.command()
@scoped
@common
def solve(home: Path, quiet: bool, as_json: bool, **given: Any) -> None:
    """Solve and verify the questions that the home holds."""
    _work("solve", frozenset({"solve"}), Output(as_json, quiet), home, **given)


@app.command()
@common
def status(home: Path, quiet: bool, as_json: bool) -> None:
    """Where things stand."""
    place = Home(home)
    found = status_of(rebuild(place), last_decision(place))
    Output(as_json, quiet).result(found, status_view(found))


@app.command()
@click.argument("kind", type=click.Choice([kind for kind in finding.KINDS if kind != "event"]))
@click.argument("id")
@click.option("--source", type=click.Choice(SOURCES), help="Only if it is of this source.")
@common
def inspect(
    kind: finding.Kind, id: str, source: Source | None, home: Path, quiet: bool, as_json: bool
) -> None:
    """One dataset, question, episode, trace or hook (TRACE/NAME) in full, by the first digits of its id."""
    state = rebuild(Home(home))
    key = finding.find(state, kind, id)
    found = describe(state, kind, key)
    if source is not None and found.get("source") != source:
        raise finding.NotFoundError(f"{kind} {key} is not of source {source}")
    views = {
        "dataset": inspect_dataset,
        "question": inspect_question,
        "episode": inspect_episode,
        "trace": inspect_trace,
        "hook": inspect_hook,
    }
    Output(as_json, quiet).result(found, views[kind](state, key))


@app.command()
@click.option(
    "--simulate", "simulated", nargs=2, metavar="KIND EPISODE", help="Append a simulated integrity failure."
)
@click.option("--acknowledge", "acknowledged", metavar="EVENT", help="Quarantine what a failure touched.")
@click.option("--why", help="The reason for acknowledging.")
@click.option("--scope", type=click.Choice(["data"]), default="data", help="What is judged.")
@common
def gate(
    simulated: tuple[str, str] | None,
    acknowledged: str | None,
    why: str | None,
    scope: str,
    home: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """May training start? Every rule, what was found, what is allowed, where to look."""
    output, place = Output(as_json, quiet), Home(home)
    if (acknowledged is None) != (why is None):
        raise click.UsageError(
            "--acknowledge and --why go together: say what was looked at, and why it is no danger"
        )
    if simulated is not None:
        kind, episode = simulated
        if kind not in FAILURES:
            raise click.UsageError(f"--simulate takes one of {', '.join(FAILURES)}, not {kind!r}")
        anyio.run(simulate, place, kind, finding.find(rebuild(place), "episode", episode))
    if acknowledged is not None:
        anyio.run(acknowledge, place, finding.find(rebuild(place), "event", acknowledged), why)
    try:
        judged, decision = judge_home(place)
        if decision.seq:
            keep(place, decision)
    except LogCorrupt as damage:
        judged = closed_by_log(str(damage), f"{damage.segment}, bytes {damage.start} to {damage.end}")
    output.result(judged.to_dict() | {"scope": scope}, gate_view(judged.to_dict()))
    sys.exit(0 if judged.open else 1)


@app.command()
@click.option("--check", "only_check", is_flag=True, help="Compare with what stands; change nothing.")
@click.option("--at", type=click.IntRange(1), help="Show the state after this many events; change nothing.")
@common
def replay(only_check: bool, at: int | None, home: Path, quiet: bool, as_json: bool) -> None:
    """Rebuild every projection and artifact from the log alone."""
    output, place = Output(as_json, quiet), Home(home)
    if at is not None:
        state = rebuild(place, at)
        output.result(status_of(state), summary_table(state))
        return
    if only_check:
        report = check(place)
    else:
        with hold_lock(place):
            state = rebuild(place)
            write_artifacts(place, state)
        report = compare(place, state)
    lines = [f"{one.path}: {one.what}: {one.detail}" for one in report.differences]
    verdict = "as the log gives them" if report.same else "not as the log gives them"
    output.result(report.to_dict(), "\n".join([*lines, f"at {report.seq}: artifacts are {verdict}"]))
    sys.exit(0 if report.same else 1)


@app.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@common
def validate(paths: tuple[Path, ...], home: Path, quiet: bool, as_json: bool) -> None:
    """Judge question and episode files by the contract."""
    results = [validated(path) for path in paths]
    problems = [problem for result in results for problem in result.problems]
    found = {
        "valid": not problems,
        "records": sum(result.records for result in results),
        "files": sum(result.files for result in results),
        "problems": [{"path": str(one.path), "line": one.line, "what": one.what} for one in problems],
    }
    lines = [f"{one.path}:{one.line}: {one.what}" for one in problems]
    Output(as_json, quiet).result(
        found, "\n".join([*lines, f"{found['records']} records, {len(problems)} invalid"])
    )
    sys.exit(1 if problems else 0)


@app.group()
def log() -> None:
    """The event log itself."""


@log.command()
@common
def verify(home: Path, quiet: bool, as_json: bool) -> None:
    """Check every byte of the log."""
    report = verify_log(Home(home))
    if report.events == 0 and not report.problems:
        raise click.UsageError(f"there is no log in {home}: `tracegate run` makes one")
    problems = [
        {"segment": one.segment, "start": one.start, "end": one.end, "seq": one.seq, "what": one.what}
        for one in report.problems
    ]
    found = {
        "ok": report.ok,
        "events": report.events,
        "batches": report.batches,
        "segments": report.segments,
        "seq": report.head.seq,
        "problems": problems,
    }
    lines = [f"{one['segment']}, bytes {one['start']} to {one['end']}: {one['what']}" for one in problems]
    Output(as_json, quiet).result(
        found, "\n".join([*lines, f"{report.events} events, {len(problems)} problems"])
    )
    sys.exit(0 if report.ok else 1)


@app.group()
def export() -> None:
    """Files for others."""


@export.command()
@common
def sft(home: Path, quiet: bool, as_json: bool) -> None:
    """Verified episodes as messages for supervised fine-tuning."""
    place = Home(home)
    written = export_sft(place, rebuild(place))
    found = {"seq": written.seq, "data": written.data, "files": written.files}
    Output(as_json, quiet).result(
        found, "\n".join(f"{path}: {rows} rows" for path, rows in written.files.items())
    )


@app.command()
@common
def doctor(home: Path, quiet: bool, as_json: bool) -> None:
    """What this machine can and cannot do."""
    from actors.system import examine  # asks the workers, and so loads the data stack

    walls = anyio.run(examine)
    chosen = next(wall.backend for wall in walls if wall.problem is None)
    found = {
        "workers": chosen,
        "walls": msgspec.to_builtins(walls),
        "python": sys.version.split()[0],
        "home": str(home),
        "cpus": os.cpu_count(),
    }
    Output(as_json, quiet).result(found, doctor_view(found))


def main() -> None:
    """Run one command; known problems become a message and an exit code, nothing else is caught."""
    configure()
    try:
        app.main(standalone_mode=False, prog_name="tracegate")
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except tuple(_EXIT_CODES) as problem:
        click.echo(f"Error: {problem}", err=True)
        if "--json" in sys.argv:
            click.echo(msgspec.json.encode({"error": str(problem)}))
        sys.exit(next(code for kind, code in _EXIT_CODES.items() if isinstance(problem, kind)))


if __name__ == "__main__":
    main()
