"""The plan keeps its rules, the page about it names them, and its small experiments come out as its cards say."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from actors.planning.flaw import Rule
from actors.planning.outline import entries, named
from actors.planning.plan import DATE, SECTIONS, SPAN, Item
from actors.planning.promotion import CHECKLIST
from actors.planning.report import RULES, Finding
from actors.planning.research import CARD, EXPERIMENT
from actors.planning.tree import ours
from actors.teaching.compression import BUDGETS
from benchmarks.compression import WHAT, main as compression
from tests.cli.program import Program
from tests.docs.test_docs import page, table
from tests.planning.sound import found_in, planned

ROOT = Path(__file__).parents[2]
PLAN = planned(page("current.md"), ROOT, datetime.now(UTC).date())
CARDS = {one.name.removeprefix("Card: "): one for one in PLAN.cards}


def row(rule: Rule) -> str:
    return f"| `{rule.__name__}` | {(rule.__doc__ or '').splitlines()[0]} |"


def test_the_plan_keeps_every_rule() -> None:
    assert found_in(page("current.md"), ROOT, datetime.now(UTC).date()) == []


def test_the_command_says_so_and_tells_the_order_and_all_that_its_page_names() -> None:
    ended = CliRunner().invoke(cli.app, ["plan", str(ROOT / "current.md"), "--graph", "--json"])
    assert ended.exit_code == 0, ended.output
    found = json.loads(ended.output)
    assert found["clean"]
    assert {name for step in found["steps"] for name in step} >= {one.name for one in PLAN.brainstormed}
    names = re.findall(r"`(\w+)`", page("docs/plan.md").split("- `--json` gives ")[1].split("\n\n")[0])
    assert {*names} == {*found, *Finding.__struct_fields__}


def test_every_rule_has_its_row() -> None:
    assert table("docs/plan.md", "Rules") == [row(one) for one in RULES]


def test_every_section_is_explained() -> None:
    below = page("docs/plan.md").split("\n## What the page holds\n")[1].split("\n## ")[0]
    assert [name for name in SECTIONS if name not in below] == []


def test_nothing_is_specd_without_the_owner() -> None:
    assert [one.name for one in PLAN.specd] == []
    assert all(one.part(name) for one in PLAN.candidates for name in CHECKLIST)


def test_the_matrix_holds_three_experiments_each_with_protocol_criteria_and_a_card() -> None:
    assert len(PLAN.experiments) == 3
    for one in PLAN.experiments:
        assert [name for name in EXPERIMENT if not one.value(name)] == []
        assert re.search(r"\d+ %", one.value("success criteria"))
        assert f"Card: {one.name}" in {card.name for card in PLAN.cards}


def test_every_card_says_what_the_template_asks_and_has_criteria_in_numbers() -> None:
    template = named(PLAN.parts("Experiment Cards"), "template")
    assert template is not None
    asked = [one.name for one in template.parts]
    assert asked == list(CARD)
    for card in PLAN.cards:
        assert [name for name in asked if not (part := card.part(name)) or not part.said] == []
        criteria = card.part("success criteria")
        assert criteria is not None
        assert all(re.search(r"\d+ %", one.text) for one in entries(criteria))


def test_each_priority_is_tied_to_what_limits_the_project() -> None:
    known = {one.name for one in (*PLAN.brainstormed, *PLAN.experiments)}
    assert len(PLAN.priorities) >= 3
    assert {one.name for one in PLAN.priorities} <= known
    assert all(len(one.value("limit").split()) > 5 for one in PLAN.priorities)


def test_the_rubric_has_five_rules_and_explains_a_merge_that_can_be_looked_at() -> None:
    rules, example = (named(PLAN.parts("Merge Rubric"), name) for name in ("rules", "example"))
    assert rules is not None
    assert example is not None
    assert len(rules.parts) == 5
    told = " ".join(one.text for one in example.parts)
    assert re.search(r"`[0-9a-f]{7}`", told)
    assert {int(number) for number in re.findall(r"[Bb]y rule (\d)", told)} <= {1, 2, 3, 4, 5}
    paths = re.findall(r"`([\w/]+\.py)`", told)
    assert len(paths) >= 2
    assert all((ROOT / path).is_file() for path in paths)


def test_make_check_reads_the_plan() -> None:
    assert "$(BIN)/python cli.py plan" in page("Makefile").split("\ncheck:")[1].split("\n\n")[0]


def test_what_leads_from_an_idea_to_a_change_is_told_where_people_begin() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        told = page(name)
        assert "docs/plan.md" in told
        assert "`python cli.py plan`" in told
        assert all(word in told for word in ("rainstormed", "pecd", "done"))


def test_the_figures_of_the_policy_are_those_that_the_benchmark_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    compression(["--only", "made"])
    shown = capsys.readouterr().out.splitlines()
    told = page("current.md").split("\n- figures:\n")[1].splitlines()
    for beginning, line in (("all of them  ", told[0]), ("the same, had only", told[1])):
        (printed,) = [one for one in shown if one.startswith(beginning)]
        shares = re.findall(r"[\d.]+ %", printed)[1:]
        assert re.findall(r"([\d.]+ %) of (\w+)", line) == list(zip(shares, WHAT, strict=True))
    size = int(re.findall("[0-9,]{7,}", printed)[0].replace(",", ""))
    assert f"of {size / 1e6:.1f} million bytes" in told[0]  # frames of libraries tell where they lie


def test_the_budgets_of_the_policy_are_those_of_the_code() -> None:
    told = named(PLAN.parts("Compression Policy"), "verbatim")
    assert told is not None
    for budget in BUDGETS.values():
        assert f"{budget.bytes:,} " in told.value
        assert re.search(rf"\b{budget.lines}\b", told.value)


def small(card: Item, home: Path) -> Program:
    """The small version of a card, run on a home of its own; it ends with a check of what came out."""
    part = card.part("small protocol")
    assert part is not None
    lines = [line for one in part.parts for line in SPAN.findall(one.text)]
    assert "python cli.py replay --check" in lines
    program = Program(home).with_env(DOCKER_HOST="unix:///nowhere.sock")
    for line in lines:
        for words in ours(line):
            program.run(*words[2:])
    return program


def said(card: Item, form: str) -> dict[str, tuple[int, int]]:
    """The numbers of a kind in a card's small results, by source."""
    part = card.part("small results")
    assert part is not None
    told = " ".join(one.text for one in part.parts)
    return {one[1]: (int(one[2]), int(one[3])) for one in re.finditer(rf"(\w+): (\d+) of (\d+){form}", told)}


