"""What judged episodes came to and cost, under each heading."""

from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from actors.terminal.spending import HEADINGS, spending, spending_view
from events.calls import CallReserved, CallSettled
from events.question import QuestionAccepted
from events.runtime import HomeOpened
from tests.history import History, dataset_registered, question, told

ONE = 10**12


def paid(history: History, account: str, cost: int) -> None:
    """A call for an episode that cost so much."""
    call = CallReserved(
        f"c{account}", "r", "t", account, "template", "m", "p", "2026-01-02", 100, 50, 3 * ONE
    )
    history.tell(call)
    history.tell(CallSettled(call.call, "answered", "", 80, 20, cost, certain=True, seconds=1.0))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Two questions of a source, one refused after one attempt was spared, and a call for no episode."""
    history, table = History(), dataset_registered()
    history.tell(HomeOpened("home", "0.1.0"))
    history.finish(table, "register")
    stream = history.stream(table.dataset, "template")
    for number, verdict in enumerate(("verified", "too_hard")):
        asked = question(table.dataset, "template", number)
        history.finish(QuestionAccepted(stream, number, asked), f"court:{number}")
        judged = history.judge(asked, verdict)  # type: ignore[arg-type]
        paid(history, judged.episode, (number + 1) * ONE)
        if verdict == "too_hard":
            history.events[-3] = msgspec.structs.replace(
                history.events[-3], event=msgspec.structs.replace(judged, unasked=1)
            )
    paid(history, "a proposal", ONE // 2)
    return spending(history.state())


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("source", "template"),
        ("dataset", dataset_registered().dataset),
        ("template", "plain_mean"),
        ("operator", "mean"),
        ("teacher", "scripted"),
    ],
)
def test_yield_and_cost_are_told_under_each_heading(found: dict[str, Any], heading: str, name: str) -> None:
    (row,) = found[heading]
    assert row == {
        "name": name,
        "judged": 2,
        "verified": 1,
        "attempts": 10,
        "unasked": 1,
        "calls": 2,
        "prompt_tokens": 160,
        "completion_tokens": 40,
        "cost": 3.0,
        "uncertain": 0.0,
        "cost_of_verified": 3.0,
    }


def test_what_was_spent_on_no_judged_episode_is_told_beside(found: dict[str, Any]) -> None:
    assert found["cost_beside"] == 0.5


def test_sources_are_told_apart_and_only_templates_have_a_template() -> None:
    found = spending(told(2).state())
    assert [(one["name"], one["judged"]) for one in found["source"]] == [("procedural", 2), ("template", 2)]
    assert [(one["name"], one["judged"]) for one in found["template"]] == [("plain_mean", 2)]
    assert {one["cost"] for heading in HEADINGS for one in found[heading]} == {0.0}


def test_a_person_reads_a_table_for_each_heading(found: dict[str, Any]) -> None:
    out = StringIO()
    Console(file=out, width=120).print(spending_view(found))
    for heading in HEADINGS:
        assert f"Judged episodes by {heading}" in out.getvalue()
    assert "0.5000 was spent beside" in out.getvalue()
    assert "3.0000" in out.getvalue()
