"""Whatever is given as a plan is read, or refused in words with a line."""

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings, strategies as st

import cli
from actors.planning.outline import Outline, outline_of
from actors.planning.reading import MOST_BYTES, NotAPlanError, read_text
from actors.planning.report import report
from actors.terminal.ending import PATH_ERRORS
from store.durable import what_to_do
from tests.planning.sound import SOUND, found_in, planned, tree

BAD = {
    "empty": (b"", "line 1: there is nothing on the page"),
    "blank": (b"\n \n\t\n", "line 1: there is nothing on the page"),
    "latin": ("# current.md\n\n## Beliefs\n- café\n".encode("latin-1"), "line 4: byte 0xe9 is no UTF-8"),
    "utf-16": ("# current.md\n".encode("utf-16"), "line 1: byte 0xff is no UTF-8"),
    "utf-16 without a mark": ("# current.md\n".encode("utf-16-le"), "line 1: a NUL stands in it"),
    "ten megabytes": (b"- [2026-01-01] x\n" * 620_000, "line 17648: here 300,000 bytes are passed"),
}
FRAGMENTS = st.sampled_from(
    [
        "# ", "## ", "### ", "- ", "1. ", "  ", "\t", "> ", "```", "`", "|", "|---|", ":", "[", "](#", "*" * 9,
        "status: open", "depends_on: `a`", "- title: a -> b", "  - touch points: `/etc/passwd`", "`../../x/*.py`",
        "expires_on: 2026-02-30", "- experiment: a", "  - run protocol: `python cli.py 'x`", "`python -m `",
        "`make`", "- candidate:", "## Specd\n", "## Experiment Matrix\n", "## Experiment Cards\n", "### a\n",
        "## Brainstormed\n", "blocked_by: `a`", "parallelizable_with: a, b", "\x00", "\u2028", "{a,b}.py", "`**/**`",
        "success criteria: 1 x", "figures:", "rules:", "example: `abcdef1` rule 1", "\\", "&#0;", "<!--", "\r",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(FRAGMENTS, st.just("\n"), st.text(max_size=8)), max_size=60).map("".join)


def ran(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["plan", *map(str, words)])


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_page_is_refused_with_a_line(kind: str, tmp_path: Path) -> None:
    data, told = BAD[kind]
    (tmp_path / "plan.md").write_bytes(data)
    with pytest.raises(NotAPlanError, match=told):
        read_text(data)
    ended = ran(tmp_path / "plan.md")
    assert ended.exit_code == 2
    assert f"plan.md: {told}" in " ".join(ended.output.split())


def test_a_mark_of_utf_8_and_line_ends_of_windows_change_no_line(tmp_path: Path) -> None:
    text = SOUND.replace("status: parked", "status: soon")
    told = read_text(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert found_in(told, tree(tmp_path)) == found_in(text, tmp_path)


def test_where_there_is_no_plan_it_says_so() -> None:
    ended = ran("nowhere.md")
    assert ended.exit_code == 2
    assert "there is no nowhere.md: name the plan" in ended.output


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place, told in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "is a pipe"),
        ("/dev/zero", "a device"),
    ):
        with pytest.raises(PATH_ERRORS) as problem:
            cli.app.main(["plan", str(place)], standalone_mode=False)
        assert told in what_to_do(problem.value)


def test_what_is_commented_out_or_shown_as_code_is_not_read(tmp_path: Path) -> None:
    hidden = "<!--\n## Hopes\n- [2026-02-01] x\n-->\n\n```\n## Fears\n```\n"
    assert found_in(SOUND.replace("## Beliefs\n", f"## Beliefs\n{hidden}\n"), tree(tmp_path)) == []


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    text = SOUND.replace("Keys are kept", "Keys\u2028are\x0ckept").replace("status: parked", "status: soon")
    (found,) = found_in(text, tree(tmp_path))
    assert text.split("\n")[found.line - 1] == "status: soon"


def test_a_day_that_does_not_exist_is_refused() -> None:
    ended = ran("--today", "2026-02-30")
    assert ended.exit_code == 2
    assert "'2026-02-30' is no day" in ended.output


def test_a_sound_plan_ends_with_0_and_another_with_1_and_every_finding(tmp_path: Path) -> None:
    file = tree(tmp_path) / "plan.md"
    file.write_text(SOUND, encoding="utf-8")
    assert ran(file, "--today", "2026-03-10").exit_code == 0
    ended = ran(file, "--today", "2026-04-01", "--json")
    assert ended.exit_code == 1
    told = json.loads(ended.output)
    assert (told["clean"], told["today"]) == (False, "2026-04-01")
    (found,) = told["findings"]
    assert found["rule"] == "approvals_in_force"
    assert SOUND.splitlines()[found["line"] - 1].strip() == "expires_on: 2026-03-31"
    shown = ran(file, "--today", "2026-04-01").output
    assert f"plan.md:{found['line']}: approvals_in_force: {found['found']}" in " ".join(shown.split())
    assert found["mend"] in " ".join(shown.split())


def test_the_graph_tells_each_item_after_what_it_waits_for(tmp_path: Path) -> None:
    file = tree(tmp_path) / "plan.md"
    file.write_text(SOUND, encoding="utf-8")
    told = json.loads(ran(file, "--graph", "--json", "--today", "2026-03-10").output)
    assert told["steps"] == [["Keeping", "Keeping -> receipts", "Keeping -> locks"], ["Telling"]]
    assert told["waits"] == {"Telling": ["Keeping -> receipts"]}
    shown = ran(file, "--graph", "--today", "2026-03-10").output
    assert "2. Telling (after Keeping -> receipts)" in shown


def test_what_waits_in_a_cycle_stands_in_no_step(tmp_path: Path) -> None:
    text = SOUND.replace("  - risks: receipts grow.\n", "  - risks: x\n  - depends_on: `Telling`\n")
    told = report("plan.md", planned(text, tree(tmp_path)))
    assert told.steps == [["Keeping", "Keeping -> locks"]]


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_whatever_is_written_has_an_outline_and_findings_on_its_lines(text: str) -> None:
    found = found_in(text, Path(__file__).parent)
    most = len(re.split(r"\r\n?|\n", text))
    assert all(1 <= one.line <= most for one in found)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.integers(0, 40), TEXTS)
def test_whatever_is_put_into_a_sound_plan_is_judged(place: int, cut: int, text: str) -> None:
    assert isinstance(found_in(SOUND[:place] + text + SOUND[place + cut :], Path(__file__).parent), list)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_refused_with_a_line(data: bytes) -> None:
    text, refused = read_or_told(data)
    assert text.strip() if refused is None else re.match(r"line \d+: ", refused)


def read_or_told(data: bytes) -> tuple[str, str | None]:
    """The text that bytes are, and why they are none."""
    try:
        return read_text(data), None
    except NotAPlanError as problem:
        return "", str(problem)


@pytest.mark.parametrize(
    "line", ["- ", "> ", "#", "`", "|", "[", "*", "  - x\n", "|a|\n|-|\n", "a: " * 9 + "\n"]
)
def test_a_long_page_of_one_mark_is_read(line: str) -> None:
    assert isinstance(outline_of(line * (MOST_BYTES // 15 // len(line))), Outline)
