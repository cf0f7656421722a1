"""A cursor hands out every durable event once and in order, wherever it lies."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from anyio import create_task_group
from hypothesis import given, settings, strategies as st

from actors.runtime import bus as bus_module
from actors.runtime.bus import Bus, Cursor
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.struct import Event
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter, Subscriber
from store.log.judged import Point
from store.log.lines import Head
from store.log.read import read_events
from tests.runtime.conftest import KINDS


def drafts(count: int) -> list[Draft]:
    """Events of two kinds in turn."""
    kinds = (DatasetRefused, StreamExhausted)
    return [Draft(KINDS[kinds[number % 2]](str(number))) for number in range(count)]


class Late(LogWriter):
    """The same log, whose news come when they are let go."""

    def __init__(self, writer: LogWriter) -> None:
        self.home = writer.home
        self._real = writer
        self._told: list[Subscriber] = []

    @property
    def head(self) -> Head:
        """Where the log ends, told or not."""
        return self._real.head

    @property
    def end(self) -> Point:
        """The same, and where it is in the files."""
        return self._real.end

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Tell nothing yet."""
        self._told.append(subscriber)
        return self._told.clear

    def tell(self, recorded: Sequence[AnyRecorded]) -> None:
        """Let these go."""
        for subscriber in self._told:
            subscriber(recorded)


async def rest_of(cursor: Cursor) -> list[int]:
    """Places of everything up to the head."""
    found: list[int] = []
    while cursor.behind:
        found += [recorded.seq for recorded in await cursor.next()]
    return found


@settings(max_examples=40, deadline=None)
@given(
    keep=st.integers(1, 12),
    window=st.integers(1, 8),
    sizes=st.lists(st.integers(1, 15), min_size=1, max_size=6),
    reads=st.lists(st.integers(0, 4), min_size=6, max_size=6),
    hears=st.sampled_from([None, frozenset[type[Event]]({StreamExhausted}), frozenset[type[Event]]()]),
)
async def test_every_event_is_handed_out_once_and_in_order(
    *,
    keep: int,
    window: int,
    sizes: list[int],
    reads: list[int],
    hears: frozenset[type[Event]] | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = Home(tmp_path_factory.mktemp("bus"))
    async with LogWriter.open(home) as writer:
        bus = Bus(writer, keep)
        cursor = Cursor(bus, hears, window)
        found: list[int] = []
        for size, count in zip(sizes, reads, strict=False):
            await writer.append(drafts(size))
            for _ in range(count):
                found += [recorded.seq for recorded in await cursor.next()]
        found += await rest_of(cursor)
    assert found == [one.seq for one in read_events(home) if hears is None or type(one.event) in hears]


async def test_what_is_recent_is_not_read_from_disk_again(home: Home, writer: LogWriter) -> None:
    bus = Bus(writer)
    cursor = Cursor(bus)
    assert await rest_of(cursor) == [1]
    recorded = await writer.append(drafts(2))
    for path in home.log.glob("*.jsonl"):
        path.write_bytes(b"")
    handed_out = await cursor.next()
    assert all(one is other for one, other in zip(handed_out, recorded, strict=True))


async def test_a_batch_that_was_durable_before_and_is_told_of_later_counts_once(
    home: Home, writer: LogWriter
) -> None:
    late = Late(writer)
    earlier = await writer.append(drafts(3))
    bus = Bus(late)
    heard: list[int] = []
    bus.listen(lambda batch: heard.extend(one.seq for one in batch))
    cursor = Cursor(bus)
    assert await rest_of(cursor) == [1, 2, 3, 4]
    later = await writer.append(drafts(2))
    for batch in (earlier[1:], (*earlier[2:], *later)):
        late.tell(batch)
        assert bus.head >= 4
    assert heard == [5, 6]
    assert await rest_of(cursor) == [5, 6]
    assert await rest_of(Cursor(bus)) == [1, 2, 3, 4, 5, 6]


async def test_what_is_pushed_out_of_memory_just_before_it_is_handed_out_is_read_from_disk(
    writer: LogWriter,
) -> None:
    late, found = Late(writer), list[int]()
    bus = Bus(late, keep=2)
    cursor = Cursor(bus)
    assert await rest_of(cursor) == [1]
    late.tell(await writer.append(drafts(3)))
    large = await writer.append(drafts(10))

    async def read() -> None:
        assert bus.remembers(cursor.seq)
        found.extend(recorded.seq for recorded in await cursor.next())

    async def push_out() -> None:
        late.tell(large)
        assert not bus.remembers(cursor.seq)

    async with create_task_group() as tasks:
        tasks.start_soon(read)  # goes first, and waits for its turn between looking and taking
        tasks.start_soon(push_out)
    assert found + await rest_of(cursor) == list(range(2, 15))


@pytest.mark.parametrize("segment_bytes", [2_000, 10**9])
async def test_who_lags_far_looks_through_the_log_from_near_its_place(
    segment_bytes: int, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def read(home: Home, after: int, types: Any, upto: int | None, since: Point) -> Iterator[AnyRecorded]:
        begun.append(since.head.seq)
        return read_events(home, after, types, upto, since)

    monkeypatch.setattr(bus_module, "read_events", read)
    async with LogWriter.open(home, segment_bytes=segment_bytes) as writer:
        bus = Bus(writer, keep=8)
        cursor = Cursor(bus)
        found: list[int] = []
        for _ in range(6):
            for _ in range(5):
                await writer.append(drafts(4))
            found += await rest_of(cursor)
    assert found == list(range(1, 122))
    # Each time it was 20 events behind; marks lie every 8 events, between batches of 4.
    assert begun[0] == 0
    assert all(20 * number + 1 - 12 <= place <= 20 * number + 1 for number, place in enumerate(begun))


async def test_a_closed_bus_follows_no_more(writer: LogWriter) -> None:
    bus = Bus(writer)
    bus.close()
    await writer.append(drafts(1))
    assert bus.head == 1
