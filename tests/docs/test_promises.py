"""Whatever a page says is shown by a test is shown by one that there is."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(ROOT.glob("docs/*.md"))
PROMISES = [ROOT / "docs" / "promises.md", ROOT / "docs" / "threats.md"]
_TEST = re.compile(r"`(tests/[\w/]+)(\.py)?(?:::(\w+))?/?`")


@cache
def shown_in(file: Path) -> frozenset[str]:
    """The names of the tests in a file, those in classes and the machines of hypothesis included."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names += [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return frozenset(name for name in names if name.startswith(("test_", "Test")))


def named_in(text: str) -> list[tuple[Path, str]]:
    """The files and folders of tests that are named, each with the test in it, if one is."""
    return [(ROOT / f"{path}{ending}", test) for path, ending, test in _TEST.findall(text)]


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of each row of the table below a heading."""
    below = page.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    for place, test in named_in(page.read_text(encoding="utf-8")):
        assert place.exists(), place
        assert not test or test in shown_in(place), f"{place.relative_to(ROOT)}::{test}"
        if not test and place.is_file() and place.name.startswith("test_"):
            assert shown_in(place), place


@pytest.mark.parametrize("page", PROMISES, ids=lambda page: page.name)
def test_every_promise_says_under_what_it_holds_and_which_tests_show_it(page: Path) -> None:
    promised = rows(page, "Promised")
    assert len(promised) > 12
    for promise, faults, shown in promised:
        assert promise.endswith(".")
        assert faults
        assert named_in(shown), promise


@pytest.mark.parametrize("page", PROMISES, ids=lambda page: page.name)
def test_everything_that_is_not_promised_says_why(page: Path) -> None:
    not_promised = rows(page, "Not promised")
    assert len(not_promised) > 8
    for what, why in not_promised:
        assert what.endswith(".")
        assert why.endswith(".")
        assert not named_in(why)
