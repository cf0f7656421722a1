"""Tables, and what an undisturbed daemon makes of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.runtime import RunStarted
from events.wire import AnyRecorded
from tests.cli import tables
from tests.cli.program import Program
from tests.crash.moments import finished
from tests.daemon.daemons import Outcome, daemon, events, outcome, rests, wait_until
from tests.daemon.processes import released
from tests.trials import SEED

DRAWN = SEED % 1000
"""The seed that the daemons draw from: another one in each run."""
ASKED = ("--target", 2, "--seed", DRAWN)
LATE = "late.csv"


@dataclass(frozen=True)
class Undisturbed:
    """A daemon that was let alone."""

    outcome: Outcome
    began: datetime
    history: tuple[AnyRecorded, ...]
    """Its log."""

    @property
    def types(self) -> tuple[str, ...]:
        """The types of its events, in the order in which each came first."""
        return tuple(dict.fromkeys(type(one.event).__name__ for one in self.history))

    @property
    def pieces(self) -> int:
        """Pieces of work that it finished."""
        return finished(self.history)

    @property
    def loading(self) -> float:
        """Seconds until it told that it began."""
        return (self._told - self.began).total_seconds()

    @property
    def opening(self) -> float:
        """Seconds from there until it had finished something."""
        done = next(one.time for one in self.history if finished([one]))
        return (datetime.fromisoformat(done) - self._told).total_seconds()

    @property
    def _told(self) -> datetime:
        told = next(one.time for one in self.history if isinstance(one.event, RunStarted))
        return datetime.fromisoformat(told)


def lay(folder: Path) -> Path:
    """A folder with a table that serves, and a file that does not."""
    folder.mkdir()
    (folder / "birds.csv").write_bytes(tables.birds(rows=60))
    (folder / "empty.csv").write_text("only,a,header\n", encoding="utf-8")
    return folder


def late(folder: Path) -> None:
    """A table that comes while the daemon is at work; no template fits it, so that one of its streams ends."""
    rows = [[number, f"2024-03-{number + 1:02}"] for number in range(14)]
    beside = folder / ".late"
    beside.write_bytes(tables.table(["id", "day"], rows))
    beside.rename(folder / LATE)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = tmp_path_factory.mktemp("undisturbed")
    program, data = Program(place / "home"), lay(place / "data")
    late(data)
    began = datetime.now(UTC)
    with daemon(program, data, *ASKED) as process:
        wait_until(program, process, rests)
        out, err = released(process)
    assert process.returncode == 0, out + err
    return Undisturbed(outcome(program), began, tuple(events(program)))
