"""What the pages say is what the code has: names, tables, words and links."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from actors.daemon.orders import Orders
from actors.gating.limits import Limits
from actors.gating.rules import DATA_RULES
from actors.generation.floors import CLASSES, NOTHING
from actors.generation.sorting import REJECTIONS
from actors.language.court import Proposal, judge
from actors.language.court.disturbed import REASONS
from actors.language.operator import AxisDeclaration, Operator, grammar
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES, template
from actors.language.templates.template import Template
from actors.profiling.registration import inspect_file
from actors.profiling.table import read_table
from actors.tracing.rules import Reason
from events.dataset import DatasetRegistered
from events.episode import REFUSALS
from events.question import Question
from events.struct import Event
from events.wire import AnyEvent
from store.beacon import Stage

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
EXAMPLES = sorted(ROOT.glob("examples/*.csv"))
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(name: str, heading: str) -> list[str]:
    """The rows, names of columns aside, of the table below a heading."""
    below = page(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line for line in below.splitlines() if line.startswith("| `")]


def first_line(kind: type[Any]) -> str:
    return (kind.__doc__ or "").splitlines()[0]


def codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def event_row(kind: type[Event]) -> str:
    return f"| `{kind.__name__}` | `{kind.__module__.split('.')[1]}.py` | {first_line(kind)} |"


def operator_row(one: type[Operator]) -> str:
    takes = ", ".join([*one.inputs.values(), *one.parameters.values()])
    axes, use = codes(axis.name for axis in one.axes) or "-", "search" if one.searchable else "templates"
    return f"| `{one.name}` | {one.family} | {takes} | {one.result} | {axes} | {first_line(one)} | {use} |"


def template_row(one: Template) -> str:
    bound = ", ".join(one.parameters.values()) or "-"
    return f"| `{one.name}` | {one.family} | {bound} | {one.sentences[0]} |"


def axis_row(axis: AxisDeclaration) -> str:
    said = "words" if axis.words else "note"
    users = codes(one.name for one in grammar().values() if axis in one.axes)
    return f"| `{axis.name}` | {', '.join(axis.options)} | {said} | {users} |"


def axes_of(operators: Iterable[type[Operator]]) -> list[AxisDeclaration]:
    return list({axis.name: axis for one in operators for axis in one.axes}.values())


def test_every_event_has_its_row() -> None:
    assert table("docs/events.md", "All events") == [event_row(kind) for kind in get_args(AnyEvent)]


def test_every_operator_has_its_row() -> None:
    assert table("docs/language.md", "Operators") == [operator_row(one) for one in grammar().values()]


def test_every_template_has_its_row() -> None:
    assert table("docs/language.md", "Templates") == [template_row(one) for one in TEMPLATES]


def test_every_axis_has_its_row() -> None:
    assert table("docs/language.md", "Axes") == [axis_row(axis) for axis in axes_of(grammar().values())]


REWORDING = [ROOT / "actors" / "generation" / "rewording.py", ROOT / "actors" / "teaching" / "rewriter.py"]
"""Where other words for a question are refused."""


def refused_with(call: str, files: Iterable[Path]) -> Iterator[str]:
    """The words with which a kind of refusal is made in these files."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call:
                yield from (word for one in node.args if (word := _word(one)))


def _word(node: ast.expr) -> str:
    """The literal that is one word; nothing otherwise."""
    found = str(node.value) if isinstance(node, ast.Constant) else ""
    return found if re.fullmatch("[a-z0-9_]+", found) else ""


def test_every_word_for_a_rejection_is_explained() -> None:
    rooms = ("language", "language/court", "generation", "generation/hearing")
    made = [file for room in rooms for file in ROOT.glob(f"actors/{room}/*.py") if file != REWORDING[0]]
    words = set(refused_with("Refusal", made)) | {one.outside for one in grammar().values()}
    words |= set(REASONS.values())
    assert len(words) > 10
    assert {row.split("`")[1] for row in table("docs/language.md", "The court")} == words
    assert set(REJECTIONS) == words


def test_every_word_for_a_refusal_of_other_words_is_explained() -> None:
    rows = table("docs/teachers.md", "A model that rewords")
    assert [row.split("`")[1] for row in rows] == list(dict.fromkeys(refused_with("Refusal", REWORDING)))


def test_every_class_of_tables_stands_in_the_language_page_with_what_it_owes() -> None:
    rows = [row.split("|") for row in table("docs/language.md", "How far the questions reach")]
    told = [(row[1].strip(" `"), row[2].strip(), row[3].strip()) for row in rows]
    assert told == [(one.name, str(one.floor), "yes" if one.decides else "no") for one in (*CLASSES, NOTHING)]


