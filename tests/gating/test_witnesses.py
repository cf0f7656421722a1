"""What the gate wants to have seen: the suite passed, a sample of episodes run again; else it is closed and says why."""

from dataclasses import replace

import pytest

from actors.gating.case import Diverged, Limits, Witnessed
from actors.gating.gate import Gate, judge
from actors.gating.witness_rules import sampled
from events.gate import FailureAcknowledged
from tests.gating.asked import LIMITS, failing, report, seen
from tests.history import History, told


def gate_that_saw(history: History, witnessed: Witnessed, limits: Limits = LIMITS) -> Gate:
    state = history.state()
    return judge(state, replace(report(state), witnessed=witnessed), limits)


def test_without_a_pass_on_record_it_is_closed_and_names_source_and_remedy() -> None:
    history = told()
    (reason,) = gate_that_saw(history, replace(seen(history.state()), smoke=None)).reasons
    assert reason.rule == "smoke"
    assert "no pass of source" in str(reason.found)
    assert "tracegate smoke" in reason.opens_with


def test_a_suite_that_failed_is_told_with_what_it_named() -> None:
    history = told()
    failed = replace(seen(history.state()), smoke=None, smoke_fault="artifacts: a replay gives others")
    (reason,) = gate_that_saw(history, failed).reasons
    assert (reason.rule, reason.found) == ("smoke", "artifacts: a replay gives others")


def test_episodes_that_were_not_run_again_close_it_and_are_named() -> None:
    history = told()
    missing = replace(seen(history.state()), again=(), not_run="no worker starts: it is full")
    (reason,) = gate_that_saw(history, missing).reasons
    assert reason.rule == "execution"
    assert reason.found == "0 of 2 came out as recorded: no worker starts: it is full"
    for episode in sampled(history.state(), 2, 0):
        assert f"tracegate replay --execute {episode}" in reason.where


def test_one_that_diverged_is_named_with_the_event_that_quarantines_it() -> None:
    history = told(3)
    state = history.state()
    episode = sampled(state, 1, 0)[0]
    trace = state.episodes.judged[episode].votes[0].trace
    event = state.traces.events[trace]
    again = tuple(one for one in state.episodes.judged if one != episode)
    saw = replace(seen(state), again=again, diverged=(Diverged(episode, event, "cell 0: another answer"),))
    (reason,) = gate_that_saw(history, saw).reasons
    assert reason.rule == "execution"
    assert f"inspect episode {episode} (event {event}: cell 0: another answer)" in reason.where
    assert "--acknowledge" in reason.opens_with
    history.tell(FailureAcknowledged(event, "the machine was replaced"))
    assert gate_that_saw(history, saw).open


def test_what_nobody_compared_closes_it_and_so_does_what_is_held_out_and_trained_on() -> None:
    history = told()
    sound = seen(history.state())
    (reason,) = gate_that_saw(history, replace(sound, leaks=None, not_compared="a blob is lost")).reasons
    assert (reason.rule, reason.found) == ("leakage", "not looked for: a blob is lost")
    (reason,) = gate_that_saw(history, replace(sound, leaks=("table a is like b (event e)",))).reasons
    assert (reason.rule, reason.found, reason.where) == ("leakage", 1, "table a is like b (event e)")
    assert "--acknowledge" in reason.opens_with


def test_a_benchmark_that_is_declared_is_told_in_what_is_allowed() -> None:
    history = told()
    limits = Limits(min_verified=4, benchmarks=("somewhere",))
    (rule,) = [
        one for one in gate_that_saw(history, seen(history.state()), limits).rules if one.rule == "leakage"
    ]
    assert rule.passed
    assert "with 1 declared benchmarks" in str(rule.allowed)


def test_the_sample_is_the_same_for_the_same_seed_and_draws_from_what_counts() -> None:
    state = told(8).state()
    assert sampled(state, 3, 0) == sampled(state, 3, 0)
    assert len({tuple(sampled(state, 3, seed)) for seed in range(8)}) > 4
    assert set(sampled(state, 99, 1)) == set(state.verified())


@pytest.mark.parametrize(
    "limits", [Limits(min_verified=4, min_of_source=9), Limits(min_verified=4, min_templates=9)]
)
def test_where_little_was_asked_half_of_it_is_enough(limits: Limits) -> None:
    history = told()
    assert gate_that_saw(history, seen(history.state()), limits).open


def test_a_source_a_table_or_a_template_with_too_few_verified_episodes_is_named() -> None:
    history = told(6)
    state = history.state()
    lost = [key for key, one in state.verified().items() if one.source == "procedural"][:5]
    for key in lost:
        history.tell(FailureAcknowledged(state.episodes.events[key], "a drill"))
    gate = gate_that_saw(history, seen(history.state()))
    assert failing(gate) == ["enough_of_each"]
    assert gate.reasons[0].found == "1 of source procedural"
    everything = history.state()
    for key in everything.verified():
        history.tell(FailureAcknowledged(everything.episodes.events[key], "a drill"))
    reasons = {one.rule: one for one in gate_that_saw(history, seen(history.state())).reasons}
    told_of = str(reasons["enough_of_each"].found)
    assert told_of == "0 templates; 0 levels of difficulty"
