"""What several tests of workers begin with: a supervisor that serves a whole file, an engine that is made up."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from actors.workers import engine
from tests.workers.disk import Disk, disk_at
from tests.workers.failing_engines import FakeEngine, reached_at, serving as answering
from tests.workers.test_supervisor import Program, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="module")
def program(folder: Path) -> Iterator[Program]:
    with serving(Program(folder)) as started:
        yield started


@pytest_asyncio.fixture
async def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeEngine]:
    monkeypatch.setattr(engine, "RETRY_SECONDS", 0.0)
    reached_at(tmp_path / "engine.sock", monkeypatch.setenv)
    fake = FakeEngine()
    async with answering(fake, tmp_path / "engine.sock"):
        yield fake


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """One that a worker has to itself."""
    with disk_at(tmp_path) as made:
        yield made
