"""What the gate tells beside open and closed, and what it asks about damage of the log that was given up."""

from dataclasses import replace

import msgspec

from actors.gating.gate import judge
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from events.runtime import LogRepaired
from store.decisions import decide
from store.snapshots import Seen
from tests.gating.asked import LIMITS, failing, gate_of, report
from tests.history import History, told

REPAIRED = LogRepaired("00000001.jsonl", 10, 20, 5, "the bytes are others", 1, 3, "damaged-1")


def test_scripted_and_model_evidence_are_counted_apart() -> None:
    evidence = gate_of(told()).rules[-1]
    assert (evidence.rule, evidence.found) == ("evidence", "scripted 4, model 0")


def test_many_places_are_named_by_the_first_and_counted() -> None:
    history = told(3)
    for episode in list(history.state().verified()):
        history.tell(IntegrityFailureSimulated("broken_trace", episode))
    (reason,) = gate_of(history).reasons
    assert reason.found == 6
    assert reason.where.endswith("and 3 more")


def repaired() -> tuple[History, str]:
    """A history in which the log was repaired, and the id of the event that says so."""
    history = told()
    return history, history.tell(REPAIRED).id


def test_a_repair_closes_it_until_it_is_acknowledged_and_quarantines_nothing() -> None:
    history, event = repaired()
    (reason,) = gate_of(history).reasons
    assert (reason.rule, reason.found) == ("log_repaired", 1)
    assert event in reason.where
    history.tell(FailureAcknowledged(event, "the disk was replaced"))
    assert gate_of(history).open
    assert not history.state().quarantined()


def test_what_an_earlier_decision_saw_may_be_gone_with_a_repair_but_not_otherwise() -> None:
    history, event = repaired()
    history.tell(FailureAcknowledged(event, "the disk was replaced"))
    state = history.state()

    def judged(seq: int, knew: str) -> list[str]:
        seen = decide(seq=seq, head="e" * 32, data="d", is_open=True, reasons=(), repaired=knew)
        # The clock went backwards meanwhile: it says nothing.
        dated = [msgspec.structs.replace(seen, time=f"{year}-01-01T00:00:00+00:00") for year in (2000, 2999)]
        one, other = [failing(judge(state, report(state, decision), LIMITS)) for decision in dated]
        assert one == other
        return one

    assert judged(state.seq + 9, "") == []
    assert judged(state.seq + 9, "a repair that went with a later one") == []
    assert judged(state.seq + 9, event) == ["log_integrity"]
    assert judged(REPAIRED.seq - 1, "") == ["log_integrity"]


def test_a_decision_between_two_repairs_may_have_seen_what_the_second_gave_up() -> None:
    history, first = repaired()
    second = history.tell(msgspec.structs.replace(REPAIRED, seq=20)).id
    for event in (first, second):
        history.tell(FailureAcknowledged(event, "the disk was replaced"))
    state = history.state()
    for seq, knew, failed in (
        (25, first, []),
        (19, first, ["log_integrity"]),
        (25, second, ["log_integrity"]),
    ):
        seen = decide(seq=seq, head="e" * 32, data="d", is_open=True, reasons=(), repaired=knew)
        assert failing(judge(state, report(state, seen), LIMITS)) == failed


def test_a_log_that_ends_before_a_snapshot_of_it_closes_it_unless_it_was_repaired() -> None:
    history = told()
    state = history.state()
    seen = (Seen(3, history.events[2].id, "snapshots/a"), Seen(state.seq, state.head, "snapshots/b"))
    assert failing(judge(state, replace(report(state), snapshots=seen), LIMITS)) == []
    gone = Seen(state.seq + 1, "e" * 32, "snapshots/traces/c")
    (reason,) = judge(state, replace(report(state), snapshots=(*seen, gone)), LIMITS).reasons
    assert (reason.rule, reason.found) == ("log_integrity", "1 earlier positions are gone")
    assert reason.where == f"snapshots/traces/c saw event {gone.event} at position {gone.seq}"
    history, event = repaired()
    history.tell(FailureAcknowledged(event, "the disk was replaced"))
    state = history.state()
    found = replace(report(state), snapshots=(Seen(REPAIRED.seq + 1, "e" * 32, "snapshots/d"),))
    assert failing(judge(state, found, LIMITS)) == []
