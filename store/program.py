"""Which program runs, and where: a digest of its source, and one of what its numbers depend on."""

import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from events.identity import digest_of, identify

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("actors", "events", "store")
_LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels", "scikit-learn", "msgspec", "anyio")
_OPTIONAL = ("pyarrow", "bottleneck", "numexpr")
"""Exports need the first, and pandas computes or keeps things otherwise where one is installed."""
_CPU = Path("/proc/cpuinfo")


@cache
def source_digest() -> str:
    """The digest of every file of the program as it lies here, and of their names."""
    files = [
        path
        for package in _PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    told = [(path.relative_to(ROOT).as_posix(), digest_of(path.read_bytes())) for path in files]
    return identify("source", *sorted([*told, ("cli.py", digest_of((ROOT / "cli.py").read_bytes()))]))


@cache
def environment_digest() -> str:
    """The digest of what decides results beside the source: Python, libraries, and what the processor can do.

    Of libraries that need not be there it enters whether they are.

    A worker tells more of its own environment; this one is known without starting any.
    """
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    versions |= {name: _version_if_there(name) for name in _OPTIONAL}
    return identify("program", sys.version, platform.machine(), platform.system(), versions, _processor())


def _version_if_there(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _processor() -> list[str]:
    """The processor's name and abilities; nothing where the system does not tell."""
    if not _CPU.is_file():
        return []
    lines = _CPU.read_text("utf-8", "replace").split("\n\n", 1)[0].splitlines()
    return sorted(line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part")))
