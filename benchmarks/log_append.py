"""How fast events become durable: the log beside other stores, and beside the bare disk."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import NamedTuple

import anyio

from benchmarks.log_events import LINE_BYTES, Prose, alike, line_of
from benchmarks.log_peers import (
    Append,
    lines_grouped,
    naive,
    ours,
    recorder_grouped,
    sqlite_each,
    sqlite_grouped,
)
from benchmarks.rounds import Spread, by_round, measured, spread
from benchmarks.table import table, times
from benchmarks.targets import Target, targets
from store.log.drafts import Draft

PRODUCERS = (1, 16, 256)
LOOPS = ("asyncio", "uvloop")
RAW = "bare disk"
NAIVE, OURS = "JSON lines, a sync an event", "tracegate's log"
LEAST = "JSON lines, grouped: nothing checked, numbered or chained"
"""No store that could be asked anything: how much of the disk is left when Python has woken everybody."""
Store = Callable[[Path], AbstractAsyncContextManager[Append]]
STORES: dict[str, Store] = {
    LEAST: lines_grouped,
    NAIVE: naive,
    "SQLite FULL, a transaction an event": sqlite_each,
    "SQLite FULL, grouped": sqlite_grouped,
    "eventsourcing on SQLite, grouped": recorder_grouped,
    OURS: ours,
}
DIFFERENT = 4096
"""Events that are drawn before anything is measured."""


class Case(NamedTuple):
    """What is timed."""

    store: str
    producers: int
    loop: str


def report(folder: Path, seconds: float, rounds: int) -> Iterator[str]:
    """Measure, and tell.

    Args:
        folder: an empty one on the disk in question.
        seconds: how long events are appended for each figure.
        rounds: how many figures there are of each kind.
    """
    drafts = alike(DIFFERENT, Prose())
    taken = measured(dict(_cases(folder, drafts, seconds)), rounds)
    yield f"Appending events of {LINE_BYTES} bytes, {rounds} rounds of {seconds:g} s each"
    yield (
        f"{RAW}: a write call for each frame, then one fdatasync for as many frames as there are producers; "
        "no event loop, no encoding"
    )
    head = ("events a second", "median", "least", "most", f"of the {RAW}")
    yield table(head, list(_rows(taken)))
    for loop in LOOPS:
        yield f"\nAppending, {loop}"
        yield targets(_promised(taken, loop))


def _cases(
    folder: Path, drafts: Sequence[Draft], seconds: float
) -> Iterator[tuple[Case, Callable[[], float]]]:
    frames = [line_of(draft) for draft in drafts]
    for producers in PRODUCERS:
        yield Case(RAW, producers, ""), partial(_bare, folder, frames, producers, seconds)
        for name, store in STORES.items():
            for loop in LOOPS:
                case = Case(name, producers, loop)
                yield case, partial(_run, case, store, folder, drafts, seconds)


def _bare(folder: Path, frames: Sequence[bytes], producers: int, seconds: float) -> float:
    """Seconds an event when nothing is done but to write and to sync."""
    path = Path(mkdtemp(dir=folder)) / "frames"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    given, written, began = cycle(frames), 0, time.perf_counter()
    try:
        while not written or time.perf_counter() < began + seconds:
            for _ in range(producers):
                os.write(descriptor, next(given))
            os.fdatasync(descriptor)
            written += producers
        return (time.perf_counter() - began) / written
    finally:
        os.close(descriptor)


def _run(case: Case, store: Store, folder: Path, drafts: Sequence[Draft], seconds: float) -> float:
    timed = partial(_timed, store, Path(mkdtemp(dir=folder)), drafts, case.producers)
    return anyio.run(timed, seconds, backend_options={"use_uvloop": case.loop == "uvloop"})


async def _timed(store: Store, place: Path, drafts: Sequence[Draft], producers: int, seconds: float) -> float:
    """Seconds an event when so many append at once, each waiting until its event is durable."""
    appended, given = 0, cycle(drafts)

    async def produce() -> None:
        nonlocal appended
        while appended < producers or time.perf_counter() < until:
            await append(next(given))
            appended += 1

    async with store(place) as append:
        began = time.perf_counter()
        until = began + seconds
        async with anyio.create_task_group() as tasks:
            for _ in range(producers):
                tasks.start_soon(produce)
        return (time.perf_counter() - began) / appended


def _rows(taken: dict[Case, list[float]]) -> Iterator[tuple[str, ...]]:
    for producers in PRODUCERS:
        yield (f"{producers} producer{'s' * (producers > 1)}",)
        bare = taken[Case(RAW, producers, "")]
        for case, samples in taken.items():
            if case.producers == producers:
                rate = spread([1 / sample for sample in samples])
                name = f"{case.store}, {case.loop}" if case.loop else case.store
                figures = (rate.median, rate.least, rate.most)
                yield (f"  {name}", *map(_count, figures), times(by_round(bare, samples).median))


def _count(value: float) -> str:
    return f"{value:,.0f} /s"


def _promised(taken: dict[Case, list[float]], loop: str) -> list[Target]:
    def seconds_of(store: str, producers: int) -> list[float]:
        return taken[Case(store, producers, "" if store == RAW else loop)]

    def against(store: str, producers: int) -> Spread:
        return by_round(seconds_of(store, producers), seconds_of(OURS, producers))

    peers = [seconds_of(store, 256) for store in STORES if store not in (LEAST, NAIVE, OURS)]
    best = min(peers, key=median)
    return [
        Target(f"256 producers, against {NAIVE}", against(NAIVE, 256), 20),
        Target("256 producers, against the best other", by_round(best, seconds_of(OURS, 256)), 1.3),
        Target(f"16 producers, against the {RAW}", against(RAW, 16), 0.5),
        Target(f"one producer, against the {RAW}", against(RAW, 1), 0.35),
    ]
