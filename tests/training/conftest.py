"""A finished home to train on; made once for a whole run of tests, and shared with those of the command line."""

import pytest

from tests.cli.conftest import between, data, finished

__all__ = ["between", "data", "finished", "quiet_threads"]


@pytest.fixture(autouse=True)
def quiet_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes that each take every core wait for each other: one thread does."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
