"""A small history, and snapshots of it at chosen positions."""

from store.home import Home
from store.log.judged import Batch, Point
from store.log.read import batches
from store.projections.state import State
from store.replay import rebuild
from store.snapshots import keep_snapshot
from tests.history import told

HISTORY = told(3)


def batch_ending_at(home: Home, seq: int) -> Batch:
    return next(batch for batch in batches(home) if batch.head.seq == seq)


def keep_at(home: Home, *positions: int) -> None:
    """Keep snapshots at these positions, made from the log's beginning."""
    made: dict[int, State] = {seq: plain(home, seq) for seq in positions}
    for seq, state in made.items():
        batch = batch_ending_at(home, seq)
        keep_snapshot(home, state, Point(batch.place, batch.head))


def plain(home: Home, upto: int | None = None) -> State:
    """What the log gives without any snapshot."""
    aside = home.root / "aside"
    if home.snapshots.exists():
        home.snapshots.rename(aside)
    try:
        return rebuild(home, upto)
    finally:
        if aside.exists():
            aside.rename(home.snapshots)
