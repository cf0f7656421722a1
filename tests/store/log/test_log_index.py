"""The index finds what a full reading finds, and gives no event that was not appended."""

from contextlib import closing

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.runtime import SettingsRead, WorkStamp
from events.wire import AnyRecorded, encode
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.index import LogIndex, events_at
from store.log.lines import correlation_of
from store.log.segments import is_compressed, segments
from tests.store.log.disks import QuickDisk
from tests.store.log.indexing import SEGMENT_BYTES, drafts, many, same, words, write


@settings(max_examples=60, deadline=None)
@given(
    appends=st.lists(st.lists(drafts(), min_size=1, max_size=4), max_size=12),
    more=st.lists(st.lists(drafts(), min_size=1, max_size=4), max_size=12),
    compress=st.tuples(st.booleans(), st.booleans()),
)
def test_by_place_stream_and_type_the_index_gives_what_a_full_reading_gives(
    appends: list[list[Draft]],
    more: list[list[Draft]],
    compress: tuple[bool, bool],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = Home(tmp_path_factory.mktemp("index"))
    with closing(LogIndex(home)) as growing:
        assert growing.at(1) is None
        write(home, appends, compress=compress[0])
        growing.refresh()
        same(growing, home)
        write(home, more, compress=compress[1])
        growing.refresh()
        same(growing, home)
    with closing(LogIndex(home)) as fresh:
        same(fresh, home)
    with closing(LogIndex(home)) as kept:
        same(kept, home)


@pytest.mark.parametrize("compress", [False, True])
def test_an_open_index_goes_on_when_its_segments_are_compressed(home: Home, compress: bool) -> None:
    write(home, many(12))
    with closing(LogIndex(home)) as index:
        for _ in range(4):
            write(home, many(7), compress=compress)
            index.refresh()
            same(index, home)
        if compress:
            assert sum(is_compressed(path) for path in segments(home.log)) > 3


def test_a_segment_made_and_never_used_closes_nothing(home: Home) -> None:
    write(home, many(3))
    with closing(LogIndex(home)) as index:
        (home.log / "00000002.jsonl").touch()
        index.refresh()
        write(home, many(2))
        index.refresh()
        same(index, home)


async def test_an_index_beside_a_writer_covers_what_is_durable_alone(home: Home) -> None:
    seen: list[int] = []

    class Looking(QuickDisk):
        def sync(self, descriptor: int) -> None:  # noqa: ARG002
            index.refresh()
            seen.append(index.seq)

    async with LogWriter.open(home, disk=QuickDisk()):
        pass
    with closing(LogIndex(home)) as index:
        async with LogWriter.open(home, disk=Looking(), segment_bytes=SEGMENT_BYTES) as writer:
            for one in many(30):
                await writer.append(one)
    assert seen[:30] == list(range(1, 31))


@settings(max_examples=200, deadline=None)
@given(word=words, key=words)
def test_what_a_line_belongs_to_is_found_without_decoding_it(word: str, key: str) -> None:
    event = SettingsRead(origin=key, settings={"correlation": key})
    stamp = WorkStamp(key=key, attempt=1)
    for correlation in (word, None):
        recorded = AnyRecorded(1, "t", "i", event, correlation=correlation, work=stamp)
        found = correlation_of(encode(recorded) + b"\n")
        if correlation is not None:
            assert found == msgspec.json.encode(word)[1:-1]


def test_places_that_are_beyond_the_end_have_no_event(home: Home) -> None:
    write(home, many(3))
    assert set(events_at(home, [1, 4, 5, 900])) == {1, 4}
    assert events_at(home, []) == {}
