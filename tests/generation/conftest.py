"""A registered table in a home, as the court's processes read it."""

from contextlib import closing
from pathlib import Path

import pytest

from actors.generation.proposing import Table
from actors.profiling.registration import inspect_bytes
from events.dataset import DatasetRegistered
from store.blobs import BlobWriter
from store.home import Home
from tests.birds import birds


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Table:
    home = Home(tmp_path_factory.mktemp("tables"))
    data = birds(rows=120, seed=7).to_csv(index=False).encode()
    event = inspect_bytes(data, Path("birds.csv"))
    assert isinstance(event, DatasetRegistered)
    with closing(BlobWriter(home)) as writer:
        writer.put_all({event.blob: data})
    return Table(event.dataset, str(home.root), event.blob, event.reader, event.columns)
