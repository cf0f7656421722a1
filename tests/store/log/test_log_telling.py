"""Whoever subscribes is told of what is durable, in order, before its producers go on."""

from collections.abc import Sequence

import pytest

from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogPoisoned, LogWriter
from store.log.read import read_events
from store.log.verify import verify_log
from tests.store.log.conftest import FaultyDisk, refused


async def test_nothing_is_told_before_it_is_durable(home: Home) -> None:
    disk = FaultyDisk()
    told: list[int] = []
    known_at_sync: list[int] = []
    disk.before_sync = lambda: known_at_sync.append(len(told))

    def tell(recorded: Sequence[AnyRecorded]) -> None:
        told.extend(one.seq for one in recorded)

    async with LogWriter.open(home, disk=disk) as writer:
        writer.subscribe(tell)
        for number in range(3):
            (recorded,) = await writer.append([Draft(refused(number))])
            assert told[-1] == recorded.seq, "a subscriber knows before the producer goes on"
    assert known_at_sync == [0, 0, 1, 2, 3]
    assert told == [2, 3, 4]


async def test_a_subscriber_that_left_is_told_nothing(home: Home) -> None:
    told: list[Sequence[AnyRecorded]] = []
    async with LogWriter.open(home) as writer:
        leave = writer.subscribe(told.append)
        leave()
        await writer.append([Draft(refused(1))])
    assert told == []


async def test_a_subscriber_that_raises_loses_no_append_and_ends_all_further_ones(home: Home) -> None:
    def broken(_: Sequence[AnyRecorded]) -> None:
        message = "no more"
        raise KeyError(message)

    async with LogWriter.open(home) as writer:
        writer.subscribe(broken)
        (recorded,) = await writer.append([Draft(refused(1))])
        assert list(read_events(home, after=1)) == [recorded]
        with pytest.raises(LogPoisoned, match="KeyError"):
            await writer.append([Draft(refused(2))])
    assert verify_log(home).ok
