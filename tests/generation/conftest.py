"""A registered table in a file, as the court's processes read it."""

from pathlib import Path

import pytest

from actors.generation.proposing import Table
from actors.profiling.registration import inspect_bytes
from events.dataset import DatasetRegistered
from tests.birds import birds


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    path: Path = tmp_path_factory.mktemp("tables") / "birds.csv"
    path.write_bytes(birds(rows=120, seed=7).to_csv(index=False).encode())
    event = inspect_bytes(path.read_bytes(), path)
    assert isinstance(event, DatasetRegistered)
    return Table(event.dataset, str(path), event.reader, event.columns)
