"""Every demand has its row, and every row is shown by tests and commands that there are and that run."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors.planning.outline import entries, named
from actors.planning.plan import DATE, Plan
from tests.docs.requirements import Demand, Name, Shown, faults, named_tests, read, rendered, uses
from tests.planning.sound import planned

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed-current.md"
TABLE = read()
ROWS: list[Demand | Name] = [*TABLE.demand, *TABLE.name]
PARTS = ("behavior change", "must stay unchanged", "fail-first tests", "regression tests", "review checks")
GOOD = "tests/docs/test_requirements.py::test_the_page_is_made_from_the_table"
DEMANDS = "8b8242a7269aded08d7a920554caedca2be44d1014a4744eef5fb20e7f18325e"
"""The SHA-256 of all demands of the page in their order, so that none is lost where the page is not at hand."""
CARD = (
    "actors/", "events/", "store/", "cli.py", "tests/", "current.md", "anyio", "aiodocker", "msgspec", "structlog",
    "pandas", "scipy", "pytest-asyncio", "transformers", "trl", "Async actors for generation",
    "supervised container-worker pool with restarts", "trace recorder", "strict hook grounder", "verifier",
    "events appended to a JSONL event log",
    "projections rebuild questions, episodes and gate status from that log",
    "long-running daemon for continuous generation", "event-log replay when debugging trace mismatches",
    "`python cli.py gate` before training",
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: (row.name if isinstance(row, Name) else row.text)[:50])
def test_every_row_is_shown_by_tests_and_commands_that_there_are(row: Demand | Name) -> None:
    assert faults(row) == []
    assert not isinstance(row, Name) or uses(row) == []


def test_no_demand_stands_twice_and_no_name() -> None:
    demands = [(one.of, one.part, one.text) for one in TABLE.demand]
    planning = [one for one in demands if one[2] != "n/a (planning artifact)"]
    assert len({*planning}) == len(planning)
    assert len(demands) > 80


def test_every_name_on_the_card_has_its_row() -> None:
    card = " ".join(TABLE.card.split())
    assert tuple(one.name for one in TABLE.name) == CARD
    assert [name for name in CARD if name not in card] == []


def test_every_package_on_the_card_that_is_used_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    names = {re.split(r"[<>=\[~ ]", one)[0] for one in asked}
    used = {one.name for one in TABLE.name if one.kind == "package" and one.where}
    assert used <= names


def test_no_reason_is_of_a_day_to_come() -> None:
    today = datetime.now(UTC).date().isoformat()
    assert [one.reason for one in ROWS if one.reason and DATE.findall(one.reason)[0] > today] == []


def test_the_page_is_made_from_the_table() -> None:
    assert (ROOT / "docs" / "requirements.md").read_text("utf-8") == rendered(TABLE), (
        "run `.venv/bin/python -m tests.docs.requirements`"
    )


def test_no_code_reads_a_legacy_field() -> None:
    product = [
        *(file for room in ("actors", "events", "store") for file in (ROOT / room).rglob("*.py")),
        ROOT / "cli.py",
    ]
    reading = [
        file.relative_to(ROOT).as_posix() for file in product if "_ground_truth" in file.read_text("utf-8")
    ]
    assert reading == ["store/validate.py"]  # which names what it refuses


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Shown(), "neither a test nor a dated reason"),
        (Shown(tests=("tests/docs/test_gone.py::test_it",)), "there is no file tests/docs/test_gone.py"),
        (Shown(tests=(GOOD + "_no_more",)), "there is no test"),
        (Shown(tests=("tests/docs/requirements.py::read",)), "there is no test"),
        (Shown(tests=("tests/docs/test_requirements.py::test_every_demand_of_the_page_has_its_row",)), ""),
        (Shown(tests=(GOOD,), commands=("tracegate grate",)), "there is no command `grate`"),
        (Shown(tests=(GOOD,), commands=("tracegate gate --ajar",)), "No such option"),
        (Shown(tests=(GOOD,), commands=("python -m benchmarks.gone",)), "there is no module"),
        (Shown(tests=(GOOD,), commands=("ls",)), "it is no command of ours"),
        (Shown(reason="it is met in another way"), "the reason has no day"),
    ],
)
def test_a_row_that_shows_nothing_is_found_out(row: Shown, told: str) -> None:
    found = faults(row)
    assert found == [] if not told else told in found[0]


@pytest.mark.parametrize(
    "source",
    [
        "import pytest\n@pytest.mark.skip\ndef test_it(): ...\n",
        "import pytest\n@pytest.mark.skipif(True, reason='x')\nasync def test_it(): ...\n",
        "import pytest\ndef test_it():\n    pytest.skip('no')\n",
        "import pytest\npytestmark = pytest.mark.skip\ndef test_it(): ...\n",
        "import pytest\npytest.importorskip('torch')\ndef test_it(): ...\n",
        "import pytest\n@pytest.mark.xfail\nclass TestAll:\n    def test_it(self): ...\n",
        "from pytest import skip\ndef test_it():\n    skip('no')\n",
        "from pytest import skip as no\nno('x', allow_module_level=True)\ndef test_it(): ...\n",
        "import pytest\npytestmark: list = [pytest.mark.skip]\ndef test_it(): ...\n",
        "import pytest\nif True:\n    pytest.skip('no', allow_module_level=True)\ndef test_it(): ...\n",
        "import pytest\n@pytest.mark.parametrize('x', [])\ndef test_it(x): ...\n",
        "import pytest\n@pytest.mark.parametrize('x', argvalues=())\ndef test_it(x): ...\n",
    ],
)
def test_a_named_test_that_may_be_skipped_is_found_out(source: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(source, encoding="utf-8")
    assert faults(Shown(tests=("tests/test_one.py::test_it",)), tmp_path) == [
        "tests/test_one.py::test_it may be skipped"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def other():\n    def test_it(): ...\n",
        "if False:\n    def test_it(): ...\n",
        "class All:\n    def test_it(self): ...\n",
        "class TestAll:\n    __test__ = False\n    def test_it(self): ...\n",
        "class TestAll:\n    class Inner:\n        def test_it(self): ...\n",
        "def test_it(): ...\ntest_it = None\n",
        "def test_it(): ...\nfrom os import path as test_it\n",
        "def test_it(): ...\ndef test_it(): ...\n",
        "def test_it(): ...\ntest_it.__test__ = False\n",
    ],
)
def test_a_named_test_that_pytest_does_not_collect_is_found_out(source: str, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(source, encoding="utf-8")
    assert faults(Shown(tests=("tests/test_one.py::test_it",)), tmp_path) == [
        "there is no test tests/test_one.py::test_it"
    ]


def test_what_make_test_full_installs_for_is_not_skipped_there(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    source = (
        "import pytest\npytest.importorskip('torch')\npytestmark = pytest.mark.train\ndef test_it(): ...\n"
    )
    (tmp_path / "tests" / "test_one.py").write_text(source, encoding="utf-8")
    assert faults(Shown(tests=("tests/test_one.py::test_it",)), tmp_path) == []


def test_a_name_that_stands_nowhere_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import anyio.abc\n", encoding="utf-8")
    here = Name(kind="package", name="anyio", where=("a.py",))
    assert uses(here, tmp_path) == []
    assert uses(Name(kind="package", name="any", where=("a.py",)), tmp_path) == ["a.py does not import any"]
    assert uses(Name(kind="role", name="x", where=("b.py",)), tmp_path) == ["there is no b.py"]
    assert uses(Name(kind="role", name="x"), tmp_path) == ["no place is named"]


def test_tests_are_named_more_widely_than_a_few_times() -> None:
    assert len({*named_tests(TABLE)}) > 80


def demands(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Every demand of a plan: what is missing of an item, and what candidates and specd items say of it."""
    for item in plan.brainstormed:
        missing = named((one for one in item.parts if one.name != "spec candidates"), "missing")
        yield from ((item.name, "missing", one.text) for one in (entries(missing) if missing else ()))
        for candidate in plan.candidates:
            if candidate.name.startswith(f"{item.name} -> "):
                for part in PARTS:
                    said = candidate.part(part)
                    yield from ((candidate.name, part, one.text) for one in (entries(said) if said else ()))
    for item in plan.specd:
        for part in PARTS:
            said = item.part(part)
            yield from ((f"Specd: {item.name}", part, one.text) for one in (entries(said) if said else ()))


def test_every_demand_of_the_page_has_its_row() -> None:
    """The table holds the page's words, by their digest; where the page is at hand, it is held against that too."""
    rows = [(one.of, one.part, one.text) for one in TABLE.demand]
    assert {part for _, part, _ in rows} == {"missing", *PARTS}
    assert hashlib.sha256(json.dumps(rows).encode()).hexdigest() == DEMANDS
    if SEED.exists():
        assert rows == list(demands(planned(SEED.read_text(encoding="utf-8"), SEED.parent)))
