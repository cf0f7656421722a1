"""What an image installs is pinned by digest, is all that its program imports, and is what the package asks for."""

import ast
import re
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from actors.workers.sandbox.version import PROGRAM, ROOT

LOCK = (ROOT / "actors/workers/image/requirements.lock").read_text("utf-8")
PIN = re.compile(r"([a-z0-9-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)")
ASKED = [
    Requirement(one)
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
]


def pins() -> dict[str, str]:
    """The version of each package."""
    return {name: version for name, version, _ in PIN.findall(LOCK)}


def imported(file: Path) -> set[str]:
    """The top-level names of the modules that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in names}


def test_every_line_is_a_package_pinned_by_its_digests() -> None:
    rest = PIN.sub("", LOCK)
    assert all(not line or line.startswith("#") for line in rest.splitlines()), rest
    assert len(pins()) == LOCK.count("==") > 10


def test_what_was_compiled_is_there_for_both_machines() -> None:
    digests = {name: found.count("sha256:") for name, _, found in PIN.findall(LOCK)}
    compiled = {"numpy", "pandas", "scipy", "scikit-learn", "statsmodels", "msgspec"}
    assert {digests[name] for name in compiled} == {2}


def test_each_version_is_one_that_the_package_itself_takes() -> None:
    both = {one.name: one for one in ASKED if one.name in pins()}
    assert {"numpy", "pandas", "scipy", "statsmodels", "scikit-learn", "msgspec"} <= set(both)
    for name, asked in both.items():
        assert asked.specifier.contains(pins()[name]), f"{asked} is not {pins()[name]}"


def test_everything_that_the_program_imports_is_in_it() -> None:
    known = packages_distributions()
    files = [file for pattern in PROGRAM for file in ROOT.glob(pattern)]
    names = {name for file in files for name in imported(file)} - {"actors", "events", "tracegate"}
    needed = {canonicalize_name(one) for name in names for one in known.get(name, ())}
    assert "numpy" in needed
    assert needed <= set(pins())


def test_everything_that_a_package_in_it_needs_is_in_it() -> None:
    missing = []
    for name in pins():
        try:
            needed = [Requirement(one) for one in requires(name) or ()]
        except PackageNotFoundError:
            continue  # of another version here, or by another name
        missing += [
            f"{name}: {one}"
            for one in needed
            if (one.marker is None or one.marker.evaluate({"extra": ""}))
            and canonicalize_name(one.name) not in pins()
        ]
    assert missing == []
