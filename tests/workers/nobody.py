"""A command as an ordinary user runs it, on this machine as it is but for folders that only root may enter.

What is needed below such a folder, as an interpreter below root's own, is mounted where it was, in a view of
the mounts that this one command has. No mode of anything is changed.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOBODY = "65534"
_NEEDED = (Path(sys.base_prefix), Path(sys.prefix), ROOT)
_VIEW = """
set -e
stash=$1; shift
n=0
while [ "$1" != -- ]; do mkdir "$stash/$n"; mount --bind "$1" "$stash/$n"; eval "at$n=\\$1"; n=$((n + 1)); shift; done
shift
while [ "$1" != -- ]; do mount -t tmpfs -o mode=755,size=1m tmpfs "$1"; shift; done
shift
while [ $n -gt 0 ]; do n=$((n - 1)); eval "at=\\$at$n"; mkdir -p "$at"; mount --bind "$stash/$n" "$at"; done
cd "$PYTHONPATH"
exec setpriv --reuid USER --regid USER --clear-groups --inh-caps=-all "$@"
""".replace("USER", NOBODY)


def as_nobody(
    command: Sequence[str], folder: Path, timeout: float = 300.0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; by root alone.

    Args:
        command: what is run in the root of the repository.
        folder: where his own folder lies; made here, and all above it is open to everybody.
        timeout: seconds after which it is killed.
    """
    own, stash = folder / "own", folder / "stash"
    for made in (folder, own, stash):
        made.mkdir()
    os.chown(own, int(NOBODY), int(NOBODY))
    needed = {path.resolve() for path in _NEEDED}
    outermost = [str(path) for path in sorted(needed) if needed.isdisjoint(path.parents)]
    closed = sorted({str(one) for path in needed for one in _closed(path)})
    view = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _VIEW, "sh", str(stash)]
    return subprocess.run(
        [*view, *outermost, "--", *closed, "--", *command],
        cwd=ROOT,
        env=_environment(own),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def _closed(path: Path) -> list[Path]:
    """The outermost folder above a path that its owner alone may enter, if there is one."""
    return [one for one in reversed(path.parents) if not one.stat().st_mode & 0o001][:1]


def _environment(own: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(own / "hypothesis"),
        "HOME": str(own),
        "TMPDIR": str(own),
    }
