"""A pass of the smoke suite on record for all tests of a run, so that a gate that some test asks does not run it.

That the suite passes is what `tests/smoke/` shows.
"""

import os
import shutil
import tempfile
from pathlib import Path

from store.home import Home
from store.passes import keep_pass, passed_now

CACHE = "XDG_CACHE_HOME"


def have_it_on_record() -> Path:
    """Point this process and those that it starts at a folder of caches that holds a pass; whoever may read it."""
    folder = Path(tempfile.mkdtemp(prefix="tracegate-tests-cache-"))
    folder.chmod(0o755)
    os.environ[CACHE] = str(folder)
    assert keep_pass(Home(folder / "none"), passed_now({"nothing": {"rows": 0}}, 0.0)) is not None
    return folder


def forget(folder: Path) -> None:
    """Remove that folder."""
    shutil.rmtree(folder, ignore_errors=True)
