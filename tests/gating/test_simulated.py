"""A failure of each kind, told to a healthy record: the right rule closes and points at it, and one act settles it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from actors.gating.case import Limits
from actors.gating.gate import Gate, judge
from actors.gating.record import GateClosedError, training_allowed
from events.gate import FailureAcknowledged, IntegrityFailure, IntegrityFailureSimulated
from store.decisions import decide
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.splits import Splits, TablePlace
from tests.gating.asked import LIMITS, failing, gate_of, report
from tests.history import History, told

CLOSES: Mapping[IntegrityFailure, str] = {
    "broken_trace": "trace_integrity",
    "ungrounded_hook": "trace_integrity",
    "digest_mismatch": "trace_integrity",
    "log_damage": "log_integrity",
    "blob_damage": "blobs_whole",
    "replay_divergence": "artifacts_match",
    "execution_divergence": "execution",
    "dead_letter": "dead_letters",
}


@pytest.mark.parametrize("kind", CLOSES)
def test_the_right_rule_closes_points_at_it_and_opens_when_it_is_acknowledged(kind: IntegrityFailure) -> None:
    history = told(3)
    episode = next(iter(history.state().verified()))
    failure = history.tell(IntegrityFailureSimulated(kind, episode))
    (reason,) = gate_of(history).reasons
    assert reason.rule == CLOSES[kind]
    assert episode in reason.where
    assert failure.id in reason.where
    assert f"simulated {kind}" in reason.where
    assert "--acknowledge" in reason.opens_with
    history.tell(FailureAcknowledged(failure.id, "a drill"))
    assert gate_of(history).open
    assert exported(history) == set(history.state().episodes.judged) - {episode}


def exported(history: History) -> set[str]:
    """The episodes of which there is a row in any format."""
    state = history.state()
    harvest = Harvest(state, Splits({key: TablePlace("train", ()) for key in state.datasets.by_id}))
    return {row["lineage"]["episode"] for form in FORMATS.values() for row in form.rows(harvest)}


def without_blobs(history: History, *digests: str) -> Gate:
    state = history.state()
    return judge(state, replace(report(state), blobs_missing=digests), LIMITS)


def test_a_table_that_is_lost_names_the_event_that_takes_its_episodes_out() -> None:
    history = told()
    (table,) = history.state().datasets.by_id.values()
    (reason,) = without_blobs(history, table.blob).reasons
    assert (reason.rule, reason.found) == ("blobs_whole", 1)
    assert f"dataset {table.dataset}" in reason.where
    event = reason.where.split("(event ")[1][:32]
    history.tell(FailureAcknowledged(event, "the file is lost for good"))
    gate = without_blobs(history, table.blob)
    assert failing(gate) == ["enough_verified", "enough_of_each"]
    assert exported(history) == set()


def test_a_long_output_that_is_lost_takes_the_one_episode_out_that_stands_on_it() -> None:
    history = told(3)
    state = history.state()
    episode, judged = next(iter(state.verified().items()))
    trace = judged.votes[2].trace
    history.tell(FailureAcknowledged(state.traces.events[trace], "its output is lost"))
    assert set(history.state().verified()) == set(state.verified()) - {episode}


def test_all_that_the_vocabulary_can_simulate_closes_some_rule() -> None:
    assert set(get_args(IntegrityFailure)) == CLOSES.keys()


def test_the_page_about_the_gate_lists_every_kind_with_the_rule_that_it_closes() -> None:
    page = (Path(__file__).parents[2] / "docs" / "gate.md").read_text("utf-8")
    section = page.split("## Seeing it close")[1].split("```")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    assert [tuple(cell.strip(" `") for cell in row) for row in rows] == list(CLOSES.items())


def test_limits_bound_what_remains_after_the_quarantine() -> None:
    history = told(3)
    failure = history.tell(IntegrityFailureSimulated("dead_letter", next(iter(history.state().verified()))))
    history.tell(FailureAcknowledged(failure.id, "a drill"))
    assert failing(gate_of(history, Limits(min_verified=6))) == ["enough_verified"]


def test_what_training_stood_on_is_the_open_decision_word_for_word() -> None:
    decision = decide(seq=9, head="h", data="d", is_open=True, reasons=(), scope="training", model="tiny")
    event = training_allowed("run", decision)
    assert (event.run, event.decided, event.seq, event.head) == ("run", decision.time, 9, "h")
    assert (event.data, event.scope, event.model) == ("d", "training", "tiny")


def test_nothing_is_trained_on_a_closed_decision() -> None:
    decision = decide(seq=9, head="h", data="d", is_open=False, reasons=("dead_letters",))
    with pytest.raises(GateClosedError, match="dead_letters"):
        training_allowed("run", decision)
