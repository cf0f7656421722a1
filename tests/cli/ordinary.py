"""The program as somebody without privileges has it: a tree that he may read, a folder of his own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ROOT, Program

NOBODY = 65534
_CODE = ("actors", "events", "store", "cli.py", "pyproject.toml")
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_SYSTEM = (Path(f"/usr/bin/{_VERSION}"), Path(f"/usr/local/bin/{_VERSION}"))


def ordinary(folder: Path) -> Program:
    """The command line as an ordinary user runs it: as we are, or with privileges dropped when we are root.

    Args:
        folder: empty, and open to everybody.
    """
    if os.geteuid() != 0:
        return Program(folder / "home")
    own, tree = folder / "own", folder / "tree"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    tree.mkdir()
    for name in _CODE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tree / name)
    return Program(own / "home", folder=tree, python=_python(folder), user=NOBODY)


def _python(folder: Path) -> str:
    """An interpreter with our packages that he may run: ours, or the system's in an environment of its own."""
    if _runs(sys.executable):
        return sys.executable
    for system in (place for place in _SYSTEM if place.exists()):
        made = folder / "environment"
        subprocess.run([system, "-m", "venv", "--without-pip", made], check=True)
        packages = Path(pytest.__file__).resolve().parents[1]
        (made / "lib" / _VERSION / "site-packages" / "ours.pth").write_text(f"{packages}\n")
        if _runs(str(made / "bin" / "python")):
            return str(made / "bin" / "python")
    pytest.skip(f"no {_VERSION} with our packages is in reach of an ordinary user")


def _runs(python: str) -> bool:
    tried = [python, "-c", "import msgspec, pandas"]
    try:
        ended = subprocess.run(
            tried, cwd="/", user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, check=False
        )
    except PermissionError:
        return False
    return ended.returncode == 0
