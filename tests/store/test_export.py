"""Exports: verified episodes only, the hint never shown, and of each format only what was written last."""

import errno
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from store.durable import Disk
from store.export.conversation import TOOL, joined, said, text_messages
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.export.writing import Exported, NothingToExportError, export, make
from store.home import Home
from store.log.lock import HomeUnwritable
from store.projections.state import State
from store.records import TurnRecord
from store.splits import SPLITS, Splits, TablePlace
from tests.history import CODE, History, told
from tests.store.log.disks import FailingDisk

WRONG = CODE.replace("mass", "length")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def harvest(state: State, **told_of: Any) -> Harvest:
    places = {dataset: TablePlace("train", ()) for dataset in state.datasets.by_id}
    return Harvest(state, Splits(places), **told_of)


def parted(state: State) -> State:
    """The same, with other code in the traces that carry a mistake, as it is in life."""
    for trace, attempt in state.traces.attempts.items():
        if attempt.mistake is not None:
            said = tuple(msgspec.structs.replace(one, code=WRONG) for one in attempt.said)
            state.traces.attempts[trace] = msgspec.structs.replace(attempt, said=said)
    return state


def export_rows(home: Home, chosen: Harvest, name: str, disk: Disk | None = None) -> Exported:
    return export(home, chosen, name, make(chosen, name), disk)


