"""Telling five actors of every event, beside sending it to them through bare memory streams of anyio."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import cast, get_args

import anyio
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from actors.runtime.bus import KEEP, Bus, Cursor
from benchmarks.log_events import Prose, history, line_of
from benchmarks.rounds import by_round, measured, spread
from benchmarks.table import table, times
from benchmarks.targets import Target, targets
from events.wire import AnyEvent, AnyRecorded, decode
from store.home import Home
from store.log.append import LogWriter, Subscriber
from store.log.judged import Point
from store.log.lines import START, Head
from store.log.segments import Place

ACTORS = 5
BATCH = 64
EVENTS = 20_000
"""As many as stay near the processor; those that were just recorded do so too."""
DIFFERENT = 1024
BUS, STREAMS, AWAITED = "bus and cursors", "memory streams", "memory streams, each send awaited"
LOOPS = ("asyncio", "uvloop")
Batches = Sequence[tuple[AnyRecorded, ...]]
Sending = MemoryObjectSendStream[tuple[AnyRecorded, ...]]


def report(events: int, rounds: int) -> Iterator[str]:
    """Measure, and tell.

    Args:
        events: how many are told of for each figure, at most `EVENTS`.
        rounds: how many figures there are of each kind.
    """
    batches = _batches(max(1, min(events, EVENTS) // BATCH))
    told: dict[str, Callable[[Batches], Awaitable[int]]] = {
        BUS: _by_bus,
        STREAMS: _by_streams,
        AWAITED: _by_awaited_sends,
    }
    ways = {(way, loop): partial(_run, told[way], batches, loop) for loop in LOOPS for way in told}
    taken = measured(ways, rounds)
    yield f"Telling {ACTORS} actors of {len(batches) * BATCH:,} events in batches of {BATCH}, {rounds} rounds"
    head = ("events in a CPU-second, each to all", "median", "least", "most", "of the streams")
    yield table(head, list(_rows(taken)))
    for loop in LOOPS:
        yield f"\nTelling, {loop}"
        ratio = by_round(taken[STREAMS, loop], taken[BUS, loop])
        yield targets([Target(f"{BUS} / {STREAMS}", ratio, 0.5)])


def _batches(number: int) -> Batches:
    """Events as they are recorded, in batches."""
    read = [decode(line_of(draft)) for draft in history(DIFFERENT, Prose())]
    events = [
        msgspec.structs.replace(one, seq=seq)
        for seq, one in enumerate(islice(cycle(read), number * BATCH), 1)
    ]
    return [tuple(events[start : start + BATCH]) for start in range(0, len(events), BATCH)]


def _run(tell: Callable[[Batches], Awaitable[int]], batches: Batches, loop: str) -> float:
    """CPU-seconds an event until everybody has it."""

    async def timed() -> float:
        began = time.process_time()
        heard = await tell(batches)
        took = time.process_time() - began
        assert heard == ACTORS * len(batches) * BATCH, heard
        return took / (len(batches) * BATCH)

    return anyio.run(timed, backend_options={"use_uvloop": loop == "uvloop"})


class _Feed:
    """Tells of batches as the writer does, and keeps none."""

    def __init__(self) -> None:
        self.home = Home(Path("/nonexistent"))
        self.head = START
        self._subscribers: list[Subscriber] = []

    @property
    def end(self) -> Point:
        return Point(Place(1, self.head.seq), self.head)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def tell(self, batch: tuple[AnyRecorded, ...]) -> None:
        self.head = Head(batch[-1].seq, START.chain)
        for subscriber in tuple(self._subscribers):
            subscriber(batch)


class _Follower:
    """Takes what there is and waits to be woken, as an actor's host does."""

    def __init__(self, bus: Bus) -> None:
        self.heard = 0
        self._cursor = Cursor(bus, frozenset(get_args(AnyEvent)), window=BATCH)
        self._wake = anyio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self, events: int) -> None:
        while self.heard < events:
            self._wake = anyio.Event()
            while self._cursor.behind:
                self.heard += len(await self._cursor.next())
            if self.heard < events:
                await self._wake.wait()


async def _by_bus(batches: Batches) -> int:
    feed = _Feed()
    bus = Bus(cast("LogWriter", feed))
    followers = [_Follower(bus) for _ in range(ACTORS)]

    def wake(_: Sequence[AnyRecorded]) -> None:
        for follower in followers:
            follower.wake()

    bus.listen(wake)
    async with anyio.create_task_group() as tasks:
        for follower in followers:
            tasks.start_soon(follower.run, len(batches) * BATCH)
        for batch in batches:
            feed.tell(batch)
            await anyio.lowlevel.checkpoint()
    return sum(follower.heard for follower in followers)


async def _by_streams(batches: Batches) -> int:
    """Sent without waiting while there is room, which is the quickest way there is."""

    async def send(streams: Sequence[Sending]) -> None:
        for batch in batches:
            for stream in streams:
                try:
                    stream.send_nowait(batch)
                except anyio.WouldBlock:
                    await stream.send(batch)
            await anyio.lowlevel.checkpoint()

    return await _through_streams(send)


async def _by_awaited_sends(batches: Batches) -> int:
    async def send(streams: Sequence[Sending]) -> None:
        for batch in batches:
            for stream in streams:
                await stream.send(batch)

    return await _through_streams(send)


async def _through_streams(send: Callable[[Sequence[Sending]], Awaitable[None]]) -> int:
    heard = [0] * ACTORS

    async def follow(number: int, received: MemoryObjectReceiveStream[tuple[AnyRecorded, ...]]) -> None:
        async with received:
            async for batch in received:
                heard[number] += len(batch)

    pairs = [anyio.create_memory_object_stream[tuple[AnyRecorded, ...]](KEEP // BATCH) for _ in range(ACTORS)]
    async with anyio.create_task_group() as tasks:
        for number, (_, received) in enumerate(pairs):
            tasks.start_soon(follow, number, received)
        await send([sending for sending, _ in pairs])
        for sending, _ in pairs:
            sending.close()
    return sum(heard)


def _rows(taken: dict[tuple[str, str], list[float]]) -> Iterator[tuple[str, ...]]:
    for (way, loop), samples in taken.items():
        rate = spread([1 / sample for sample in samples])
        figures = (f"{value:,.0f} /s" for value in (rate.median, rate.least, rate.most))
        yield (f"{way}, {loop}", *figures, times(by_round(taken[STREAMS, loop], samples).median))
