"""`log`: the commands that look at the event log itself."""

import sys
from pathlib import Path

import anyio
import click
import msgspec

from actors.terminal.log_view import Tail, repaired_view, show_events, types_named
from actors.terminal.options import common
from actors.terminal.output import GivenText, Output
from actors.terminal.reports import log_verified
from store.home import Home
from store.log.lines import TYPES
from store.log.repair import repair
from store.verify import verify_home


@click.group()
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


@log.command()
@click.option("--follow", is_flag=True, help="Go on as the log grows, until it is interrupted.")
@click.option("--type", "names", multiple=True, type=click.Choice([tag.decode() for tag in TYPES]),
              metavar="TYPE", help="Only events of this type; may be given again.")  # fmt: skip
@click.option("--stream", metavar="ID", type=GivenText(), help="Only of this question, stream or dataset.")
@click.option("--lines", "-n", default=10, show_default=True, type=click.IntRange(0), help="How many.")
@click.option("--after", type=click.IntRange(0), help="All after this position, instead of the last ones.")
@common
def tail(follow: bool, names: tuple[str, ...], stream: str | None, lines: int, after: int | None, *,
         home: Path, quiet: bool, as_json: bool) -> None:  # fmt: skip
    """The last events of the log, one a line as in the log."""
    if follow and as_json:
        raise click.UsageError("--follow has no end, and so no one JSON object: each of its lines is one")
    end = Tail(Home(home), types_named(names), stream)
    found = end.events(lines, after)
    if as_json:
        Output(as_json, quiet).result({"events": [msgspec.to_builtins(one) for one in found]}, "")
    elif show_events(found) and follow:
        anyio.run(end.follow)


@log.command("repair")
@common
def mend(home: Path, quiet: bool, as_json: bool) -> None:
    """Cut the log before its first damage; what is cut is kept, and the gate closed until acknowledged."""
    Output(as_json, quiet).result(*repaired_view(anyio.run(repair, Home(home))))
