"""What the gate says of a log folder: damage, a foreign file and a foreign head are told apart."""

from pathlib import Path

import anyio
import pytest

from actors.gating.case import RuleResult
from actors.gating.gate import judge_home
from store.home import Home
from store.log.lines import seal
from store.log.published import NAME
from store.log.read import batches
from store.log.repair import repair
from tests.store.log.indexing import many, write


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    write(found, many(9))
    return found


def integrity(home: Home) -> RuleResult:
    """The first rule, asked of a home."""
    gate, _ = judge_home(home)
    assert gate.rules[0].rule == "log_integrity"
    return gate.rules[0]


def flip(home: Home) -> None:
    path = home.log / "00000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b"table 1 has", b"table 7 has"))


def test_foreign_files_are_named_counted_and_no_reason_for_a_repair(home: Home) -> None:
    assert integrity(home).passed
    for name in ("notes.txt", "00000000.jsonl"):
        (home.log / name).write_text("mine")
    found = integrity(home)
    assert not found.passed
    assert found.found == "2 files that are not the log's"
    for name in ("notes.txt", "00000000.jsonl"):
        assert f"{name}: the file does not belong to the log: move it elsewhere" in found.where
    assert "repair" not in found.opens_with
    for name in ("notes.txt", "00000000.jsonl"):
        (home.log / name).unlink()
    assert integrity(home).passed


def test_damage_beside_a_foreign_file_is_counted_without_it_and_both_are_named(home: Home) -> None:
    (home.log / "notes.txt").write_text("mine")
    flip(home)
    found = integrity(home)
    assert found.found == "1 damaged batches"
    assert "00000001.jsonl, bytes" in found.where
    assert "notes.txt: the file does not belong to the log" in found.where
    assert "tracegate log repair" in found.opens_with


@pytest.mark.parametrize("event", ['{"type":"Paused"}', '{"type":"Paused","error":"\\ud800"}'])
def test_what_holds_and_tracegate_never_wrote_is_no_reason_for_a_repair(home: Home, event: str) -> None:
    line = f'{{"seq":11,"time":"","id":"","event":{event},"cause":null,"correlation":null,"work":null}}\n'
    *_, last = batches(home)
    commit, _ = seal(last.head, 1, line.encode())
    with (home.log / last.segment).open("ab") as file:
        file.write(line.encode() + commit)
    assert anyio.run(repair, home) is None
    found = integrity(home)
    assert not found.passed
    assert found.found == "1 batches that hold what tracegate never wrote"
    assert found.opens_with.startswith("put the segment back from a copy: its digests hold")
    assert "nothing to cut" in found.opens_with


def test_a_head_of_another_home_is_told_as_a_contradiction(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    write(other, many(9))
    (home.log / NAME).write_bytes((other.log / NAME).read_bytes())
    found = integrity(home)
    assert found.found == f"a log and a log/{NAME} that contradict each other"
    assert "sets it aside and gives up no event" in found.opens_with
