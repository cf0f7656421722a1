"""Tables, and what an undisturbed daemon makes of them."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from tests.cli import tables
from tests.cli.program import Program
from tests.daemon.daemons import Outcome, daemon, events, outcome, rests, wait_until

TARGET = 2
LATE = "late.csv"


@dataclass(frozen=True)
class Undisturbed:
    """A daemon that was let alone."""

    outcome: Outcome
    seconds: float
    types: tuple[str, ...]
    """The types of its events, in the order in which each came first."""


def lay(folder: Path) -> Path:
    """A folder with a table that serves, and a file that does not."""
    folder.mkdir()
    (folder / "birds.csv").write_bytes(tables.birds(rows=60))
    (folder / "empty.csv").write_text("only,a,header\n", encoding="utf-8")
    return folder


def late(folder: Path) -> None:
    """A table that comes while the daemon is at work; both its streams end before they reach the target."""
    rows = [[number, 3 * number] for number in range(14)]
    beside = folder / ".late"
    beside.write_bytes(tables.table(["id", "height"], rows))
    beside.rename(folder / LATE)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = tmp_path_factory.mktemp("undisturbed")
    program, data = Program(place / "home"), lay(place / "data")
    late(data)
    began = monotonic()
    with daemon(program, data, "--target", TARGET) as process:
        wait_until(program, process, rests)
        seconds = monotonic() - began
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    types = tuple(dict.fromkeys(type(one.event).__name__ for one in events(program)))
    return Undisturbed(outcome(program), seconds, types)
