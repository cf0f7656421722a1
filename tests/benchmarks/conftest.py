"""A benchmark that is run in this process leaves its log as it was."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A benchmark sends its log to the stderr of its test, which is closed when others log."""
    yield
    structlog.reset_defaults()
