"""Exports: verified episodes only, the hint never shown."""

import errno
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from store.export.sft import NothingToExportError, export_sft, messages, said
from store.home import Home
from store.log.lock import HomeUnwritable
from store.records import TurnRecord
from tests.history import CODE, History, told
from tests.store.log.disks import FailingDisk


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def rows(home: Home, source: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home.exports / "sft" / f"{source}.jsonl").read_bytes().splitlines()]


def test_each_source_has_its_file_and_the_card_tells_the_lineage(home: Home) -> None:
    state = told().state()
    done = export_sft(home, state)
    assert done.files == {"exports/sft/procedural.jsonl": 8, "exports/sft/template.jsonl": 8}
    card = (home.exports / "sft" / "README.md").read_text()
    assert f"log position: {state.seq}" in card
    assert state.head in card
    assert done.data in card


def test_gold_and_right_consistency_traces_are_rows_and_the_mistaken_one_is_not(home: Home) -> None:
    export_sft(home, told(1).state())
    found = [(row["role"], row["index"]) for row in rows(home, "template")]
    assert found == [("gold", 0), ("consistency", 0), ("consistency", 2), ("consistency", 3)]


def test_a_row_is_a_conversation_that_ends_with_the_solver(home: Home) -> None:
    state = told(1).state()
    export_sft(home, state)
    row = rows(home, "template")[0]
    assert [message["role"] for message in row["messages"]] == ["system", "user", "assistant"]
    assert f"```python\n{CODE}```" in row["messages"][2]["content"]
    (asked,) = (one for one in state.questions.accepted.values() if one.id == row["question"])
    assert asked.question_text in row["messages"][1]["content"]
    assert asked.format in row["messages"][1]["content"]
    assert asked.hint not in json.dumps(row)
    assert (row["source"], row["evidence"], row["dataset"]) == ("template", "scripted", asked.dataset)


def test_what_came_back_is_shown_before_the_next_turn() -> None:
    (asked,) = told(1, ("template",)).state().questions.accepted.values()
    turns = (
        TurnRecord(0, "look", "df", "a table"),
        TurnRecord(1, "think"),
        TurnRecord(2, "done", "submit({})", "ok"),
    )
    found = messages(asked, turns)
    assert [one["role"] for one in found[1:]] == ["user", "assistant"] * 3
    assert (found[3]["content"], found[5]["content"]) == ("a table", "No code was run.")
    assert found[-1]["content"].startswith("done")


def test_backticks_in_code_do_not_end_the_fence() -> None:
    assert said(TurnRecord(0, "", "x = '```'\n")) == "````python\nx = '```'\n````"


def test_without_a_verified_episode_nothing_is_written(home: Home) -> None:
    with pytest.raises(NothingToExportError, match="no verified episode"):
        export_sft(home, History().state())
    assert not home.exports.exists()


def test_quarantined_and_refused_episodes_are_left_out(home: Home) -> None:
    history = told(2)
    quarantined = next(iter(history.state().verified()))
    failure = history.tell(IntegrityFailureSimulated("digest_mismatch", quarantined))
    history.tell(FailureAcknowledged(failure.id, "seen"))
    refused = history.judge(sorted(history.state().questions.accepted.values(), key=lambda one: one.id)[0])
    history.tell(msgspec.structs.replace(refused, verdict="too_hard"))
    export_sft(home, history.state())
    exported = {row["episode"] for source in ("template", "procedural") for row in rows(home, source)}
    assert exported == set(history.state().verified())
    assert not {quarantined, refused.episode} & exported


def test_a_source_without_verified_episodes_left_keeps_no_file(home: Home) -> None:
    export_sft(home, told(1).state())
    export_sft(home, told(1, ("template",)).state())
    assert not (home.exports / "sft" / "procedural.jsonl").exists()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("kind", ["remove", "open", "write", "sync_all", "replace"])
def test_where_nobody_may_write_an_export_says_so_and_how_to_go_on(
    tmp_path: Path, number: int, kind: str
) -> None:
    home = Home(tmp_path)
    with pytest.raises(HomeUnwritable, match=r"cannot write to the home .*; make it writable"):
        export_sft(home, told().state(), FailingDisk(kind, 1, number))
    with pytest.raises(OSError, match="Input/output error"):
        export_sft(home, told().state(), FailingDisk(kind, 1, errno.EIO))
