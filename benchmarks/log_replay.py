"""The CPU that reading a whole history takes, beside a loop that only decodes and beside other stores."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.log_events import FAILURES
from benchmarks.log_histories import ALONE, PAGE, Histories
from benchmarks.log_memory import beyond_start
from benchmarks.log_peers import ONE_LOG, recorder, sqlite
from benchmarks.rounds import by_round, measured, spread
from benchmarks.table import seconds, table, times
from benchmarks.targets import Target, targets
from events.wire import decode
from store.home import Home
from store.log.read import read_events
from store.replay import rebuild

DECODED = "bare lines, only decoded by msgspec"
"""What the others are measured by; it checks nothing and folds nothing."""
WHOLE = "log, verified, folded to all read models"
PLAIN = "log, verified, folded"
COMPRESSED = "log, compressed, verified, folded"
PICKED = "log, a quarter of the types, folded"
PICKED_COMPRESSED = "log, compressed, a quarter of the types, folded"
SINGLE = "log in batches of one event, verified, folded"
SQLITE = "SQLite and json, folded"
RECORDER = "eventsourcing on SQLite and json, folded"


def report(made: Histories, rounds: int) -> Iterator[str]:
    """Measure, and tell.

    Args:
        made: the history to be read.
        rounds: how many figures there are of each kind.
    """
    taken = measured(dict(_ways(made)), rounds)
    yield f"Reading {made.events:,} events of {_mean(made.lines, made.events):.0f} bytes, {rounds} rounds"
    yield "folded: events by type, and the last place of each stream; the same for all"
    head = ("CPU time an event", "median", "least", "most", "of only decoding")
    yield table(head, list(_rows(taken)))
    early, late = (beyond_start(made.plain, upto) for upto in (made.events // 4, made.events))
    yield f"memory taken at most: {_mib(early)} for a quarter of the history, {_mib(late)} for all of it"
    yield "\nReading"
    flat = Target("memory for all of it / for a quarter", spread([late / early]), 1.1, least=False)
    yield targets([*_promised(taken), flat])


def replay(home: Home, types: tuple[type, ...] | None = None, upto: int | None = None) -> tuple[Any, ...]:
    """Read a log, verified, and fold it."""
    counts: dict[type, int] = {}
    last: dict[str | None, int] = {}
    for recorded in read_events(home, types=types, upto=upto):
        kind = type(recorded.event)
        counts[kind] = counts.get(kind, 0) + 1
        last[recorded.correlation] = recorded.seq
    return counts, last


def cpu_of(read: Callable[[], object], events: int = 1) -> float:
    """CPU-seconds an event."""
    began = time.process_time()
    read()
    return (time.process_time() - began) / events


def _ways(made: Histories) -> Iterator[tuple[str, Callable[[], float]]]:
    ways: dict[str, Callable[[], object]] = {
        DECODED: partial(_decode, made.lines),
        PLAIN: partial(replay, made.plain),
        WHOLE: partial(rebuild, made.plain),
        COMPRESSED: partial(replay, made.compressed),
        PICKED: partial(replay, made.plain, FAILURES),
        PICKED_COMPRESSED: partial(replay, made.compressed, FAILURES),
        SQLITE: partial(_fold_rows, made.database),
        RECORDER: partial(_fold_recorded, made.recorded),
    }
    for name, read in ways.items():
        yield name, partial(cpu_of, read, made.events)
    yield SINGLE, partial(cpu_of, partial(replay, made.alone), made.events // ALONE)


def _decode(lines: Path) -> None:
    with lines.open("rb") as file:
        for line in file:
            decode(line)


def _fold_rows(database: Path) -> tuple[Any, ...]:
    with sqlite(database) as connection:
        rows = connection.execute("SELECT line FROM events ORDER BY seq")
        return _fold(json.loads(line) for (line,) in rows)


def _fold_recorded(database: Path) -> tuple[Any, ...]:
    return _fold(json.loads(state) for state in _states(database))


def _states(database: Path) -> Iterator[bytes]:
    with recorder(database) as kept:
        at = 0
        while page := kept.select_events(ONE_LOG, gt=at, limit=PAGE):
            yield from (one.state for one in page)
            at = page[-1].originator_version


def _fold(objects: Iterable[dict[str, Any]]) -> tuple[Any, ...]:
    counts: dict[str, int] = {}
    last: dict[str | None, int] = {}
    for recorded in objects:
        kind = recorded["event"]["type"]
        counts[kind] = counts.get(kind, 0) + 1
        last[recorded["correlation"]] = recorded["seq"]
    return counts, last


def _rows(taken: dict[str, list[float]]) -> Iterator[tuple[str, ...]]:
    for name, samples in taken.items():
        cost, ratio = spread(samples), by_round(samples, taken[DECODED])
        figures = (cost.median, cost.least, cost.most)
        yield (name, *map(seconds, figures), times(ratio.median))


def _promised(taken: dict[str, list[float]]) -> list[Target]:
    def at_most(bound: float, way: str, other: str = DECODED) -> Target:
        return Target(f"{way} / {other}", by_round(taken[way], taken[other]), bound, least=False)

    return [
        at_most(1.8, PLAIN),
        at_most(1.8, WHOLE),
        at_most(2.4, COMPRESSED),
        at_most(1 / 3, PLAIN, SQLITE),
        at_most(1 / 3, PLAIN, RECORDER),
        at_most(1.2, PICKED),
    ]


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"


def _mean(lines: Path, events: int) -> float:
    return lines.stat().st_size / events
