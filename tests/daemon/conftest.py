"""The stage that a daemon stands on where it does no work."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import tables
from tests.daemon.stage import HEARD, Processes, Season, Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A home, a folder with a table in it, and seasons that do nothing."""
    (tmp_path / "birds.csv").write_bytes(tables.birds(rows=20))
    before = {one: signal.getsignal(one) for one in HEARD}
    found = Stage(tmp_path)
    monkeypatch.setattr("actors.daemon.service.Season", lambda **given: Season(found, **given))
    monkeypatch.setattr("actors.daemon.service.Processes", Processes)
    monkeypatch.setattr("actors.daemon.service.BeaconKeeper", found.keeps)
    monkeypatch.setattr("actors.daemon.service.write_all", found.write)
    yield found
    for one, handler in before.items():
        signal.signal(one, handler)
