import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NAMED, forbidding

ROOT = Path(__file__).parents[2]
SUITE = """
import pytest

@pytest.mark.docker
def test_that_runs():
    pass

@pytest.mark.docker
def test_that_is_skipped():
    pytest.skip("there is no engine")

def test_of_something_else():
    pytest.skip("this one may be")
"""


def test_where_docker_is_required_no_test_that_shows_a_demand_may_be_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named, other = sorted(NAMED)[0], "tests/ci/test_container_tests.py::test_of_something_else"
    monkeypatch.setenv("TRACEGATE_REQUIRE_DOCKER", "1")
    assert forbidding(f"{named}[a-b]", is_container=False) == "docs/requirements.toml"
    assert forbidding(other, is_container=False) is None
    assert forbidding(other, is_container=True) == "TRACEGATE_REQUIRE_DOCKER=1"
    monkeypatch.delenv("TRACEGATE_REQUIRE_DOCKER")
    assert forbidding(named, is_container=False) is None
    assert len(NAMED) > 80


@pytest.mark.parametrize(("required", "code"), [("1", 1), ("0", 0)])
def test_a_skipped_container_test_fails_where_docker_is_required(
    tmp_path: Path, required: str, code: int
) -> None:
    suite = tmp_path / "test_suite.py"
    suite.write_text(SUITE)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", "pyproject.toml", str(suite)]
    environment = os.environ | {"TRACEGATE_REQUIRE_DOCKER": required}
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == code, ended.stdout
    assert "container tests: 1 executed, 1 skipped" in ended.stdout.splitlines()
    assert ("forbids this skip: there is no engine" in ended.stdout) is (required == "1")


@pytest.mark.parametrize(
    ("required", "why", "code"),
    [("1", "no wish", 2), ("1", "could not import 'torch'", 5), ("0", "no wish", 5)],
)
def test_a_file_that_shows_a_demand_may_not_skip_itself(
    tmp_path: Path, required: str, why: str, code: int
) -> None:
    """But for want of what `make test-full` alone installs."""
    named = sorted(NAMED)[0].partition("::")[0]
    suite = tmp_path / named
    suite.parent.mkdir(parents=True)
    suite.write_text(f"import pytest\npytest.skip({why!r}, allow_module_level=True)\n")
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            f"--rootdir={tmp_path}",
            named,
        ],
        check=False,
        cwd=tmp_path,
        env=os.environ | {"TRACEGATE_REQUIRE_DOCKER": required, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert ("docs/requirements.toml forbids this skip" in ended.stdout) is (code == 2)
