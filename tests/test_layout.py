"""The repository looks as it was agreed: its top level, its layers, and what may stand in a file."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {
    "actors", "events", "store", "cli.py", "tests", "current.md", "README.md", "CONTRIBUTING.md",
    "CHANGELOG.md", "LICENSE", "pyproject.toml", "Makefile", "docs", "examples", "benchmarks", ".ci",
    ".gitignore",
}  # fmt: skip
ROOMS = {
    "events": set(),
    "store": {"log", "packs", "projections", "export"},
    "actors": {
        "runtime", "profiling", "language", "generation", "teaching", "workers", "tracing", "verifying",
        "gating", "training", "terminal", "viewer", "daemon", "commands", "evaluating", "exporting", "planning",
        "smoke", "inspecting",
    },
}  # fmt: skip
MOST_LINES = 300
LAZY = {
    "actors/commands/train.py: actors": 1,
    "benchmarks/scratch.py: actors.training.student": 1,
    "actors/commands/gate_commands.py: actors.lessons": 1,
    "cli.py: actors.apart": 2,
    "cli.py: actors.system": 2,
    "cli.py: actors.daemon.service": 1,
    "cli.py: actors.replaying": 1,
    "cli.py: actors.generation.coverage": 1,
    "cli.py: actors.generation.rebuilding": 1,
    "cli.py: actors.terminal.inspecting": 1,
    "cli.py: actors.witnessing": 1,
    "actors/commands/gate_commands.py: actors.witnessing": 1,
    "actors/commands/gate_commands.py: actors.smoke.suite": 1,
    "actors/system.py: actors.teaching.endpoint": 1,
    "cli.py: actors.validating": 1,
    "actors/terminal/export_commands.py: actors.exporting.harvesting": 1,
    "actors/terminal/export_commands.py: actors.exporting.decontamination": 1,
    "actors/terminal/export_commands.py: actors.exporting.harbor.tasks": 1,
    "actors/commands/plan.py: actors.planning.outline": 1,
    "actors/commands/plan.py: actors.planning.plan": 1,
    "actors/commands/plan.py: actors.planning.report": 1,
    "actors/commands/evaluate.py: actors.rating": 1,
    "actors/commands/evaluate.py: actors.measuring": 1,
    "actors/commands/evaluate.py: actors.training.student": 1,
}
"""Imports inside functions that may be: commands that load the data stack, so that others start at once."""
SLOW = {"scipy.stats", "statsmodels", "sklearn", "torch", "transformers", "openai"}
"""Modules that take longer to load than all of ours."""
VAGUE = {"utils", "util", "core", "common", "shared", "manager", "helper", "helpers", "misc"}
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
PRODUCT = sorted(path for room in ("actors", "events", "store") for path in (ROOT / room).rglob("*.py"))
SOURCES = [*PRODUCT, ROOT / "cli.py", *sorted((ROOT / "benchmarks").rglob("*.py"))]
EVERYTHING = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports_in_functions(path: Path) -> Iterator[str]:
    for function in functions(path):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield f"{name(path)}: {node.module}"
            elif isinstance(node, ast.Import):
                yield from (f"{name(path)}: {alias.name}" for alias in node.names)


def test_the_top_level_holds_what_was_agreed() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        # No checkout: what belongs to the repository cannot be told from what was made here.
        assert {path.name for path in ROOT.iterdir()} >= TOP
        return
    command = [git, "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.strip('"').partition("/")[0] for line in listed.splitlines()} == TOP


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_one_that_was_agreed(room: str) -> None:
    found = {path.name for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()}
    assert found <= ROOMS[room]


@pytest.mark.parametrize("place", ["cli.py", "actors/system.py"])
def test_the_command_line_and_the_system_only_wire(place: str) -> None:
    """Who does work has loops over what is worked on; who wires has at most one, and few ways to go."""
    for function in functions(ROOT / place):
        inside = list(ast.walk(function))
        assert sum(isinstance(one, ast.For | ast.AsyncFor | ast.While) for one in inside) <= 1, function.name
        assert sum(isinstance(one, ast.If | ast.IfExp | ast.Match) for one in inside) <= 5, function.name


def test_what_is_slow_to_load_is_loaded_when_it_is_used() -> None:
    told = "import sys, actors.daemon.service; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not SLOW & set(loaded.stdout.split())


def test_a_command_that_only_reads_starts_without_the_data_stack() -> None:
    told = "import sys, cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas"} & set(loaded.stdout.split())


def test_names_say_what_is_inside() -> None:
    assert not [name(path) for path in EVERYTHING if VAGUE & {path.stem, *path.relative_to(ROOT).parts}]


def test_every_module_lies_in_a_package() -> None:
    assert not [name(path) for path in PRODUCT if not (path.parent / "__init__.py").exists()]


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_no_file_is_too_long_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


def test_no_import_hides_inside_a_function() -> None:
    found = [imported for path in SOURCES for imported in imports_in_functions(path)]
    assert {imported: found.count(imported) for imported in found} == LAZY


def test_nothing_but_the_command_line_prints() -> None:
    printing = [
        f"{name(path)}:{node.lineno}"
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def test_nothing_is_left_for_later() -> None:
    assert not [
        f"{name(path)}: {word}"
        for path in EVERYTHING
        for word in UNFINISHED
        if word in path.read_text("utf-8")
    ]


def test_no_function_of_ours_is_longer_than_a_page() -> None:
    long = [
        f"{name(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in SOURCES
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= 50
    ]
    assert not long


def test_a_test_never_sleeps() -> None:
    sleeping = [
        f"{name(path)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("time.sleep", "anyio.sleep", "asyncio.sleep")
    ]
    assert not sleeping


def test_make_check_asks_for_layers_types_and_lint() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (check,) = [part for part in makefile.split("\n\n") if part.startswith("check:")]
    for tool in ("ruff format --check .", "ruff check .", "mypy", "lint-imports"):
        assert f"$(BIN)/{tool}" in check
    assert "test: check" in makefile
