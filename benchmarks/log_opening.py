"""Opening a home whose read models were kept a thousand events ago, beside folding all of it."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import partial
from typing import Any

from benchmarks.log_histories import NEW, Histories
from benchmarks.log_replay import cpu_of
from benchmarks.rounds import by_round, measured, spread
from benchmarks.table import seconds, table
from benchmarks.targets import Target, targets
from store.home import Home
from store.projections.code import fold_digest, vocabulary
from store.projections.state import MODELS, State
from store.replay import rebuild

FULL, OPENED = "every event folded", f"a snapshot, and {NEW:,} events folded"


def report(made: Histories, rounds: int) -> Iterator[str]:
    """Measure, and tell; arguments as in `log_replay.report`."""
    ways = {FULL: partial(_opened, made.plain), OPENED: partial(_opened, made.kept)}
    taken = measured(ways, rounds)
    state = rebuild(made.kept)
    kept = sum(path.stat().st_size for path in made.kept.snapshots.rglob("*.snapshot"))
    yield f"Opening a home of {made.events:,} events, {rounds} rounds"
    yield f"its read models hold {_rows_of(state):,} rows; the snapshot takes {kept / 1e6:.1f} MB"
    yield table(("CPU time", "median", "least", "most"), list(_rows(taken)))
    yield "\nOpening"
    yield targets([Target(f"{OPENED} / {FULL}", by_round(taken[OPENED], taken[FULL]), 1 / 50, least=False)])


def _opened(home: Home) -> float:
    """CPU-seconds, those included that a process needs once to know its own code."""
    fold_digest.cache_clear()
    vocabulary.cache_clear()
    return cpu_of(partial(rebuild, home))


def _rows_of(state: State) -> int:
    return sum(_entries(getattr(state, name)) for name in MODELS)


def _entries(value: Any) -> int:
    """How many entries there are in the collections of a read model."""
    if is_dataclass(value):
        return sum(_entries(inner) for inner in vars(value).values() if isinstance(inner, dict | list))
    inner = value.values() if isinstance(value, dict) else value
    return sum(_entries(one) if isinstance(one, dict | list) or is_dataclass(one) else 1 for one in inner)


def _rows(taken: dict[str, list[float]]) -> Iterator[tuple[str, ...]]:
    for name, samples in taken.items():
        cost = spread(samples)
        yield (name, seconds(cost.median), seconds(cost.least), seconds(cost.most))
