"""The id of an event follows from its home, its place and its line, not from how it would be written today."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.dataset import DatasetRegistered
from events.identity import digest_of
from events.runtime import HomeOpened
from events.struct import Event
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.lines import START, event_id, raw_event, seal
from store.log.read import batches, read_events
from store.log.verify import verify_log
from tests.events.samples import events, plain
from tests.store.log.conftest import clock, put

HOME = "ab" * 16
SEGMENT = "00000001.jsonl"
OPENED = msgspec.json.encode(HomeOpened(HOME, "0.1.0"))


def put_events(home: Home, *events_on_lines: bytes, ids: dict[int, str] | None = None) -> Home:
    """A log of one batch with these events, spelled as they are given."""
    lines = []
    for seq, raw in enumerate((OPENED, *events_on_lines), start=1):
        key = (ids or {}).get(seq) or event_id(HOME, seq, raw)
        envelope = {"seq": seq, "time": clock().isoformat(), "id": key, "event": msgspec.Raw(raw)}
        lines.append(
            msgspec.json.encode(envelope | {"cause": None, "correlation": None, "work": None}) + b"\n"
        )
    data = b"".join(lines)
    commit, _ = seal(START, len(lines), data)
    return put(home, {SEGMENT: data + commit})


def test_an_id_is_the_digest_of_home_place_and_line() -> None:
    raw = b'{"type":"HomeOpened","home":"h","version":"1"}'
    assert event_id('h"ö', 7, raw) == digest_of('["event","h\\"ö",7,'.encode() + raw + b"]")


async def test_the_writer_gives_ids_that_follow_from_its_lines(home: Home) -> None:
    async with LogWriter.open(home, clock=clock) as writer:
        told = await writer.append([Draft(plain(DatasetRegistered)), Draft(plain(DatasetRegistered))])
        (line, other) = [line for batch in batches(home) for line in batch.lines][1:]
        assert [one.id for one in told] == [
            event_id(writer.home_id, seq, raw_event(raw)) for seq, raw in ((2, line), (3, other))
        ]
    assert raw_event(line) == msgspec.json.encode(told[0].event)


def test_the_id_of_an_event_from_before_a_field_was_added_still_holds(scratch: Home) -> None:
    before: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(plain(DatasetRegistered)))
    for added in ("levels", "why"):
        before["columns"][0].pop(added)
    before["reader"].pop("kept")
    home = put_events(scratch, msgspec.json.encode(before))
    assert verify_log(home).ok
    _, recorded = read_events(home)
    assert isinstance(recorded.event, DatasetRegistered)
    assert (recorded.event.columns[0].levels, recorded.event.reader.kept) == ((), ())
    assert recorded.id != event_id(HOME, 2, msgspec.json.encode(recorded.event)), "encoded anew it is another"


@settings(max_examples=50, deadline=None)
@given(event=events(), seq=st.sampled_from([2, 3]))
def test_an_id_that_is_not_that_of_its_line_is_named(event: Event, seq: int, scratch: Home) -> None:
    raw = msgspec.json.encode(event)
    assert verify_log(put_events(scratch, raw, raw)).ok
    other = event_id(HOME, seq + 1, raw)
    (problem,) = verify_log(put_events(scratch, raw, raw, ids={seq: other})).problems
    assert problem.what.startswith(f"the id of event {seq} does not follow from home, place and event")
    assert not problem.newer


@pytest.mark.parametrize("line", [b"", b"{}", b'{"event":', b'{"commit":{}}', b"[]"])
def test_what_is_no_event_line_has_no_event(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        raw_event(line)