def test_two_cards_have_run_and_say_when() -> None:
    results = [card.part("small results") for card in CARDS.values()]
    first = [entries(part)[0].text for part in results if part is not None]
    assert sum(DATE.match(one[1:]) is not None for one in first) >= 2


@pytest.mark.full
def test_the_yield_by_source_comes_out_as_its_card_says(tmp_path: Path) -> None:
    card = CARDS["Yield by source"]
    program = small(card, tmp_path / "home")
    status = program.json("status")
    for source in ("template", "procedural"):
        made, refused = status["questions"][source], status["rejected"][source]
        total, most = sum(refused.values()), max(refused.values())
        assert said(card, r"(?: proposals|;)")[source] == (made, made + total)
        assert said(card, r"(?: refusals)? are")[source] == (most, total)


@pytest.mark.full
def test_the_solve_rate_by_source_comes_out_as_its_card_says(tmp_path: Path) -> None:
    card = CARDS["Solve rate by source"]
    program = small(card, tmp_path / "home")
    results = card.part("small results")
    assert results is not None
    assert program.json("status")["episodes"]["evidence"]["model"] == 0
    for player, beginning in (("scripted", "the script gets"), ("guesser", "chance gets")):
        by = program.json("evaluate", "--teacher", player, "--split", "all", "--workers", "local")["by"][
            "source"
        ]
        (told,) = [one.text for one in results.parts if beginning in one.text]
        assert re.findall(r"(\w+): (\d+) of (\d+)", told) == [
            (source, str(by[source]["right"]), str(by[source]["of"])) for source in ("template", "procedural")
        ]
