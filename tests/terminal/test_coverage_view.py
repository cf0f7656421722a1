"""How far the questions reach, as a person reads it."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from actors.terminal.coverage_view import coverage_view

FOUND: dict[str, Any] = {
    "proposals": 12,
    "accepted": 5,
    "promises": [
        {"what": "templates [red]", "shown": "3", "wanted": "at least 30", "met": False, "detail": "of 40"},
        {"what": "operators", "shown": "80", "wanted": "at least 80", "met": True, "detail": ""},
    ],
    "coverage": {
        "operator": [
            {
                "name": "mean",
                "tried": 10,
                "accepted": 4,
                "refused": {"too_long": 6},
                "low": 0.17,
                "high": 0.69,
            }
        ],
        "branch": [{"name": "least or most: most", "accepted": 2}],
        "axis": [],
    },
    "never": {"operator": {"proposed": ["fisher"], "accepted": ["anova"]}},
    "examples": [{"reason": "too_long", "stream": "s\u202e1", "index": 3, "detail": "the text has 70 words"}],
}


def shown(*, whole: bool) -> str:
    console = Console(file=StringIO(), width=160, color_system=None)
    with console.capture() as captured:
        console.print(coverage_view(FOUND, whole=whole))
    return captured.get()


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_wanted_stands_beside_what_was_found(whole: bool) -> None:
    text = shown(whole=whole)
    assert "12 proposals judged, 5 of them questions" in text
    assert "1 of 2 hold" in text
    row = next(row for row in text.splitlines() if "templates [red]" in row)
    assert [cell.strip() for cell in row.split("│")[2:-1]] == ["3", "at least 30", "not met", "of 40"]


def test_every_count_is_told_only_where_it_is_asked_for() -> None:
    text, brief = shown(whole=True), shown(whole=False)
    for told in ("By operator", "17.0 to 69.0%", "too_long 6", "By branch", "in no proposal: fisher",
                 "proposed, in no question: anova", "proposal 3: the text has 70 words"):  # fmt: skip
        assert told in text
        assert told not in brief
    assert "By axis" not in text


def test_nothing_in_a_detail_can_turn_the_text_round() -> None:
    assert "\u202e" not in shown(whole=True)
    assert "s\\u202e1" in shown(whole=True)
