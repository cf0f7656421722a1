"""A log that a newer version wrote is refused by name, with what to upgrade, and nothing is changed."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.version import installed_version
from store.log.lines import event_id, seal
from store.log.read import batches, read_events
from tests.cli.program import LOCAL, Program
from tests.histories.golden import copied

PAUSED: dict[str, Any] = {"type": "RunForgotten", "why": "a thing of the future"}
STARTED: dict[str, Any] = {"type": "RunStarted", "command": "run", "seed": 0, "sources": [], "mood": "bright"}
UPGRADE = "upgrade tracegate to that version or a later one"
TOLD = f"00000001.jsonl, event 164: tracegate {installed_version()}, which is installed here, knows no event RunForgotten"


def home_with(event: dict[str, Any], folder: Path, *, sealed: bool = True) -> Program:
    """A real history, to which a newer version added one event; it came to a clean end, or was killed."""
    home = copied("two_runs", folder)
    *_, last = batches(home)
    first = next(read_events(home)).event
    seq, raw = last.head.seq + 1, msgspec.json.encode(event)
    key = event_id(getattr(first, "home", ""), seq, raw)
    envelope = {"seq": seq, "time": "2030-01-01T00:00:00.000000+00:00", "id": key, "event": msgspec.Raw(raw)}
    line = msgspec.json.encode(envelope | {"cause": None, "correlation": None, "work": None}) + b"\n"
    commit, head = seal(last.head, 1, line)
    end, _ = seal(head, 0, b"")
    with (home.log / last.segment).open("ab") as file:
        file.write(line + commit + (end if sealed else b""))
    return Program(home.root)


@pytest.fixture
def newer(tmp_path: Path) -> Program:
    return home_with(PAUSED, tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("run", *LOCAL),
        ("generate", *LOCAL),
        ("solve", *LOCAL),
        ("replay",),
        ("replay", "--check"),
        ("inspect", "dataset", "birds"),
        ("gate", "--simulate", "broken_trace", "281895c07ff8381bad43b7cc8b16fe94"),
        ("export", "sft"),
    ],
    ids=" ".join,
)
def test_a_command_refuses_a_log_with_an_event_of_a_newer_version(
    newer: Program, command: tuple[str, ...]
) -> None:
    before = newer.segment.read_bytes()
    ended = newer.run(*command, code=1)
    assert f"Error: the event log is newer than this tracegate: {TOLD}" in ended.said
    assert UPGRADE in ended.said
    assert "damaged" not in ended.said
    assert newer.segment.read_bytes() == before
    assert newer.artifacts() == {}


@pytest.mark.parametrize(
    "command", [("run", *LOCAL), ("generate", *LOCAL), ("solve", *LOCAL), ("daemon", *LOCAL)], ids=" ".join
)
def test_a_command_that_would_write_adds_nothing_to_a_newer_log_that_was_not_sealed(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    newer = home_with(PAUSED, tmp_path, sealed=False)
    before = newer.segment.read_bytes()
    assert TOLD in newer.run(*command, code=1).said
    assert newer.segment.read_bytes() == before
    assert newer.artifacts() == {}


def test_a_position_before_what_is_newer_can_be_shown(newer: Program) -> None:
    assert newer.json("replay", "--at", 163)["seq"] == 163


def test_log_verify_names_every_event_of_a_newer_version(newer: Program) -> None:
    found = newer.json("log", "verify", code=1)
    (problem,) = found["problems"]
    assert (found["ok"], problem["seq"]) == (False, 164)
    assert TOLD.removeprefix("00000001.jsonl, ") in problem["what"]
    assert UPGRADE in newer.run("log", "verify", code=1).said


def test_the_gate_is_closed_on_a_log_of_a_newer_version(newer: Program) -> None:
    gate = newer.json("gate", code=1)
    (reason,) = gate["reasons"]
    assert gate["open"] is False
    assert (reason["rule"], reason["found"]) == ("log_integrity", "newer than this tracegate")
    assert "knows no event RunForgotten" in reason["where"]
    assert "upgrade tracegate" in newer.run("gate", code=1).said


def test_a_field_of_a_newer_version_is_named_with_its_event(tmp_path: Path) -> None:
    program = home_with(STARTED, tmp_path)
    for command in (("status",), ("run", *LOCAL), ("log", "verify")):
        told = program.run(*command, code=1).said
        assert "event 164: tracegate" in told
        assert "knows RunStarted otherwise (Object contains unknown field `mood` - at `$.event`)" in told
        assert "a newer version may have written it; " + UPGRADE in told
