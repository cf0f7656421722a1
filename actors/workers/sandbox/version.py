"""Which version of this program runs: a digest of its files, which host and worker both take of their own."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = (
    "events/*.py",
    "actors/__init__.py",
    "actors/profiling/__init__.py",
    "actors/profiling/perturb.py",
    "actors/profiling/table.py",
    "actors/workers/__init__.py",
    "actors/workers/sandbox/*.py",
)
"""Everything that runs behind the wall, and nothing else."""


@cache
def program_version() -> str:
    """The digest of the program's files as they lie here."""
    return digest_of_files(PROGRAM)


def digest_of_files(patterns: Iterable[str]) -> str:
    """The digest of all files below the root that one of the patterns names, and of their names."""
    paths = {path for pattern in patterns for path in ROOT.glob(pattern)}
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths)
    lines = [f"{hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
