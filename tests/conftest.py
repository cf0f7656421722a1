"""Tests of the container worker may be skipped only where nobody requires them, and are always counted."""

import os
from collections import Counter
from collections.abc import Generator

import pytest

from tests.trials import trial  # noqa: F401  a fixture

REQUIRED = "TRACEGATE_REQUIRE_DOCKER"
COUNTS = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count tests marked `docker`, and turn their skip into a failure where Docker is required."""
    report = yield
    if item.get_closest_marker("docker") is None:
        return report
    counts = item.config.stash[COUNTS]
    counts["skipped"] += report.skipped
    counts["executed"] += report.when == "call" and not report.skipped
    if report.skipped and os.environ.get(REQUIRED) == "1":
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED}=1 forbids this skip: {call.excinfo.value if call.excinfo else ''}"
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """One line that `.ci/run` looks for."""
    counts = config.stash[COUNTS]
    if counts:
        terminalreporter.write_line(
            f"container tests: {counts['executed']} executed, {counts['skipped']} skipped"
        )
