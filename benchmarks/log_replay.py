"""How much CPU it takes to read a whole history: ours beside a loop that only decodes, and beside other stores."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import msgspec

from benchmarks.log_events import FAILURES, STREAM
from benchmarks.log_histories import ALONE, PAGE, Histories
from benchmarks.log_peers import ONE_LOG, recorder, sqlite
from benchmarks.rounds import by_round, measured, spread
from benchmarks.table import seconds, table, times
from benchmarks.targets import Target, targets
from events.wire import AnyRecorded, decode
from store.home import Home
from store.log.read import read_events
from store.replay import rebuild

Seen = tuple[dict[Any, int], dict[Any, int]]
"""What is folded, the same everywhere: events by type, and the last place of each stream."""

DECODED = "plain lines, only decoded by msgspec"
"""What every other way is measured by."""


def fold(events: Iterator[AnyRecorded]) -> Seen:
    """Our events."""
    counts: dict[Any, int] = {}
    last: dict[Any, int] = {}
    for recorded in events:
        kind = type(recorded.event)
        counts[kind] = counts.get(kind, 0) + 1
        last[recorded.correlation] = recorded.seq
    return counts, last


def fold_objects(objects: Iterator[dict[str, Any]]) -> Seen:
    """Events that are decoded JSON."""
    counts: dict[Any, int] = {}
    last: dict[Any, int] = {}
    for recorded in objects:
        kind = recorded["event"]["type"]
        counts[kind] = counts.get(kind, 0) + 1
        last[recorded["correlation"]] = recorded["seq"]
    return counts, last
