"""Histories recorded from real runs are replayed to what they were folded to when they were recorded."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.runtime import HomeOpened
from events.upcast import Upcasters
from events.wire import TAGS, UPCASTERS, AnyRecorded, decode, decode_many, encode
from store.home import Home
from store.log.lines import EVENT_MARK, event_id, raw_event
from store.log.read import LogFromFuture, read_events
from store.log.verify import verify_log
from store.projections.fold import BrokenHistoryError
from store.projections.state import fold
from store.replay import rebuild
from tests.histories.derive import DERIVED
from tests.histories.extend import tag_of
from tests.histories.golden import HISTORIES, copied, event_lines, facts, without_added
from tests.histories.invented import INVENTED
from tests.histories.record import COMMAND, record

RECORDED = sorted(path.parent.name for path in HISTORIES.glob("*/expected.json"))
OLDER = Upcasters({tag for tag, kind in TAGS.items() if kind.__name__ == tag}, INVENTED)


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode((HISTORIES / name / "expected.json").read_bytes())
    return found


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return read


def by_place(lines: list[bytes], upcasters: Upcasters) -> list[AnyRecorded]:
    """The events with their places for ids, wherever one is named: so two histories can be compared."""
    block = b"".join(lines)
    for line in lines:
        one = msgspec.json.decode(line)
        block = block.replace(b'"%b"' % one["id"].encode(), b'"event %d"' % one["seq"])
    return decode_many(block, upcasters)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_history_is_whole_and_every_id_follows_from_its_line(name: str, tmp_path: Path) -> None:
    report = verify_log(copied(name, tmp_path))
    assert report.ok, report.problems
    assert report.events == expected(name)["seq"]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_history_is_folded_to_what_it_was_folded_to(name: str, tmp_path: Path) -> None:
    found, due = as_json(facts(rebuild(copied(name, tmp_path)))), expected(name)
    remedy = f"if this is meant: `{COMMAND} {name}`, and look at what it changes"
    for part in due.keys() - {"projections"}:
        assert found[part] == due[part], remedy
    changed = {key for key, digest in due["projections"].items() if found["projections"].get(key) != digest}
    assert not changed, remedy


@pytest.mark.parametrize("name", RECORDED)
def test_no_line_of_a_recorded_history_loses_anything_when_it_is_read(name: str) -> None:
    lines = event_lines(name)
    assert decode_many(b"".join(lines)) == [decode(line) for line in lines]
    for line in lines:
        if tag_of(line) not in UPCASTERS:
            assert without_added(line, encode(decode(line))) == line.rstrip(b"\n")


def test_a_recorded_history_tells_of_success_refusal_and_failure() -> None:
    tags = set(map(tag_of, event_lines("two_runs")))
    assert {"EpisodeJudged", "QuestionRejected", "DatasetRefused", "FailureAcknowledged"} <= tags
    assert len(expected("two_runs")["episodes"]) == 8
    assert expected("two_runs")["quarantined"] != []


def test_a_history_under_older_tags_is_folded_to_the_same() -> None:
    older = event_lines("older_tags")
    newer = event_lines("two_runs")[: len(older)]
    assert {step.old for step in INVENTED} - set(map(tag_of, older)) == {"ProposalAccepted"}
    assert set(map(tag_of, older)) & {step.new for step in INVENTED} == set()
    events = by_place(older, OLDER)
    assert events == by_place(newer, OLDER)
    assert facts(fold(events)) == facts(fold(by_place(newer, OLDER)))


def test_the_ids_of_a_history_under_older_tags_follow_from_its_lines() -> None:
    lines = event_lines("older_tags")
    first = decode(lines[0]).event
    assert isinstance(first, HomeOpened)
    for line in lines:
        recorded = decode(line, OLDER)
        assert recorded.id == event_id(first.home, recorded.seq, raw_event(line))


def test_without_its_upcasters_a_history_under_older_tags_is_refused_by_the_first_of_them(
    tmp_path: Path,
) -> None:
    with pytest.raises(LogFromFuture, match=r"event 3: .* knows no event TableRead"):
        list(read_events(copied("older_tags", tmp_path)))


def test_a_history_in_which_something_never_happened_names_the_event_that_refers_to_it(
    tmp_path: Path,
) -> None:
    home = copied("untold_stream", tmp_path)
    assert verify_log(home).ok, "nothing is wrong with its bytes"
    told = r"event 10 \(QuestionRejected\) rejects a proposal of stream \w+, which nobody requested"
    with pytest.raises(BrokenHistoryError, match=told):
        rebuild(home)
    assert rebuild(home, upto=9).seq == 9


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_history_is_what_its_derivation_gives(name: str) -> None:
    given = DERIVED[name]().splitlines(keepends=True)
    assert event_lines(name) == [line for line in given if line.startswith(EVENT_MARK)]


def test_a_history_is_recorded_once_and_its_lines_are_never_touched_again(tmp_path: Path) -> None:
    source = Home(HISTORIES / "two_runs")
    record("again", source, tmp_path)
    log = tmp_path / "again" / "log" / "00000001.jsonl"
    assert log.read_bytes() == (source.log / log.name).read_bytes()
    again = msgspec.json.decode((tmp_path / "again" / "expected.json").read_bytes())
    assert {part: again[part] for part in ("head", "artifacts")} == {
        part: expected("two_runs")[part] for part in ("head", "artifacts")
    }
    with pytest.raises(FileExistsError):
        record("again", source, tmp_path)
    log.write_bytes(log.read_bytes()[:-9])
    with pytest.raises(ValueError, match="must be whole"):
        record("other", Home(tmp_path / "again"), tmp_path)
