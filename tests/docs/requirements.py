"""Every demand, and every name on the card that the project began with, beside what shows it.

`python -m tests.docs.requirements` writes docs/requirements.md from docs/requirements.toml.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import msgspec

import cli
from actors.commands.plan import amiss
from actors.planning.tree import ours, unfit

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "requirements.toml"
PAGE = ROOT / "docs" / "requirements.md"
SKIPS = {"skip", "skipif", "xfail", "importorskip"}
_DATED = re.compile(r"\[\d{4}-\d{2}-\d{2}\] \w")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Shown(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows that something is there."""

    tests: tuple[str, ...] = ()
    """Each `tests/FILE.py::NAME`."""
    commands: tuple[str, ...] = ()
    """Command lines of ours."""
    reason: str = ""
    """Why it is met in another way, or not yet, with its day."""


class Demand(Shown, frozen=True, kw_only=True):
    """One demand of the page."""

    of: str
    """The item, or `ITEM -> CANDIDATE`."""
    part: str
    """What of it: `missing`, `behavior change`, `fail-first tests`, `review checks`, …."""
    text: str
    """Its words."""


class Name(Shown, frozen=True, kw_only=True):
    """One name on the card."""

    kind: Literal["place", "package", "role"]
    """What it is."""
    name: str
    """Its words on the card."""
    where: tuple[str, ...] = ()
    """The files in which it stands; a package is imported there."""


class Requirements(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    card: str
    """What the project was called for, in its words."""
    demand: tuple[Demand, ...]
    """Every demand, in the order of the page."""
    name: tuple[Name, ...]
    """Every name on the card."""


def read() -> Requirements:
    """The table as it stands."""
    return msgspec.convert(tomllib.loads(TABLE.read_text(encoding="utf-8")), Requirements)


def faults(row: Shown, root: Path = ROOT) -> list[str]:
    """What is wrong with a row: it shows nothing, or names what is not there or does not run."""
    found = [why for test in row.tests if (why := _test_fault(test, root))]
    found += [f"{line}: {why}" for line in row.commands if (why := _command_fault(line, root))]
    if row.reason and not _DATED.match(row.reason):
        found.append("the reason has no day: begin it with [YYYY-MM-DD]")
    if not row.tests and not row.reason:
        found.append("neither a test nor a dated reason")
    return found


def _test_fault(test: str, root: Path) -> str | None:
    path, _, name = test.partition("::")
    file = root / path
    if not path.startswith("tests/") or not file.is_file():
        return f"there is no file {path}"
    tree = parsed(file)
    holders: list[ast.Module | ast.ClassDef] = [
        tree,
        *(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name.startswith("Test")),
    ]
    holding = [one for one in holders if _is_collected(one, name, tree)]
    if not name.startswith("test_") or not holding:
        return f"there is no test {test}"
    marks = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mark(node) and node.value
    ]
    calls = (
        []
        if _is_installed_for(marks)
        else [node for node in tree.body if not isinstance(node, Function | ast.ClassDef)]
    )
    functions = [
        node for one in holding for node in one.body if isinstance(node, Function) and node.name == name
    ]
    classes = [one for one in holding if isinstance(one, ast.ClassDef)]
    held = [*marks, *calls, *functions, *(mark for one in classes for mark in one.decorator_list)]
    skips = _skip_names(tree)
    return f"{test} may be skipped" if any(_skips(node, skips) for node in held) else None


def _is_collected(holder: ast.Module | ast.ClassDef, name: str, tree: ast.Module) -> bool:
    """Whether a test stands at the top of a module or class, bound once there, and nothing takes it away from pytest."""
    here = [node for node in holder.body if isinstance(node, Function) and node.name == name]
    return (
        len(here) == 1
        and _bindings(holder, name) == 1
        and not any(_is_taken_away(node) for node in tree.body)
    )


def _bindings(holder: ast.Module | ast.ClassDef, name: str) -> int:
    """How often a name is bound in a module or class itself, not in what is defined there."""
    count = 0
    nodes: list[ast.AST] = [*holder.body]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Function | ast.ClassDef):
            count += node.name == name
            continue
        is_set = isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        is_imported = isinstance(node, ast.alias) and (node.asname or node.name) == name
        count += is_set or is_imported
        nodes += ast.iter_child_nodes(node)
    return count