def rows(home: Home, name: str = "sft", source: str = "*") -> list[dict[str, Any]]:
    files = sorted((home.exports / name).glob(f"{source}/*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def test_each_source_and_split_has_its_file_and_the_card_tells_the_lineage(home: Home) -> None:
    state = told().state()
    done = export_rows(home, harvest(state, licences=dict.fromkeys(state.datasets.by_id, "MIT")), "sft")
    split = rows(home)[0]["lineage"]["split"]
    assert split in SPLITS
    assert done.files == {
        f"exports/sft/procedural/{split}.jsonl": 8,
        f"exports/sft/template/{split}.jsonl": 8,
    }
    card = (home.exports / "sft" / "README.md").read_text()
    (table,) = state.datasets.by_id.values()
    for fact in (
        f"log position: {state.seq}",
        state.head,
        done.data,
        f"| penguins.csv | {table.blob} | MIT |",
    ):
        assert fact in card


@pytest.mark.parametrize("name", FORMATS)
def test_every_row_of_every_format_says_where_it_comes_from(home: Home, name: str) -> None:
    state = parted(told(1).state())
    export_rows(home, harvest(state), name)
    found = rows(home, name)
    assert found
    card = (home.exports / name / "README.md").read_text()
    for row in found:
        assert row.keys() == {*FORMATS[name].columns, "lineage"}
        asked = state.questions.accepted[row["lineage"]["question"]]
        assert row["lineage"]["dataset"] == asked.dataset
        assert row["lineage"]["table"] == state.datasets.by_id[asked.dataset].blob
        assert row["lineage"]["licence"] == "unknown"
        assert row["lineage"]["position"] == state.seq
        assert asked.hint not in json.dumps(row)
        assert all(f"| lineage.{field} |" in card for field in row["lineage"])
        assert all(f"| {column} |" in card for column in row)


def test_gold_and_right_consistency_traces_are_rows_and_the_mistaken_one_is_not(home: Home) -> None:
    export_rows(home, harvest(told(1).state()), "sft")
    found = [(row["lineage"]["role"], row["lineage"]["index"]) for row in rows(home, source="template")]
    assert found == [("gold", 0), ("consistency", 0), ("consistency", 2), ("consistency", 3)]


def test_a_row_is_a_conversation_with_the_tool_that_ends_with_the_solver(home: Home) -> None:
    state = told(1).state()
    export_rows(home, harvest(state), "sft")
    row = rows(home, source="template")[0]
    assert [message["role"] for message in row["messages"]] == ["system", "user", "assistant"]
    assert row["tools"] == [TOOL]
    (call,) = row["messages"][2]["tool_calls"]
    assert call == {"type": "function", "function": {"name": "python", "arguments": {"code": CODE}}}
    asked = state.questions.accepted[row["lineage"]["question"]]
    assert asked.question_text in row["messages"][1]["content"]
    assert asked.format in row["messages"][1]["content"]


def test_as_text_the_same_code_stands_in_a_fence(home: Home) -> None:
    export_rows(home, harvest(told(1).state()), "sft_text")
    last = rows(home, "sft_text")[0]["messages"][-1]
    assert last == {"role": "assistant", "content": f"I take the mean.\n\n```python\n{CODE}```"}


TURNS = (
    TurnRecord(0, "look", "df", "a table"),
    TurnRecord(1, "think"),
    TurnRecord(2, "done", "submit({})", "ok"),
)


def test_what_came_back_is_shown_before_the_next_turn() -> None:
    (asked,) = told(1, ("template",)).state().questions.accepted.values()
    found = text_messages(asked, TURNS)
    assert [one["role"] for one in found[1:]] == ["user", "assistant"] * 3
    assert (found[3]["content"], found[5]["content"]) == ("a table", "No code was run.")
    assert found[-1]["content"].startswith("done")


def test_with_the_tool_a_turn_without_code_calls_nothing_and_is_answered_by_the_user() -> None:
    found = joined([], TURNS)
    assert [one["role"] for one in found] == ["assistant", "tool", "assistant", "user", "assistant"]
    assert ["tool_calls" in one for one in found] == [True, False, False, False, True]
    assert found[1] == {"role": "tool", "name": "python", "content": "a table"}


def test_backticks_in_code_do_not_end_the_fence() -> None:
    assert said(TurnRecord(0, "", "x = '```'\n")) == "````python\nx = '```'\n````"


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_verified_episode_nothing_is_written(home: Home, name: str) -> None:
    with pytest.raises(NothingToExportError, match="no verified episode counts; run"):
        export_rows(home, harvest(History().state()), name)
    assert not home.exports.exists()


def test_where_no_episode_stands_in_a_split_it_is_said_what_to_do(home: Home) -> None:
    state = told(1).state()
    apart = Splits({dataset: TablePlace("apart", ()) for dataset in state.datasets.by_id})
    with pytest.raises(NothingToExportError, match=r"no verified episode stands in train.*add tables"):
        export_rows(home, Harvest(state, apart, chosen=SPLITS[:1]), "sft")
    assert not home.exports.exists()


@pytest.mark.parametrize("name", FORMATS)
def test_quarantined_and_refused_episodes_are_left_out(home: Home, name: str) -> None:
    history = told(2)
    quarantined = next(iter(history.state().verified()))
    failure = history.tell(IntegrityFailureSimulated("digest_mismatch", quarantined))
    history.tell(FailureAcknowledged(failure.id, "seen"))
    refused = history.judge(sorted(history.state().questions.accepted.values(), key=lambda one: one.id)[0])
    history.tell(msgspec.structs.replace(refused, verdict="too_hard"))
    export_rows(home, harvest(parted(history.state())), name)
    exported = {row["lineage"]["episode"] for row in rows(home, name)}
    assert exported == set(history.state().verified())
    assert not {quarantined, refused.episode} & exported


def test_where_no_episode_gives_a_row_nothing_is_written(home: Home) -> None:
    with pytest.raises(NothingToExportError, match="gives a row of dpo; solve more"):
        export_rows(home, harvest(told(1).state()), "dpo")
    assert not home.exports.exists()


def test_questions_that_a_benchmark_knows_are_left_out(home: Home) -> None:
    state = told(2).state()
    known = next(iter(state.questions.accepted))
    export_rows(home, harvest(state, left_out={known}), "rl")
    assert {row["lineage"]["question"] for row in rows(home, "rl")} == {*state.questions.accepted} - {known}


def test_a_source_without_verified_episodes_left_keeps_no_file(home: Home) -> None:
    export_rows(home, harvest(told(1).state()), "sft")
    (home.exports / "sft" / "procedural" / "notes.txt").write_text("not ours")
    export_rows(home, harvest(told(1, ("template",)).state()), "sft")
    assert [path.name for path in (home.exports / "sft" / "procedural").iterdir()] == ["notes.txt"]


def test_splits_are_written_with_each_export(home: Home) -> None:
    state = told(1).state()
    export_rows(home, harvest(state), "rl")
    found = json.loads((home.exports / "splits.json").read_bytes())
    assert found["seq"] == state.seq
    assert found["questions"].keys() == state.questions.accepted.keys()
    assert [place["side"] for place in found["tables"].values()] == ["train"]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("kind", ["open", "write", "sync_all", "replace"])
def test_where_nobody_may_write_an_export_says_so_and_how_to_go_on(
    tmp_path: Path, number: int, kind: str
) -> None:
    home, chosen = Home(tmp_path), harvest(told().state())
    with pytest.raises(HomeUnwritable, match=r"cannot write to the home .*; make it writable"):
        export_rows(home, chosen, "sft", FailingDisk(kind, 1, number))
    with pytest.raises(OSError, match="Input/output error"):
        export_rows(home, chosen, "sft", FailingDisk(kind, 1, errno.EIO))
