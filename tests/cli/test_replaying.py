"""`replay`, and what every command does about a log or an artifact that is not as it was written."""

import re
import shutil

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import LOCAL, Program


def test_a_finished_home_replays_to_what_stands(finished: Finished) -> None:
    before = finished.program.digest()
    found = finished.program.json("replay", "--check")
    assert found["same"] is True
    assert found["seq"] == finished.program.json("status")["seq"]
    assert {"artifacts/questions", "artifacts/episodes"} <= found["digests"].keys()
    assert found["differences"] == []
    assert finished.program.digest() == before


def test_questions_and_episodes_that_were_deleted_come_back_to_the_byte(copy: Program) -> None:
    before = copy.artifacts()
    for kind in ("questions", "episodes"):
        shutil.rmtree(copy.home / kind)
    missing = copy.json("replay", "--check", code=1)
    assert missing["same"] is False
    assert [one["path"] for one in missing["differences"]] == sorted(before)
    assert copy.artifacts() == {}
    assert copy.json("replay")["same"] is True
    assert copy.artifacts() == before
    assert copy.json("replay", "--check")["same"] is True


def test_an_edited_artifact_is_named_and_left_as_it_is(copy: Program) -> None:
    name, data = next(iter(copy.artifacts().items()))
    (copy.home / name).write_bytes(data.replace(b"e", b"3", 1))
    before = copy.digest()
    found = copy.json("replay", "--check", code=1)
    assert found["same"] is False
    assert [(one["path"], one["what"]) for one in found["differences"]] == [(name, "edited")]
    assert f"{name}: edited: line 1" in copy.run("replay", "--check", code=1).said
    assert copy.digest() == before


def test_an_artifact_that_the_log_does_not_give_is_named(copy: Program) -> None:
    stranger = copy.home / "episodes" / "llm" / "notes.jsonl"
    stranger.parent.mkdir()
    stranger.write_text("{}\n")
    found = copy.json("replay", "--check", code=1)
    assert [(one["path"], one["what"]) for one in found["differences"]] == [
        ("episodes/llm/notes.jsonl", "extra")
    ]


@pytest.fixture
def flipped(copy: Program) -> tuple[Program, int, int]:
    """A home in whose log one bit of an event is another, and the byte range of that event's batch."""
    data = copy.segment.read_bytes()
    ends = [match.end() for match in re.finditer(rb'^\t\{"commit":.*\n', data, re.MULTILINE)]
    start, end = ends[len(ends) // 2], ends[len(ends) // 2 + 1]
    at = data.index(b'"time":"', start) + 12
    assert start < at < end
    copy.segment.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    return copy, start, end


READING = [("replay", "--check"), ("replay",), ("log", "verify"), ("gate",), ("run", "--all", *LOCAL)]
MORE = [
    ("gate", "--simulate", "broken_trace", "0"),
    ("status",),
    ("export", "sft"),
    ("inspect", "episode", "0"),
    ("generate", *LOCAL),
    ("solve", *LOCAL),
]


@pytest.mark.parametrize(
    "command", [*READING, *(pytest.param(one, marks=pytest.mark.full) for one in MORE)], ids=" ".join
)
def test_after_one_flipped_byte_the_batch_is_named_and_nothing_is_touched(
    flipped: tuple[Program, int, int], command: tuple[str, ...]
) -> None:
    program, start, end = flipped
    before = program.digest()
    ended = program.run(*command, code=1)
    assert f"00000001.jsonl, bytes {start} to {end}: the bytes of its events are not those" in ended.said
    assert program.digest() == before


def test_with_json_a_damaged_log_is_told_of_in_the_one_object(flipped: tuple[Program, int, int]) -> None:
    program, start, end = flipped
    told = program.json("replay", "--check", code=1)
    assert f"00000001.jsonl, bytes {start} to {end}" in told["error"]


def test_the_gate_is_closed_by_a_flipped_byte_and_open_again_when_it_is_put_back(
    finished: Finished, flipped: tuple[Program, int, int]
) -> None:
    program, start, end = flipped
    gate = program.json("gate", code=1)
    assert gate["open"] is False
    (reason,) = gate["reasons"]
    assert reason["rule"] == "log_integrity"
    assert f"00000001.jsonl, bytes {start} to {end}" in reason["where"]
    shutil.copy(finished.program.segment, program.segment)
    assert program.json("gate")["open"] is True


def test_a_torn_tail_is_no_damage_and_the_next_writer_sets_it_aside(copy: Program) -> None:
    whole = copy.segment.read_bytes()
    copy.segment.write_bytes(whole + b'{"seq":')
    assert copy.json("replay", "--check")["same"] is True
    copy.run("gate", "--simulate", "broken_trace", copy.records("episodes")[0]["id"], code=1)
    assert [one["size"] for one in copy.told("TailCut")] == [7]
    assert (copy.home / "log" / f"00000001.jsonl.{len(whole)}.torn").read_bytes() == b'{"seq":'
    copy.run("log", "verify")


def test_an_earlier_position_is_shown_and_nothing_is_written(copy: Program) -> None:
    before = copy.digest()
    then = copy.json("replay", "--at", 10)
    assert then["seq"] == 10
    assert then["episodes"]["verified"] == 0
    assert copy.digest() == before