def _is_taken_away(node: ast.AST) -> bool:
    return any(
        (isinstance(one, ast.Attribute) and one.attr == "__test__")
        or (isinstance(one, ast.Name) and one.id == "__test__")
        for one in ast.walk(node)
    )


@cache
def parsed(file: Path) -> ast.Module:
    """A file as syntax."""
    return ast.parse(file.read_text(encoding="utf-8"))


def _is_mark(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(one, ast.Name) and one.id == "pytestmark" for one in targets)


def _is_installed_for(marks: list[ast.expr]) -> bool:
    """Whether a file is of those for which `make test-full` installs what is missing elsewhere."""
    return any(
        isinstance(one, ast.Attribute) and one.attr == "train" for mark in marks for one in ast.walk(mark)
    )


def _skip_names(tree: ast.Module) -> set[str]:
    """The bare names under which a file has pytest's ways to skip."""
    imports = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "pytest"
    ]
    return {one.asname or one.name for node in imports for one in node.names if one.name in SKIPS}


def _skips(node: ast.AST, names: set[str]) -> bool:
    return any(
        (isinstance(one, ast.Attribute) and one.attr in SKIPS)
        or (isinstance(one, ast.Name) and one.id in names)
        or (isinstance(one, ast.Call) and _is_of_nothing(one))
        for one in ast.walk(node)
    )


def _is_of_nothing(call: ast.Call) -> bool:
    """Whether a test is parametrized with no case, which pytest skips."""
    cases = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "argvalues")]
    named = isinstance(call.func, ast.Attribute) and call.func.attr == "parametrize"
    return named and any(isinstance(one, ast.List | ast.Tuple) and not one.elts for one in cases)


def _command_fault(line: str, root: Path) -> str | None:
    commands = ours(line)
    if not commands:
        return "it is no command of ours"
    return next(
        (why for one in commands if (why := unfit(one, root, lambda words: amiss(cli.app, words)))), None
    )


def uses(row: Name, root: Path = ROOT) -> list[str]:
    """What is wrong with the places of a name: they are not there, or do not import it."""
    found = [f"there is no {path}" for path in row.where if not (root / path).exists()]
    if not found and row.kind == "package":
        found = [
            f"{path} does not import {row.name}" for path in row.where if not _imports(root / path, row.name)
        ]
    return found if row.where or row.reason else ["no place is named"]


def _imports(file: Path, package: str) -> bool:
    if file.suffix != ".py":
        return f'"{package}' in file.read_text(encoding="utf-8")
    nodes = list(ast.walk(parsed(file)))
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return package in {name.partition(".")[0] for name in names}


def rendered(table: Requirements) -> str:
    """The page."""
    lines = [
        "# Requirements",
        "",
        "What was asked for, and what shows it. Made from [requirements.toml](requirements.toml) by",
        "`.venv/bin/python -m tests.docs.requirements`; `tests/docs/test_requirements.py` holds that every test and command",
        "named here is there and says nowhere that it may be skipped; where CI runs, one that is skipped all the same fails. Paths",
        "of the page that the demands come from are an older code base's; the behaviour is what counts. What is met in another",
        "way, or not yet, says so with its day.",
        "",
    ]
    for of, rows in groupby(table.demand, lambda one: one.of):
        lines += [f"## {of}", "", "| asked for | demand | shown by | commands |", "|---|---|---|---|"]
        lines += [_line((one.part, one.text), one) for one in rows] + [""]
    lines += ["## The card", "", *table.card.strip().splitlines(), ""]
    lines += ["| name | kind | stands in | shown by | commands |", "|---|---|---|---|---|"]
    lines += [_line((one.name, one.kind, _codes(one.where)), one) for one in table.name]
    return "\n".join(lines) + "\n"


def _line(first: tuple[str, ...], row: Shown) -> str:
    shown = "; ".join(filter(None, (_codes(row.tests), row.reason))) or "-"
    cells = [*first, shown, _codes(row.commands) or "-"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def named_tests(table: Requirements) -> Iterator[str]:
    """Every test that a row names."""
    for row in (*table.demand, *table.name):
        yield from row.tests


if __name__ == "__main__":
    PAGE.write_text(rendered(read()), encoding="utf-8")
