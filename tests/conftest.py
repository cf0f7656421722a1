"""Tests of the container worker may be skipped only where nobody requires them, and are always counted.

There, no test may be skipped either that docs/requirements.toml names.
"""

import os
import re
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.passed import forget, have_it_on_record
from tests.trials import TRIAL, trial  # noqa: F401  a fixture

REQUIRED = "TRACEGATE_REQUIRE_DOCKER"
CONTAINER = "container test"
LATER = "containers_later"
REQUIREMENTS = Path(__file__).parents[1] / "docs" / "requirements.toml"
NAMED = frozenset(re.findall(r'"(tests/[^"]+::\w+)"', REQUIREMENTS.read_text("utf-8")))
"""The tests that show what was asked for."""


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
CACHE = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()
    config.pluginmanager.register(config.stash[TALLY])
    if "PYTEST_XDIST_WORKER" not in os.environ:  # those inherit what the first process has
        config.stash[CACHE] = have_it_on_record()


def pytest_unconfigure(config: pytest.Config) -> None:
    if CACHE in config.stash:
        forget(config.stash[CACHE])


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
    """Mark reports of tests marked `docker`, and turn a skip into a failure where it is not allowed."""
    report = yield
    is_container = item.get_closest_marker("docker") is not None
    if is_container and report.skipped:
        report.user_properties = [*report.user_properties, (CONTAINER, "skipped")]
    elif is_container and report.when == "call":
        report.user_properties = [*report.user_properties, (CONTAINER, "executed")]
    if report.skipped and (why := forbidding(item.nodeid, is_container)):
        report.outcome = "failed"
        report.longrepr = f"{why} forbids this skip: {call.excinfo.value if call.excinfo else ''}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file that skips itself skips all in it, unless it lacks what only `make test-full` installs."""
    report = yield
    file = collector.nodeid
    if (
        report.skipped
        and os.environ.get(REQUIRED) == "1"
        and file in {name.partition("::")[0] for name in NAMED}
    ):
        why = str(report.longrepr)
        if "could not import" not in why:
            report.outcome = "failed"
            report.longrepr = f"docs/requirements.toml forbids this skip: {why}"
    return report


def forbidding(nodeid: str, is_container: bool) -> str | None:
    """What forbids that a test is skipped; None where it may be."""
    if os.environ.get(REQUIRED) != "1":
        return None
    named = "docs/requirements.toml" if nodeid.partition("[")[0] in NAMED else None
    return f"{REQUIRED}=1" if is_container else named


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
