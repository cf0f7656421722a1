"""What an append may hold, and what the clock has to say about order: nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

import anyio
import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.dataset import DatasetRefused
from events.identity import digest_of
from events.runtime import WorkStamp
from store.blobs import Blobs
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.drafts import BESIDE_BYTES, EVENT_BYTES, Beside, EventTooLargeError
from store.log.index import LogIndex
from store.log.read import read_events
from store.log.verify import verify_log
from store.projections.state import fold
from store.replay import rebuild
from tests.history import told
from tests.store.log.conftest import refused
from tests.store.log.disks import QuickDisk


def of_size(size: int) -> DatasetRefused:
    """An event that takes exactly so many bytes on its line."""
    empty = len(msgspec.json.encode(DatasetRefused("a.csv", "empty", "")))
    return DatasetRefused("a.csv", "empty", "x" * (size - empty))


async def test_an_event_as_large_as_one_may_be_is_recorded(home: Home) -> None:
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        await writer.append([Draft(of_size(EVENT_BYTES))])
    assert [recorded.event for recorded in read_events(home, 1)] == [of_size(EVENT_BYTES)]
    assert verify_log(home).ok


def beside_of_size(size: int, part: str) -> Draft:
    """A draft whose one long part makes what stands beside the event take so many bytes."""

    def draft(text: str) -> Draft:
        if part == "work":
            return Draft(refused(1), work=WorkStamp(key=text, attempt=1, finishes=True))
        return Draft(refused(1), **{part: text})  # type: ignore[arg-type]

    empty = draft("")
    taken = len(msgspec.json.encode(Beside(empty.cause, empty.correlation, empty.work)))
    return draft("x" * (size - taken))


@pytest.mark.parametrize("part", ["cause", "correlation", "work"])
async def test_what_stands_beside_an_event_is_as_long_as_names_are(home: Home, part: str) -> None:
    longest = beside_of_size(BESIDE_BYTES, part)
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        (recorded,) = await writer.append([longest])
        with pytest.raises(EventTooLargeError) as error:
            await writer.append([Draft(refused(2)), beside_of_size(BESIDE_BYTES + 1, part)])
    assert str(error.value) == (
        f"cause, correlation and work of DatasetRefused take {BESIDE_BYTES + 1} bytes, "
        f"and at most {BESIDE_BYTES}; keep its long parts as blobs and name their digests"
    )
    assert list(read_events(home, 1)) == [recorded]


async def test_a_larger_one_is_refused_to_its_producer_alone_with_all_that_goes_with_it(home: Home) -> None:
    refusals: list[str] = []

    async def produce(writer: LogWriter, number: int) -> None:
        drafts = [Draft(refused(number)), Draft(of_size(EVENT_BYTES + 1) if number == 3 else refused(number))]
        try:
            await writer.append(drafts)
        except EventTooLargeError as error:
            refusals.append(str(error))

    async with LogWriter.open(home, disk=QuickDisk()) as writer, anyio.create_task_group() as producers:
        for number in range(6):
            producers.start_soon(produce, writer, number)
    (told_of,) = refusals
    assert told_of == (
        f"DatasetRefused takes {EVENT_BYTES + 1} bytes, and an event at most {EVENT_BYTES}; "
        "keep its long parts as blobs and name their digests"
    )
    events = [recorded.event for recorded in read_events(home, 1)]
    assert events == [refused(number) for number in (0, 1, 2, 4, 5) for _ in range(2)]


async def test_what_is_too_long_for_an_event_is_kept_as_a_blob_that_it_names(home: Home) -> None:
    data = b"x" * (EVENT_BYTES + 1)
    named = digest_of(data)
    async with LogWriter.open(home, disk=QuickDisk()) as writer:
        await writer.append([Draft(DatasetRefused("a.csv", "empty", named))], {named: data})
    (recorded,) = read_events(home, 1)
    assert isinstance(recorded.event, DatasetRefused)
    assert Blobs(home).get(recorded.event.detail) == data


NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


async def appended(home: Home, clock: Iterator[datetime], numbers: range, segment_bytes: int) -> None:
    opening = LogWriter.open(home, clock=lambda: next(clock), segment_bytes=segment_bytes, disk=QuickDisk())
    async with opening as writer:
        for number in numbers:
            await writer.append([Draft(refused(number), correlation="c")])


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=12))
def test_order_is_by_place_however_the_clock_jumps(
    steps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("clock"))
    times = cycle([NOON + timedelta(seconds=step) for step in (0, *steps)])
    for first in (0, 9):
        anyio.run(appended, home, times, range(first, first + 9), 1000)
    events = list(read_events(home))
    assert [one.seq for one in events] == list(range(1, 20))
    assert [one.event for one in events[1:]] == [refused(number) for number in range(18)]
    index = LogIndex(home)
    assert list(index.stream("c")) == events[1:]
    assert index.last(19) == events
    index.close()
    assert verify_log(home).ok


async def test_what_is_folded_does_not_depend_on_the_clock(home: Home) -> None:
    times = cycle([NOON, NOON - timedelta(days=300), NOON + timedelta(days=5)])
    history = told(1)
    async with LogWriter.open(
        home, clock=lambda: next(times), draw=lambda: "home", disk=QuickDisk()
    ) as writer:
        for recorded in history.events[1:]:
            await writer.append([Draft(recorded.event, work=recorded.work)])
    given_again = [msgspec.structs.replace(one, time=NOON.isoformat()) for one in read_events(home)]
    assert rebuild(home).digests() == fold(given_again).digests()
