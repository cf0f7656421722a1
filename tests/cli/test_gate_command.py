"""`gate`: open on sound data, closed with a pointer to what is wrong, and opened again by a person alone."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Finished
from tests.cli.program import Program


def failed(gate: Mapping[str, Any]) -> list[str]:
    assert {tuple(sorted(rule)) for rule in gate["rules"]} == {
        ("allowed", "found", "opens_with", "rule", "where")
    }
    assert all(reason in gate["rules"] for reason in gate["reasons"])
    return [reason["rule"] for reason in gate["reasons"]]


def test_the_gate_is_open_on_a_finished_home(finished: Finished, copy: Program) -> None:
    gate = copy.json("gate")
    assert gate["open"] is True
    assert failed(gate) == []
    assert {rule["rule"]: rule["found"] for rule in gate["rules"]}["evidence"] == "scripted 24, model 0"
    assert gate["seq"] == finished.program.json("status")["seq"]
    assert "the gate is open" in copy.run("gate").out


def test_asking_the_gate_appends_nothing_to_the_log(copy: Program) -> None:
    before = copy.segment.read_bytes()
    copy.run("gate")
    assert copy.segment.read_bytes() == before


KINDS = (
    "broken_trace",
    pytest.param("ungrounded_hook", marks=pytest.mark.full),
    pytest.param("digest_mismatch", marks=pytest.mark.full),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_simulated_failure_closes_the_gate_until_a_person_acknowledges_it(copy: Program, kind: str) -> None:
    episode = sorted(copy.ids("episodes"))[3]
    closed = copy.json("gate", "--simulate", kind, episode[:12], code=1)
    assert failed(closed) == ["trace_integrity"]
    event = _last_event(copy)
    where = closed["reasons"][0]["where"]
    assert episode in where
    assert event in where
    text = copy.run("gate", code=1)
    for wanted in ("the gate is closed", "no trace_integrity", episode, event, "--acknowledge"):
        assert wanted in text.said
    assert copy.json("status")["gate"]["open"] is False
    opened = copy.json("gate", "--acknowledge", event, "--why", "it was a drill")
    assert opened["open"] is True
    assert copy.json("status")["episodes"] | {"evidence": 0} == {
        "verified": 24,
        "refused": dict.fromkeys(
            ("ambiguous", "too_hard", "hint_necessary", "execution_failure", "ungrounded", "broken_trace"), 0
        ),
        "quarantined": 1,
        "evidence": 0,
    }
    assert "quarantined" in copy.run("inspect", "episode", episode).out


@pytest.mark.full
@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("log_damage", "log_integrity"),
        ("blob_damage", "blobs_whole"),
        ("replay_divergence", "artifacts_match"),
        ("execution_divergence", "execution"),
        ("dead_letter", "dead_letters"),
    ],
)
def test_every_other_kind_closes_its_rule_and_training_with_it(copy: Program, kind: str, rule: str) -> None:
    episode = sorted(copy.ids("episodes"))[3]
    closed = copy.json("gate", "--simulate", kind, episode, code=1)
    event = _last_event(copy)
    assert failed(closed) == [rule]
    assert event in closed["reasons"][0]["where"]
    refused = copy.json("train", "sft", "--from-scratch", "tiny", code=1)
    assert refused["gate"]["reasons"] == closed["reasons"]
    assert copy.json("gate", "--acknowledge", event, "--why", "it was a drill")["open"] is True
    copy.run("export", "sft")
    rows = b"".join(data for name, data in copy.files().items() if name.startswith("exports/"))
    assert episode.encode() not in rows
    assert max(copy.ids("episodes") - {episode}).encode() in rows


@pytest.mark.full
def test_a_table_of_a_declared_benchmark_closes_it_until_its_episodes_are_out(
    copy: Program, data: Path
) -> None:
    (copy.home / "gate.toml").write_text(f'benchmarks = ["{data}"]\nmin_verified = 4\n')
    closed = copy.json("gate", code=1)
    assert failed(closed) == ["leakage"]
    assert closed["reasons"][0]["found"] == 2
    for name in ("birds.csv", "days.csv"):
        assert f"is like {name} of {data}" in closed["reasons"][0]["where"]
    event = closed["reasons"][0]["where"].split("(event ")[1][:32]
    left = copy.json("gate", "--acknowledge", event, "--why", "it is a benchmark's", code=1)["reasons"]
    assert [(one["rule"], one["found"]) for one in left] == [("leakage", 1)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("min_verfied = 5", "unknown field `min_verfied`"),
        ("min_verified = -1", "min_verified"),
        ('benchmarks = ["/nowhere"]', "/nowhere is no folder"),
    ],
)
def test_settings_that_cannot_be_followed_end_it_with_words_and_change_nothing(
    copy: Program, written: str, told: str
) -> None:
    (copy.home / "gate.toml").write_text(written)
    before = copy.segment.read_bytes()
    assert told in copy.run("gate", code=2).said
    assert copy.segment.read_bytes() == before


def test_an_edited_artifact_closes_it_and_replay_opens_it(copy: Program) -> None:
    name = next(iter(copy.artifacts()))
    (copy.home / name).write_bytes(b"{}\n")
    gate = copy.json("gate", code=1)
    assert failed(gate) == ["artifacts_match"]
    assert name in gate["reasons"][0]["where"]
    copy.run("replay")
    assert copy.json("gate")["open"] is True


def test_a_log_that_was_shortened_behind_a_decision_closes_it(copy: Program) -> None:
    copy.run("gate")
    batches = copy.segment.read_bytes().split(b'\t{"commit":')
    copy.segment.write_bytes(
        b'\t{"commit":'.join(batches[:-3]) + b'\t{"commit":' + batches[-3].split(b"\n")[0] + b"\n"
    )
    assert "the end of the log was removed" in copy.run("log", "verify", code=1).said
    (reason,) = copy.json("gate", code=1)["reasons"]
    assert "the end of the log was removed" in reason["where"]
    (copy.home / "log" / "head").unlink()
    copy.run("log", "verify")
    assert "log_integrity" in failed(copy.json("gate", code=1))


def test_an_empty_home_has_a_closed_gate_that_says_why_and_makes_nothing(program: Program) -> None:
    gate = program.json("gate", code=1)
    assert gate["open"] is False
    assert "enough_verified" in failed(gate)
    assert "tracegate run" in program.run("gate", code=1).said
    assert not program.home.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            ("--simulate", "thunder", "0"),
            "'thunder' is not one of 'broken_trace', 'ungrounded_hook', 'digest_mismatch', 'log_damage'",
        ),
        (("--simulate", "broken_trace", "zzz"), "no episode begins with 'zzz'"),
        (("--simulate", "broken_trace", ""), "no episode begins with ''; there are 24"),
        (("--acknowledge", "zzz", "--why", "because"), "no event that can be acknowledged begins with 'zzz'"),
        (("--acknowledge", "0"), "--acknowledge and --why go together"),
        (("--why", "because"), "--acknowledge and --why go together"),
        (("--acknowledge", "0", "--why", "x\udcff"), r"'x\udcff' is no UTF-8; write it anew"),
    ],
    ids=str,
)
def test_what_cannot_be_simulated_or_acknowledged_is_a_usage_error(
    finished: Finished, given: tuple[str, ...], told: str
) -> None:
    before = finished.program.digest()
    assert told in finished.program.run("gate", *given, code=2).said
    assert finished.program.digest() == before


def test_a_reason_that_no_event_can_hold_is_refused_in_words(copy: Program) -> None:
    copy.run("gate", "--simulate", "broken_trace", min(copy.ids("episodes")), code=1)
    before = copy.segment.read_bytes()
    long = (
        "import sys, cli; sys.argv = [one.replace('long', 'x' * 9 * 2**20) for one in sys.argv]; cli.main()"
    )
    program = replace(copy, entry=("-c", long))
    ended = program.run("gate", "--acknowledge", _last_event(copy), "--why", "long", code=2)
    assert "FailureAcknowledged takes 9437" in ended.said
    assert "and an event at most 8388608" in ended.said
    assert copy.segment.read_bytes() == before


def test_an_event_that_is_no_failure_cannot_be_acknowledged(copy: Program) -> None:
    opening = _event_ids(copy)[0]
    before = copy.segment.read_bytes()
    ended = copy.run("gate", "--acknowledge", opening, "--why", "no reason", code=2)
    assert f"no event that can be acknowledged begins with '{opening}'" in ended.said
    assert copy.segment.read_bytes() == before


def _event_ids(program: Program) -> list[str]:
    lines = program.segment.read_text(encoding="utf-8").splitlines()
    return [line.split('"id":"')[1][:32] for line in lines if line.startswith('{"seq":')]


def _last_event(program: Program) -> str:
    return _event_ids(program)[-1]
