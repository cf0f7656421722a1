"""What calls of models cost, as a person and a program are told of it."""

import re

import pytest

from actors.terminal.costs import cost_line, costs
from actors.terminal.output import Output
from actors.terminal.status import status
from events.calls import CallReserved, CallSettled
from events.envelope import Recorded
from events.runtime import WorkParked
from events.wire import AnyEvent
from store.projections.calls import Calls, apply
from store.projections.state import State

RESERVED = CallReserved("c", "r", "t", "e", "template", "m", "p", "2026-01-02", 100, 50, 3 * 10**12)
SETTLED = CallSettled("c", "answered", "", 80, 20, 10**12, certain=True, seconds=1.0)
LOST = CallReserved("d", "s", "t", "e", "template", "m", "p", "2026-01-02", 100, 50, 2 * 10**12)


def recorded(event: AnyEvent) -> Recorded[AnyEvent]:
    return Recorded(1, "2026-01-02T00:00:00+00:00", "id", event)


def calls(*events: AnyEvent) -> Calls:
    state = Calls()
    for event in events:
        apply(state, recorded(event))
    return state


def test_nothing_is_said_of_calls_where_there_were_none() -> None:
    assert cost_line(Calls().total) == ""
    assert costs(Calls())["total"]["sent"] == 0
    assert status(State())["costs"]["models"] == {}


def test_what_is_not_known_to_be_spent_is_told_apart() -> None:
    assert cost_line(calls(RESERVED, SETTLED).total) == "1 calls, 1 answered, 80 + 20 tokens, cost 1.0000"
    told = cost_line(calls(RESERVED, SETTLED, LOST).total)
    assert told.endswith("cost 3.0000, of which 2.0000 at most")
    found = costs(calls(RESERVED, SETTLED, LOST))["models"]["template"]["m"]
    assert (found["cost"], found["uncertain"], found["sent"]) == (3.0, 2.0, 2)


def test_costs_are_shown_as_they_grow(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False, quiet=False)
    output.heard(recorded(RESERVED))
    assert "cost 3.0000" in output.tally()
    output.heard(recorded(SETTLED))
    assert "cost 1.0000" in output.tally()
    output.result({}, "done")
    assert "model: 1 calls" in capsys.readouterr().err


def test_why_work_waits_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False, quiet=False)
    for key in ("a", "b"):
        output.heard(recorded(WorkParked(key, "the cap of 1 on a run leaves no room\n  frames")))
    assert re.findall("waits: (.*)", capsys.readouterr().err) == ["the cap of 1 on a run leaves no room"]
