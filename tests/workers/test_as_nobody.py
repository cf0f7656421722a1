"""What holds in bubblewrap is shown by an ordinary user, whom root lets run the suites as well."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REQUIRED
from tests.workers.nobody import as_nobody

SUITES = (
    "tests/workers/test_in_bubble.py",
    "tests/abuse/test_escapes.py",
    "tests/abuse/test_visible.py",
    "tests/abuse/test_guarantees.py",
    "tests/abuse/test_honest.py",
    "tests/contracts/test_workers_branch.py",
    "tests/contracts/test_workers_limits.py",
    "tests/contracts/test_workers_standby.py",
)
WHY = "from actors.workers.bubble import why_not; print(why_not()[0], end='')"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; those that pytest makes are its user's alone."""
    with tempfile.TemporaryDirectory(prefix="tracegate-open-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.full
def test_in_bubblewrap_no_attack_gets_out_and_sessions_do_what_they_do_without(open_folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("as an ordinary user these suites run in bubblewrap as they are")
    if why := missing(open_folder):
        assert os.environ.get(REQUIRED) != "1", f"{REQUIRED}=1 forbids that this is skipped: {why}"
        pytest.skip(why)
    ended = as_nobody(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not docker", *SUITES],
        open_folder / "suites",
        timeout=600,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "skipped" not in ended.stdout.splitlines()[-1]


def missing(folder: Path) -> str:
    """Why no ordinary user has bubblewrap here; empty where one has."""
    if lacking := [tool for tool in ("unshare", "mount", "setpriv") if shutil.which(tool) is None]:
        return f"nobody else can be had: there is no {', '.join(lacking)}"
    asked = as_nobody([sys.executable, "-c", WHY], folder / "asked")
    return asked.stdout if asked.returncode == 0 else asked.stderr.strip()
