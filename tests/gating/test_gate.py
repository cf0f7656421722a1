"""The gate: every rule is asked, and a closed gate says where to look."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from actors.gating.case import Limits, Report
from actors.gating.gate import judge, judge_home
from events.episode import EpisodeJudged
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from events.question import QuestionAccepted
from events.runtime import DeadLettered, WorkFailed
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.wire import AnyEvent, encode
from store.artifacts import write_artifacts
from store.decisions import decide
from store.home import Home
from store.log.segments import segment_name
from store.replay import compare
from tests.gating.asked import LIMITS, RULES, changed, failing, gate_of, report, seen
from tests.history import CONTRACT, History, question, told


def test_a_sound_record_opens_the_gate_and_every_rule_answers() -> None:
    gate = gate_of(told())
    assert gate.open
    assert gate.reasons == ()
    assert [rule.rule for rule in gate.rules] == RULES
    assert all({"rule", "found", "allowed", "where"} <= rule.keys() for rule in gate.to_dict()["rules"])


def test_an_empty_home_is_closed_and_says_why(tmp_path: Path) -> None:
    state = History().state()
    gate = judge(state, Report(compare(Home(tmp_path), state), witnessed=seen(state)))
    assert failing(gate) == ["enough_verified"]
    (reason,) = gate.to_dict()["reasons"]
    assert (reason["found"], reason["allowed"]) == (0, "at least 20")
    assert "tracegate run" in reason["opens_with"]


def test_a_simulated_failure_closes_it_and_names_rule_episode_and_event() -> None:
    history = told()
    episode = next(iter(history.state().verified()))
    failure = history.tell(IntegrityFailureSimulated("digest_mismatch", episode))
    (reason,) = gate_of(history).reasons
    assert reason.rule == "trace_integrity"
    assert episode in reason.where
    assert failure.id in reason.where


def test_an_acknowledged_failure_opens_it_without_the_episode() -> None:
    history = told(3)
    episode = next(iter(history.state().verified()))
    failure = history.tell(IntegrityFailureSimulated("digest_mismatch", episode))
    history.tell(FailureAcknowledged(failure.id, "a drill"))
    assert gate_of(history).open
    assert failing(gate_of(history, Limits(min_verified=6))) == ["enough_verified"]


def test_artifacts_that_differ_close_it(tmp_path: Path) -> None:
    home, state = Home(tmp_path), told().state()
    write_artifacts(home, state)
    assert judge(state, Report(compare(home, state), witnessed=seen(state)), LIMITS).open
    file = next(home.episodes.rglob("*.jsonl"))
    file.write_bytes(file.read_bytes() + b"\n")
    gate = judge(state, Report(compare(home, state), witnessed=seen(state)), LIMITS)
    assert failing(gate) == ["artifacts_match"]
    assert file.name in gate.reasons[0].where


def test_a_log_that_lost_what_an_earlier_decision_saw_closes_it() -> None:
    state = told().state()
    seen = decide(seq=state.seq, head=state.head, data="d", is_open=True, reasons=())
    later = decide(seq=state.seq + 1, head="e" * 32, data="d", is_open=True, reasons=())
    other = decide(seq=3, head="e" * 32, data="d", is_open=True, reasons=())
    assert judge(state, report(state, seen), LIMITS).open
    for decision in (later, other):
        gate = judge(state, report(state, seen, decision), LIMITS)
        assert failing(gate) == ["log_integrity"]
        assert "gate/decisions.jsonl, line 2" in gate.reasons[0].where
        assert decision.head in gate.reasons[0].where


def test_an_empty_home_is_judged_and_nothing_is_written(tmp_path: Path) -> None:
    gate, decision = judge_home(Home(tmp_path / "home"))
    assert failing(gate) == ["enough_verified"]
    assert (decision.open, decision.seq, decision.reasons) == (False, 0, ("enough_verified",))
    assert not (tmp_path / "home").exists()


def test_a_damaged_log_is_a_closed_gate_that_names_segment_and_bytes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.log.mkdir()
    lines = [encode(one) for one in told().events[:3]]
    (home.log / segment_name(1)).write_bytes(b"\n".join([lines[0], b"rubbish", *lines[1:], b""]))
    gate, decision = judge_home(home)
    assert failing(gate) == ["log_integrity"]
    assert segment_name(1) in gate.reasons[0].where
    assert "bytes 0 to" in gate.reasons[0].where
    assert (decision.open, decision.seq) == (False, 0)


def broken(event: AnyEvent) -> AnyEvent | None:
    return (
        msgspec.structs.replace(event, broken="a cell ran twice")
        if isinstance(event, TraceRecorded)
        else None
    )


def ungrounded(event: AnyEvent) -> AnyEvent | None:
    if not isinstance(event, HooksGraded):
        return None
    grade = msgspec.structs.replace(event.grades[0], grounded=False, reason="not_executed")
    return msgspec.structs.replace(event, grades=(grade,))


def unpaired(event: AnyEvent) -> AnyEvent | None:
    if not isinstance(event, HooksGraded):
        return None
    grade = msgspec.structs.replace(event.grades[0], checkpoint=None)
    return msgspec.structs.replace(event, grades=(grade,))


def ungraded(event: AnyEvent) -> AnyEvent | None:
    return msgspec.structs.replace(event, grades=()) if isinstance(event, HooksGraded) else None


def not_reproduced(event: AnyEvent) -> AnyEvent | None:
    return msgspec.structs.replace(event, reproduced=False) if isinstance(event, HooksGraded) else None


def other_code(event: AnyEvent) -> AnyEvent | None:
    if not isinstance(event, AttemptEnded):
        return None
    executed = msgspec.structs.replace(event.executed[0], code_digest="0" * 32)
    return msgspec.structs.replace(event, executed=(executed,))


def hookless(event: AnyEvent) -> AnyEvent | None:
    if not isinstance(event, AttemptEnded):
        return None
    result = msgspec.structs.replace(event.executed[0].result, hooks=())
    executed = msgspec.structs.replace(event.executed[0], result=result)
    return msgspec.structs.replace(event, executed=(executed,))


def other_vote(event: AnyEvent) -> AnyEvent | None:
    if not isinstance(event, EpisodeJudged):
        return None
    last = msgspec.structs.replace(event.votes[-1], answer={"mean_mass": 4201.76})
    return msgspec.structs.replace(event, votes=(*event.votes[:-1], last))


@pytest.mark.parametrize(
    "change", [broken, ungrounded, unpaired, ungraded, not_reproduced, other_code, hookless, other_vote]
)
def test_a_verified_episode_that_does_not_hold_closes_it(
    change: Callable[[AnyEvent], AnyEvent | None],
) -> None:
    history = changed(told(), change)
    gate = gate_of(history)
    reason = next(one for one in gate.reasons if one.rule == "trace_integrity")
    assert any(episode in reason.where for episode in history.state().verified())
    event = reason.where.split("(event ")[1][:32]
    history.tell(FailureAcknowledged(event, "looked at it"))
    assert gate_of(history, Limits(min_verified=3)).open


def test_the_majority_is_counted_from_the_traces_and_not_believed() -> None:
    def all_wrong(event: AnyEvent) -> AnyEvent:
        if isinstance(event, TraceRecorded) and event.role == "consistency":
            return msgspec.structs.replace(event, answer={"mean_mass": 1.0})
        return event

    told_events = [msgspec.structs.replace(one, event=all_wrong(one.event)) for one in told().events]
    gate = gate_of(History(told_events))
    assert "strict_majority" in failing(gate)
    where = next(one.where for one in gate.reasons if one.rule == "strict_majority")
    assert "0 of 4 consistency traces agree" in where


def test_half_of_the_traces_is_no_majority() -> None:
    seen = 0

    def second_wrong(event: AnyEvent) -> AnyEvent | None:
        nonlocal seen
        if isinstance(event, TraceRecorded) and event.role == "consistency":
            seen += 1
            if seen == 1:
                return msgspec.structs.replace(event, answer={"mean_mass": 1.0})
        return None

    assert "strict_majority" in failing(gate_of(changed(told(), second_wrong)))


def test_a_model_needs_more_than_a_bare_majority() -> None:
    history = told(1, ("template",))
    (asked,) = history.state().questions.accepted.values()
    history.judge(asked, evidence="model")
    assert "strict_majority" in failing(gate_of(history))


def test_a_question_changed_after_acceptance_closes_it_until_it_is_acknowledged() -> None:
    def loosened(event: AnyEvent) -> AnyEvent | None:
        if not isinstance(event, QuestionAccepted):
            return None
        field = msgspec.structs.replace(CONTRACT.fields[0], absolute=9.0)
        contract = msgspec.structs.replace(CONTRACT, fields=(field,))
        return msgspec.structs.replace(
            event, question=msgspec.structs.replace(event.question, contract=contract)
        )

    history = changed(told(), loosened)
    (reason,) = gate_of(history).reasons
    assert reason.rule == "question_identity"
    assert "its id does not match its content" in reason.where
    history.tell(FailureAcknowledged(reason.where.split("(event ")[1][:32], "seen"))
    assert gate_of(history, Limits(min_verified=3)).open


def test_a_dead_letter_closes_it() -> None:
    history = told()
    told_of = "ValueError: no\n  room/file.py:7 in work\ncaused by KeyError: 3\n  room/other.py:8 in other"
    letter = history.tell(DeadLettered("solve:x", told_of))
    (reason,) = gate_of(history).reasons
    assert (reason.rule, reason.found) == ("dead_letters", 1)
    assert letter.id in reason.where
    assert reason.where.endswith("solve:x: ValueError: no; caused by KeyError: 3")


def test_a_source_whose_episodes_are_all_refused_does_not_hide_behind_another() -> None:
    history = told(4, ("template",))
    dataset = next(iter(history.state().datasets.by_id))
    history.judge(question(dataset, "procedural", 0), "too_hard")
    (reason,) = gate_of(history).reasons
    assert reason.rule == "source_yield"
    assert "procedural 0.0%" in str(reason.found)


def test_too_many_refusals_close_it() -> None:
    history = told(4, ("template",))
    dataset = next(iter(history.state().datasets.by_id))
    for number in range(10, 17):
        history.judge(question(dataset, "template", number), "ambiguous")
    assert failing(gate_of(history)) == ["refused_share"]


def test_too_much_lost_to_infrastructure_closes_it() -> None:
    history = told()
    for number in range(20):
        history.tell(WorkFailed(f"solve:{number}", 1, "engine gone", infrastructure=True))
    assert failing(gate_of(history)) == ["infrastructure"]
