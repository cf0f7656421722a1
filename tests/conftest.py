"""Tests of the container worker may be skipped only where nobody requires them, and are always counted."""

import os
from collections import Counter
from collections.abc import Generator

import pytest

from tests.trials import TRIAL, trial  # noqa: F401  a fixture

REQUIRED = "TRACEGATE_REQUIRE_DOCKER"
CONTAINER = "container test"
LATER = "containers_later"


class Tally:
    """What the tests of this run, in whatever process they ran, told beside their outcome."""

    def __init__(self) -> None:
        self.containers: Counter[str] = Counter()
        self.trials: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one report."""
        for name, value in report.user_properties:
            if name == CONTAINER:
                self.containers[str(value)] += 1
            elif name == TRIAL and report.when == "teardown":
                self.trials.append(str(value))


TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()
    config.pluginmanager.register(config.stash[TALLY])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the half of a suite that runs against containers among the long ones, where it says so."""
    for item in items:
        if item.get_closest_marker(LATER) and item.get_closest_marker("docker"):
            item.add_marker("full")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark reports of tests marked `docker`, and turn their skip into a failure where Docker is required."""
    report = yield
    if item.get_closest_marker("docker") is None:
        return report
    if report.skipped:
        report.user_properties = [*report.user_properties, (CONTAINER, "skipped")]
    elif report.when == "call":
        report.user_properties = [*report.user_properties, (CONTAINER, "executed")]
    if report.skipped and os.environ.get(REQUIRED) == "1":
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED}=1 forbids this skip: {call.excinfo.value if call.excinfo else ''}"
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """The trials, a line each, and one line that `.ci/run` looks for."""
    tally = config.stash[TALLY]
    for told in sorted(tally.trials):
        terminalreporter.write_line(told)
    if counts := tally.containers:
        terminalreporter.write_line(
            f"container tests: {counts['executed']} executed, {counts['skipped']} skipped"
        )
