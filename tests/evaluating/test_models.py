"""A model behind a real server is measured on a home's questions: what it gets right, what that cost, who is better."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from actors.evaluating.report import reported
from actors.evaluating.selection import chosen
from actors.job import Job
from actors.measuring import Exam, measure
from actors.papers import OwnPaper
from actors.rating import compared_in
from actors.system import perform
from actors.teaching.orders import ModelOrders
from events.question import SOURCES
from store.home import Home
from store.replay import rebuild
from tests.teaching.playing import Player, Silent, generated
from tests.teaching.servers import MODEL, PRICES, Body, Brain, ModelServer, serving

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins_raw.csv"


def wrong(_: Body) -> Mapping[str, Any]:
    """Says the same of every question."""
    return {"content": "So:\n```python\nrows = len(df)\nsubmit({'value': rows})\n```"}


async def put(home: Home, brain: Brain, model: str) -> tuple[str, ModelServer]:
    """Measure a model that says what a brain does; the evaluation, and the server with its own account."""
    state = rebuild(home)
    paper = OwnPaper(chosen(state, lambda _: None, "all", SOURCES), state.datasets.by_id)
    async with serving(ModelServer(brain, models=(model,))) as server:
        orders = ModelOrders(base_url=server.base_url, model=model, **PRICES)  # type: ignore[arg-type]
        exam = Exam(home, "openai", paper, orders, workers="local", allow_process_level=True)
        done = await measure(exam, Silent())
    return done.evaluation, server


@pytest.mark.full
async def test_a_model_is_measured_and_paid_for_and_set_beside_another(tmp_path: Path) -> None:
    home = await generated(tmp_path / "home", PENGUINS)
    await perform(Job("solve", frozenset({"solve"}), home, workers="local"), Silent())
    good, server = await put(home, await Player.of(home), MODEL)
    bad, _ = await put(home, wrong, "other-model")
    state = rebuild(home)
    kept = state.evaluations
    found = reported(kept.started[good], kept.answers(good))
    assert (found["solved"]["right"], found["solved"]["of"], found["complete"]) == (2, 2, True)
    assert (found["cost"]["calls"], found["cost"]["cost"]) == (server.asked, server.cost / 10**12)
    assert found["hooks"]["raised"] == found["hooks"]["grounded"] > 0
    assert found["hooks"]["passed"] > 0
    other = reported(kept.started[bad], kept.answers(bad))
    assert other["solved"]["right"] == 0
    assert all(one["step"] and one["expected"] for one in other["departures"])
    compared = compared_in(home, good, bad)
    assert (compared["questions"], compared["only_first"], compared["p_value"]) == (2, 2, 0.5)
    assert {one.evidence for one in state.episodes.judged.values()} == {"scripted"}
    assert state.calls.replies == {}
