"""A home with a small history, and a copy of it that a test may spoil."""

import shutil
from pathlib import Path

import anyio
import pytest

from store.home import Home
from tests.history import write_history
from tests.store.snapshotting import HISTORY


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("written") / "home")
    anyio.run(write_history, home, HISTORY)
    return home


@pytest.fixture
def home(written: Home, tmp_path: Path) -> Home:
    shutil.copytree(written.root, tmp_path / "home")
    return Home(tmp_path / "home")
