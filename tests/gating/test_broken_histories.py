"""A recorded history from which something is taken away: the gate names what no longer holds."""

from pathlib import Path

import pytest

from actors.gating.case import Report
from actors.gating.gate import judge, judge_home
from events.episode import EpisodeJudged
from events.trace import AttemptEnded, TraceRecorded
from store.home import Home
from store.log.read import read_events
from store.projections.state import fold
from store.replay import compare
from tests.histories.golden import copied


@pytest.mark.parametrize("lost", [AttemptEnded, TraceRecorded])
def test_a_verdict_whose_trace_is_missing_closes_the_gate_and_is_named(
    lost: type[AttemptEnded | TraceRecorded], tmp_path: Path
) -> None:
    events = list(read_events(copied("two_runs", tmp_path)))
    *_, judged = (one.event for one in events if isinstance(one.event, EpisodeJudged))
    gold = next(vote.trace for vote in judged.votes if vote.role == "gold")
    state = fold(one for one in events if not (isinstance(one.event, lost) and one.event.trace == gold))
    gate = judge(state, Report(compare(Home(tmp_path), state)))
    (found,) = [rule for rule in gate.reasons if rule.rule == "trace_integrity"]
    told = f"gold trace {gold}: its attempt and its record are not both in the log"
    assert (
        found.where
        == f"tracegate inspect episode {judged.episode} (event {state.traces.events[gold]}: {told})"
    )


@pytest.mark.parametrize(
    ("name", "found", "where", "opens_with"),
    [
        (
            "untold_stream",
            "a history that cannot be",
            "event 10 (QuestionRejected) rejects a proposal",
            "put the",
        ),
        ("older_tags", "newer than this tracegate", "event 3: tracegate", "upgrade tracegate"),
    ],
)
def test_a_history_that_cannot_be_folded_closes_the_gate_with_the_event_and_the_remedy(
    name: str, found: str, where: str, opens_with: str, tmp_path: Path
) -> None:
    gate, decision = judge_home(copied(name, tmp_path))
    (rule,) = gate.rules
    assert not gate.open
    assert (rule.rule, rule.found) == ("log_integrity", found)
    assert where in rule.where
    assert rule.opens_with.startswith(opens_with)
    assert decision.seq == 0
