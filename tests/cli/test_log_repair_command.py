"""`log repair` by the command line: what it gave up is made again, behind a gate that somebody opens."""

from typing import Any

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import Program
from tests.cli.test_gate_command import failed
from tests.cli.test_log_command import lines_in

Line = dict[str, Any]


def damaged(program: Program, share: float) -> int:
    """Flip a bit of an event at this share of the log; the place of the first event that goes with it."""
    data = program.segment.read_bytes()
    at = data.index(b'"time":"', int(len(data) * share)) + 12
    program.segment.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    (problem,) = program.json("log", "verify", code=1)["problems"]
    return int(problem["seq"])


@pytest.mark.full
@pytest.mark.parametrize("share", [0.9, 0.4])
def test_what_a_repair_gave_up_is_made_again_to_the_byte(
    finished: Finished, copy: Program, share: float
) -> None:
    before, whole = copy.artifacts(), copy.segment.read_bytes()
    assert copy.json("gate")["open"] is True
    first = damaged(copy, share)
    spoiled = copy.segment.read_bytes()
    assert "tracegate log repair" in copy.run("gate", code=1).said

    told = copy.json("log", "repair")
    assert (told["repaired"], told["seq"], told["kept"]) == (True, first, "damaged-1")
    assert (copy.home / "log" / "damaged-1" / "00000001.jsonl").read_bytes() == spoiled
    assert copy.segment.read_bytes().startswith(whole[: told["start"]])
    assert copy.json("log", "repair") == {"repaired": False}
    copy.run("log", "verify")
    assert "log_repaired" in failed(copy.json("gate", code=1))

    copy.run(*finished.command)
    copy.run("replay")
    assert copy.artifacts() == before
    gate = copy.json("gate", code=1)
    assert failed(gate) == ["log_repaired"]
    (event,) = [one["id"] for one in lines_in(copy) if one["event"]["type"] == "LogRepaired"]
    assert event in gate["reasons"][0]["where"]
    assert copy.json("gate", "--acknowledge", event, "--why", "the disk was replaced")["open"] is True
    assert copy.json("gate")["open"] is True
    assert copy.doubled() == []


def test_a_repair_says_what_it_did_and_what_to_do(copy: Program) -> None:
    first = damaged(copy, 0.5)
    said = copy.run("log", "repair").out
    for wanted in (
        f"cut before event {first}: 00000001.jsonl, bytes ",
        "given up behind it: ",
        "log/damaged-1 keeps the segments as they were",
        "the gate stays closed until that is acknowledged",
    ):
        assert wanted in said
    assert "every batch is whole, and nothing was changed" in copy.run("log", "repair").out
