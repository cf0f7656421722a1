"""`smoke`: all of the program on one small table, offline; and the gate, which asks for a pass."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from store.ledger import sound_facts
from store.passes import SmokePass
from store.program import environment_digest, source_digest
from tests.cli.program import Program
from tests.smoke.exports import made_here

pytestmark = pytest.mark.full


def shapes(outputs: dict[str, dict[str, int]]) -> None:
    """What every output of a pass must be."""
    assert outputs["questions"] | {"steps": 0} == {"rows": 8, "sources": 2, "steps": 0}
    assert outputs["questions"]["steps"] > 8
    assert outputs["episodes"]["rows"] == 8
    assert outputs["episodes"]["traces"] == 40
    assert outputs["episodes"]["verified"] > 4
    assert outputs["episodes"]["gold hooks"] >= outputs["episodes"]["verified"]
    assert outputs["grader"]["forms"] > 10 * outputs["grader"]["answers"]
    assert outputs["artifacts"] == {"files": 4, "rows": 16}
    assert outputs["execution"]["episodes"] == 2
    assert outputs["execution"]["traces"] == 10
    assert outputs["evaluation"] == {"questions": 2, "right": 2}
    exports = {name: counts for name, counts in outputs.items() if name.startswith("export ")}
    assert exports.keys() == made_here()
    assert outputs.keys() - exports.keys() == {
        "questions", "episodes", "grader", "artifacts", "execution", "evaluation",
    }  # fmt: skip
    assert all(count > 0 for counts in exports.values() for count in counts.values())


@pytest.fixture
def apart(program: Program, tmp_path: Path) -> Program:
    """The command line where no pass is on record, and none is kept for others."""
    return program.with_env(XDG_CACHE_HOME=str(tmp_path / "cache"))


def test_it_passes_offline_within_a_minute_and_tells_counts_and_shapes(apart: Program) -> None:
    offline = apart
    if os.geteuid() == 0:  # a network of its own, in which there is nothing
        offline = replace(apart, python="unshare", entry=("--net", sys.executable, "cli.py"))
    told = offline.json("smoke")
    assert told["passed"] is True
    shapes(told["outputs"])
    assert told["seconds"] < 60 * slack()
    assert (told["source"], told["environment"]) == (source_digest(), environment_digest())
    assert not apart.home.exists()


def slack() -> float:
    """How many times its share of a processor this machine is asked for; a minute is meant for an idle one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_the_gate_runs_it_once_where_no_pass_is_on_record(apart: Program, tmp_path: Path) -> None:
    first = rule(apart.json("gate", code=1))
    assert first["found"].startswith("passed at ")
    (kept,) = sound_facts(tmp_path / "cache" / "tracegate" / "smoke.jsonl", SmokePass)
    shapes(msgspec.to_builtins(kept.outputs))
    again = apart.run("gate", code=1)
    assert first["found"].split(",")[0] in again.said
    assert "it is run" not in again.said


def rule(gate: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in gate["rules"] if one["rule"] == "smoke")
    return found
