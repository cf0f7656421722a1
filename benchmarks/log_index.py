"""Reading the 40 events of one stream, spread over a whole history, beside reading all of it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count

from benchmarks.log_events import STREAM, stream_of
from benchmarks.log_histories import Histories
from benchmarks.log_replay import COMPRESSED, PLAIN, cpu_of, replay
from benchmarks.rounds import by_round, measured, spread
from benchmarks.table import seconds, table
from benchmarks.targets import Target, targets
from store.home import Home
from store.log.index import LogIndex
from store.log.segment_index import FOLDER

AT_ONCE = 16
"""Streams that are read for one figure, each once."""
BUILT, OPENED, ONE = "building the index", "opening it", f"one stream of {STREAM} events"
BOUNDS = {PLAIN: 1 / 1000, COMPRESSED: 1 / 100}


def report(made: Histories, rounds: int) -> Iterator[str]:
    """Measure, and tell; arguments as in `log_replay.report`."""
    yield f"Looking up one stream among {made.events:,} events, {rounds} rounds"
    promised = []
    for replayed, home in ((PLAIN, made.plain), (COMPRESSED, made.compressed)):
        with closing(LogIndex(home)) as index:
            streams = (stream_of(number * 7919, made.events) for number in count())
            ways = {
                replayed: partial(cpu_of, partial(replay, home)),
                BUILT: partial(_built, home),
                OPENED: partial(cpu_of, partial(_open, home)),
                ONE: partial(cpu_of, partial(_look_up, index, streams), AT_ONCE),
            }
            taken = measured(ways, rounds)
        yield table((f"CPU time, {home.root.name} segments", "median", "least", "most"), list(_rows(taken)))
        ratio = by_round(taken[ONE], taken[replayed])
        promised.append(Target(f"{ONE} / {replayed}", ratio, BOUNDS[replayed], least=False))
    yield "\nLooking up"
    yield targets(promised)


def _built(home: Home) -> float:
    shutil.rmtree(home.log / FOLDER, ignore_errors=True)
    return cpu_of(partial(_open, home))


def _open(home: Home) -> None:
    LogIndex(home).close()


def _look_up(index: LogIndex, streams: Iterator[str]) -> None:
    for _ in range(AT_ONCE):
        found = len(list(index.stream(next(streams))))
        assert found == STREAM, found


def _rows(taken: dict[str, list[float]]) -> Iterator[tuple[str, ...]]:
    for name, samples in taken.items():
        cost = spread(samples)
        yield (name, seconds(cost.median), seconds(cost.least), seconds(cost.most))
