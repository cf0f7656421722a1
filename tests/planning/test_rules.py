"""Each rule of the plan finds what breaks it, on its line, and says what to do; and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from actors.planning.report import RULES
from actors.planning.tree import absent
from tests.planning.broken import BROKEN, Broken
from tests.planning.sound import SOUND, found_in, tree


def test_a_sound_plan_keeps_every_rule(tmp_path: Path) -> None:
    assert found_in(SOUND, tree(tmp_path)) == []


def test_every_rule_has_a_variant_that_breaks_it() -> None:
    assert {one.rule for one in BROKEN} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: f"{one.rule}-{one.new.strip()[:30] or 'left out'}")
def test_what_breaks_one_rule_is_told_with_line_rule_and_mend(broken: Broken, tmp_path: Path) -> None:
    (found,) = found_in(broken.text, tree(tmp_path))
    assert (found.rule, found.line) == (broken.rule, broken.line)
    assert broken.found in found.found
    assert broken.mend in found.mend


ASKED = {
    "- candidate: receipts": (
        "candidates_complete",
        ("behavior change", "files to touch", "fail-first tests", "non-goals", "risks", "touch points",
         "expected diff shape", "review checks"),
    ),
    "- title: Keeping -> locks": (
        "specd_complete",
        ("behavior change", "files to touch", "fail-first tests", "non-goals", "risks", "touch points",
         "expected diff shape", "review checks"),
    ),
    "  approval:": (
        "specd_is_approved",
        ("approved_by", "approval_signal", "approval_basis", "approved_on", "expires_on"),
    ),
    "- experiment: Pace": (
        "experiments_complete",
        ("question", "dataset", "model", "evaluation", "success criteria", "run protocol", "cost", "card"),
    ),
    "### Pace": (
        "cards_complete",
        ("hypothesis", "dataset", "model", "evaluation", "success criteria", "full protocol", "small protocol",
         "small results"),
    ),
    "## Compression Policy": (
        "policy_is_whole", ("version", "verbatim", "summarised", "truncated", "loss", "figures"),
    ),
    "promotion checklist": (
        "checklist_is_whole",
        ("behavior change", "files to touch", "fail-first tests", "non-goals", "risks", "touch points",
         "expected diff shape", "review checks"),
    ),
    "template:": (
        "template_is_whole",
        ("hypothesis", "dataset", "model", "evaluation", "success criteria", "full protocol", "small protocol",
         "small results"),
    ),
}  # fmt: skip
"""Where something stands, the rule that asks for all of it, and all that it asks for: the issue's words, not the rule's."""


@pytest.mark.parametrize(
    ("where", "name"), [(where, name) for where, (_, names) in ASKED.items() for name in names]
)
def test_each_part_that_is_asked_for_is_missed(where: str, name: str, tmp_path: Path) -> None:
    rules = {one.rule for one in found_in(without(where, name), tree(tmp_path))}
    assert ASKED[where][0] in rules


def without(where: str, name: str) -> str:
    """The sound plan without what it says under a name, the first such after a line."""
    lines = SOUND.splitlines(keepends=True)
    begin = next(place for place, line in enumerate(lines) if line.startswith(where))
    at = next(n for n in range(begin, len(lines)) if lines[n].lstrip(" -").startswith(name))
    deep = indent(lines[at])
    end = next(
        (n for n in range(at + 1, len(lines)) if indent(lines[n]) <= deep or not lines[n].strip()), len(lines)
    )
    return "".join(lines[:at] + lines[end:])


def indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@pytest.mark.parametrize(
    ("old", "words", "others"),
    [
        ("status: ready", ("ready", "in_progress", "blocked", "done"), ("open", "parked", "Ready", "")),
        ("status: parked", ("parked", "open"), ("ready", "done", "")),
        ("readiness: early", ("early", "mid-spec", "near-spec"), ("late", "near", "")),
    ],
)
def test_these_words_and_no_others(
    old: str, words: tuple[str, ...], others: tuple[str, ...], tmp_path: Path
) -> None:
    name, root = old.partition(":")[0], tree(tmp_path)
    text = SOUND.replace("status: parked\n", "status: parked\nmissing:\n- A voice.\n\n")

    def rules(word: str) -> set[str]:
        return {one.rule for one in found_in(text.replace(old, f"{name}: {word}"), root)}

    assert [word for word in words if rules(word)] == []
    assert [word for word in others if rules(word) != {f"words_of_{name}"}] == []


def test_an_approval_that_begins_after_its_end_is_told(tmp_path: Path) -> None:
    late = SOUND.replace("approved_on: 2026-03-03", "approved_on: 2026-04-03").replace(
        "2026-03-31", "2026-04-01"
    )
    found = found_in(late, tree(tmp_path), date(2026, 4, 9))
    assert sorted(one.found.rpartition("locks` ")[2] for one in found) == [
        "expired on 2026-04-01", "is of 2026-04-03, which is after its end",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["files to touch", "touch points", "line anchors", "current code evidence"])
def test_what_is_named_of_the_tree_is_looked_for_wherever_it_is_named(name: str, tmp_path: Path) -> None:
    text = SOUND.replace("current code evidence:\n- What is kept: `store/keep.py`.\n", "")
    text = text.replace("status: open\n", f"status: open\n\n{name}:\n- `store/gone.py`\n\n", 1).replace(
        "\n\nreadiness: near-spec", "\n\nkept: so\nreadiness: near-spec"
    )
    assert "touch_points_exist" in {one.rule for one in found_in(text, tree(tmp_path))}


def test_each_of_two_cycles_is_told_where_it_is_made(tmp_path: Path) -> None:
    items = "".join(
        f"### {name}\nstatus: parked\nreadiness: early\ndepends_on: `{other}`\n\n"
        for name, other in (("A", "B"), ("B", "A"), ("C", "D"), ("D", "C"))
    )
    text = SOUND.replace("## Specd\n", f"{items}## Specd\n")
    found = found_in(text, tree(tmp_path))
    lines = text.splitlines()
    assert [(one.rule, lines[one.line - 1]) for one in found] == [
        ("no_cycles", "depends_on: `B`"), ("no_cycles", "depends_on: `D`"),
    ]  # fmt: skip


def test_dates_in_what_is_not_read_are_not_judged(tmp_path: Path) -> None:
    unread = "<!-- since 2026-02-30 -->\n\n```\n2026-02-31\n```\n"
    assert found_in(SOUND + unread, tree(tmp_path)) == []


def test_a_line_of_many_paths_costs_no_more_than_their_number(tmp_path: Path) -> None:
    """A folder that is not there is looked into for no other."""
    root, asked = tree(tmp_path), 0

    class Counted(type(root)):  # type: ignore[misc]  # the class of this system's paths
        def __truediv__(self, key: str) -> Path:
            nonlocal asked
            asked += 1
            return root / key

    line = " ".join(f"`a{n}/b{n}.py`" for n in range(500))
    assert len(absent(Counted(root), line)) == 500
    assert asked <= 3 * 500


def test_choices_in_braces_are_each_looked_for(tmp_path: Path) -> None:
    root = tree(tmp_path)
    assert absent(root, "`store/{keep,lose}.py`") == ["store/lose.py"]
    assert absent(root, "`{store,shop}/{keep,lose}.py`") == ["store/lose.py", "shop/keep.py", "shop/lose.py"]
    assert absent(root, "`" + "{a,b}" * 1000 + ".py`") == []


def test_a_protocol_that_asks_for_help_prints_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tree(tmp_path)
    for command in ("python cli.py replay --help", "python cli.py --version", "tracegate export --help"):
        assert found_in(SOUND.replace("`tracegate status`", f"`{command}`"), root) == []
    assert capsys.readouterr().out == ""


def test_what_the_tree_holds_ends_no_lint(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "Makefile").write_bytes(b"count:\n\techo caf\xe9\n")
    assert found_in(SOUND, root) == []
    far = SOUND.replace("- What is kept: `store/keep.py`.", f"- What is kept: `store/keep.py:{'9' * 5000}`.")
    assert found_in(far, root) == []


def test_thousands_of_items_that_wait_for_each_other_are_read_at_once(tmp_path: Path) -> None:
    """Were each ring looked for anew, this would take minutes."""
    rings = "".join(
        f"### {one} {n}\nstatus: parked\nreadiness: early\nblocked_by: `{other} {n}`\n\n"
        for n in range(1000)
        for one, other in (("To", "Fro"), ("Fro", "To"))
    )
    found = found_in(SOUND.replace("## Specd", f"{rings}## Specd"), tree(tmp_path))
    assert [one.rule for one in found] == ["no_cycles"] * 1000