def test_every_category_and_every_rule_is_explained() -> None:
    rows = {heading: table("docs/verification.md", heading) for heading in ("Verdicts", "Hooks")}
    named = {heading: {row.split("`")[1] for row in found} for heading, found in rows.items()}
    assert named["Verdicts"] == set(REFUSALS) | {"verified"}
    assert named["Hooks"] == set(get_args(Reason))
    rules = [row.split("`")[1] for row in table("docs/gate.md", "Rules")]
    assert rules == [rule.__name__ for rule in DATA_RULES]


def test_every_limit_of_the_gate_stands_in_its_page_with_its_default() -> None:
    told = [[cell.strip(" `") for cell in row.split("|")[1:3]] for row in table("docs/gate.md", "Limits")]
    assert told == [[one.name, str(one.default)] for one in msgspec.structs.fields(Limits)]


def test_every_word_for_a_file_left_out_is_named() -> None:
    made = [*ROOT.glob("actors/profiling/*.py"), *ROOT.glob("actors/*.py")]
    words = {*refused_with("TableRefused", made), *refused_with("refused", made)}
    assert len(words) > 15
    named = set(re.findall("`([a-z_]+)`", page("README.md")))
    assert words - named == set()


def test_every_layer_stands_in_the_architecture() -> None:
    contracts = tomllib.loads(page("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    rooms = next(one["layers"] for one in contracts if one.get("containers") == ["actors"])
    told = page("docs/architecture.md")
    for room in (name.strip() for layer in rooms for name in layer.split("|")):
        assert f"| `actors/{room}/` |" in told or f"| `actors/{room}.py` |" in told, room


def test_every_setting_of_a_daemon_stands_in_its_page_with_its_default() -> None:
    rows = [row.split("|") for row in table("docs/daemon.md", "Settings")]
    told = {name: row[2].strip(" `") for row in rows for name in re.findall("`(\\w+)`", row[1])}
    assert set(told) == set(Orders.__struct_fields__)
    defaults = Orders().to_dict()
    plain = {name: value for name, value in defaults.items() if isinstance(value, int | float | str)}
    assert {name: told[name] for name in plain} == {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in plain.items()
    }


def test_every_stage_of_a_daemon_is_explained() -> None:
    told = re.search(r"^- Stages: (.*?)\n- ", page("docs/daemon.md"), re.DOTALL | re.MULTILINE)
    assert told is not None
    assert set(re.findall("`([a-z]+)`", told[1])) == set(get_args(Stage))


def test_the_readme_begins_with_make_run_and_make_test() -> None:
    lines = [line for line in page("README.md").splitlines() if line]
    assert [lines[0], *(line.split("`")[1] for line in lines[1:3])] == [
        "# tracegate",
        "make run",
        "make test",
    ]


def test_the_question_in_the_readme_is_one_that_we_make() -> None:
    path = ROOT / "examples" / "student_mat.csv"
    event = inspect_file(path)
    assert isinstance(event, DatasetRegistered)
    frame = read_table(path.read_bytes(), event.reader)
    subject = Subject(event.dataset, event.reader, event.columns, frame)
    made = judge(_proposed(), subject)
    assert isinstance(made, Question), made
    shown = " ".join(page("README.md").split())
    assert made.id in shown
    assert made.question_text in shown
    assert all(line.strip() in shown for line in made.format.splitlines()[1:])
    assert f"{made.certificate.readings} readings run (bound {made.certificate.bound})" in shown


def _proposed() -> Proposal:
    from_template = template("ttest_discovered_groups")
    bindings = {"category": "reason", "measure": "absences", "groups": "means"}
    return Proposal("template", from_template.program(bindings), 0, from_template.name, bindings)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_example_names_its_source_and_licence(file: Path) -> None:
    row = next(
        line for line in page("examples/README.md").splitlines() if line.startswith(f"| {file.name} |")
    )
    licence = row.split("|")[4].strip()
    below = page("examples/LICENSES.md").lower().split(f"\n## {licence.lower()}")[1].split("\n## ")[0]
    assert f"**{file.name}**" in below


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_to_a_place_of_ours_leads_there(file: Path) -> None:
    for target in _LINK.findall(file.read_text(encoding="utf-8")):
        place, _, heading = target.partition("#")
        if "://" in place:
            continue
        found = file.parent / place if place else file
        assert found.exists(), target
        anchors = [_anchor(line) for line in found.read_text(encoding="utf-8").splitlines()]
        assert not heading or heading in anchors, target


def _anchor(line: str) -> str:
    """The anchor of a heading, as hosts of repositories make it."""
    return re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") if line[:1] == "#" else ""
